"""Courses of own measures, as history has them: of one instance, or of a fleet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from plugin.corridor.periods import HOUR_S
from plugin.history.store import Store
from plugin.measures import MeasureKind, measure_of, parsed_series
from plugin.metrics.series import joined
from plugin.model import Scope, SeriesCourse, SeriesDelta, SeriesKept, SeriesKind, SeriesPoint, SystemSeries


class SeriesReader(NamedTuple):
    """Reads courses of own measures of one instance, or of a fleet."""

    store: Store
    scope: Scope
    step_s: int
    each_s: int

    async def courses(self, kept: Sequence[SeriesKept], start: int, end: int) -> dict[str, SeriesCourse]:
        """The course of each series by its name; gauges of a fleet are added up, unless all instances share them."""
        fleet = self.scope.instance is None
        apart = [one.name for one in kept if fleet and one.kind == MeasureKind.GAUGE.value]
        known = {*apart}
        others = [one.name for one in kept if one.name not in known]
        found = await self.store.reading.series(self.scope, start, end, others, self.step_s) if others else ()
        return dict(zip([*others, *apart], [*found, *await self.gauges(apart, start, end)], strict=True))

    async def gauges(self, names: Sequence[str], start: int, end: int) -> tuple[SeriesCourse, ...]:
        """The courses of gauges of which every instance has its own, in their order; of a fleet added up."""
        reading = self.store.reading
        if self.scope.instance is not None:
            return await reading.series(self.scope, start, end, names, self.step_s)
        # Of the last part, some instances may have written nothing yet.
        whole = end - end % self.each_s
        return await reading.added(self.scope, start, whole, names, self.step_s, self.each_s) if names else ()


def system_series(kept: SeriesKept, course: SeriesCourse, before: SeriesCourse | None) -> SystemSeries:
    """A series with what it is."""
    measure, attributes = parsed_series(kept.name)
    kind = SeriesKind(kept.unit, kept.kind, kept.attribute)
    return SystemSeries(measure, attributes, kind.base, kept.unit, kind.resolution, course, before)


def is_own(kept: SeriesKept) -> bool:
    """Whether it is of a measure that the bot's own code declared."""
    return bool(kept.kind) and measure_of(kept.name) is None


def newest_series(kept: Iterable[SeriesKept]) -> list[SeriesKept]:
    """Each series once, as it was declared last."""
    return list({one.name: one for one in kept if is_own(one)}.values())


def together(courses: Sequence[SeriesCourse]) -> SeriesCourse:
    """Several series as one."""
    steps: dict[int, SeriesDelta] = {}
    for course in courses:
        for at, values in course.points:
            steps[at] = joined(steps[at], values) if at in steps else values
    return SeriesCourse(
        courses[0].step_s if courses else HOUR_S, tuple(SeriesPoint(at, steps[at]) for at in sorted(steps))
    )
