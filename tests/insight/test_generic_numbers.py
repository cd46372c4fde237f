"""Every number, chart and sentence of the page of any system."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest

from plugin.insight.systems import review_system
from plugin.model import SeriesCourse, SystemPast, SystemSection, SystemSeries
from tests.insight.systems import END, HOUR, SPANS, START, a_past, counter, gauge, histogram, since_start

HOURS = 168
UNCHANGED = "No significant change from the previous period."
Number = tuple[str, float | None, float | None]


def section(past: SystemPast, title: str) -> SystemSection:
    """The section of this title."""
    (found,) = (one for one in review_system(past).sections if one.title == title)
    return found


def numbers(past: SystemPast, title: str) -> list[Number]:
    """Label, before and now of each row."""
    return [(row.label, row.change.before, row.change.after) for row in section(past, title).rows]


def flat(value: float) -> Callable[[int], float]:
    """The same in each hour."""
    return lambda _: value


def noisy(mean: float, seed: int) -> Callable[[int], float]:
    """Near a mean in each hour."""
    chance = random.Random(seed)
    return lambda _: float(round(chance.gauss(mean, mean / 10)))


def sizes(value: float, times: int = 30) -> Callable[[int], Sequence[float]]:
    """As many values in each hour."""
    return lambda _: [value] * times


def in_unit(series: SystemSeries, unit: str) -> SystemSeries:
    """The same series of another unit."""
    return series._replace(unit=unit)


def test_counters_come_before_gauges_and_histograms() -> None:
    """By name among each."""
    past = a_past(
        histogram("shop.a_price", sizes(9)),
        gauge("shop.b_stock", flat(9)),
        counter("shop.d_sold", flat(9)),
        counter("shop.c_seen", flat(9)),
    )._replace(system="shop")
    review = review_system(past)
    assert [one.title for one in review.sections] == [
        "c seen (coins)",
        "d sold (coins)",
        "b stock (coins)",
        "a price (coins)",
    ]
    assert [one.title for one in review.charts] == ["c seen per hour", "d sold per hour", "b stock", "a price"]


@pytest.mark.parametrize(("unit", "title"), [("{coin}", "sold (coins)"), ("1", "sold"), ("s", "sold")])
def test_a_title_names_what_is_counted(unit: str, title: str) -> None:
    """And not a unit of what is measured."""
    assert [one.title for one in review_system(a_past(in_unit(counter("a.sold", flat(1)), unit))).sections] == [title]


def test_a_gauge_with_attributes_is_told_by_its_parts() -> None:
    """The highest first, with the week before; what there is of all of them has no meaning."""
    parts = [gauge("a.stock", flat(of), flat(2.0), shop=f"s{of}", town="north") for of in (3, 9, 5)]
    assert numbers(a_past(*parts), "stock (coins)") == [("s9 north", 2, 9), ("s5 north", 2, 5), ("s3 north", 2, 3)]
    (chart,) = review_system(a_past(*parts)).charts
    assert [(line.label, line.points[0]) for line in chart.lines] == [
        ("s9 north", (START, 9)),
        ("s5 north", (START, 5)),
        ("s3 north", (START, 3)),
    ]


def test_a_chart_has_three_lines_of_parts() -> None:
    """Five rows, and three lines, of the highest."""
    past = a_past(*(gauge("a.stock", flat(of), shop=f"s{of}") for of in range(1, 8)))
    assert [label for label, *_ in numbers(past, "stock (coins)")] == ["s7", "s6", "s5", "s4", "s3"]
    assert section(past, "stock (coins)").note == "… and 2 more"
    assert [line.label for line in review_system(past).charts[0].lines] == ["s7", "s6", "s5"]


@pytest.mark.parametrize(("number", "note"), [(4, ""), (5, ""), (6, "… and 1 more")])
def test_five_parts_are_told(number: int, note: str) -> None:
    """How many more there are is said below."""
    past = a_past(*(counter("a.sold", flat(of), shop=f"s{of}") for of in range(1, number + 1)))
    assert section(past, "sold (coins)").note == note


def test_a_gauge_since_start_is_told_by_its_level_alone() -> None:
    """Its lowest and highest are not known, nor any course."""
    review = review_system(since_start(a_past(gauge("a.stock", flat(7)))))
    assert [row.label for row in review.sections[0].rows] == ["now"] and review.charts == ()


def test_a_histogram_is_told_with_how_often_it_recorded() -> None:
    """Of all its series, with the week before; each by its median below."""
    past = a_past(
        histogram("a.price", sizes(64, 3), sizes(32, 2), shop="small"),
        histogram("a.price", sizes(640, 5), sizes(320, 4), shop="large"),
    )
    median, p95, recorded, *parts = numbers(past, "price (coins)")
    assert median == ("median", pytest.approx(320, rel=0.06), pytest.approx(640, rel=0.06))
    assert p95 == ("p95", pytest.approx(320, rel=0.06), pytest.approx(640, rel=0.06))
    assert recorded == ("recorded", 6 * HOURS, 8 * HOURS)
    assert parts == [
        ("large", pytest.approx(320, rel=0.06), pytest.approx(640, rel=0.06)),
        ("small", pytest.approx(32, rel=0.06), pytest.approx(64, rel=0.06)),
    ]
    assert [row.unit for row in section(past, "price (coins)").rows] == ["{coin}", "{coin}", "1", "{coin}", "{coin}"]
    assert len(numbers(a_past(histogram("a.price", sizes(64), shop="only")), "price (coins)")) == 3


def test_quantiles_need_the_week_before_of_every_series() -> None:
    """Where one is new, nothing stands beside; nor since the start."""
    both = histogram("a.price", sizes(64), sizes(32), shop="a"), histogram("a.price", sizes(64), None, shop="b")
    assert [before for _, before, _ in numbers(a_past(*both), "price (coins)")[:3]] == [None, None, None]
    assert numbers(a_past(both[0])._replace(since_start=True), "price (coins)")[2] == ("recorded", None, 30 * HOURS)


def test_a_quantile_that_moved_has_a_sentence() -> None:
    """From what to what."""
    past = a_past(histogram("a.price", sizes(640), sizes(64)))
    first, second = review_system(past).sentences
    assert first.startswith("price, median: 6") and second.startswith("price, p95: 6")
    assert " coins → 6" in first and first.endswith(" coins.")


def test_no_values_are_told_as_none() -> None:
    """And never as zero."""
    assert review_system(a_past(histogram("a.price", lambda _: []))).sentences[0] == "price, median: no value."


def test_nothing_moved_is_told_by_the_first_number_that_is_not_zero() -> None:
    """Of a measure as a whole."""
    past = a_past(counter("a.gifts", flat(0)), counter("a.sold", flat(2), kind="x"))
    assert review_system(past).sentences == ("sold: 336 coins.", UNCHANGED)
    assert review_system(a_past(counter("a.gifts", flat(0)))).sentences == ("gifts: 0 coins.", UNCHANGED)
    alone = a_past(counter("a.gifts", flat(0)), spans=SPANS._replace(before=None))
    assert review_system(alone).sentences == ("gifts: 0 coins.",)


def test_four_changes_are_told_those_of_whole_measures_first() -> None:
    """Then those of parts; the surest first."""
    parts = [
        counter("a.sold", noisy(9000 if n < 5 else 9, n), noisy(900 if n < 5 else 9, 10 + n), kind=f"k{n}")
        for n in range(6)
    ]
    rarely = counter("a.traded", noisy(60, 30), noisy(30, 31))
    told = review_system(a_past(*parts, rarely)).sentences
    assert len(told) == 4
    assert told[0].startswith("sold: ") and told[1].startswith("traded: ")
    assert all(sentence.startswith("sold, k") for sentence in told[2:])


@pytest.mark.parametrize(("slope", "how"), [(120, "grows"), (-120, "declines")])
def test_a_trend_is_told_by_the_day(slope: float, how: str) -> None:
    """In the unit of the measure, up or down."""
    noise = random.Random(4)
    past = a_past(gauge("a.stock", lambda hour: 100_000 + slope * hour + noise.gauss(0, 50)))
    sentence = review_system(past).sentences[-1]
    assert sentence.startswith(f"stock {how} by 2,8") and sentence.endswith(" coins a day.")


def test_two_trends_are_told() -> None:
    """Not of parts, nor since the start."""
    noise = random.Random(4)

    def grows(hour: int) -> float:
        return 100_000 + 120 * hour + noise.gauss(0, 50)

    gauges = [gauge(f"a.stock_{n}", grows) for n in range(3)]
    assert [sentence for sentence in review_system(a_past(*gauges)).sentences if "a day" in sentence][1:] == [
        review_system(a_past(gauges[1])).sentences[-1]
    ]
    part = gauge("a.stock", grows, shop="north")
    for past in (a_past(part), a_past(gauges[0])._replace(since_start=True)):
        assert review_system(past).sentences[1:] == (UNCHANGED,)


@pytest.mark.parametrize(("number", "charts"), [(0, 0), (1, 0), (2, 1)])
def test_a_chart_has_two_points(number: int, charts: int) -> None:
    """One value is no course."""
    stock = gauge("a.stock", flat(7))
    few = stock._replace(course=SeriesCourse(HOUR, stock.course.points[:number]))
    assert len(review_system(a_past(few)).charts) == charts


def test_lines_of_one_series_are_named_by_their_newest_step() -> None:
    """The last point stands for a whole step."""
    past = a_past(counter("a.sold", flat(3)), gauge("a.stock", flat(7)))
    assert [chart.lines[0].label for chart in review_system(past).charts] == ["last 1 h", "last 1 h"]


@pytest.mark.parametrize(
    ("end", "last"), [(END, END - 2 * HOUR), (END + 59, END - 2 * HOUR), (END + 60, END - HOUR), (END + 90, END - HOUR)]
)
def test_a_step_that_is_not_over_is_not_drawn(end: int, last: int) -> None:
    """A period includes the present minute, which is not over."""
    past = a_past(counter("a.sold", flat(3)), spans=SPANS._replace(end=end))
    assert review_system(past).charts[0].lines[0].points[-1] == (last, 3)


def test_steps_without_a_row_added_nothing() -> None:
    """They are zeros between others; rates are per hour, whatever the length of a step."""
    sold = counter("a.sold", flat(3))
    points = sold.course.points
    course = SeriesCourse(HOUR // 2, (points[0], *points[2:4]))
    (chart,) = review_system(a_past(sold._replace(course=course))).charts
    assert [value for _, value in chart.lines[0].points] == [6, 0, 0, 0, 6, 0, 6]


@pytest.mark.parametrize(("steps", "is_told"), [(11, False), (12, True), (13, True)])
def test_twelve_steps_tell_how_much_a_counter_varies(steps: int, is_told: bool) -> None:
    """With fewer, a change must be far larger; here it is a third of 9,000."""
    now, before = counter("a.sold", flat(1000)), counter("a.sold", flat(1200))
    short = now._replace(
        course=SeriesCourse(HOUR, now.course.points[:steps]), before=SeriesCourse(HOUR, before.course.points[:steps])
    )
    assert section(a_past(short), "sold (coins)").rows[0].change.holds is is_told


def test_a_counter_in_lumps_must_change_more() -> None:
    """As much is a change where it comes evenly."""

    def lumps(size: float) -> Callable[[int], float]:
        return lambda hour: 0 if hour % 12 else 12 * size

    even = counter("a.sold", flat(120), flat(100))
    assert section(a_past(even), "sold (coins)").rows[0].change.holds
    assert not section(a_past(counter("a.sold", lumps(120), lumps(100))), "sold (coins)").rows[0].change.holds


@pytest.mark.parametrize(("now", "sentence"), [(200, "stock: 100 coins → 200 coins."), (101, "stock: 101 coins.")])
def test_a_level_that_moved_has_a_sentence(now: float, sentence: str) -> None:
    """All of the week must lie beyond the week before, and far enough."""
    past = a_past(gauge("a.stock", flat(now), flat(100)))
    assert review_system(past).sentences[0] == sentence
    assert section(past, "stock (coins)").rows[0].change.holds is (now == 200)


def test_parts_are_ordered_by_what_they_are_now_or_added() -> None:
    """A gauge by its last level, though it stood higher before; a counter by its total."""
    for make, first in ((gauge, "late"), (counter, "early")):
        past = a_past(
            make("a.stock", lambda hour: 100 if hour < 167 else 1, shop="early"),
            make("a.stock", lambda hour: 1 if hour < 167 else 100, shop="late"),
        )
        labels = [row.label for row in section(past, "stock (coins)").rows if row.label in ("early", "late")]
        assert labels[0] == first
