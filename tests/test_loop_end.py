"""When a loop is over."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from plugin.corridor.loop_end import LoopEnd

ROOT = Path(__file__).parents[1]


class Told:
    """What a loop's end is told to, and what has ended by then."""

    def __init__(self) -> None:
        self.ended: list[str] = []
        self.end = LoopEnd(self.in_loop, lambda: self.ended.append("exit"))

    async def in_loop(self) -> None:
        await asyncio.sleep(0)
        self.ended.append("loop")

    async def work(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            self.ended.append("task")


def test_it_is_told_after_the_last_task() -> None:
    """The tasks that asyncio.run cancels have ended, with all that they do on their way out."""
    told = Told()
    tasks: list[asyncio.Task[None]] = []

    async def main() -> None:
        told.end.follow()
        told.end.follow()
        tasks.append(asyncio.create_task(told.work()))
        await asyncio.sleep(0)

    asyncio.run(main())
    told.end.leave()
    assert told.ended == ["task", "loop"]


def test_who_has_left_is_not_told() -> None:
    """After `leave`, within the loop or without any, nothing is called."""
    told = Told()

    async def main() -> None:
        told.end.follow()
        told.end.leave()

    asyncio.run(main())
    told.end.leave()
    assert told.ended == []


def test_it_can_be_followed_again() -> None:
    """A bot that starts once more, on another loop, is told of that one's end."""
    told = Told()

    async def main() -> None:
        told.end.follow()

    for _ in range(2):
        asyncio.run(main())
    told.end.leave()
    assert told.ended == ["loop", "loop"]


def test_a_loop_that_is_left_behind_ends_with_the_process() -> None:
    """Where a loop is never shut down, the exit of the process tells; a fork of it does not."""
    program = """
import asyncio, os
from plugin.corridor.loop_end import LoopEnd
loop = asyncio.new_event_loop()
async def never(): print("loop")
end = LoopEnd(never, lambda: print("exit", flush=True))
async def main(): end.follow()
loop.run_until_complete(main())
if os.fork():
    os.wait()
"""
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "exit\n"
