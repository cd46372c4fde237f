"""How long users waited for answers: from the receipt to the first content that they saw.

Only answers of invocations that ended `ok` or `error` count. Those that came after a defer are kept apart, since a
command that defers has told its user to wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from plugin.histogram import Histogram, nearest_rank


class AnswerSums(NamedTuple):
    """How many answers there were, and how long they took in all."""

    number: int
    total_ns: int
    """In nanoseconds."""

    @property
    def mean_ns(self) -> float | None:
        """Mean in nanoseconds; None without any."""
        return self.total_ns / self.number if self.number else None


class AnswerTimes(NamedTuple):
    """The same with their distribution."""

    number: int
    total_ns: int
    """In nanoseconds."""
    times: Histogram

    @property
    def mean_ns(self) -> float | None:
        """Mean in nanoseconds; None without any."""
        return self.total_ns / self.number if self.number else None


class RecentAnswers(NamedTuple):
    """All answers since boot, and the last ones exactly."""

    number: int
    total_ns: int
    """In nanoseconds."""
    times: Histogram
    window_ns: Sequence[int]
    """The last ones in nanoseconds, newest first."""
    window_sum_ns: int

    @property
    def mean_ns(self) -> float | None:
        """Mean over the window in nanoseconds; None while it is empty."""
        return self.window_sum_ns / len(self.window_ns) if self.window_ns else None

    def quantile_ns(self, quantile: float) -> int | None:
        """Quantile (0 to 1) over the window in nanoseconds by nearest rank, exact; None while it is empty."""
        if not self.window_ns:
            return None
        return sorted(self.window_ns)[nearest_rank(quantile, len(self.window_ns)) - 1]

    @property
    def since_boot(self) -> AnswerTimes:
        """Without the window."""
        return AnswerTimes(self.number, self.total_ns, self.times)


NO_SUMS = AnswerSums(0, 0)
NO_ANSWERS = AnswerTimes(0, 0, Histogram())
NO_RECENT_ANSWERS = RecentAnswers(0, 0, Histogram(), (), 0)
