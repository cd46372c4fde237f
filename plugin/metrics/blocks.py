"""Blocks of the event loop, grouped and bounded."""

from __future__ import annotations

from plugin.model import LoopBlock

LARGEST_BLOCKS = 100
"""How many groups are kept."""


class BlockTable:
    """The blocks that were seen last; the one unseen for longest makes room for a new one. For several threads."""

    def __init__(self) -> None:
        self._blocks: dict[tuple[object, ...], LoopBlock] = {}
        self.dropped = 0
        """How many groups made room."""
        self.count = self.total_ns = 0
        """How many blocks there were, and how long they lasted together, those of groups that made room included."""

    def add(self, block: LoopBlock) -> None:
        """Count a block of a group that may be known already; the line of its place is no part of the group."""
        place = block.place[:2] if block.place is not None else None
        key = (block.what, place, block.call, block.holding)
        self.count += block.count
        self.total_ns += block.total_ns
        known = self._blocks.pop(key, None)
        if known is not None:
            block = _together(known, block)
        elif len(self._blocks) >= LARGEST_BLOCKS:
            del self._blocks[next(iter(self._blocks))]
            self.dropped += 1
        self._blocks[key] = block

    def newest(self) -> tuple[LoopBlock, ...]:
        """The groups, last seen first."""
        return tuple(self._blocks.values())[::-1]


def _together(known: LoopBlock, block: LoopBlock) -> LoopBlock:
    longest = max(known, block, key=lambda one: one.longest_ns)
    return block._replace(
        place=longest.place,
        count=known.count + block.count,
        total_ns=known.total_ns + block.total_ns,
        longest_ns=longest.longest_ns,
        first_seen=known.first_seen,
    )
