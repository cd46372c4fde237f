"""Values by member, without their ids and within bounds: a fair sample if there are many members.

A member belongs to the sample while the salted hash of the id lies under a bound. Whenever there are too many members,
the bound is halved (Gibbons, "Distinct sampling for highly-accurate answers to distinct values queries", VLDB 2001). So
a member's place in the sample does not depend on what the member does.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Generic, TypeVar

MOST_MEMBERS = 4096
_BITS = 64
_MASK = (1 << _BITS) - 1

V = TypeVar("V")


class MemberSample(Generic[V]):
    """A value for each member of the sample."""

    __slots__ = ("_add", "_bound", "_make", "_multiply", "values")

    def __init__(self, make: Callable[[], V]) -> None:
        self._make = make
        self.values: dict[int, V] = {}
        self.clear()

    @property
    def share(self) -> float:
        """The share of all members in the sample, 0 to 1."""
        return self._bound / (1 << _BITS)

    def of(self, member: int) -> V | None:
        """The value of a member; None if it is not in the sample."""
        key = self.key(member)
        found = self.values.get(key)
        if found is None and key < self._bound:
            found = self.values[key] = self._make()
            while len(self.values) > MOST_MEMBERS:
                self._bound >>= 1
                self.values = {key: value for key, value in self.values.items() if key < self._bound}
        return found

    def key(self, member: int) -> int:
        """The key of a member until the sample is cleared."""
        mixed = ((member ^ self._add) * self._multiply) & _MASK
        return mixed ^ (mixed >> 32)

    def clear(self) -> None:
        """Forget everything, and choose another salt."""
        self.values.clear()
        self._bound = 1 << _BITS
        self._add, self._multiply = secrets.randbits(_BITS), secrets.randbits(_BITS) | 1
