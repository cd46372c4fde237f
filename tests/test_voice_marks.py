"""Marks of temporary channels wait until their guild is known, and not for ever."""

from __future__ import annotations

from typing import Any

from plugin.corridor.voice_marks import TRIED_FOR_NS, PendingMarks


class Guilds:
    """Knows some channels, and notes what is marked."""

    def __init__(self) -> None:
        self.known: set[int] = set()
        self.marked: list[tuple[int, int | None]] = []

    def __call__(self, channel_id: int, empty_since_ns: int | None) -> bool:
        if channel_id in self.known:
            self.marked.append((channel_id, empty_since_ns))
        return channel_id in self.known


def test_a_mark_waits_for_its_guild_and_counts_once() -> None:
    """Of a channel that becomes known, the mark is taken at the next look, and not again."""
    guilds = Guilds()
    pending = PendingMarks(guilds)
    pending.add(1, 50, 100)
    pending.look([2], 100)
    assert guilds.marked == []
    guilds.known = {1, 2}
    pending.look([2], 200)
    pending.look([2], 300)
    assert guilds.marked == [(1, 50), (2, None)]


def test_a_mark_of_an_unknown_channel_is_given_up() -> None:
    """After ten minutes, a channel that nobody knows is not looked for any more."""
    guilds = Guilds()
    pending = PendingMarks(guilds)
    pending.look([1], 0)
    pending.look([1], TRIED_FOR_NS)
    guilds.known = {1}
    pending.look([1], TRIED_FOR_NS + 1)
    assert guilds.marked == []


def test_memory_does_not_grow_with_marks() -> None:
    """Of marks that the bot's code no longer has, nothing is kept; made again, one counts again."""
    guilds = Guilds()
    guilds.known = {*range(100)}
    pending: Any = PendingMarks(guilds)  # that nothing is kept shows nowhere else
    for channel_id in range(100):
        pending.look([channel_id], channel_id)
    assert len(pending._seen) == 1 and not pending._waiting
    pending.look([0], 100)
    assert guilds.marked[-1] == (0, None)
