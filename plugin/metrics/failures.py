"""Failures of one command, grouped and bounded."""

from __future__ import annotations

from dataclasses import replace

from plugin.model import Denials, ErrorGroup

LARGEST_GROUPS = 10
"""Error groups, and reasons of denial, that are kept per command."""

OTHER_REASONS = "(other reasons)"


class ErrorTable:
    """The most recently seen error groups of one command; a new group replaces the least recently seen one."""

    __slots__ = ("_groups",)

    def __init__(self) -> None:
        self._groups: dict[tuple[object, ...], ErrorGroup] = {}

    def add(self, group: ErrorGroup) -> None:
        """Count failures of a group."""
        key = (group.type, group.place)
        known = self._groups.pop(key, None)
        if known is not None:
            group = _merged(known, group)
        elif len(self._groups) >= LARGEST_GROUPS:
            del self._groups[next(iter(self._groups))]
        self._groups[key] = group

    def newest(self) -> tuple[ErrorGroup, ...]:
        """The groups, most recently seen first."""
        return tuple(reversed(self._groups.values()))


class AddedErrors:
    """The error groups of one command since the last cut, each with all its failures; beyond the bound none begins."""

    __slots__ = ("_groups", "dropped")

    def __init__(self) -> None:
        self._groups: dict[tuple[object, ...], ErrorGroup] = {}
        self.dropped = 0
        """Failures of groups that found no room."""

    def add(self, group: ErrorGroup) -> None:
        """Count failures of a group."""
        key = (group.type, group.place)
        known = self._groups.get(key)
        if known is not None:
            self._groups[key] = _merged(known, group)
        elif len(self._groups) < LARGEST_GROUPS:
            self._groups[key] = group
        else:
            self.dropped += group.count

    def groups(self) -> tuple[ErrorGroup, ...]:
        """The groups, in the order of their first failures."""
        return tuple(self._groups.values())


def _merged(known: ErrorGroup, group: ErrorGroup) -> ErrorGroup:
    return replace(group, count=known.count + group.count, first_seen=known.first_seen)


class DenialTable:
    """Counts of denials by reason; reasons beyond the bound are counted as `OTHER_REASONS`."""

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
