"""Findings of a real bot: kept in history from their begin to their end, whatever happens to the process."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any

import pytest

import plugin
from plugin.history.store import open_store
from plugin.model import Finding, Scope
from tests.e2e.conftest import Scene, until
from tests.e2e.test_history import bot_of, run

HOUR_S = 3600


@pytest.fixture(autouse=True)
def _history(monkeypatch: pytest.MonkeyPatch) -> None:
    """History is kept as it is by default."""
    monkeypatch.delenv("GOLEM_DATABASE")


async def kept(rule: str) -> Sequence[Finding]:
    """What the database has of one rule, oldest first."""
    now = int(time.time())
    async with await open_store("golem.db") as store:
        found = await store.reading.findings(Scope(await bot_of(store)), now - HOUR_S, now + HOUR_S)
    return [one.finding for one in found if one.finding.rule == rule]


async def judged(scene: Scene, **given: Any) -> tuple[Any, Any]:
    """A bot that has judged its first sample, and written it."""
    sample, monitor = await run(scene, **given)
    await monitor.tick()
    await monitor.flush()
    return sample, monitor


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log says of memory."""
    return [r.getMessage() for r in caplog.records if "memory_threshold_mb" in r.getMessage()]


async def test_a_restart_goes_on_with_what_stood(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """Memory over its threshold is one finding and one warning, however often the bot restarts; then it ends."""
    caplog.set_level(logging.INFO)
    for _ in range(2):
        sample, monitor = await judged(scene, memory_threshold_mb=1)
        await until(lambda monitor=monitor: monitor.snapshot().findings)
        await sample.close()
    (stands,) = await kept("memory")
    assert stands.until is None and stands.value is not None and stands.value > 1 and stands.threshold == 1
    assert len(warnings(caplog)) == 1
    sample, _ = await judged(scene, memory_threshold_mb=100_000)
    await until(lambda: len(warnings(caplog)) == 2)  # the check may wait for history to open
    await sample.close()
    (ended,) = await kept("memory")
    assert ended.since == stands.since and ended.until is not None
    assert [line.startswith("resolved: memory") for line in warnings(caplog)] == [False, True]


async def test_history_itself_is_looked_into(scene: Scene) -> None:
    """An error that is new since an update becomes a finding of the whole bot without anybody asking."""
    sample, _ = await judged(scene, release="1.0.0")
    for _ in range(250):
        await scene.call("ping")
    await sample.close()
    sample, monitor = await judged(scene, release="1.0.1")
    for _ in range(2):
        await scene.discord.slash(scene.member, "boom", guild=scene.guild)
    await until(lambda: errors(sample) == 2)
    await monitor.flush()
    await monitor._review.look()
    await monitor.flush()
    assert monitor.snapshot().monitor.faults == {}
    (error,) = await kept("new_error")
    assert error.everywhere and error.value == 2 and "boom" in error.sentence
    (stands,) = [found for found in monitor.snapshot().findings if found.rule == "new_error"]
    assert stands == error
    await sample.close()


def errors(sample: Any) -> int:
    """How many invocations failed."""
    monitor = plugin.monitor_of(sample.bot)
    assert monitor is not None
    return sum(command.outcomes[2] for command in monitor.snapshot().commands)
