"""Whether an event loop moves, as another thread sees it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable


class LoopPulse:
    """Asks a loop for an answer, from another thread; a loop that is stopped is not asked."""

    def __init__(self, loop: asyncio.AbstractEventLoop, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._loop = loop
        self._clock_s = clock_s
        self._asked: float | None = None

    def blocked_s(self) -> float:
        """For how many seconds an answer has been missing; asks again once it has come."""
        if not self._loop.is_running():
            self._asked = None
            return 0.0
        asked = self._asked
        if asked is not None:
            return self._clock_s() - asked
        self._asked = self._clock_s()
        with contextlib.suppress(RuntimeError):  # closed meanwhile
            self._loop.call_soon_threadsafe(self._answer)
        return 0.0

    def _answer(self) -> None:
        self._asked = None
