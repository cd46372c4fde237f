"""Draw pictures in a separate process, since in a thread it would block the event loop for 10 ms and more."""

from __future__ import annotations

import asyncio
import importlib.util
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from plugin.instrument.containment import Containment

if TYPE_CHECKING:
    from plugin.corridor.artist import Artist
    from plugin.display.chart import Chart

PART = "pictures"

LONGEST_WAIT_S = 1.5
"""Longest wait of a page for its picture."""

LAST_MOMENT_S = 2.2
"""A page is sent this long after its request, with or without picture; Discord's deadline is 3 s."""

IDLE_S = 300
"""The drawing process ends after this time without requests."""

MOST_AT_ONCE = 8
"""Most pictures drawn or waiting at once; further pages go without."""


LATE = "The chart is not ready yet; \N{ANTICLOCKWISE DOWNWARDS AND UPWARDS OPEN CIRCLE ARROWS} shows it."


class Drawn(NamedTuple):
    """A picture, or why there is none."""

    png: bytes | None
    instead: str = ""
    """The text in its place; empty if there is nothing to say."""


class Drawing:
    """Draws for the pages of one monitor; costs nothing while idle."""

    def __init__(self, containment: Containment, wanted: bool = True) -> None:
        self._containment = containment
        self._wanted = wanted
        self._part = containment.part(PART)
        self._artist: Artist | None = None
        self._begun: set[asyncio.Future[bytes]] = set()
        self._idle: asyncio.TimerHandle | None = None

    @property
    def process_id(self) -> int | None:
        """Id of the drawing process, if there is one."""
        return None if self._artist is None else self._artist.process_id

    @property
    def is_ready(self) -> bool:
        """Whether pictures are wanted, and can be drawn as far as is known."""
        return self._wanted and self._part.on and bool(importlib.util.find_spec("PIL"))

    async def draw(self, charts: Sequence[Chart], longest_wait_s: float = LONGEST_WAIT_S) -> Drawn:
        """The charts below each other as PNG, unless that takes too long; errors are counted, not raised."""
        if not (charts and self._wanted and self._part.on) or len(self._begun) >= MOST_AT_ONCE:
            return Drawn(None)
        from plugin.corridor import artist

        missing = artist.missing()
        if missing:
            return Drawn(None, missing)
        reason = artist.no_interpreter()
        if reason:
            self._containment.switch_off(PART, reason)
            return Drawn(None)
        with self._containment.containing(PART):
            picture = self._begin(charts)
            await asyncio.wait([picture], timeout=longest_wait_s)
            if not picture.done():
                return Drawn(None, LATE)
            if not picture.cancelled() and picture.exception() is None:
                return Drawn(picture.result())
        return Drawn(None)

    def close(self) -> None:
        """End the drawing process for good."""
        self._wanted = False
        self.stop()

    def stop(self) -> None:
        """End the drawing process, with its unfinished pictures."""
        self._keep_awake(None)
        self._begun.clear()
        artist, self._artist = self._artist, None
        if artist is not None:
            artist.end()

    def _begin(self, charts: Sequence[Chart]) -> asyncio.Future[bytes]:
        if self._artist is None:
            from plugin.corridor.artist import Artist

            self._artist = Artist()
        picture = self._artist.begin(charts)
        self._begun.add(picture)
        picture.add_done_callback(self._finished)
        self._keep_awake(asyncio.get_running_loop().call_later(IDLE_S, self._sleep))
        return picture

    def _finished(self, picture: asyncio.Future[bytes]) -> None:
        fault = None if picture.cancelled() else picture.exception()
        if isinstance(fault, Exception) and picture in self._begun:  # after `stop` none is, and failing is right
            self._part.fault(fault)
        self._begun.discard(picture)

    def _keep_awake(self, until: asyncio.TimerHandle | None) -> None:
        if self._idle is not None:
            self._idle.cancel()
        self._idle = until

    def _sleep(self) -> None:
        artist, self._artist = self._artist, None
        if artist is not None:
            artist.retire()


def wait_s(asked_s: float) -> float:
    """How long a page that was requested at this monotonic time can wait for its picture, in seconds."""
    return max(0, min(LONGEST_WAIT_S, asked_s + LAST_MOMENT_S - time.monotonic()))
