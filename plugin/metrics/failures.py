"""Failures of one command, grouped and bounded."""

from __future__ import annotations

from dataclasses import replace

from plugin.model import Denials, ErrorGroup

LARGEST_GROUPS = 10
"""How many error groups, and how many reasons of denial, are kept for one command."""

OTHER_REASONS = "(other reasons)"


class ErrorTable:
    """The error groups of one command that were seen last; the one unseen for longest makes room for a new one."""

    __slots__ = ("_groups", "dropped")

    def __init__(self) -> None:
        self._groups: dict[tuple[object, ...], ErrorGroup] = {}
        self.dropped = 0
        """How many groups had to make room."""

    def add(self, group: ErrorGroup) -> None:
        """Count failures of a group that may be known already."""
        key = (group.type, group.place)
        known = self._groups.pop(key, None)
        if known is not None:
            group = replace(group, count=known.count + group.count, first_seen=known.first_seen)
        elif len(self._groups) >= LARGEST_GROUPS:
            del self._groups[next(iter(self._groups))]
            self.dropped += 1
        self._groups[key] = group

    def newest(self) -> tuple[ErrorGroup, ...]:
        """The groups, last seen first."""
        return tuple(reversed(self._groups.values()))


class DenialTable:
    """Counts of denials by reason; what comes beyond the bound is counted together."""

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def add(self, reason: str) -> None:
        """Count one denial."""
        if reason not in self._counts and len(self._counts) >= LARGEST_GROUPS:
            reason = OTHER_REASONS
        self._counts[reason] = self._counts.get(reason, 0) + 1

    def most_frequent(self) -> tuple[Denials, ...]:
        """The reasons, most frequent first."""
        ordered = sorted(self._counts.items(), key=lambda item: -item[1])
        return tuple(Denials(reason, count) for reason, count in ordered)
