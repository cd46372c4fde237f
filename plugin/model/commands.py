"""One command at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from plugin.histogram import Histogram
from plugin.model.answers import RecentAnswers
from plugin.model.foundation import CommandKey, Denials, ErrorGroup, error_rate
from plugin.model.stages import StageSnapshot


class CommandSnapshot(NamedTuple):
    """The state of one command at one moment."""

    key: CommandKey
    outcomes: tuple[int, int, int, int]
    """Invocations since boot, indexed by `Outcome`."""
    in_flight: int
    answers: RecentAnswers
    """Answers without a defer."""
    deferred: RecentAnswers
    """Answers after a defer, also timed from the receipt."""
    total_ns: int
    """Sum of the durations of all `ok` and `error` invocations since boot in nanoseconds."""
    durations: Histogram
    """Durations of all `ok` and `error` invocations since boot."""
    first_responses: Histogram
    """Times from receipt to first response since boot; empty for prefix commands."""
    errors: tuple[ErrorGroup, ...]
    """Most recently seen first."""
    denials: tuple[Denials, ...]
    """Most frequent first."""
    last_invoked: float | None
    """Unix time in seconds of the last end of an invocation."""
    stages: StageSnapshot | None = None
    """None before the first interaction, for prefix commands, and if stages are switched off."""
    recent: Sequence[float] = ()
    """How the latest invocations ended: per few minutes Unix time in seconds, `ok`, `error`; oldest first.

    Covers the last hour, or more if that has few invocations.
    """

    @property
    def invocations(self) -> int:
        """Ended invocations."""
        return sum(self.outcomes)

    @property
    def error_rate(self) -> float | None:
        """`error / (ok + error)` since boot, 0 to 1; None before the first of them."""
        return error_rate(self.outcomes)
