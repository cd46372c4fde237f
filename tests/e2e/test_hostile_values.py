"""Exceptions and names of a bot that raise when they are asked: each costs a word, and no part of the monitor."""

from __future__ import annotations

from typing import Any

import lightbulb

import plugin
from plugin.adapters import LIGHTBULB_LINE
from plugin.instrument.containment import FAULTS_UNTIL_OFF
from plugin.model import Outcome
from tests import hostile
from tests.e2e.conftest import Scene

OFTEN = FAULTS_UNTIL_OFF + 1


async def fail(context: lightbulb.Context) -> None:
    """Answer, and fail with an exception that tells nothing of itself."""
    await context.respond("ran")
    raise hostile.error()


def handle_errors(sample: Any) -> None:
    """Let the bot handle each error without a look at it, since nobody could log it."""
    if LIGHTBULB_LINE == 2:

        async def swallow(_: lightbulb.CommandErrorEvent) -> None: ...

        sample.bot.subscribe(lightbulb.CommandErrorEvent, swallow)
    else:

        async def handle(_: Any) -> bool:
            return True

        sample.client.error_handler(handle)


async def test_hostile_exceptions_are_errors_of_their_command(scene: Scene, counted: Any) -> None:
    """More of them than switch a part off are counted one by one, by the name of their type, and nothing is off."""
    sample = scene.make()
    sample.add("evil", fail)
    handle_errors(sample)
    await sample.load()
    await sample.start()
    for _ in range(OFTEN):
        await scene.call("evil")
    command = await counted(sample, "evil", OFTEN)
    assert command.outcomes[Outcome.ERROR] == OFTEN
    assert [(error.type, error.count) for error in command.errors] == [("tests.hostile.Error", OFTEN)]
    monitor: Any = plugin.monitor_of(sample.bot)
    state = monitor.snapshot().monitor
    assert (state.faults, state.switched_off) == ({}, {})
    await scene.call("ping")
    await counted(sample, "ping")
