"""The course of an own measure, as the threshold that a finding tells of judges it."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence

from plugin.corridor.own_courses import together
from plugin.corridor.periods import DAY_S, HOUR_S, MINUTE_S, course_step_s
from plugin.costs import MEGABYTE
from plugin.history.store import Store
from plugin.insight.systems.totals import quantile
from plugin.measures import MeasureKind, parsed_series
from plugin.model import AlertCourse, Finding, Points, Scope, SeriesCourse, SeriesKind, SeriesPoint, Spans

SUBJECT = re.compile(
    r"(?P<measure>[a-z][\w.]*)(?:\{(?P<where>.*)\})?(?: (?P<value>median|p95|p99))? [<>] [^/ ]+(?:/(?P<per>min|h|d))?"
)
"""The name of a threshold, such as `economy.price{item=sword} p95 > 20`."""
PER_S = {"min": MINUTE_S, "h": HOUR_S, "d": DAY_S}
PER = {"min": "a minute", "h": "an hour", "d": "a day"}
QUANTILES = {"median": 0.5, "p95": 0.95, "p99": 0.99}
UNITS = {"s": (1000.0, "ms"), "By": (1 / MEGABYTE, "MB"), "%": (1.0, "%")}
"""What turns a value into the unit of a finding."""
MOST_SERIES = 100


async def own_points(store: Store, scope: Scope, over: Spans, finding: Finding) -> AlertCourse | None:
    """The values that the threshold of a finding is held against; None where that is not known."""
    named = SUBJECT.fullmatch(finding.subject.name)
    if named is None:
        return None
    described = await store.reading.described(scope, named["measure"])
    newest = {one.name: one for one in described}.values()
    kept = [one for one in newest if _is_meant(one.name, named["measure"], named["where"])]
    if not kept:
        return None
    kind = SeriesKind(kept[-1].unit, kept[-1].kind, kept[-1].attribute)
    per, step_s = named["per"] or "h", course_step_s(over)
    counts = kind.base == MeasureKind.COUNTER.value
    begin = over.start - PER_S[per] if counts else over.start
    names = [one.name for one in kept[:MOST_SERIES]]
    courses = await store.reading.series(scope, begin, over.end, names, step_s)
    is_gauge = kind.base == MeasureKind.GAUGE.value
    if counts:
        values = _added(together(courses).points, over, PER_S[per], step_s)
    else:
        values = _levels(courses) if is_gauge else _sizes(together(courses).points, kind, named["value"])
    factor, unit = UNITS.get(kind.unit, (1.0, "" if kind.unit == "1" else kind.unit.strip("{}").replace("_", " ")))
    told = PER[per] if counts else named["value"] or ("" if is_gauge else "average")
    title = f"{named['measure']}{{{named['where']}}}" if named["where"] else named["measure"]
    scaled = [(at, None if value is None else value * factor) for at, value in values]
    return AlertCourse(f"{title} {told}".rstrip(), unit, scaled, finding.threshold)


def _is_meant(series: str, measure: str, where: str | None) -> bool:
    name, attributes = parsed_series(series)
    wanted = [pair.partition("=") for pair in (where or "").split(",") if pair]
    return name == measure and all(attributes.get(key) == value for key, _, value in wanted)


def _levels(courses: Iterable[SeriesCourse]) -> Points:
    """The levels of all series added up."""
    found: dict[float, float | None] = {}
    for course in courses:
        for at, values in course.points:
            if values.count:
                found[at] = (found.get(at) or 0.0) + values.sum / values.count
    return sorted(found.items())


def _sizes(points: Iterable[SeriesPoint], kind: SeriesKind, value: str | None) -> Points:
    found: list[tuple[float, float | None]] = []
    for at, values in points:
        if value is None or values.distribution is None:
            found.append((at, values.sum / values.count if values.count else None))
        else:
            found.append((at, quantile(values.distribution, QUANTILES[value], kind.resolution)))
    return found


def _added(points: Sequence[SeriesPoint], over: Spans, per_s: int, step_s: int) -> Points:
    """What was added in the time before the end of each step; the present minute is not over."""
    by_step = {point.at: point.values.sum for point in points}
    window, total = deque[tuple[int, float]](), 0.0
    found: list[tuple[float, float | None]] = []
    start = (over.start - per_s) // step_s * step_s
    for at in range(start, over.end, step_s):
        window.append((at, by_step.get(at, 0.0)))
        total += window[-1][1]
        while window[0][0] <= at - per_s:
            total -= window.popleft()[1]
        if at >= over.start and at + step_s <= over.end - MINUTE_S:
            found.append((at, total))
    return found
