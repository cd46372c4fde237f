"""Threads: nobody waits for their start, and no process for their end."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from examples.localdiscord.primitives import PATIENCE_S
from plugin.corridor.loop_thread import Ended, LoopThread
from plugin.instrument.threads import Worker
from tests.held_threads import HeldThreads

ROOT = Path(__file__).parents[2]


async def test_a_worker_takes_calls_before_its_thread_runs(held: HeldThreads) -> None:
    """They are made once it runs, in their order, and answered."""
    worker, made = Worker("test"), list[int]()
    answers = [worker.call(made.append, number) for number in range(3)]
    await asyncio.sleep(0)
    assert not made
    held.begin()
    await asyncio.gather(*answers)
    assert made == [0, 1, 2]
    worker.end()


async def test_a_worker_raises_what_a_call_raises() -> None:
    """The asker gets the exception, and the next call is made."""
    worker = Worker("test")
    with pytest.raises(ZeroDivisionError):
        await worker.call(divmod, 1, 0)
    assert await worker.call(divmod, 1, 1) == (1, 0)
    worker.end()


async def test_a_worker_makes_no_call_that_was_cancelled(held: HeldThreads) -> None:
    """Whoever asked and went away costs nothing."""
    worker, made = Worker("test"), list[int]()
    worker.call(made.append, 1).cancel()
    await asyncio.sleep(0)  # asyncio tells the thread's future of it in the next round of the loop
    last = worker.call(made.append, 2)
    held.begin()
    await last
    assert made == [2]
    worker.end()


@pytest.mark.parametrize("first", [True, False], ids=["the starter", "the thread"])
async def test_where_there_is_no_thread_a_call_is_refused(monkeypatch: pytest.MonkeyPatch, first: bool) -> None:
    """The asker gets the system's error, and the next call tries again."""

    def none(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    worker = Worker("test")
    with monkeypatch.context() as short:
        short.setattr("_thread.start_new_thread" if first else "threading.Thread.start", none)
        with pytest.raises(RuntimeError, match="can't start"):
            await worker.call(int)
    assert await worker.call(int) == 0
    worker.end()


async def test_a_background_takes_work_before_its_thread_runs(held: HeldThreads) -> None:
    """Neither start nor call nor run waits for it; all is done in the order in which it was asked for."""
    done, over = list[str](), list[asyncio.Event]()

    async def main() -> None:
        over.append(asyncio.Event())
        await over[0].wait()

    async def work() -> str:
        done.append("run")
        return threading.current_thread().name

    background = LoopThread("test", main, pytest.fail)
    background.start()
    background.call(done.append, "call")
    answer = asyncio.create_task(background.run(work))
    await asyncio.sleep(0)
    background.call(lambda: over[0].set())
    assert background.alive and not done
    held.begin()
    assert await answer == "golem-test"
    assert done == ["call", "run"]
    assert await background.ended(PATIENCE_S)
    with pytest.raises(Ended):
        await background.run(work)


async def test_a_background_without_a_thread_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system gives none it has ended, and what waited for it is told."""
    faults = list[Exception]()

    async def never() -> None: ...

    def none(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("_thread.start_new_thread", none)
    background = LoopThread("test", never, faults.append)
    background.start()
    assert not background.alive and len(faults) == 1
    with pytest.raises(Ended):
        await background.run(never)


async def test_work_that_is_cut_off_is_told(held: HeldThreads) -> None:
    """What runs when the thread ends is told so, whether it had begun or not."""

    async def main() -> None:
        await asyncio.sleep(0)

    async def endless() -> None:
        await asyncio.Event().wait()

    background = LoopThread("test", main, pytest.fail)
    background.start()
    answers = [asyncio.create_task(background.run(endless)) for _ in range(3)]
    await asyncio.sleep(0)
    held.begin()
    assert [type(said) for said in await asyncio.gather(*answers, return_exceptions=True)] == [Ended] * 3


BUSY = {
    "a call": "asyncio.run(call(Worker('test')))",
    "a lookup of a name": "asyncio.run(wait(LoopThread('test', look_up, print)))",
    "a thread that goes on": "asyncio.run(wait(LoopThread('test', idle, print)))",
}


@pytest.mark.parametrize("busy", BUSY.values(), ids=BUSY)
def test_no_thread_keeps_a_process_alive(busy: str) -> None:
    """A bot ends while a thread of the monitor's is in the middle of something that takes for ever."""
    code = textwrap.dedent(f"""
        import asyncio, threading
        from plugin.corridor.loop_thread import LoopThread
        from plugin.instrument.threads import Worker

        begun = threading.Event()

        def block():
            begun.set()
            threading.Event().wait()

        async def call(worker):
            worker.call(block)
            begun.wait()

        async def look_up():
            await asyncio.get_running_loop().run_in_executor(None, block)

        async def idle():
            begun.set()
            await asyncio.Event().wait()

        async def wait(background):
            background.start()
            begun.wait()

        {busy}
        print("over", flush=True)
    """)
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=2 * PATIENCE_S,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "over\n", "")
