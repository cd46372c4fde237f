"""What fails while the monitor is loaded costs a part of it, and never the bot."""

from __future__ import annotations

import sys
from typing import Any

import pytest

import plugin
from plugin.adapters import LIGHTBULB_LINE, lifetime
from plugin.monitor import Monitor
from tests.e2e.conftest import Scene, until
from tests.e2e.test_loading import PAGES, errors, pings, tasks

PARTS = {"Measuring": "commands", "OwnCommands": "commands of its own"}


def adapter(module: str) -> Any:
    """A module of the adapter for the line of Lightbulb that is installed."""
    return sys.modules[f"plugin.adapters.lightbulb{LIGHTBULB_LINE}.{module}"]


def break_half_way(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
    """Let one step of a load fail once it has done its work."""
    original = getattr(owner, name)

    def half(self: Any) -> None:
        original(self)
        raise RuntimeError("half way")

    monkeypatch.setattr(owner, name, half)


def unextended(sample: Any) -> dict[str, Any]:
    """What is put into a bot, but for Lightbulb's own note of what it has loaded."""
    return {key: value for key, value in sample.wiring().items() if key != "extensions"}


@pytest.mark.parametrize("fails", PARTS)
async def test_a_part_that_fails_is_off_and_the_others_are_on(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fails: str
) -> None:
    """It is taken out again, one ERROR has its traceback, and `/health` names it; the unload leaves nothing."""
    await scene.make().load()  # the modules of the parts are imported by the first load
    modules = {"Measuring": "measuring", "OwnCommands": "own_commands"}
    break_half_way(monkeypatch, getattr(adapter(modules[fails]), fails), "attach")
    sample = scene.make()
    await sample.start()
    before = unextended(sample)
    await sample.load()
    monitor: Any = plugin.monitor_of(sample.bot)
    assert monitor.snapshot().monitor.switched_off == {PARTS[fails]: "could not start: RuntimeError"}
    assert len(errors(caplog)) == 1
    await scene.call("ping")
    if fails == "Measuring":
        await sample.sync()
        for page in PAGES:
            assert (await scene.ask(page)).response.data["embeds"]
    else:
        await until(lambda: pings(monitor) == 1)
    await sample.unload()
    assert unextended(sample) == before
    await until(lambda: not tasks())


@pytest.mark.parametrize("fails", ["Monitor.attach", "Lifetime.subscribe"])
async def test_where_nothing_can_be_the_bot_goes_on_without(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fails: str
) -> None:
    """One ERROR says so, and what was put in is taken out."""
    owner, name = fails.split(".")
    break_half_way(monkeypatch, {"Monitor": Monitor, "Lifetime": lifetime.Lifetime}[owner], name)
    sample = scene.make()
    await sample.start()
    before = unextended(sample)
    await sample.load()
    assert [message for message in errors(caplog) if "failed to load; the bot runs" in message]
    assert len(errors(caplog)) == 1
    assert unextended(sample) == before
    assert plugin.monitor_of(sample.bot) is None
    await scene.call("ping")
    await sample.unload()
    await until(lambda: not tasks())
