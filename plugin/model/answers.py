"""Answer times: from the receipt to the first content that the user saw.

Only answers of invocations that ended `ok` or `error` count. Answers after a defer are kept apart, since a command that
defers has told its user to wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from plugin.histogram import Histogram, nearest_rank


class AnswerSums(NamedTuple):
    """The number of answers and their total time."""

    number: int
    total_ns: int
    """In nanoseconds."""

    @property
    def mean_ns(self) -> float | None:
        """Mean in nanoseconds; None without any."""
        return self.total_ns / self.number if self.number else None


class AnswerTimes(NamedTuple):
    """The number of answers, their total time and their distribution."""

    number: int
    total_ns: int
    """In nanoseconds."""
    times: Histogram

    @property
    def mean_ns(self) -> float | None:
        """Mean in nanoseconds; None without any."""
        return self.total_ns / self.number if self.number else None


class RecentAnswers(NamedTuple):
    """All answers since the start, and a window of the latest ones."""

    number: int
    total_ns: int
    """In nanoseconds."""
    times: Histogram
    window_ns: Sequence[int]
    """The latest answer times in nanoseconds, newest first."""
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
        """All answers since the start, without the window."""
        return AnswerTimes(self.number, self.total_ns, self.times)


NO_SUMS = AnswerSums(0, 0)
NO_ANSWERS = AnswerTimes(0, 0, Histogram())
NO_RECENT_ANSWERS = RecentAnswers(0, 0, Histogram(), (), 0)
