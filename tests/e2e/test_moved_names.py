"""Libraries that are not as expected: each name of theirs that is gone costs a part of the monitor, never the bot."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

import plugin
from plugin.adapters import LIGHTBULB_LINE
from tests.e2e.conftest import Scene
from tests.e2e.moved_names import LIBRARIES, names

ROOT = Path(__file__).parents[2]
NAMES = names(LIGHTBULB_LINE)
OFF: dict[str, str] = {
    "hikari.impl:shard": "close codes",
    "hikari.internal:routes": "first responses",
    "hikari:ExceptionEvent": "listeners",
    "hikari:Embed": "commands of its own",
    **(
        {
            "lightbulb.ext.tasks:Task": "scheduled tasks",
            "lightbulb.commands.prefix:PrefixGroupMixin": "commands",
            "lightbulb:Plugin": "commands of its own",
        }
        if LIGHTBULB_LINE == 2
        else {
            "lightbulb.tasks:Task": "scheduled tasks",
            "lightbulb.exceptions:ConversionFailedException": "commands",
            "lightbulb:Choice": "commands of its own",
            "lightbulb:di": "injection",
        }
    ),
}
"""Some names, each with the part that needs it."""

GOES_ON = "the bot runs without it"


async def become_of(moved: list[str]) -> dict[str, Any]:
    """What becomes of bots that each lack one name."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.e2e.moved_names", *moved),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, errors = await child.communicate()
    found = dict(json.loads(line) for line in said.splitlines())
    assert found.keys() == set(moved), errors.decode()
    return found


@pytest.mark.timeout(900)  # a bot for each name
@pytest.mark.parametrize("library", LIBRARIES)
async def test_a_name_that_is_gone_never_reaches_the_bot(library: str) -> None:
    """For each that the plugin uses, the bot loads, starts, answers, unloads and ends; what is off says why.

    Where that is everything, it is one ERROR in the log.
    """
    moved = [name for name in NAMES if name.startswith(library)]
    found = await become_of(moved)
    assert len(moved) > 10 and not {name: one for name, one in found.items() if "raised" in one}
    for name, one in found.items():
        if one["off"] is None:
            assert len(one["errors"]) == 1 and GOES_ON in one["errors"][0], name
    for name in OFF.keys() & set(moved):
        assert name.partition(":")[2] in found[name]["off"][OFF[name]]


def refuses(*_: object, **__: object) -> Any:
    """What an odd psutil does."""
    raise psutil.NoSuchProcess(os.getpid())


ODD: dict[str, Any] = {
    "missing": (sys.modules, None, "import of psutil halted"),
    "odd": (psutil, "Process", None),
    "no machine": (psutil, "virtual_memory", None),
}


@pytest.mark.parametrize(("owner", "name", "reason"), ODD.values(), ids=ODD)
async def test_without_psutil_samples_have_all_the_rest(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str | None, reason: str | None
) -> None:
    """Memory and CPU are unknown, and a part of their own; totals and the loop's lag are sampled for ever."""
    if name is None:
        monkeypatch.setitem(owner, "psutil", None)
    else:
        monkeypatch.setattr(owner, name, refuses)
    sample = await scene.run()
    await scene.call("ping")
    monitor: Any = plugin.monitor_of(sample.bot)
    for _ in range(25):
        await monitor.tick()
    taken = monitor.snapshot().samples
    assert len(taken) >= 25 and taken[-1].resources == (None,) * 6
    assert taken[-1].outcomes[0] == 1
    state = monitor.snapshot().monitor
    assert set(state.switched_off) == {"memory and CPU"}
    assert (reason or "failed 20 times") in state.switched_off["memory and CPU"]
    for page in ("performance", "health"):
        assert (await scene.ask(page)).response.data["embeds"]
    assert state.faults.keys() == {"memory and CPU"}
