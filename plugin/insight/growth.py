"""Memory growth: its start, rate and cause, and the time at which it will reach its limits.

Restarts may hide growth: if the current process is too young to tell, all processes of the instance are examined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plugin.costs import MEGABYTE
from plugin.insight.restarts import life_trend
from plugin.insight.trends import DAY_S, HOUR_S, Points, companions, crossing, trend
from plugin.measures import EXPLAINING
from plugin.model import Trend
from plugin.model.past import Crossing, MemoryGrowth
from plugin.words import day, megabytes, rough_span

MOST_COMPANIONS = 2
SOON_S = 36 * 3600.0
"""Nearer than this, say "in 20 h" instead of a date."""


def growth(
    memory_bytes: Points,
    others: Mapping[str, Points],
    limits_bytes: Mapping[str, float],
    now: float,
    *,
    starts: Sequence[float] = (),
) -> MemoryGrowth | None:
    """The growth of one instance's memory; None where there is none, or the evidence is thin.

    That of the present life of its process (see `trend`), else that of all its lives between `starts` (`life_trend`).
    `others` are the series of `EXPLAINING`, `limits_bytes` what it may reach, by what a sentence calls it; what is
    reached already is left out, since other judgements tell that.
    """
    found = trend(memory_bytes, starts=starts)
    if found is None or found.slope <= 0:
        return _growth_of_lives(memory_bytes, limits_bytes, now, starts)
    ahead = [
        Crossing(what, at)
        for what, limit in limits_bytes.items()
        if limit > found.level and (at := crossing(found, limit, now)) is not None
    ]
    named = companions(memory_bytes, others, starts=starts)[:MOST_COMPANIONS]
    crossings = tuple(sorted(ahead, key=lambda ahead: ahead.at))
    with_it = tuple(EXPLAINING.get(name, name) for name in named)
    return MemoryGrowth(found, crossings, with_it, _sentences(found, crossings, with_it, now))


def _growth_of_lives(
    memory_bytes: Points, limits_bytes: Mapping[str, float], now: float, starts: Sequence[float]
) -> MemoryGrowth | None:
    found = life_trend(memory_bytes, starts)
    if found is None:
        return None
    ahead = [
        Crossing(what, at)
        for what, limit in limits_bytes.items()
        if limit > found.trend.level and (at := crossing(found.trend, limit, now)) is not None and at <= found.ends
    ]
    crossings = tuple(sorted(ahead, key=lambda ahead: ahead.at))
    speed, since = megabytes(found.trend.slope * HOUR_S / MEGABYTE), day(found.trend.since, now)
    told = f"Memory grows {speed} an hour after each restart ({found.lives} since {since})"
    reaches = _reaches(crossings, now)
    told = f"{told}; at this rate it reaches {reaches}." if reaches else f"{told}."
    return MemoryGrowth(found.trend, crossings, (), told)


def _reaches(crossings: Sequence[Crossing], now: float) -> str:
    return " and ".join(f"{what} {_when(at, now)}" for what, at in crossings)


def _sentences(found: Trend, crossings: Sequence[Crossing], with_it: Sequence[str], now: float) -> str:
    speed = megabytes(found.slope * DAY_S / MEGABYTE)
    reaches = _reaches(crossings, now)
    told = f"Memory has grown {speed} a day since {day(found.since, now)}"
    told = f"{told}; at this rate it reaches {reaches}." if reaches else f"{told}."
    return f"{told} {' and '.join(with_it).capitalize()} grew with it." if with_it else told


def _when(at: float, now: float) -> str:
    return f"in {rough_span(at - now)}" if at - now <= SOON_S else f"on {day(at, now)}"
