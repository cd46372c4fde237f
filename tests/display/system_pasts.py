"""A week of three systems of one bot, as it might have been: an economy, the activity of members, and voice."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from functools import reduce

from plugin.corridor.own_courses import together
from plugin.metrics.series import joined
from plugin.model import MemberSpan, Period, SeriesCourse, SeriesDelta, SeriesPoint, Spans, SystemPast, SystemSeries
from tests.insight.systems import END, HOUR, SPANS, START, WEEK, Values, counter, gauge, histogram

HOURS = WEEK // HOUR


def rhythm(hour: int) -> float:
    """How busy an hour is, counted from the begin of the week: most at 20:00 UTC, least in the early morning."""
    of_day = (START // HOUR + hour) % 24
    return 0.1 + math.exp(-(((of_day - 20 + 12) % 24 - 12) ** 2) / 30)


def shared_out(week: float, before: float, seed: int) -> tuple[Values, Values]:
    """What a counter added in each hour of both weeks: whole numbers in the rhythm of the day, with these sums."""
    chance = random.Random(seed)
    return _shared_out(week, chance), _shared_out(before, chance)


def _shared_out(whole: float, chance: random.Random) -> Values:
    busy = [rhythm(hour) * chance.lognormvariate(0, 0.2) for hour in range(HOURS)]
    ends = [round(whole * sum(busy[: hour + 1]) / sum(busy)) for hour in range(HOURS)]
    added = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    return added.__getitem__


def added(measure: str, unit: str, week: float, before: float, **attributes: str) -> SystemSeries:
    """A counter with what it added in the week, and in the week before."""
    seed = sum(map(ord, measure + "".join(attributes.values())))
    return counter(measure, *shared_out(week, before, seed), **attributes)._replace(unit=unit)


def stood(measure: str, unit: str, now: Values, before: Values, **attributes: str) -> SystemSeries:
    """A gauge in both weeks."""
    return gauge(measure, now, before, **attributes)._replace(unit=unit)


def recorded(measure: str, unit: str, middle: float, each_hour: int, seed: int, **attributes: str) -> SystemSeries:
    """A histogram whose values lie around the same middle in both weeks."""
    chance = random.Random(seed)

    def values(hour: int) -> Sequence[float]:
        return [round(middle * chance.lognormvariate(0, 0.6), 1) for _ in range(each_hour if hour % 3 else 1)]

    return histogram(measure, values, values, **attributes)._replace(unit=unit)


def an_economy() -> SystemPast:
    """104,134 coins: 4.1 % more than a week ago, most of it from the daily bonus."""
    kinds = {
        "faucet": {"daily": (7700, 7350), "work": (1900, 1850), "sale": (1000, 900)},
        "sink": {"shop": (4500, 4700), "bet": (1966, 1800)},
        "transfer": {"gift": (2210, 2300), "trade": (640, 510)},
    }
    flows = [
        added(f"economy.{flow}s", "{coin}", *map(sum, zip(*of.values(), strict=True))) for flow, of in kinds.items()
    ]
    volumes = [
        added("economy.volume", "{coin}", *amounts, kind=kind, flow=flow)
        for flow, of in kinds.items()
        for kind, amounts in of.items()
    ]
    made, burned = (series.course.points for series in flows[:2])
    nets = [one.values.sum - other.values.sum for one, other in zip(made, burned, strict=True)]
    supply = stood("economy.supply", "{coin}", lambda hour: 100_000 + sum(nets[: hour + 1]), lambda _: 98_000)
    others = [
        stood("economy.holders", "{member}", lambda hour: 409 + hour // 24, lambda hour: 401 + hour // 24),
        stood("economy.gini", "1", lambda hour: 0.612 + hour / 84_000, lambda _: 0.609),
        stood("economy.top_share", "1", lambda _: 0.114, lambda _: 0.109),
        recorded("economy.earnings", "{coin}", 60, 5, seed=5),
    ]
    return SystemPast("economy", SPANS, (*flows, *volumes, supply, *_goods(), *others))


def _goods() -> list[SystemSeries]:
    """What the shop sells; the price of the map rose on the fourth day."""
    sales = {"lantern": (40, 1480), "rope": (15, 690), "boots": (75, 1050), "map": (120, 1260), "tent": (210, 0)}
    sales |= {"compass": (95, 20)}
    prices = [
        stood(
            "economy.price", "{coin}", lambda hour, p=price: p * (1.1 if p == 120 and hour > 80 else 1), constant(price)
        )
        for price, _ in sales.values()
    ]
    named = [one._replace(attributes={"item": item}) for one, item in zip(prices, sales, strict=True)]
    return named + [added("economy.sales", "{coin}", week, week * 0.97, item=item) for item, (_, week) in sales.items()]


def constant(value: float) -> Values:
    """The same in every hour."""
    return lambda _: value


FARMED_HOURS, FARMED = 7, 1200
"""For how many hours one member has written every minute, and the points of each of them."""


def an_activity() -> SystemPast:
    """A busy server, in which one member has written every minute since the morning."""
    messages, *others = (
        added("activity.points", "{point}", week, before, kind=kind)
        for kind, week, before in (("message", 377_600, 352_100), ("voice", 31_900, 32_300), ("quiz", 4_150, 0))
    )
    points = [messages._replace(course=_farmed(messages.course)), *others]
    farm = {
        "farms": {"number": 1, "points": FARMED_HOURS * FARMED},
        "farm_extents": {"hours": FARMED_HOURS, "together": 1},
    }
    series = [
        *points,
        added("activity.awards", "{award}", 19_300, 17_600, kind="message"),
        added("activity.held_back", "{award}", 29_480, 28_640, kind="message"),
        added("activity.hourly_points", "{point}", 421_600, 384_100),
        added("activity.capped_points", "{point}", 10_640, 1_180),
        added("activity.member_hours", "h", 7_240, 6_820),
        added("activity.member_minutes", "min", 20_420, 18_880),
        added("activity.level_ups", "{level}", 566, 529),
        recorded("activity.level_time", "s", 180_000, 3, seed=7),
        *(
            gauge(f"activity.{name}", lambda hour, v=value: v if hour > 160 else 0, of="member", what=what)
            for name, told in farm.items()
            for what, value in told.items()
        ),
    ]
    members = _active_members()
    hourly = {"activity.points": together([one.course for one in points])}
    hourly |= {one.measure: one.course for one in members}
    return SystemPast("activity", SPANS, (*series, *members), hourly)


MEMBERS, BUSY = 420, 86
"""All who are ever active, and how many of them at the busiest hour."""


def _active_members() -> list[SystemSeries]:
    """Different members so far in each day and in each week: some are active far more often than others."""
    chance = random.Random(13)
    often = [1 / (1 + member) ** 0.9 for member in range(MEMBERS)]
    series: list[SystemSeries] = []
    active = {hour: chance.choices(range(MEMBERS), often, k=round(BUSY * rhythm(hour))) for hour in _hours_of_weeks()}
    for name, span in (("daily", MemberSpan.DAY), ("weekly", MemberSpan.WEEK)):
        seen: dict[int, set[int]] = {}
        counts: dict[int, float] = {}
        for hour, members in active.items():
            so_far = seen.setdefault(span.period(START + hour * HOUR).start, set())
            so_far |= {*members}
            counts[hour] = len(so_far)
        series.append(gauge(f"activity.{name}_members", counts.__getitem__)._replace(unit="{member}"))
    return series


def _hours_of_weeks() -> range:
    """From the begin of the calendar week in which the week that is shown begins."""
    return range((MemberSpan.WEEK.period(START).start - START) // HOUR, HOURS)


def _farmed(course: SeriesCourse) -> SeriesCourse:
    usual, last = course.points[:-FARMED_HOURS], course.points[-FARMED_HOURS:]
    more = SeriesDelta(1, FARMED, FARMED, FARMED)
    return course._replace(points=(*usual, *(point._replace(values=joined(point.values, more)) for point in last)))


def a_voice() -> SystemPast:
    """Evenings in voice, and two rooms that nobody removed."""
    hours = {"together": (231, 198), "alone": (38, 41), "deafened": (17, 12), "afk": (9, 9)}
    time = [added("voice.time", "s", now * HOUR, before * HOUR, state=state) for state, (now, before) in hours.items()]
    members = stood("voice.members", "{member}", evening(9), evening(8))
    series = [
        *time,
        recorded("voice.sessions", "s", 2400, 3, seed=11, seen="whole"),
        added("voice.joins", "{member}", 402, 371),
        added("voice.moves", "{move}", 96, 90),
        added("voice.channels_created", "{channel}", 58, 51),
        added("voice.channels_removed", "{channel}", 56, 51),
        members,
        stood("voice.connections", "{connection}", constant(1), constant(1)),
        stood("voice.channels_left", "{channel}", constant(2), constant(0)),
    ]
    hourly = {"voice.time": together([one.course for one in time]), "voice.members": members.course}
    return SystemPast("voice", SPANS, tuple(series), hourly)


def evening(most: int) -> Values:
    """Members in voice: most in the evening."""
    return lambda hour: float(round(most * rhythm(hour)))


def lived(past: SystemPast) -> SystemPast:
    """The same as counts since the start of the process, a week ago: one step, without hours."""
    spans = Spans(Period.ALL, START, END, None, START, None)
    series = tuple(one._replace(course=_whole(one), before=None) for one in past.series)
    return SystemPast(past.system, spans, series, since_start=True)


def _whole(series: SystemSeries) -> SeriesCourse:
    values = [point.values for point in series.course.points]
    whole = values[-1] if series.kind == "gauge" else reduce(joined, values)
    return SeriesCourse(WEEK, (SeriesPoint(START, whole),))


SYSTEMS: dict[str, Callable[[], SystemPast]] = {"economy": an_economy, "activity": an_activity, "voice": a_voice}
