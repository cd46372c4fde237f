"""What an own rule is judged by, of each kind of measure: its latest values and their verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from plugin.insight.own_verdicts import (
    LEAST,
    UNDECIDED,
    OwnVerdict,
    Side,
    of_counter,
    of_gauge,
    of_histogram,
    of_share,
    of_silence,
)
from plugin.insight.own_windows import LatestLevels, Quiet, ShareWindow, SlidingWindow
from plugin.insight.proportions import CLUMP
from plugin.measures import MeasureKind
from plugin.model import Finding, SeriesDelta, SeriesKind
from plugin.own_rules import PER_S, SHARE, OwnThreshold


class Values(Protocol):
    """The latest values of one rule."""

    def take(self, at: int, values: Sequence[SeriesDelta], *, heard: bool) -> None:
        """Take what was added in the minute that begins at `at`, in seconds; `heard`: whether the bot was connected."""
        ...

    def restart(self) -> None:
        """Some time was not seen at all."""
        ...

    def verdict(self, standing: Finding | None) -> OwnVerdict:
        """What they say; without a finding that stands, nobody needs to know whether it is over."""
        ...


def new_values(rule: OwnThreshold, kind: SeriesKind) -> Values:
    """Without any values yet, for a kind of measure."""
    if rule.absent:
        return _Silence(rule, kind)
    if kind.base == MeasureKind.GAUGE.value:
        return _Gauge(rule)
    if kind.base == SHARE:
        return _Share(rule)
    return _Counter(rule) if kind.base == MeasureKind.COUNTER.value else _Histogram(rule, kind)


class _Counter:
    def __init__(self, rule: OwnThreshold) -> None:
        self._rule = rule
        self._window = SlidingWindow(PER_S[rule.per])
        self.restart = self._window.restart

    def take(self, at: int, values: Sequence[SeriesDelta], *, heard: bool) -> None:
        self._window.take(at, values, counter=True, heard=heard)

    def verdict(self, standing: Finding | None) -> OwnVerdict:
        return of_counter(self._rule, self._window)


class _Histogram:
    def __init__(self, rule: OwnThreshold, kind: SeriesKind) -> None:
        self._rule = rule
        self._kind = kind
        self._window = SlidingWindow(PER_S[rule.per])
        self.restart = self._window.restart

    def take(self, at: int, values: Sequence[SeriesDelta], *, heard: bool) -> None:
        self._window.take(at, values, counter=False, heard=heard)

    def verdict(self, standing: Finding | None) -> OwnVerdict:
        return of_histogram(self._rule, self._window.within(), self._kind, stands=standing is not None)


class _Gauge:
    def __init__(self, rule: OwnThreshold) -> None:
        self._rule = rule
        # With `for`, that says how long it must be beyond its bound.
        self._levels = LatestLevels(rule.least or (1 if rule.for_s else LEAST[MeasureKind.GAUGE]))
        self.restart = self._levels.restart

    def take(self, at: int, values: Sequence[SeriesDelta], *, heard: bool) -> None:
        self._levels.take(at, values)

    def verdict(self, standing: Finding | None) -> OwnVerdict:
        return of_gauge(self._rule, self._levels)


class _Share:
    """Of what has been added, `count` were judged, and `sum` of them failed."""

    def __init__(self, rule: OwnThreshold) -> None:
        self._rule = rule
        self._window = ShareWindow(PER_S[rule.per])
        self._minute = 0
        self._least: float | None = None
        """What it surely is, as of the last time that it was beyond its bound."""
        self._was: float | None = None
        """What a share that stands surely was, in percent."""
        self._mark = -1
        """When it was last said to stand or to be over: only later invocations tell otherwise."""

    def take(self, at: int, values: Sequence[SeriesDelta], *, heard: bool) -> None:
        self._minute = at
        errors = sum(int(value.sum) for value in values)
        self._window.take(at, sum(value.count for value in values) - errors, errors)

    def restart(self) -> None:
        pass

    def verdict(self, standing: Finding | None) -> OwnVerdict:
        if standing is None:
            if self._was is not None:
                self._was, self._least, self._mark = None, None, self._minute
            if self._window.errors < CLUMP and self._rule.bound > 0:
                return UNDECIDED  # most commands
        elif self._was is None:
            self._was = self._least if self._least is not None else standing.value or 0.0
            self._mark = self._minute
        found, least = of_share(self._rule, self._window.slots(self._mark), self._was)
        if found.side is Side.CROSSED and standing is None:
            self._least = least
        return found


class _Silence:
    def __init__(self, rule: OwnThreshold, kind: SeriesKind) -> None:
        self._rule = rule
        self._counts = kind.base == MeasureKind.COUNTER.value
        self._quiet = Quiet()
        self.restart = self._quiet.restart

    def take(self, at: int, values: Sequence[SeriesDelta], *, heard: bool) -> None:
        counted = any(value.sum > 0 if self._counts else value.count for value in values)
        self._quiet.take(at, counted=counted, heard=heard)

    def verdict(self, standing: Finding | None) -> OwnVerdict:
        return of_silence(self._rule, self._quiet)
