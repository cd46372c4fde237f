"""Channels that are said to be temporary, until their guild is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable

TRIED_FOR_NS = 600 * 1_000_000_000
"""So long a mark waits for the gateway to tell of its guild."""

Mark = Callable[[int, int | None], bool]
"""Marks a channel, with since when it is empty (monotonic nanoseconds; None: now); False if it is not known yet."""


class PendingMarks:
    """Marks each channel once, as soon as it is known: at a start, marks come before the gateway tells of guilds."""

    def __init__(self, mark: Mark) -> None:
        self._mark = mark
        self._seen: set[int] = set()
        """The marks of the bot's code that were here at the last look."""
        self._waiting: dict[int, tuple[int | None, int]] = {}
        """By channel, since when it is empty, and when to give up."""

    def add(self, channel_id: int, empty_since_ns: int | None, now_ns: int) -> None:
        """Mark a channel as soon as it is known."""
        self._waiting.setdefault(channel_id, (empty_since_ns, now_ns + TRIED_FOR_NS))

    def look(self, marked: Iterable[int], now_ns: int) -> None:
        """Take the marks of the bot's code, all of them each time, and try those that wait."""
        here = set(marked)
        for channel_id in here - self._seen:
            self.add(channel_id, None, now_ns)
        self._seen = here
        for channel_id, (empty_since_ns, until_ns) in list(self._waiting.items()):
            if self._mark(channel_id, empty_since_ns) or now_ns >= until_ns:
                del self._waiting[channel_id]
