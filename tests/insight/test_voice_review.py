"""The review of voice: the sentence that matters first, and nothing that is not proven."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from plugin.insight.systems import review_system
from plugin.insight.systems.voice_costs import cost_of
from plugin.model import SeriesCourse, SeriesDelta, SeriesPoint, Severity, SystemPast, SystemReview, SystemSeries
from tests.insight.systems import HOUR, SPANS, START, WEEK, counter, gauge, since_start, timer

HOURS = range(WEEK // HOUR)


def by_hour(value: Callable[[int], float]) -> SeriesCourse:
    """A value for each hour of the week."""
    found = ((START + hour * HOUR, value(hour)) for hour in HOURS)
    return SeriesCourse(HOUR, tuple(SeriesPoint(at, SeriesDelta(1, one, one, one)) for at, one in found))


def evening(hour: int) -> float:
    """How busy voice is at an hour, counted from the begin of the period: most at 21:00 UTC, least in the morning."""
    of_day = (START // HOUR + hour) % 24
    return 1 + 9 * math.exp(-(((of_day - 21 + 12) % 24 - 12) ** 2) / 8)


def seconds(hours: float) -> Callable[[int], float]:
    """So many hours of voice in a week, in the rhythm of the day."""
    whole = sum(map(evening, HOURS))
    return lambda hour: 3600 * hours * evening(hour) / whole


def voice(*series: SystemSeries, **more: SeriesCourse) -> SystemPast:
    """A week of voice."""
    return SystemPast("voice", SPANS, series, {f"voice.{name}": course for name, course in more.items()})


def time(together: float, alone: float, before: float | None = None) -> list[SystemSeries]:
    """Time in voice in hours a week."""
    earlier = None if before is None else seconds(before)
    return [
        counter("voice.time", seconds(together), earlier, state="together"),
        counter("voice.time", seconds(alone), earlier and (lambda _: 0.0), state="alone"),
    ]


def rows(review: SystemReview) -> dict[tuple[str, str], float | None]:
    """Present values by section and label."""
    return {(section.title, row.label): row.change.after for section in review.sections for row in section.rows}


def test_the_first_sentence_says_how_much_and_how() -> None:
    """Hours in voice, the share alone, and the busiest hour of the day come first."""
    review = review_system(voice(*time(256, 56), time=by_hour(seconds(312))))
    assert review.sentences == ("312 h in voice, 17.9 % alone; most at 21:00 UTC.",)
    found = rows(review)
    assert found["Time in voice (hours)", "total"] == pytest.approx(312)
    assert found["Time in voice (hours)", "alone"] == pytest.approx(56)


def test_growth_is_told_where_it_holds() -> None:
    """Time that doubled is set beside the time of before; the same time is not."""
    assert review_system(voice(*time(300, 12, before=120))).sentences[1] == "Before: 120 h."
    assert len(review_system(voice(*time(120, 12, before=125))).sentences) == 1


def test_no_hour_is_named_without_a_rhythm() -> None:
    """Where voice is as busy at any hour, or only one evening was, no hour is the busiest."""
    even = by_hour(lambda _: 3600.0)
    once = by_hour(lambda hour: 36_000.0 if hour == 30 else 3_600.0)
    for hourly in (even, once):
        assert "most at" not in review_system(voice(*time(100, 68), time=hourly)).sentences[0]


def test_sessions_are_told_by_those_that_were_seen_whole() -> None:
    """Median and p95 are of whole sessions; where many were cut by restarts, a note says so."""
    whole = timer("voice.sessions", lambda _: [600.0] * 3, lambda _: [600.0] * 3)
    whole = whole._replace(attributes={"seen": "whole"})
    part = timer("voice.sessions", lambda hour: [5.0] * (hour % 24 == 0), lambda _: [])
    many = timer("voice.sessions", lambda _: [5.0], lambda _: [])
    few, cut = (
        review_system(voice(*time(10, 1), whole, one._replace(attributes={"seen": "part"}))) for one in (part, many)
    )
    assert rows(few)["Sessions", "median"] == pytest.approx(600, rel=0.06)
    notes = [{section.title: section.note for section in review.sections}["Sessions"] for review in (few, cut)]
    assert notes == ["", "168 of 672 sessions were cut by restarts and are not in median and p95."]


def test_channels_left_behind_are_a_warning() -> None:
    """The number of channels that are left behind is a sentence and a judged row; none is neither."""
    left = gauge("voice.channels_left", lambda _: 2.0)
    review = review_system(voice(*time(10, 1), left, counter("voice.channels_created", lambda _: 3.0)))
    assert "2 temporary channels were left behind: see /health." in review.sentences
    (row,) = [row for section in review.sections for row in section.rows if row.label == "left"]
    assert row.severity is Severity.WARNING
    none = review_system(voice(*time(10, 1), gauge("voice.channels_left", lambda _: 0.0)))
    assert len(none.sentences) == 1 and "Channels" not in {section.title for section in none.sections}


def test_an_empty_week_says_so() -> None:
    """Where nobody was in voice the page says that; where nothing is known, that there are no values."""
    assert review_system(voice(gauge("voice.members", lambda _: 0.0))).sentences == ("Nobody was in voice.",)
    assert review_system(voice()).sentences == ("No values in this period.",)


def test_since_start_there_are_totals_only() -> None:
    """Counts since the start have neither charts nor hours of the week."""
    review = review_system(since_start(voice(*time(256, 56), gauge("voice.members", lambda _: 3.0))))
    assert " in voice" in review.sentences[0] and not review.charts and not review.heat_maps


def test_the_week_is_drawn_by_its_hours() -> None:
    """Each hour of the week has the hours that were spent in it; one outside of the period is unknown."""
    review = review_system(voice(*time(256, 56), time=by_hour(seconds(312))))
    (heat_map,) = review.heat_maps
    cells = [value for day in heat_map.values for value in day if value is not None]
    assert sum(cells) == pytest.approx(312, rel=0.02) and max(cells) == max(day[21] or 0 for day in heat_map.values)


def noisy(seed: int, effect: float) -> tuple[SeriesCourse, SeriesCourse]:
    """Members in voice, and a processor that follows the same rhythm of the day, and members by an effect."""
    chance = random.Random(seed)
    drift, members, processor = 0.0, list[float](), list[float]()
    for hour in HOURS:
        drift = 0.7 * drift + chance.gauss(0, 0.01)
        members.append(max(0.0, 5 * evening(hour) * chance.lognormvariate(0, 0.4)))
        processor.append(0.05 + 0.02 * evening(hour) + drift + effect * members[-1])
    return by_hour(members.__getitem__), by_hour(processor.__getitem__)


@pytest.mark.parametrize("seed", range(30))
def test_a_shared_rhythm_is_no_cost(seed: int) -> None:
    """Where the processor is only busy at the same hours as voice, no cost of voice is told."""
    assert cost_of(*noisy(seed, 0)) is None


@pytest.mark.parametrize("seed", range(10))
def test_a_cost_is_found_with_its_size(seed: int) -> None:
    """Where each member takes half a percent of a core, that is told, within a fifth."""
    cost = cost_of(*noisy(seed, 0.005))
    assert cost is not None and cost.per_member == pytest.approx(0.005, rel=0.2) and cost.hours == len(HOURS)


def test_a_cost_is_a_sentence() -> None:
    """The page says what ten members go with, and by how many hours that is proven."""
    members, processor = noisy(1, 0.005)
    past = voice(*time(256, 56), members=members)._replace(beside={"cpu_share": processor})
    assert review_system(past).sentences[-1].startswith("Ten members in voice go with 5")
    assert review_system(past).sentences[-1].endswith(" % more CPU (168 hours).")


def test_few_hours_prove_no_cost() -> None:
    """Three days are too few to tell a cost from a rhythm."""
    members, processor = noisy(1, 0.005)
    short = [SeriesCourse(HOUR, course.points[:72]) for course in (members, processor)]
    assert cost_of(*short) is None
    flat = by_hour(lambda _: 3.0)
    assert cost_of(flat, processor) is None and cost_of(members, flat) is None


@pytest.mark.parametrize(("together", "alone", "told"), [(0.9, 0.6, ", 40 % alone"), (0.54, 0.36, " in voice.")])
def test_shares_are_told_from_an_hour_on(together: float, alone: float, told: str) -> None:
    """Shares of less time mean little."""
    (sentence,) = review_system(voice(*time(together, alone))).sentences
    assert told in sentence


@pytest.mark.parametrize(("every", "is_noted"), [(2, True), (4, False)])
def test_sessions_in_part_are_noted_above_a_tenth(every: int, is_noted: bool) -> None:
    """Of all sessions, 84 of 588 are more, and 42 of 546 are fewer."""
    whole = timer("voice.sessions", lambda _: [600.0] * 3, lambda _: [])._replace(attributes={"seen": "whole"})
    part = timer("voice.sessions", lambda hour: [5.0] * (hour % every == 0), lambda _: [])
    review = review_system(voice(*time(10, 1), whole, part._replace(attributes={"seen": "part"})))
    (section,) = (section for section in review.sections if section.title == "Sessions")
    assert bool(section.note) is is_noted
