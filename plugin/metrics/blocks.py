"""Blocks of the event loop, grouped and bounded."""

from __future__ import annotations

from plugin.model import LoopBlock

LARGEST_BLOCKS = 100
"""Groups that are kept."""


class BlockTable:
    """The most recently seen blocks; a new group replaces the least recently seen one. Safe with several threads."""

    def __init__(self) -> None:
        self._blocks: dict[tuple[object, ...], LoopBlock] = {}
        self.dropped = 0
        """Groups that were replaced."""
        self.count = self.total_ns = 0
        """Number and total duration of all blocks, including those of replaced groups."""

    def add(self, block: LoopBlock) -> None:
        """Count a block; its group does not depend on the line of its place."""
        place = block.place[:2] if block.place is not None else None
        key = (block.what, place, block.call, block.holding)
        self.count += block.count
        self.total_ns += block.total_ns
        known = self._blocks.pop(key, None)
        if known is not None:
            block = _merged(known, block)
        elif len(self._blocks) >= LARGEST_BLOCKS:
            del self._blocks[next(iter(self._blocks))]
            self.dropped += 1
        self._blocks[key] = block

    def newest(self) -> tuple[LoopBlock, ...]:
        """The groups, most recently seen first."""
        return tuple(self._blocks.values())[::-1]


def _merged(known: LoopBlock, block: LoopBlock) -> LoopBlock:
    longest = max(known, block, key=lambda one: one.longest_ns)
    return block._replace(
        place=longest.place,
        count=known.count + block.count,
        total_ns=known.total_ns + block.total_ns,
        longest_ns=longest.longest_ns,
        first_seen=known.first_seen,
    )
