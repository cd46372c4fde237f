"""Sums over the series of a system."""

from __future__ import annotations

import pytest

from plugin.insight.systems import totals
from plugin.model import Period, SeriesCourse, SeriesDelta, SeriesPoint, Spans
from tests.insight.systems import END, HOUR, START, a_past, counter


def levels(*of: tuple[int, float]) -> SeriesCourse:
    """A gauge: how many readings each step has, and their sum."""
    deltas = [SeriesDelta(count, total, total, total) for count, total in of]
    return SeriesCourse(HOUR, tuple(SeriesPoint(START + HOUR * at, delta) for at, delta in enumerate(deltas)))


def test_a_total_before_needs_every_series() -> None:
    """A previous period that history covers only for some series has no total; nor have no series at all."""
    known = counter("economy.gifts", lambda _: 2, lambda _: 3, kind="a")
    unknown = counter("economy.gifts", lambda _: 2, kind="b")
    assert totals.total([known, unknown]) == 4 * 168
    assert totals.total_before([known]) == 3 * 168
    assert totals.total_before([known, unknown]) is None
    assert totals.total_before([unknown]) is None
    assert totals.total_before([]) is None


def test_a_level_is_the_mean_of_the_last_step() -> None:
    """A last step without readings has none, whatever was before."""
    assert totals.level(levels((2, 10), (4, 6))) == 1.5
    assert totals.level(levels((2, 10), (0, 0))) is None
    assert totals.level(levels()) is None
    assert totals.level(None) is None


def test_a_level_is_the_last_value_where_that_is_known() -> None:
    """A gauge that fell within its last step stands where it ended."""
    course = levels((2, 10), (4, 6))
    ended = course.points[-1]._replace(values=course.points[-1].values._replace(last=0.0))
    assert totals.level(course._replace(points=(course.points[0], ended))) == 0


@pytest.mark.parametrize(
    ("since", "hours"),
    [
        pytest.param(None, 168, id="no history yet"),
        pytest.param(START - HOUR, 168, id="history began before"),
        pytest.param(START + 24 * HOUR, 144, id="history began a day later"),
        pytest.param(END - 90, 0.025, id="history has just begun"),
        pytest.param(END - 59, 1 / 60, id="at least a minute"),
    ],
)
def test_hours_are_those_that_history_covers(since: int | None, hours: float) -> None:
    """From the begin of the period, or of history where that is later."""
    spans = Spans(Period.WEEK, START, END, None, since, None)
    assert totals.hours(a_past(spans=spans)) == pytest.approx(hours)


def test_a_split_has_the_largest_first() -> None:
    """By the total of each value of the attribute; series without it are one part."""
    amounts = (("a", 1.0), ("b", 2.0), ("a", 4.0), ("b", 2.5))
    series = [counter("economy.gifts", lambda _, of=of: of, kind=kind, shop=str(of)) for kind, of in amounts]
    bare = counter("economy.gifts", lambda _: 0.5)
    found = totals.split([bare, *series], "kind")
    assert [(kind, [totals.total([one]) / 168 for one in of]) for kind, of in found.items()] == [
        ("a", [1, 4]),
        ("b", [2, 2.5]),
        ("", [0.5]),
    ]


def test_steps_are_added_up_over_all_series() -> None:
    """By the begin of each step."""
    both = [counter("economy.gifts", lambda hour: hour, kind=kind) for kind in "ab"]
    together = totals.together(both)
    assert together == {START + HOUR * hour: 2.0 * hour for hour in range(168)}
