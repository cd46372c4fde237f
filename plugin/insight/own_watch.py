"""One own rule: pending while its bound is crossed, firing once that has lasted, and ending once it is surely over.

Its times are minutes of a clock that never jumps, given in seconds.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence

from plugin.insight.own_sentences import OWN_THRESHOLD, crossed_finding, subject_of
from plugin.insight.own_values import Values, new_values
from plugin.insight.own_verdicts import OwnVerdict, Side
from plugin.model import Finding, SeriesDelta, SeriesKind
from plugin.own_rules import OwnThreshold

CAME_BACK_S = 3600.0
"""What fires again so soon after its end flaps."""
FIRST_HOLD_S, LONGEST_HOLD_S = 60.0, 3600.0
"""How long what flaps must be over before it ends: doubled each time that it came back."""
FORGOTTEN_S = 7 * 86_400.0
"""A finding ends after this time without any new value."""


class RuleState(enum.Enum):
    """Where a rule stands."""

    OK = "ok"
    PENDING = "pending"
    FIRING = "firing"


class RuleWatch:
    """Follows one rule, minute by minute."""

    __slots__ = (
        "_crossed_at",
        "_ended_at",
        "_kind",
        "_minute",
        "_news_at",
        "_pending",
        "_returns",
        "_values",
        "identity",
        "rule",
        "state",
    )

    def __init__(self, rule: OwnThreshold) -> None:
        self.rule = rule
        self.identity = OWN_THRESHOLD, subject_of(rule)
        self.state = RuleState.OK
        self._kind = SeriesKind()
        self._values: Values | None = None
        self._minute = 0
        self._news_at: int | None = None
        """The latest minute with values, or the first one."""
        self._pending: int | None = None
        self._crossed_at: int | None = None
        self._ended_at: int | None = None
        self._returns = 0

    def take(self, at: int, values: Sequence[SeriesDelta], kind: SeriesKind, *, heard: bool) -> None:
        """Take what was added to its series in the minute that begins at `at`; `heard`: the bot was connected."""
        if self._values is None or (kind is not self._kind and kind.base != self._kind.base):
            self._values = new_values(self.rule, kind)
        self._minute, self._kind = at, kind
        if values or self._news_at is None:
            self._news_at = at
        self._values.take(at, values, heard=heard)

    def restart(self) -> None:
        """Some time was not seen at all: nothing is pending, and what was not counted in it proves nothing."""
        self._pending = None
        if self._values is not None:
            self._values.restart()

    def finding(self, now: float, standing: Finding | None) -> Finding | None:
        """What stands of it as of now, in Unix seconds."""
        found = standing if self._values is None else self._judged(self._values.verdict(standing), now, standing)
        waits = RuleState.OK if self._pending is None else RuleState.PENDING
        self.state = waits if found is None else RuleState.FIRING
        return found

    def _judged(self, verdict: OwnVerdict, now: float, standing: Finding | None) -> Finding | None:
        if verdict.side is Side.CROSSED:
            self._crossed_at = self._minute
            if standing is None and not self._is_due():
                return None
            return crossed_finding(self.rule, verdict, self._kind, now)
        self._pending = None
        return None if standing is None or self._is_over(verdict) else standing

    def _is_due(self) -> bool:
        """Whether what is crossed has been so for long enough."""
        self._pending = self._minute if self._pending is None else self._pending
        if not self.rule.absent and self._minute - self._pending < self.rule.for_s:
            return False
        self._pending = None
        if self._ended_at is not None:
            flaps = self._minute - self._ended_at < CAME_BACK_S
            self._returns = self._returns + 1 if flaps else 0
            self._ended_at = None
        return True

    def _is_over(self, verdict: OwnVerdict) -> bool:
        """Whether what stands, and is not crossed any more, ends."""
        if self._crossed_at is None:  # it stood before a restart
            self._crossed_at = self._minute
        over = verdict.side is Side.WITHIN and self._minute - self._crossed_at >= self._hold_s()
        forgotten = self._news_at is not None and self._minute - self._news_at >= FORGOTTEN_S
        if not over and (self.rule.absent or not forgotten):
            return False
        self._crossed_at, self._ended_at = None, self._minute
        return True

    def _hold_s(self) -> float:
        grown = FIRST_HOLD_S * 2.0 ** min(self._returns - 1, 10) if self._returns else 0.0
        return max(self.rule.keep_s, min(LONGEST_HOLD_S, grown))
