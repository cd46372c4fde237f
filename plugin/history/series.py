"""Questions about series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from plugin.histogram import Histogram
from plugin.history import names
from plugin.history.engine import Database
from plugin.history.names import Names
from plugin.history.questions import merged
from plugin.history.schema import SERIES
from plugin.history.tiers import Tier
from plugin.history.views import viewed
from plugin.model import Scope, SeriesCourse, SeriesDelta, SeriesKept, SeriesPoint


async def series(
    database: Database, known: Names, scope: Scope, start: int, end: int, wanted: Sequence[str], step_s: int
) -> tuple[SeriesCourse, ...]:
    """Each series over time, with the values of all instances merged; the first step starts at or before `start`."""
    async with viewed(database, known, scope) as (connection, view):
        step_s = view.step(start, step_s)
        parts = view.parts(SERIES, start - start % step_s, end, step_s)
        rows = await merged(connection, SERIES, parts, [*map(names.clean, wanted)], step_s)
    points: dict[str, list[SeriesPoint]] = {}
    for at, name, _, _, *values in sorted(rows, key=itemgetter(0)):
        points.setdefault(name, []).append(SeriesPoint(at, _delta(values)))
    return tuple(SeriesCourse(step_s, tuple(points.get(names.clean(name), ()))) for name in wanted)


async def added(
    database: Database,
    known: Names,
    scope: Scope,
    start: int,
    end: int,
    wanted: Sequence[str],
    step_s: int,
    each_s: int,
) -> tuple[SeriesCourse, ...]:
    """Each series over time, summed over the fleet.

    Per `each_s` seconds, in which every running instance has a value, the means of all instances are added (per hour
    or day if no finer rows are kept). A step is the mean of these sums, since instances may replace each other in it.
    """
    async with viewed(database, known, scope) as (connection, view):
        each_s = view.step(start, each_s)
        step_s = view.step(start, -(-step_s // each_s) * each_s)  # or a sum could lie in two steps
        parts = view.parts(SERIES, start - start % step_s, end, each_s)
        rows = await merged(connection, SERIES, parts, [*map(names.clean, wanted)], each_s, apart=True)
    wholes: dict[str, dict[int, list[_Part]]] = {}
    for at, name, _, _, count, sum_, *_, last in sorted(rows, key=itemgetter(0)):
        wholes.setdefault(name, {}).setdefault(at, []).append(_Part(sum_ / count, last))
    return tuple(SeriesCourse(step_s, _steps(wholes.get(names.clean(name), {}), step_s)) for name in wanted)


class _Part(NamedTuple):
    """What one instance adds to a sum."""

    mean: float
    last: float | None


def _steps(wholes: Mapping[int, Sequence[_Part]], step_s: int) -> tuple[SeriesPoint, ...]:
    steps: dict[int, list[Sequence[_Part]]] = {}
    for at, parts in wholes.items():
        steps.setdefault(at - at % step_s, []).append(parts)
    return tuple(SeriesPoint(at, _whole(of)) for at, of in steps.items())


def _whole(times: Sequence[Sequence[_Part]]) -> SeriesDelta:
    sums = [sum(part.mean for part in parts) for parts in times]
    lasts = [part.last for part in times[-1] if part.last is not None]
    return SeriesDelta(len(sums), sum(sums), min(sums), max(sums), last=sum(lasts) if lasts else None)


async def values(database: Database, known: Names, scope: Scope, start: int, end: int, name: str) -> SeriesDelta | None:
    """All values of a series, merged into one record; None if there are none."""
    async with viewed(database, known, scope) as (connection, view):
        rows = await merged(connection, SERIES, view.parts(SERIES, start, end), [names.clean(name)], Tier.EVER)
    return next((_delta(found) for _, _, _, _, *found in rows), None)


def _delta(values: Sequence[Any]) -> SeriesDelta:
    count, sum_, minimum, maximum, packed, last = values
    return SeriesDelta(count, sum_, minimum, maximum, None if packed is None else Histogram.unpack(packed), last)


async def described(database: Database, known: Names, bot: int, prefix: str) -> tuple[SeriesKept, ...]:
    """Every series with its unit, kind and attribute, sorted by name; a changed one occurs again, the latest last."""
    async with database.reading() as connection:
        found = await known.all(connection, names.SERIES, bot)
    return tuple(sorted((SeriesKept(*name) for name in found if name[0].startswith(prefix)), key=itemgetter(0)))
