"""What was added to counters since they were last asked: the one way from totals since the start to minutes."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Increases(Generic[Key]):
    """Remembers the last total of each counter."""

    def __init__(self) -> None:
        self._totals: dict[Key, float] = {}

    def since(self, key: Key, total: float, *, begins_anew: bool = False) -> float:
        """The increase since the last call for this counter; all of it at the first call.

        A total that fell adds nothing; where counters may have begun anew, it adds all that it counts.
        """
        before = self._totals.get(key, 0)
        self._totals[key] = total
        if total < before:
            return total if begins_anew else 0
        return total - before

    def keep(self, keys: Collection[Key]) -> None:
        """Forget every other counter."""
        self._totals = {key: total for key, total in self._totals.items() if key in keys}
