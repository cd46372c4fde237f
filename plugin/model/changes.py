"""Numbers beside those of another span or release."""

from __future__ import annotations

import enum
from typing import NamedTuple


class ChangeVerdict(enum.Enum):
    """What became of a number since the span before it."""

    UNKNOWN = "unknown"
    """Too little to compare."""
    SAME = "same"
    """No change that is more than noise."""
    BETTER = "better"
    WORSE = "worse"
    MOVED = "moved"
    """More or less of what is neither good nor bad, such as invocations."""


class Change(NamedTuple):
    """One number beside the same number over the span before it."""

    before: float | None
    """In the unit of the comparison; None is unknown."""
    after: float | None
    p_value: float | None
    """The chance that noise alone makes such a difference, 0 to 1; None where nothing could be compared."""
    verdict: ChangeVerdict

    @property
    def ratio(self) -> float | None:
        """`after / before`; None where either is unknown or before is zero."""
        return self.after / self.before if self.before and self.after is not None else None

    @property
    def difference(self) -> float | None:
        """`after - before`; None where either is unknown."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def holds(self) -> bool:
        """Whether it is more than noise, so that it earns an arrow."""
        return self.verdict not in (ChangeVerdict.UNKNOWN, ChangeVerdict.SAME)


class Trend(NamedTuple):
    """A steady growth or decline of one series, beyond noise."""

    since: float
    """Unix time in seconds of the first point that counted."""
    at: float
    """Unix time in seconds of the last point."""
    level: float
    """Where the line is at the last point, in the unit of the series."""
    slope: float
    """Units per second."""
