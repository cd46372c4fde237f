"""Records of how many different members were active, without who they were."""

from __future__ import annotations

import enum
from typing import NamedTuple

SALT_BYTES = 32
KEPT_S = 3600
"""How long after its end a period is still known, in seconds, since clocks differ."""

DAY_S = 86_400
_MONDAY_S = 4 * DAY_S
"""The first Monday in Unix time; 1970 began on a Thursday."""


class MemberSpan(enum.Enum):
    """Over how long different members are counted."""

    DAY = "day"
    WEEK = "week"

    @property
    def length_s(self) -> int:
        """In seconds."""
        return DAY_S if self is MemberSpan.DAY else 7 * DAY_S

    def period(self, at: float) -> MemberPeriod:
        """The calendar day, or the calendar week from Monday, that a moment is in, both in UTC."""
        first = 0 if self is MemberSpan.DAY else _MONDAY_S
        return MemberPeriod(self, int((at - first) // self.length_s) * self.length_s + first)


class MemberPeriod(NamedTuple):
    """One day or one week."""

    span: MemberSpan
    start: int
    """Unix time in seconds."""

    @property
    def end(self) -> int:
        """Unix time in seconds."""
        return self.start + self.span.length_s


class MemberSketch(NamedTuple):
    """The members of a period, as one process counted them."""

    period: MemberPeriod
    packed: bytes
    """A `HyperLogLog`, packed."""
    salt: bytes
    """With which its members were hashed."""


class SaltedSketch(NamedTuple):
    """The members of a period, as all processes counted them that share a database."""

    period: MemberPeriod
    salt: bytes
    packed: bytes
    """A `HyperLogLog`, packed."""
