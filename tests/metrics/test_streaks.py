"""Consecutive hours in which a condition held, and what several of them are together."""

from __future__ import annotations

from plugin.metrics.systems.streaks import NO_STREAKS, LongStreaks, Streaks


def streaks(*lengths: int, points: float = 1) -> Streaks:
    """A streak of each length, all up to now, with points in each hour and a place of its own."""
    found = Streaks()
    for left in range(max(lengths), 0, -1):
        found.go_on({subject: (points, subject) for subject, length in enumerate(lengths) if length >= left})
    return found


def test_streaks_are_long_from_so_many_hours() -> None:
    """Their number, their places, the length of the longest and their points."""
    assert streaks(5, 6, 7, points=2).at_least(6) == LongStreaks(2, frozenset({1, 2}), 7, 26)


def test_without_streaks_nothing_is_long() -> None:
    """Neither of none, nor of short ones, nor after all have ended."""
    ended = streaks(7)
    ended.clear()
    assert Streaks().at_least(0) == streaks(3).at_least(4) == ended.at_least(1) == NO_STREAKS
    assert (NO_STREAKS.number, NO_STREAKS.hours, NO_STREAKS.points) == (0, 0, 0)


def test_points_are_those_of_the_last_day() -> None:
    """The length goes on."""
    found = streaks(26).at_least(26)
    assert (found.hours, found.points) == (26, 24)


def test_a_streak_ends_with_the_first_hour_without_it() -> None:
    """It begins anew, at one hour."""
    found = streaks(7)
    found.go_on({})
    found.go_on({0: (5, 1)})
    assert found.at_least(1) == LongStreaks(1, frozenset({1}), 1, 5)


def test_streaks_of_two_kinds_are_added_up() -> None:
    """Numbers, places and points; the longest is that of either."""
    one, other = LongStreaks(1, frozenset({1}), 9, 10), LongStreaks(2, frozenset({2, None}), 7, 20)
    assert one + other == other + one == LongStreaks(3, frozenset({1, 2, None}), 9, 30)
    assert one + NO_STREAKS == one


def test_streaks_are_in_one_place_only_if_it_is_known() -> None:
    """Not in two, nor in one that is unknown, nor in none."""
    places = [frozenset({1}), frozenset({1, 2}), frozenset({None}), frozenset({1, None}), frozenset[int | None]()]
    assert [LongStreaks(3, place, 6, 0).in_one_place for place in places] == [3, 0, 0, 0, 0]
