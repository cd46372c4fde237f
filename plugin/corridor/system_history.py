"""Looks back on the bot's other systems: their own measures over a period, or since the start of the process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

from plugin.corridor.happenings import happened
from plugin.corridor.look_back import HistorySource, LookBack, PageContext, look_back
from plugin.corridor.own_courses import SeriesReader, is_own, newest_series, system_series, together
from plugin.corridor.periods import DAY_S, HOUR_S, MINUTE_S, MOST_POINTS, STEPS_S, spans
from plugin.history.store import Store
from plugin.insight.systems import BESIDE, HOURLY, review_system
from plugin.measures import OTHERS
from plugin.model import (
    HistoryAnswer,
    Period,
    Scope,
    SeriesCourse,
    SeriesKept,
    Spans,
    SystemPast,
    SystemReview,
)
from plugin.model.happenings import NOTHING_HAPPENED, Happenings

MOST_SERIES = 300
"""Series of one system that a page reads."""
MOST_ROWS = 60_000
"""Rows of history that it reads, about; with more of them its steps are coarser."""


class ReviewedPast(NamedTuple):
    """What history has of a system, and what is concluded from it."""

    past: SystemPast
    review: SystemReview
    happened: Happenings = NOTHING_HAPPENED


async def reviewed_past(
    past: HistorySource, back: LookBack, context: PageContext, system: str
) -> HistoryAnswer[ReviewedPast]:
    """Every series of a system over a period and over the previous one, with its review.

    The review is made in the thread of history: with many series it takes long.
    """

    async def question(store: Store, scope: Scope) -> ReviewedPast:
        over = await spans(store, scope, back)
        found = await read_system(store, scope, over, system, instance_step_s(context))
        return ReviewedPast(found, review_system(found), await happened(store, scope, over, back.now))

    return await look_back(past, back.fleet, question)


async def kept_systems(past: HistorySource) -> HistoryAnswer[tuple[str, ...]]:
    """The systems that history has series of."""

    async def question(store: Store, scope: Scope) -> tuple[str, ...]:
        kept = await store.reading.described(scope)
        return tuple(sorted({one.name.partition(".")[0] for one in kept if is_own(one)}))

    return await look_back(past, True, question)


async def read_hours(
    store: Store, scope: Scope, system: str, kept: Sequence[SeriesKept], span: tuple[int, int], each_s: int
) -> SystemPast:
    """Some series of a system by hour, from a begin to an end; those beyond what can be read are left out."""
    start, end = span
    over = Spans(Period.MONTH, start, end, None, await store.reading.span(scope), None)
    most = max(1, MOST_ROWS // max(1, (end - start) // HOUR_S))
    shown = list(_fairly(kept))[:most]
    found = await SeriesReader(store, scope, HOUR_S, each_s).courses(shown, start, end)
    series = tuple(system_series(one, found[one.name], None) for one in shown if found[one.name].points)
    return SystemPast(system, over, series, left_out=len(kept) - len(shown))


def instance_step_s(context: PageContext) -> int:
    """Seconds in which every instance of a fleet has written, so that their gauges can be added up."""
    often_s = 2 * max(context.settings.sample_interval_s, context.settings.flush_interval_s)
    return int(-(-often_s // MINUTE_S) * MINUTE_S)


async def read_system(store: Store, scope: Scope, over: Spans, system: str, each_s: int) -> SystemPast:
    """Every series of a system over a span and the span before it, where history covers that whole."""
    kept = newest_series(await store.reading.described(scope, f"{system}."))
    shown = list(_fairly(kept))[: min(MOST_SERIES, _affordable(over))]
    reader = SeriesReader(store, scope, step_s(over, len(shown)), each_s)
    now = await reader.courses(shown, over.start, over.end)
    before: Mapping[str, SeriesCourse] | None = None
    if over.before is not None:
        before = await reader.courses(shown, over.before, over.start)
    series = [
        system_series(one, now[one.name], None if before is None else before[one.name])
        for one in shown
        if now[one.name].points or (before is not None and before[one.name].points)
    ]
    hourly = await _hourly(reader, over, shown, HOURLY.get(system, ()))
    beside = await _beside(reader, over, BESIDE.get(system, ()))
    found = tuple(sorted(series, key=lambda one: (one.measure, *one.attributes.values())))
    return SystemPast(system, over, found, hourly, beside, left_out=len(kept) - len(shown))


def step_s(over: Spans, series: int) -> int:
    """Seconds from one point to the next: the finest that a chart can tell apart and that reads not too many rows."""
    length = over.end - over.start
    spans_read = 1 if over.before is None else 2
    for step in STEPS_S:
        rows = series * spans_read * (length // _tier_s(step))
        if length <= MOST_POINTS * step and rows <= MOST_ROWS:
            return step
    return STEPS_S[-1]


def _tier_s(step: int) -> int:
    """The seconds that a row covers of which steps are made."""
    return next(tier for tier in (DAY_S, HOUR_S, MINUTE_S) if step % tier == 0)


def _affordable(over: Spans) -> int:
    """Of how many series the coarsest steps can be read."""
    spans_read = 1 if over.before is None else 2
    return max(1, MOST_ROWS // (spans_read * max(1, (over.end - over.start) // _tier_s(_coarsest(over)))))


def _coarsest(over: Spans) -> int:
    length = over.end - over.start
    return DAY_S if length > 2 * DAY_S else HOUR_S if length > 2 * HOUR_S else MINUTE_S


def _fairly(kept: Sequence[SeriesKept]) -> Iterator[SeriesKept]:
    """The first series of each measure, then the second of each; what is counted together comes first."""
    by_measure: dict[str, list[SeriesKept]] = {}
    for one in sorted(kept, key=lambda one: OTHERS not in one.name):
        by_measure.setdefault(one.name.partition("{")[0], []).append(one)
    for several in zip_longest(*by_measure.values()):
        yield from (one for one in several if one is not None)


async def _hourly(
    reader: SeriesReader, over: Spans, kept: Sequence[SeriesKept], wanted: Sequence[str]
) -> dict[str, SeriesCourse]:
    mine = [one for one in kept if one.name.partition("{")[0] in wanted]
    if not mine:
        return {}
    found = await reader._replace(step_s=HOUR_S).courses(mine, over.start, over.end)
    hourly: dict[str, SeriesCourse] = {}
    for measure in wanted:
        of = [found[one.name] for one in mine if one.name.partition("{")[0] == measure]
        if of:
            hourly[measure] = together(of)
    return hourly


async def _beside(reader: SeriesReader, over: Spans, wanted: Sequence[str]) -> dict[str, SeriesCourse]:
    """Gauges of the process by hour; of a fleet added up, as its own gauges are."""
    found = await reader._replace(step_s=HOUR_S).gauges(wanted, over.start, over.end) if wanted else ()
    return dict(zip(wanted, found, strict=True))
