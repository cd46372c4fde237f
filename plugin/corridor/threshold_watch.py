"""Judges thresholds of one's own with every cut, and says in the log when one begins and ends."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping

from plugin.corridor.minutes import Minute
from plugin.corridor.own_series import OwnSeries
from plugin.insight.own_thresholds import OWN_THRESHOLD, OwnThresholds, resolved
from plugin.measures import measure_of
from plugin.model import Finding, SeriesDelta, SeriesKind
from plugin.own_thresholds import OwnThreshold

_logger = logging.getLogger(__name__)

PATIENCE_S = 3600.0
"""A measure that is not declared so long after the first cut is probably misspelt."""

Hold = Callable[[Collection[str], Iterable[Finding], float], Collection[Finding]]


class ThresholdWatch:
    """Takes every cut of one bot."""

    def __init__(
        self,
        thresholds: Iterable[OwnThreshold],
        own: OwnSeries,
        standing: Callable[[], Collection[Finding]],
        hold: Hold,
    ) -> None:
        """`standing` returns the findings that stand; `hold` takes those of a rule."""
        self._own = own
        self._counted_before = own.counted()
        """Measures whose next increase is of an unknown time: that before this monitor is part of it."""
        self._standing = standing
        self._hold = hold
        self._declared: Mapping[str, SeriesKind] = {}
        self._thresholds = OwnThresholds(thresholds, self._kind_of)
        self._began: float | None = None
        self._said: set[str] = set()

    def take(self, minute: Minute) -> None:
        """Judge with what was added since the cut before."""
        self._thresholds.take(minute.batch.start, self._since_last_cut(minute.batch.series))
        for finding in self._hold((OWN_THRESHOLD,), self._thresholds.found(minute.at, self._standing()), minute.at):
            if finding.until is None:
                _logger.warning("%s", finding.sentence)
            else:
                _logger.info("%s", resolved(finding))
        if not self._own.pending:
            self._complain(minute.at)

    def _since_last_cut(self, series: Mapping[str, SeriesDelta]) -> Mapping[str, SeriesDelta]:
        """The series, without those that also have what was counted before the last cut."""
        if self._own.pending:
            self._counted_before = self._own.counted()
            return series
        self._declared = self._own.kinds()
        before, self._counted_before = self._counted_before, frozenset[str]()
        return {name: one for name, one in series.items() if name.partition("{")[0] not in before} if before else series

    def _kind_of(self, measure: str) -> SeriesKind | None:
        declared = self._declared.get(measure)
        if declared is not None:
            return declared
        of_bot = measure_of(measure)
        return None if of_bot is None else SeriesKind(of_bot.unit, of_bot.kind.value, of_bot.attribute)

    def _complain(self, now: float) -> None:
        self._began = now if self._began is None else self._began
        wrong = self._thresholds.misfits()
        if now - self._began >= PATIENCE_S:
            wrong += [f"no measure {measure} is declared: check its name" for measure in self._thresholds.unknown()]
        for problem in wrong:
            if problem not in self._said:
                self._said.add(problem)
                _logger.warning("[[golem.threshold]]: %s", problem)
