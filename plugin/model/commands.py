"""One command at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from plugin.histogram import Histogram
from plugin.model.answers import RecentAnswers
from plugin.model.foundation import CommandKey, Denials, ErrorGroup, error_rate
from plugin.model.stages import StageSnapshot


class CommandSnapshot(NamedTuple):
    """What is known of one command at one moment."""

    key: CommandKey
    outcomes: tuple[int, int, int, int]
    """Invocations since boot, indexed by `Outcome`."""
    in_flight: int
    answers: RecentAnswers
    """Of those that did not defer."""
    deferred: RecentAnswers
    """Of those that did; from the receipt as well."""
    total_ns: int
    """Sum of the durations of all `ok` and `error` invocations since boot in nanoseconds."""
    durations: Histogram
    """Durations of all `ok` and `error` invocations since boot."""
    first_responses: Histogram
    """Times from receipt to first response since boot; empty for prefix commands."""
    errors: tuple[ErrorGroup, ...]
    """Newest first."""
    denials: tuple[Denials, ...]
    """Most frequent first."""
    last_invoked: float | None
    """Unix time in seconds of the last end of an invocation."""
    stages: StageSnapshot | None = None
    """None before the first interaction, for prefix commands, and where it is switched off."""
    recent: Sequence[float] = ()
    """How the latest invocations ended: for each few minutes Unix time in seconds, `ok`, `error`; oldest first.

    Of the last hour, or of longer where that has few invocations.
    """

    @property
    def invocations(self) -> int:
        """How many invocations have ended."""
        return sum(self.outcomes)

    @property
    def error_rate(self) -> float | None:
        """`error / (ok + error)` since boot, 0 to 1; None before the first of them."""
        return error_rate(self.outcomes)
