"""Increases of counters since they were last read, from their totals since the start."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Increases(Generic[Key]):
    """Remembers the last total of each counter."""

    def __init__(self) -> None:
        self._totals: dict[Key, float] = {}

    def since(self, key: Key, total: float, *, begins_anew: bool = False) -> float:
        """The increase since the last call for this counter; its total at the first call.

        A total that fell counts as 0, or in full if the counter `begins_anew`, that is, restarts from 0.
        """
        before = self._totals.get(key, 0)
        self._totals[key] = total
        if total < before:
            return total if begins_anew else 0
        return total - before

    def beyond(self, key: Key, total: float) -> float:
        """The increase over the highest total so far; 0 for one that was read before another that was told."""
        before = self._totals.get(key, 0)
        if total <= before:
            return 0
        self._totals[key] = total
        return total - before

    def keep(self, keys: Collection[Key]) -> None:
        """Forget all other counters."""
        self._totals = {key: total for key, total in self._totals.items() if key in keys}
