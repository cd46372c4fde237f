"""Changes of own measures with a release: how large they must be, how sure, and what is told of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

import pytest

from plugin.histogram import TICK_NS, Histogram
from plugin.insight.own_releases import OwnHours, compare_own
from plugin.model import Finding, SeriesDelta, SeriesKind, Severity, Subject, SubjectKind
from tests.insight.lives import DAY, HOUR, MONDAY, WEEK

RELEASED = MONDAY + 3 * WEEK
COUNTER = SeriesKind("{coin}", "counter", "")
PRICES = SeriesKind("{coin}", "histogram/0.5", "")

Hours = Mapping[int, SeriesDelta]
Make = Callable[[float, random.Random], SeriesDelta]


def added(mean: float, chance: random.Random) -> SeriesDelta:
    """An hour of a counter that varies by a twentieth."""
    value = mean * chance.uniform(0.95, 1.05)
    return SeriesDelta(1, value, value, value)


def recorded(mean: float, chance: random.Random) -> SeriesDelta:
    """An hour of a histogram whose values vary by a tenth."""
    values = [mean * chance.uniform(0.9, 1.1) for _ in range(5)]
    histogram = Histogram()
    for value in values:
        histogram.record(int(value * TICK_NS / 0.5))
    return SeriesDelta(len(values), sum(values), min(values), max(values), histogram)


def hours(make: Make, mean: Callable[[int], float], start: int, end: int, seed: int = 1) -> Hours:
    """Every hour of a time."""
    chance = random.Random(seed)
    return {at: make(mean(at), chance) for at in range(start, end, HOUR)}


def measure(
    was: float,
    now: float,
    kind: SeriesKind = COUNTER,
    name: str = "economy.sold",
    before_s: int = 3 * WEEK,
    after_s: int = WEEK,
    at: int = RELEASED,
) -> OwnHours:
    """A measure that jumps at a release."""
    make = added if kind is COUNTER else recorded
    before, after = hours(make, lambda _: was, at - before_s, at), hours(make, lambda _: now, at, at + after_s, seed=2)
    return OwnHours(name, kind, before, after)


def found(*measures: OwnHours, among: int = 0) -> list[Finding]:
    """What is told of them."""
    return compare_own(measures, among or len(measures), "v2", RELEASED)


def test_a_counter_that_doubled_is_told_by_its_rate() -> None:
    """Per hour, before and since."""
    (one,) = found(measure(100, 200))
    assert (one.rule, one.subject) == ("changed_with_update", Subject(SubjectKind.MEASURE, "economy.sold"))
    assert (one.severity, one.since, one.until, one.everywhere) == (Severity.UNKNOWN, RELEASED, None, True)
    assert one.look_at == "/performance system:economy period:7d"
    ((what, was),) = one.evidence
    assert what == "before" and was == pytest.approx(100, rel=0.03)
    assert one.value == pytest.approx(200, rel=0.03)
    assert one.sentence == f"economy.sold: {was:,.0f} coins → {one.value:,.0f} coins per hour since v2"


def test_a_histogram_is_told_by_its_median() -> None:
    """In its unit, whatever its resolution."""
    (one,) = found(measure(64, 640, PRICES, name="economy.price"))
    ((_, was),) = one.evidence
    assert was == pytest.approx(64, rel=0.1) and one.value == pytest.approx(640, rel=0.1)
    assert one.sentence == f"economy.price: median {was:,.0f} coins → {one.value:,.0f} coins since v2"


def test_the_median_has_as_many_values_below_as_above() -> None:
    """Of 5 values in each hour, 2 are far below it and 2 far above."""
    chance = random.Random(3)

    def spread(mean: float, _: random.Random) -> SeriesDelta:
        histogram = Histogram()
        for value in (1, 2, mean * chance.uniform(0.99, 1.01), 5e3 * mean, 6e3 * mean):
            histogram.record(int(value * TICK_NS / 0.5))
        return SeriesDelta(5, 1, 1, 1, histogram)

    before = hours(spread, lambda _: 100, RELEASED - 3 * WEEK, RELEASED)
    after = hours(spread, lambda _: 900, RELEASED, RELEASED + WEEK)
    (one,) = found(OwnHours("economy.price", PRICES, before, after))
    assert one.evidence[0][1] == pytest.approx(100, rel=0.07) and one.value == pytest.approx(900, rel=0.07)


@pytest.mark.parametrize("kind", [COUNTER, PRICES], ids=["counter", "histogram"])
def test_what_fell_is_told_as_what_rose(kind: SeriesKind) -> None:
    """Neither is better."""
    (one,) = found(measure(300, 100, kind))
    assert one.value == pytest.approx(100, rel=0.07)


@pytest.mark.parametrize("kind", [COUNTER, PRICES], ids=["counter", "histogram"])
def test_what_stayed_is_not_told(kind: SeriesKind) -> None:
    """Noise is no change."""
    assert found(measure(100, 100, kind)) == []


def test_levels_are_not_compared() -> None:
    """A gauge has a trend, not a rate."""
    assert found(measure(100, 900)._replace(kind=SeriesKind("1", "gauge", ""))) == []


WEEKS = {"before_s": 3 * WEEK, "after_s": WEEK}
DAYS = {"before_s": 3 * DAY, "after_s": 2 * DAY, "at": MONDAY + 3 * DAY}
ANY = {"before_s": 2 * DAY, "after_s": 2 * DAY, "at": MONDAY + 5 * DAY}


@pytest.mark.parametrize(
    ("kind", "times", "factor", "is_told"),
    [
        pytest.param(COUNTER, WEEKS, 1.4, False, id="counter, like hours of the week, below 1.5"),
        pytest.param(COUNTER, WEEKS, 1.65, True, id="counter, like hours of the week, above 1.5"),
        pytest.param(COUNTER, DAYS, 1.8, False, id="counter, like hours of the day, below 2"),
        pytest.param(COUNTER, DAYS, 2.3, True, id="counter, like hours of the day, above 2"),
        pytest.param(COUNTER, ANY, 3.6, False, id="counter, any hours, below 4"),
        pytest.param(COUNTER, ANY, 4.6, True, id="counter, any hours, above 4"),
        pytest.param(PRICES, WEEKS, 1.2, False, id="histogram, like hours of the week, below 1.3"),
        pytest.param(PRICES, WEEKS, 1.45, True, id="histogram, like hours of the week, above 1.3"),
        pytest.param(PRICES, DAYS, 1.35, False, id="histogram, like hours of the day, below 1.5"),
        pytest.param(PRICES, DAYS, 1.7, True, id="histogram, like hours of the day, above 1.5"),
        pytest.param(PRICES, ANY, 2.7, False, id="histogram, any hours, below 3"),
        pytest.param(PRICES, ANY, 3.4, True, id="histogram, any hours, above 3"),
    ],
)
@pytest.mark.parametrize("falls", [False, True], ids=["rises", "falls"])
def test_how_large_a_change_must_be_follows_from_how_alike_the_hours_are(
    kind: SeriesKind, times: Mapping[str, int], factor: float, is_told: bool, falls: bool
) -> None:
    """Some weeks are busier than others, and working days than weekends."""
    was, now = (100 * factor, 100) if falls else (100, 100 * factor)
    assert bool(found(measure(was, now, kind, **times))) is is_told


@pytest.mark.parametrize("days", [7, 14, 21])
def test_steady_growth_is_no_change_of_a_release(days: int) -> None:
    """Each week has a quarter more than the last: all weeks since have far more than all before."""

    def noisy(mean: float, chance: random.Random) -> SeriesDelta:
        value = mean * chance.lognormvariate(0, 0.3)
        return SeriesDelta(1, value, value, value)

    def grown(at: int) -> float:
        return 100 * 1.25 ** ((at - MONDAY) // WEEK)

    def jumped(at: int) -> float:
        return grown(at) * (2 if at >= RELEASED else 1)

    found_in = [
        len(
            found(
                OwnHours(
                    "economy.sold",
                    COUNTER,
                    hours(noisy, course, MONDAY, RELEASED),
                    hours(noisy, course, RELEASED, RELEASED + days * DAY, seed=2),
                )
            )
        )
        for course in (grown, jumped)
    ]
    assert found_in == [0, 1]


def test_the_first_week_since_is_what_is_set_beside_the_week_before() -> None:
    """Later weeks have no hours before the release that are just a week away."""
    early, late = (
        OwnHours(
            "economy.sold",
            COUNTER,
            hours(added, lambda _: 100, RELEASED - 3 * WEEK, RELEASED),
            hours(added, lambda at, since=since: 300 if at >= since else 100, RELEASED, RELEASED + 3 * WEEK),
        )
        for since in (RELEASED, RELEASED + WEEK)
    )
    assert len(found(early)) == 1
    assert found(late) == []


def test_hours_that_were_not_watched_are_left_out() -> None:
    """Without a week just before, the change stands by all other hours."""
    whole = measure(100, 300, before_s=4 * WEEK)
    gap = {at: values for at, values in whole.before.items() if at < RELEASED - WEEK}
    assert len(found(whole._replace(before=gap))) == 1


def test_nothing_is_told_of_what_never_grew() -> None:
    """Nor of what has hours on one side only."""
    nothing = hours(added, lambda _: 0, RELEASED - 3 * WEEK, RELEASED)
    some = measure(100, 300)
    assert found(some._replace(before=nothing, after=hours(added, lambda _: 0, RELEASED, RELEASED + WEEK))) == []
    assert found(some._replace(before={})) == found(some._replace(after={})) == []
    assert found(measure(100, 900, PRICES)._replace(before={})) == []


def test_a_counter_that_began_to_grow_is_told_from_nothing() -> None:
    """Hours without an increase are zeros, not gaps."""
    nothing = hours(added, lambda _: 0, RELEASED - 3 * WEEK, RELEASED)
    (one,) = found(measure(100, 300)._replace(before=nothing))
    assert one.sentence.startswith("economy.sold: 0 coins → ")
    assert one.value == pytest.approx(300, rel=0.03)
    (gone,) = found(measure(100, 300)._replace(after=hours(added, lambda _: 0, RELEASED, RELEASED + WEEK)))
    assert (gone.value, gone.evidence[0][1]) == (0, pytest.approx(100, rel=0.03))


def test_five_changes_are_told_the_surest_first() -> None:
    """Of equally sure ones by their names."""
    sure = [measure(100, 300, name=f"economy.{name}") for name in "gfedcb"]
    unsure = measure(100, 900, name="economy.a", before_s=3 * DAY, after_s=2 * DAY, at=MONDAY + 3 * DAY)
    told = [one.subject.name for one in found(unsure, *sure)]
    assert told == [f"economy.{name}" for name in "bcdef"]
    assert [one.subject.name for one in found(unsure, *sure[:2])] == ["economy.f", "economy.g", "economy.a"]


@pytest.mark.parametrize(("among", "told"), [(1, 1), (100, 1), (101, 0)])
def test_among_many_candidates_a_change_must_be_surer(among: int, told: int) -> None:
    """Twelve hours prove it of one of a hundred measures."""
    one = measure(100, 900, before_s=2 * DAY, after_s=12 * HOUR, at=MONDAY + 2 * DAY)
    assert len(found(one, among=among)) == told


def test_the_median_of_two_halves_is_in_the_lower_one() -> None:
    """As nearest ranks have it."""

    def halves(mean: float, _: random.Random) -> SeriesDelta:
        histogram = Histogram()
        for value in (mean, mean, 90 * mean, 90 * mean):
            histogram.record(int(value * TICK_NS))
        return SeriesDelta(4, 1, 1, 1, histogram)

    before = hours(halves, lambda _: 64, RELEASED - 3 * WEEK, RELEASED)
    after = hours(halves, lambda _: 640, RELEASED, RELEASED + WEEK)
    (one,) = found(OwnHours("economy.price", SeriesKind("{coin}", "histogram", ""), before, after))
    assert one.evidence[0][1] == pytest.approx(64, rel=0.07) and one.value == pytest.approx(640, rel=0.07)


@pytest.mark.parametrize("unit", [1e-6, 1e6])
def test_the_unit_of_a_counter_changes_nothing(unit: float) -> None:
    """Parts of a coin are counted as coins are."""
    (one,) = found(measure(100 * unit, 200 * unit))
    assert one.value == pytest.approx(200 * unit, rel=0.03)


@pytest.mark.parametrize(
    ("at", "before_s", "after_s", "kind", "less", "more"),
    [
        (RELEASED, 3 * WEEK, WEEK, COUNTER, 1.4, 1.6),
        (RELEASED, 3 * WEEK, WEEK, PRICES, 1.2, 1.4),
        (RELEASED + 4 * DAY, 3 * DAY, DAY, COUNTER, 1.9, 2.1),
        (RELEASED + 4 * DAY, 3 * DAY, DAY, PRICES, 1.4, 1.6),
        (RELEASED + 12 * HOUR, 12 * HOUR, 12 * HOUR, COUNTER, 3.8, 4.3),
        (RELEASED + 12 * HOUR, 12 * HOUR, 12 * HOUR, PRICES, 2.8, 3.2),
    ],
)
def test_the_less_hours_are_alike_the_more_must_change(
    at: int, before_s: int, after_s: int, kind: SeriesKind, less: float, more: float
) -> None:
    """Beside the same hours of weeks, of working days, or any: counters by a half, to twice or four times as much."""
    told = [found(measure(100, 100 * times, kind, before_s=before_s, after_s=after_s, at=at)) for times in (less, more)]
    assert [len(each) for each in told] == [0, 1]


def test_a_counter_is_compared_with_the_same_hours_of_the_week_before() -> None:
    """A Saturday that is now as busy as a Friday differs from all Saturdays."""
    at = RELEASED + 5 * DAY

    def usual(moment: int) -> float:
        return 100 if (moment - MONDAY) // DAY % 7 >= 5 else 200

    before, after = hours(added, usual, at - 3 * WEEK, at), hours(added, lambda _: 200, at, at + DAY, seed=2)
    (one,) = compare_own([OwnHours("economy.sold", COUNTER, before, after)], 1, "v2", at)
    assert one.value == pytest.approx(200, rel=0.03)
