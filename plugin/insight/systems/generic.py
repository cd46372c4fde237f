"""The review of any system: what its counters added, where its gauges stand, how large the values of histograms are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from plugin.insight.changes import NEITHER, compare_counts, compare_durations, correct_for_multiple_tests
from plugin.insight.systems import courses, totals
from plugin.insight.systems.clumps import burst_of, dispersion_of
from plugin.insight.systems.rows import MOST_PARTS, alone, left_out, untested
from plugin.insight.trends import compare_levels, trend
from plugin.measures import MeasureKind
from plugin.model import (
    Change,
    ChangeVerdict,
    SeriesCourse,
    SystemChart,
    SystemLine,
    SystemPast,
    SystemReview,
    SystemRow,
    SystemSection,
    SystemSeries,
)
from plugin.words import counted, noun_of

MOST_LINES = 3
MOST_SENTENCES, MOST_TRENDS = 4, 2
DAY_S = 86_400
KINDS = [kind.value for kind in (MeasureKind.COUNTER, MeasureKind.GAUGE, MeasureKind.HISTOGRAM)]
"""In the order in which they are told."""
WHOLE = ("total", "now")
"""Labels of rows that say all there is of a measure."""
QUANTILES = (("median", 0.5), ("p95", 0.95))
UNCHANGED = "No significant change from the previous period."
NOTHING = "No values in this period."


class _Number(NamedTuple):
    """One row, and of which measure it tells."""

    measure: str
    row: SystemRow
    telling: bool = False
    """Whether a sentence may begin with it."""


def review_generic(past: SystemPast) -> SystemReview:
    """Each measure by itself, beside the previous period."""
    names = sorted(totals.measures(past), key=lambda name: KINDS.index(totals.of_measure(past, name)[0].kind))
    numbers = [number for name in names for number in _numbers(past, name)]
    held = correct_for_multiple_tests([number.row.change for number in numbers])
    numbers = [
        number._replace(row=number.row._replace(change=change)) for number, change in zip(numbers, held, strict=True)
    ]
    sections = [
        SystemSection(
            _title(past, name),
            tuple(number.row for number in numbers if number.measure == name),
            left_out(len(totals.of_measure(past, name))),
        )
        for name in names
    ]
    return SystemReview(tuple(_sentences(past, numbers)), tuple(sections), tuple(_charts(past, names)))


def with_others(past: SystemPast, known: Collection[str], review: SystemReview) -> SystemReview:
    """The review of known measures, and below it those that the bot has beside them."""
    others = past._replace(series=tuple(series for series in past.series if series.measure not in known))
    if not others.series:
        return review
    told = review_generic(others)
    return review._replace(sections=review.sections + told.sections, charts=review.charts + told.charts)


def short_name(measure: str) -> str:
    """The name of a measure without its system: `transactions`, `payout time`."""
    return measure.partition(".")[2].replace(".", " ").replace("_", " ")


def _title(past: SystemPast, measure: str) -> str:
    noun = noun_of(totals.of_measure(past, measure)[0].unit)
    return f"{short_name(measure)} ({noun})" if noun else short_name(measure)


def label_of(series: SystemSeries) -> str:
    """The attribute values that tell a series from others of its measure: `daily shop`."""
    return " ".join(series.attributes.values())


def _numbers(past: SystemPast, measure: str) -> Iterator[_Number]:
    series = totals.of_measure(past, measure)
    make = {MeasureKind.COUNTER.value: _counter, MeasureKind.GAUGE.value: _gauge}.get(series[0].kind, _histogram)
    rows = list(make(past, series))
    for index, row in enumerate(rows):
        yield _Number(measure, row, telling=not index)


def _counter(past: SystemPast, series: Sequence[SystemSeries]) -> Iterator[SystemRow]:
    hours, unit = totals.hours(past), series[0].unit
    whole = counter_change(series)
    yield SystemRow("total", whole, unit)
    before, after = (None if value is None else value / hours for value in (whole.before, whole.after))
    yield SystemRow("per hour", untested(before, after), unit)
    for one in _parts(series):
        yield SystemRow(label_of(one), counter_change([one]), unit)


def counter_change(series: Sequence[SystemSeries]) -> Change:
    """What counters added over the period, beside the previous one."""
    after, before = totals.total(series), totals.total_before(series)
    if before is None:
        return alone(after)
    change = compare_counts(round(before), round(after), burst=burst_of(series), verdicts=NEITHER)
    return change._replace(before=before, after=after)


def _gauge(past: SystemPast, series: Sequence[SystemSeries]) -> Iterator[SystemRow]:
    for one in series[:1] if not series[0].attributes else _parts(series):
        yield SystemRow(label_of(one) or "now", _level_change(one), one.unit)
    if not series[0].attributes and not past.since_start:
        values = [point.values for point in series[0].course.points]
        if values:
            yield SystemRow("lowest", alone(min(value.minimum for value in values)), series[0].unit)
            yield SystemRow("highest", alone(max(value.maximum for value in values)), series[0].unit)


def _level_change(series: SystemSeries) -> Change:
    now, before = totals.level(series.course), totals.level(series.before)
    if series.before is None:
        return alone(now)
    tested = compare_levels(_means(series.before), _means(series.course), verdicts=NEITHER)
    return tested._replace(before=before, after=now)


def _histogram(past: SystemPast, series: Sequence[SystemSeries]) -> Iterator[SystemRow]:
    for label, at in QUANTILES:
        yield SystemRow(label, quantile_change(series, at), series[0].unit)
    yield SystemRow("recorded", _recorded(past, series))
    if len(series) > 1:
        for one in _parts(series):
            yield SystemRow(label_of(one), quantile_change([one], 0.5), one.unit)


def quantile_change(series: Sequence[SystemSeries], at: float) -> Change:
    """A quantile of the values of histograms, in their unit, beside that of the previous period."""
    resolution, after = series[0].resolution, totals.distribution(one.course for one in series)
    value = totals.quantile(after, at, resolution)
    known = [one.before for one in series if one.before is not None]
    if len(known) < len(series):
        return alone(value)
    before = totals.distribution(known)
    earlier = totals.quantile(before, at, resolution)
    if value is None or earlier is None:
        return untested(earlier, value)
    tested = compare_durations(before, after, quantile=at, dispersion=dispersion_of(series, after, before))
    verdict = ChangeVerdict.MOVED if tested.holds else tested.verdict
    return Change(earlier, value, tested.p_value, verdict)


def _recorded(past: SystemPast, series: Sequence[SystemSeries]) -> Change:
    after = sum(point.values.count for one in series for point in one.course.points)
    if any(one.before is None for one in series) or past.since_start:
        return alone(after)
    before = sum(point.values.count for one in series for point in (one.before or one.course).points)
    return untested(before, after)


def _parts(series: Sequence[SystemSeries]) -> list[SystemSeries]:
    if not series[0].attributes:
        return []
    return sorted(series, key=_size, reverse=True)[:MOST_PARTS]


def _size(series: SystemSeries) -> float:
    if series.kind == MeasureKind.GAUGE.value:
        return totals.level(series.course) or 0.0
    return sum(point.values.sum for point in series.course.points)


def _sentences(past: SystemPast, numbers: Sequence[_Number]) -> Iterator[str]:
    if not numbers:
        yield NOTHING
        return
    changed = [number for number in numbers if number.row.change.holds]
    for number in sorted(changed, key=lambda one: (not one.telling, one.row.change.p_value or 0.0))[:MOST_SENTENCES]:
        yield _changed(number)
    if not changed:
        number = next((number for number in numbers if number.telling and number.row.change.after), numbers[0])
        yield f"{_what(number)}: {_told(number, number.row.change.after)}."
        if past.spans.before is not None:
            yield UNCHANGED
    yield from islice(_trends(past), MOST_TRENDS)


def _trends(past: SystemPast) -> Iterator[str]:
    """Gauges that grow or decline steadily over days."""
    for series in past.series:
        if series.kind == MeasureKind.GAUGE.value and not series.attributes and not past.since_start:
            found = trend([(at, value) for at, value in courses.levels(series.course) if value is not None])
            if found is not None:
                how = "grows" if found.slope > 0 else "declines"
                a_day = counted(abs(found.slope) * DAY_S, series.unit)
                yield f"{short_name(series.measure)} {how} by {a_day} a day."


def _changed(number: _Number) -> str:
    change = number.row.change
    return f"{_what(number)}: {_told(number, change.before)} → {_told(number, change.after)}."


def _what(number: _Number) -> str:
    """`transactions`, `transactions, daily`, `price, median`."""
    name, label = short_name(number.measure), number.row.label
    return name if label in WHOLE else f"{name}, {label}"


def _told(number: _Number, value: float | None) -> str:
    return "no value" if value is None else counted(value, number.row.unit)


def _charts(past: SystemPast, names: Sequence[str]) -> Iterator[SystemChart]:
    if past.since_start:
        return
    for name in names:
        series = totals.of_measure(past, name)
        lines = [line for line in _lines(past, series) if sum(value is not None for _, value in line.points) > 1]
        if lines:
            yield SystemChart(_chart_title(series[0]), tuple(lines), series[0].unit)


def _chart_title(series: SystemSeries) -> str:
    name = short_name(series.measure)
    if series.kind == MeasureKind.COUNTER.value:
        return f"{name} per hour"
    return name


def _lines(past: SystemPast, series: Sequence[SystemSeries]) -> Iterator[SystemLine]:
    kind = series[0].kind
    if kind == MeasureKind.COUNTER.value:
        yield SystemLine(courses.newest_label(series[0]), courses.per_hour(past, series))
    elif kind == MeasureKind.GAUGE.value:
        for one in _parts(series)[:MOST_LINES] or series[:1]:
            yield SystemLine(label_of(one) or courses.newest_label(one), courses.levels(one.course))
    else:
        for label, at in QUANTILES:
            yield SystemLine(label, courses.quantiles(series, at))


def _means(course: SeriesCourse) -> list[float]:
    return [value for _, value in courses.levels(course) if value is not None]
