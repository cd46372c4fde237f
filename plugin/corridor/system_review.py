"""The scheduled look into the history of own measures: what rules of systems prove, and what an update changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from statistics import median
from typing import NamedTuple

from plugin.corridor.archive import HistoryUnavailable
from plugin.corridor.look_back import HistorySource
from plugin.corridor.own_courses import SeriesReader, newest_series, together
from plugin.corridor.periods import DAY_S, HOUR_S, MINUTE_S, WEEK_S
from plugin.corridor.supply_history import supply_past
from plugin.corridor.system_history import read_hours
from plugin.history.store import Store
from plugin.insight.own_releases import OWN_CHANGE, OwnHours, compare_own
from plugin.insight.systems import SYSTEM_RULES
from plugin.insight.systems.supply_rules import SUPPLY_RULES, supply_findings
from plugin.insight.updates import Update, last_update
from plugin.measures import MeasureKind
from plugin.model import Finding, Scope, SeriesCourse, SeriesDelta, SeriesKept, SeriesKind

SYSTEM_FINDINGS = frozenset({OWN_CHANGE, *SUPPLY_RULES, *(rule.name for rule in SYSTEM_RULES)})
"""The rules that are looked for here."""
WEEKS_S = 28 * DAY_S
"""How far rules of systems look back, and how much of the time before an update it is judged against."""
LEAST_BEFORE_S = 3 * DAY_S
MOST_COMPARED = 8
"""Measures that are compared by hours: those that differ most."""
MOST_SERIES = 60
"""Series that they may have together."""
CANDIDATE_RATIO = 1.2
NOTHING = 1e-9
WATCHED = "memory_bytes"
"""Has a value with every sample: so many in an hour tell whether all of it was watched."""
WHOLE_SHARE = 0.9


async def system_findings(past: HistorySource, now: float, each_s: int) -> Sequence[Finding] | None:
    """Everything that rules of systems and of updates prove now of own measures; None where history is away."""

    async def question(store: Store) -> Sequence[Finding]:
        kept = newest_series(await store.reading.described(scope))
        if not kept:
            return ()
        at = int(now)
        supply = await supply_past(store, scope, kept, at)
        return [
            *await _by_rules(store, scope, kept, at, each_s),
            *(() if supply is None else supply_findings(supply)),
            *await _by_update(store, scope, kept, at),
        ]

    try:
        scope = past.scope(fleet=True)
        await past.flush()
        return await past.ask(question)
    except HistoryUnavailable:
        return None


async def _by_rules(store: Store, scope: Scope, kept: Sequence[SeriesKept], now: int, each_s: int) -> list[Finding]:
    found: list[Finding] = []
    end = now // MINUTE_S * MINUTE_S + MINUTE_S
    start = (end - WEEKS_S) // HOUR_S * HOUR_S
    for rule in SYSTEM_RULES:
        mine = [one for one in kept if _measure(one) in rule.measures]
        if mine:
            found += rule.find(await read_hours(store, scope, rule.system, mine, (start, end), each_s))
    return found


class _Sides(NamedTuple):
    """The time before an update, and since."""

    begin: int
    since: int
    end: int

    @property
    def before(self) -> tuple[int, int]:
        return self.begin, self.since

    @property
    def after(self) -> tuple[int, int]:
        return self.since, self.end


async def _by_update(store: Store, scope: Scope, kept: Sequence[SeriesKept], now: int) -> list[Finding]:
    update = last_update(await store.fleet.starts(scope.bot, now=now))
    if update is None:
        return []
    since = -(-int(update.since) // HOUR_S) * HOUR_S
    begin = max(int(update.before_since), since - WEEKS_S) // HOUR_S * HOUR_S
    if since - begin < LEAST_BEFORE_S:
        return []
    over = now // HOUR_S * HOUR_S
    comparing = _Comparing(store, scope, update, await _watched(store, scope, begin, over))
    first = await comparing.compare(kept, _Sides(begin, since, min(over, since + WEEK_S)))
    if not first or over - since <= WEEK_S:
        return first
    # What the first week shows must still be true in the last.
    measures = {finding.subject.name for finding in first}
    mine = [one for one in kept if _measure(one) in measures]
    still = await comparing.compare(mine, _Sides(begin, max(since, over - WEEK_S), over))
    return [finding for finding in first if finding.identity in {one.identity for one in still}]


class _Comparing(NamedTuple):
    store: Store
    scope: Scope
    update: Update
    watched: Collection[int]

    async def compare(self, kept: Sequence[SeriesKept], sides: _Sides) -> list[Finding]:
        judged = [one for one in kept if SeriesKind(kind=one.kind).base != MeasureKind.GAUGE.value]
        candidates = await self._candidates(judged, sides)
        hours = [await self._hours(measure, of, sides) for measure, of in candidates.items()]
        return compare_own(hours, len({*map(_measure, judged)}), self.update.release, self.update.since)

    async def _candidates(self, kept: Sequence[SeriesKept], sides: _Sides) -> dict[str, list[SeriesKept]]:
        """The measures that differ most, read from few rows; this proves nothing."""
        reader, by_measure = SeriesReader(self.store, self.scope, DAY_S, MINUTE_S), _by_measure(kept)
        old, new = [await reader.courses(kept, *side) for side in (sides.before, sides.after)]
        differing = dict[str, float]()
        for measure, of in by_measure.items():
            was, now = (
                _typical([courses[one.name] for one in of], side)
                for courses, side in ((old, sides.before), (new, sides.after))
            )
            ratios = [max(a, b) / (min(a, b) or NOTHING) for a, b in zip(was, now, strict=True)]
            if max(ratios) >= CANDIDATE_RATIO:
                differing[measure] = max(ratios)
        found, room = dict[str, list[SeriesKept]](), MOST_SERIES
        for measure in sorted(differing, key=lambda name: -differing[name])[:MOST_COMPARED]:
            if len(by_measure[measure]) <= room:
                found[measure] = by_measure[measure]
                room -= len(by_measure[measure])
        return found

    async def _hours(self, measure: str, kept: Sequence[SeriesKept], sides: _Sides) -> OwnHours:
        reader = SeriesReader(self.store, self.scope, HOUR_S, MINUTE_S)
        kind = SeriesKind(kept[0].unit, kept[0].kind, kept[0].attribute)
        before, after = [
            self._whole(together([*(await reader.courses(kept, *side)).values()]), side, kind)
            for side in (sides.before, sides.after)
        ]
        return OwnHours(measure, kind, before, after)

    def _whole(self, course: SeriesCourse, side: tuple[int, int], kind: SeriesKind) -> dict[int, SeriesDelta]:
        """The hours that were watched; a counter without a row added nothing in them."""
        found = {point.at: point.values for point in course.points if point.at in self.watched}
        if kind.base != MeasureKind.COUNTER.value:
            return found
        nothing = SeriesDelta(0, 0.0, 0.0, 0.0)
        return {at: found.get(at, nothing) for at in range(*side, HOUR_S) if at in self.watched}


async def _watched(store: Store, scope: Scope, start: int, end: int) -> set[int]:
    """The hours in which nearly as many samples were taken as in most."""
    (course,) = await store.reading.series(scope, start, end, [WATCHED], HOUR_S)
    if course.step_s > HOUR_S or not course.points:
        return set()
    usual = median(point.values.count for point in course.points)
    return {point.at for point in course.points if point.values.count >= WHOLE_SHARE * usual}


def _typical(courses: Sequence[SeriesCourse], side: tuple[int, int]) -> tuple[float, float]:
    """What a second adds, and the mean of single values."""
    deltas = [point.values for course in courses for point in course.points]
    total, number = sum(values.sum for values in deltas), sum(values.count for values in deltas)
    return total / max(1, side[1] - side[0]), total / number if number else 0.0


def _measure(kept: SeriesKept) -> str:
    return kept.name.partition("{")[0]


def _by_measure(kept: Sequence[SeriesKept]) -> Mapping[str, list[SeriesKept]]:
    found: dict[str, list[SeriesKept]] = {}
    for one in kept:
        found.setdefault(_measure(one), []).append(one)
    return found
