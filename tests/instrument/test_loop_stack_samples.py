"""Looks at a loop from another thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from plugin.instrument.loop.stack_samples import StackSample, StackSampler
from plugin.instrument.own_code import OURS
from plugin.instrument.places import Places
from plugin.model import CommandKey, CommandKind

COMMAND = CommandKey(CommandKind.SLASH, "holds", None)


class LatePlaces(Places):
    """Places that let the loop run on while they are found, as a busy machine does."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__(Path.cwd())
        self._meanwhile = meanwhile

    def running(self, *given: Any) -> Any:
        """The place, after what happens meanwhile."""
        self._meanwhile()
        return super().running(*given)


def sample_from_elsewhere(sampler: StackSampler) -> StackSample:
    """A look from another thread while this one waits for it, and so holds its loop."""
    found: list[StackSample] = []
    thread = threading.Thread(target=lambda: found.append(sampler.sample(free=True)))
    thread.start()
    thread.join()
    return found[0]


def sampler_of(places: Places, running: dict[int, CommandKey]) -> StackSampler:
    """Looks at the running loop."""
    return StackSampler(asyncio.get_running_loop(), threading.get_ident(), places, running.get)


async def test_a_command_that_ends_while_it_is_looked_at_is_named() -> None:
    """The loop runs on as soon as Python lets it, and then nobody knows any more whose task it was."""
    running = {id(asyncio.current_task()): COMMAND}
    found = sample_from_elsewhere(sampler_of(LatePlaces(running.clear), running))
    assert not running
    assert found.what == "/holds"


async def test_the_watchs_own_beat_holds_nothing() -> None:
    """Where the look comes too late it meets the beat that follows: the loop runs again."""
    found = asyncio.get_running_loop().create_future()
    sampler = sampler_of(Places(Path.cwd()), {})
    begun, looked = list[None](), list[StackSample]()

    def watch() -> None:
        while not begun:
            pass
        looked.append(sampler.sample(free=True))

    thread = threading.Thread(target=watch)
    thread.start()
    beat = "def contained():\n    begin(None)\n    while not looked: pass\n    tell(looked[0])"
    own: dict[str, Any] = {"begin": begun.append, "looked": looked, "tell": found.set_result}
    exec(compile(beat, f"{OURS}beat.py", "exec"), own)  # as a file of the plugin's
    asyncio.get_running_loop().call_soon(own["contained"])
    assert (await found).idle
    thread.join()
