"""The bot's own thresholds: crossed bounds of own measures, minute by minute."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from plugin.costs import MEGABYTE
from plugin.insight.own_verdicts import LEAST, OwnVerdict, Side, of_counter, of_gauge, of_histogram
from plugin.insight.own_windows import LatestLevels, SlidingWindow
from plugin.insight.scales import CRITICAL, WARNING
from plugin.measures import MeasureKind, parsed_series
from plugin.model import Finding, SeriesDelta, SeriesKind, Subject, SubjectKind
from plugin.own_thresholds import MEAN, PER_S, SHORT_PER, OwnThreshold
from plugin.words import counted, lasting

OWN_THRESHOLD = "threshold"
"""The rule of these findings."""

KindOf = Callable[[str], SeriesKind | None]
"""What the series of a measure are; None where no such measure is known."""


class OwnThresholds:
    """Judges all own thresholds."""

    def __init__(self, thresholds: Iterable[OwnThreshold], kind_of: KindOf) -> None:
        self._watches = [_Watch(threshold) for threshold in thresholds]
        self._kind_of = kind_of

    def take(self, at: int, series: Mapping[str, SeriesDelta]) -> None:
        """Add the values of the minute that starts at `at`, in Unix seconds."""
        wanted = {watch.threshold.measure for watch in self._watches}
        found: dict[str, list[tuple[Mapping[str, str], SeriesDelta]]] = {}
        for name, values in series.items():
            if name.partition("{")[0] in wanted:
                measure, attributes = parsed_series(name)
                found.setdefault(measure, []).append((attributes, values))
        for watch in self._watches:
            kind = self._kind_of(watch.threshold.measure)
            if kind is not None and not _misfit(watch.threshold, kind):
                mine = found.get(watch.threshold.measure, ())
                watch.take(at, [values for attributes, values in mine if watch.threshold.takes(attributes)], kind)

    def found(self, now: float, standing: Collection[Finding]) -> list[Finding]:
        """Every threshold that is crossed as of now (Unix seconds); one that stands does until the opposite is sure."""
        known = {finding.identity: finding for finding in standing if finding.rule == OWN_THRESHOLD}
        findings = (watch.finding(now, known.get(watch.identity)) for watch in self._watches)
        return [finding for finding in findings if finding is not None]

    def misfits(self) -> list[str]:
        """Problems of thresholds whose measures are known by now, one sentence each."""
        known = ((watch.threshold, self._kind_of(watch.threshold.measure)) for watch in self._watches)
        return [misfit for threshold, kind in known if kind is not None and (misfit := _misfit(threshold, kind))]

    def unknown(self) -> list[str]:
        """Measures of thresholds that are still unknown."""
        measures = {watch.threshold.measure for watch in self._watches}
        return sorted(measure for measure in measures if self._kind_of(measure) is None)


def resolved(finding: Finding) -> str:
    """The log line for a threshold that is no longer crossed."""
    return f"resolved: {finding.sentence}, for {lasting((finding.until or finding.since) - finding.since)}"


class _Watch:
    """One threshold with its values."""

    def __init__(self, threshold: OwnThreshold) -> None:
        self.threshold = threshold
        self.identity = OWN_THRESHOLD, Subject(SubjectKind.MEASURE, subject_name(threshold))
        self._window = SlidingWindow(PER_S[threshold.per])
        self._levels = LatestLevels(threshold.least or LEAST[MeasureKind.GAUGE])
        self._kind = SeriesKind()

    def take(self, at: int, values: list[SeriesDelta], kind: SeriesKind) -> None:
        self._kind = kind
        if kind.base == MeasureKind.GAUGE.value:
            self._levels.take(at, values)
        else:
            self._window.take(at, values, counter=kind.base == MeasureKind.COUNTER.value)

    def finding(self, now: float, standing: Finding | None) -> Finding | None:
        """What stands of it as of now."""
        verdict = self._verdict()
        if verdict.side is Side.CROSSED:
            return self._crossed(verdict, now)
        return standing if verdict.side is Side.UNDECIDED else None

    def _verdict(self) -> OwnVerdict:
        if self._kind.base == MeasureKind.COUNTER.value:
            return of_counter(self.threshold, self._window)
        if self._kind.base == MeasureKind.GAUGE.value:
            return of_gauge(self.threshold, self._levels)
        return of_histogram(self.threshold, self._window.within(), self._kind)

    def _crossed(self, verdict: OwnVerdict, now: float) -> Finding:
        threshold, unit = self.threshold, self._kind.unit
        per = f" per {threshold.per}" if self._kind.base == MeasureKind.COUNTER.value else ""
        what = f" {threshold.value}" if self._kind.base == MeasureKind.HISTOGRAM.value else ""
        direction = "below" if threshold.below else "above"
        value, bound = (counted(number, unit) for number in (verdict.value or 0.0, threshold.bound))
        measured = "minutes" if not what else "values"
        factor, shown_unit = _FINDING_UNITS.get(unit, (1.0, ""))
        return Finding(
            OWN_THRESHOLD,
            self.identity[1],
            CRITICAL if threshold.severity == "critical" else WARNING,
            f"{threshold.series}:{what} {value}{per} is {direction} {bound} (threshold)",
            now,
            value=(verdict.value or 0.0) * factor,
            threshold=threshold.bound * factor,
            unit=shown_unit,
            evidence=((measured, float(verdict.number)),),
            look_at=_look_at(threshold.measure),
        )


_FINDING_UNITS = {"s": (1000.0, "ms"), "By": (1 / MEGABYTE, "MB"), "%": (1.0, "%")}
"""What turns a value into a unit of findings, by its unit in the notation of OpenTelemetry."""


def subject_name(threshold: OwnThreshold) -> str:
    """`economy.transactions > 500/h`, `economy.price p95 < 20`: tells a threshold from all others of the measure."""
    what = "" if threshold.value == MEAN else f" {threshold.value}"
    per = "" if threshold.per == "hour" else f"/{SHORT_PER[threshold.per]}"
    return f"{threshold.series}{what} {'<' if threshold.below else '>'} {threshold.bound:g}{per}"


def _look_at(measure: str) -> str:
    system, dot, _ = measure.partition(".")
    return f"/performance system:{system} period:24h" if dot else "/performance"


def _misfit(threshold: OwnThreshold, kind: SeriesKind) -> str:
    if threshold.value != MEAN and kind.base != MeasureKind.HISTOGRAM.value:
        return f"{threshold.measure} is a {kind.base}: value = {threshold.value!r} is for histograms and timers"
    attributes = {*filter(None, kind.attribute.split(","))}
    missing = [name for name, _ in threshold.where if name not in attributes]
    if missing:
        has = f"its attributes are {', '.join(sorted(attributes))}" if attributes else "it has none"
        return f"{threshold.measure} has no attribute {missing[0]}: {has}"
    return ""
