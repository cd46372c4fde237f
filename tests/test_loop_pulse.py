"""Whether a loop moves, as another thread sees it; and what history is told of one that does not."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from plugin.corridor import archive
from plugin.corridor.archive import Archive
from plugin.corridor.history_writer import Beat
from plugin.corridor.loop_pulse import LoopPulse
from plugin.history.store import Store, open_store
from plugin.model import Batch, Retention, Writer

WRITER = Writer(42, "one", "boot", "1.0", True)


class MovedClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


async def test_a_loop_that_answers_is_not_blocked() -> None:
    """It is asked again and again."""
    clock = MovedClock()
    pulse = LoopPulse(asyncio.get_running_loop(), clock)
    for _ in range(3):
        assert pulse.blocked_s() == 0
        await asyncio.sleep(0)
        clock.now_s += 1000


async def test_a_loop_that_does_not_answer_is_blocked_until_it_does() -> None:
    """For as long as the question has been waiting."""
    clock = MovedClock()
    pulse = LoopPulse(asyncio.get_running_loop(), clock)
    assert pulse.blocked_s() == 0
    clock.now_s += 190
    assert pulse.blocked_s() == 190  # this test does not let the loop run
    await asyncio.sleep(0)
    assert pulse.blocked_s() == 0


@pytest.mark.parametrize("closed", [False, True], ids=["stopped", "closed"])
def test_a_loop_that_is_stopped_is_not_blocked(closed: bool) -> None:
    """Whoever runs it has stopped it, and may go on."""
    clock, loop = MovedClock(), asyncio.new_event_loop()
    pulse = LoopPulse(loop, clock)

    async def asked() -> None:
        assert pulse.blocked_s() == 0

    loop.run_until_complete(asked())
    if closed:
        loop.close()
    clock.now_s += 1000
    assert pulse.blocked_s() == 0
    loop.close()


async def test_history_is_told_of_a_blocked_loop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Before what was last said of the process, and without a heartbeat; the next heartbeat says what is then."""
    monkeypatch.setattr(archive, "MAINTENANCE_S", 0.01)
    clock, begun, blocked = MovedClock(), threading.Event(), threading.Event()
    loop = asyncio.new_event_loop()
    bot = threading.Thread(target=loop.run_until_complete, args=(held(begun, blocked),))
    bot.start()
    begun.wait()
    pulse = LoopPulse(loop, clock)
    assert pulse.blocked_s() == 0  # asks, so that it has been asked before the clock moves
    database = str(tmp_path / "golem.db")
    kept = Archive(database, WRITER, Retention(1, 2, 3), database, print, lambda: 1000.0, loop=pulse)
    kept.put(Batch(960, 1, (), {}, ()), Beat(1000.0, (0,), "memory 81 MB"))
    async with await open_store(database) as store:
        await said(store, "memory 81 MB")
        clock.now_s += 190
        await said(store, "event loop blocked for 3 min, memory 81 MB")
        assert (await store.fleet.instances(42))[0].last_seen == 1000.0
        blocked.set()
        bot.join()
        kept.put(Batch(1020, 2, (), {}, ()), Beat(1060.0, (0,), "memory 82 MB"))
        await kept.settled()
        assert (await store.fleet.instances(42))[0].status == "memory 82 MB"
    kept.end()
    await kept.ended()
    loop.close()


async def said(store: Store, status: str) -> None:
    """Wait until history has this status."""
    # Nothing tells a reader that another thread has written.
    while status not in [seen.status for seen in await store.fleet.instances(42)]:  # noqa: ASYNC110 # see above
        await asyncio.sleep(0.001)


async def held(begun: threading.Event, until: threading.Event) -> None:
    """What blocks a loop."""
    begun.set()
    until.wait()
