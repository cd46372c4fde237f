"""The bot's event loop never waits for a thread of the monitor's, however long the machine lets that wait."""

from __future__ import annotations

import asyncio

import pytest

import plugin
from tests.e2e.conftest import Scene, until
from tests.e2e.test_loading import threads
from tests.held_threads import HeldThreads


@pytest.mark.parametrize("end", ["unload", "close"])
async def test_the_bot_goes_on_while_threads_begin_and_end(scene: Scene, held: HeldThreads, end: str) -> None:
    """At the start, for a sample, a page, a chart and history, and at the end; all that was asked for comes later."""
    plugin.configure(database="golem.db")
    sample = await scene.run()
    monitor = plugin.monitor_of(sample.bot)
    later = [
        asyncio.create_task(asked)
        for asked in (monitor.tick(), scene.ask("performance"), scene.ask("health"), monitor.flush())
    ]
    await scene.call("ping")
    assert not any(task.done() for task in later)
    held.begin()
    await asyncio.gather(*later)
    await until(lambda: "golem-watchdog" in threads())
    held.hold_ends()
    await getattr(sample, end)()
    assert threads()
    held.end()
    await until(lambda: not threads())
    assert not monitor.snapshot().monitor.faults
