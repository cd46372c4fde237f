"""Scheduled work on the bot's loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine


class LoopTask:
    """One task that runs from `start` to `stop`; it may start again, on another loop too."""

    def __init__(self, name: str, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """`name` is the task's, as asyncio's debug output shows it; `work` runs until it is cancelled."""
        self._name = name
        self._work = work
        self._task: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether it has begun and not ended."""
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        """Begin on the running loop; nothing where it runs already."""
        if not self.running:
            self._task = asyncio.get_running_loop().create_task(self._work(), name=self._name)

    def stop(self) -> None:
        """End at once; nothing where its loop is closed already."""
        if self._task is not None and not self._task.get_loop().is_closed():
            self._task.cancel()
        self._task = None
