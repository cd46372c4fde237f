"""Comparisons of numbers with another period or release."""

from __future__ import annotations

import enum
from typing import NamedTuple


class ChangeVerdict(enum.Enum):
    """How a number changed from the previous period."""

    UNKNOWN = "unknown"
    """Too little data to compare."""
    SAME = "same"
    """No significant change."""
    BETTER = "better"
    WORSE = "worse"
    MOVED = "moved"
    """A significant change that is neither good nor bad, for example of invocations."""


class Change(NamedTuple):
    """One number compared with the previous period."""

    before: float | None
    """In the unit of the comparison; None if unknown."""
    after: float | None
    p_value: float | None
    """The probability that noise alone causes such a difference, 0 to 1; None if nothing could be compared."""
    verdict: ChangeVerdict

    @property
    def ratio(self) -> float | None:
        """`after / before`; None if either is unknown or before is zero."""
        return self.after / self.before if self.before and self.after is not None else None

    @property
    def difference(self) -> float | None:
        """`after - before`; None if either is unknown."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def holds(self) -> bool:
        """Whether the change is significant and gets an arrow."""
        return self.verdict not in (ChangeVerdict.UNKNOWN, ChangeVerdict.SAME)


class Trend(NamedTuple):
    """A significant, steady growth or decline of one series."""

    since: float
    """Unix time in seconds of the first point of the trend."""
    at: float
    """Unix time in seconds of the last point."""
    level: float
    """The value of the line at the last point, in the unit of the series."""
    slope: float
    """Units per second."""
