"""In which order tasks are told, and how many looks tell that they pile up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plugin.insight.tasks import growth_of, judge_tasks
from plugin.model import BackgroundSnapshot, TaskGroupSnapshot, TaskKind
from tests.insight.snapshots import snapshot

HOUR, DAY = 3600.0, 86_400.0


def group(name: str, kind: TaskKind, running: int, stopped: str | None = None) -> TaskGroupSnapshot:
    """Tasks of one function."""
    return TaskGroupSnapshot(name, kind, None, running, 0, 0, 0, None, stopped, None, ())


def test_tasks_in_trouble_come_first_then_scheduled_ones_then_the_most() -> None:
    """Wherever they stand."""
    groups = [
        group("few", TaskKind.ASYNCIO, 2),
        group("many", TaskKind.ASYNCIO, 90),
        group("one", TaskKind.SCHEDULED, 1),
        group("two", TaskKind.SCHEDULED, 2),
        group("gone", TaskKind.ASYNCIO, 0, stopped="after 1 failure"),
    ]
    judged = judge_tasks(replace(snapshot(), background=BackgroundSnapshot(1, tuple(groups), ())))
    assert [health.group.name for health in judged] == ["gone", "two", "one", "many", "few"]


def day(number: int = 10) -> list[tuple[float, int]]:
    """A day of ten tasks, looked at every hour."""
    return [(HOUR * hour, number) for hour in range(25)]


@pytest.mark.parametrize(("looks", "is_told"), [(23, False), (24, True), (25, True)])
def test_a_rush_that_outgrows_a_day_is_told_by_24_looks(looks: int, is_told: bool) -> None:
    """Of six hours in which it never fell."""
    begin, step = DAY + HOUR, 6 * HOUR / (looks - 1)
    latest = [(begin - 60.0, 10), *((begin + step * n, 20 + 5 * n) for n in range(looks))]
    assert (growth_of(day(), latest) is not None) is is_told


@pytest.mark.parametrize(("most", "is_told"), [(89, True), (90, True), (91, False)])
def test_a_rush_must_be_half_as_large_again_as_any_before(most: int, is_told: bool) -> None:
    """135 are, of 90."""
    latest = [(DAY + HOUR - 60, 10), *((DAY + HOUR + 900 * n, 15 + 5 * n) for n in range(25))]
    assert (growth_of([*day()[:-1], (DAY, most)], latest) is not None) is is_told


def test_looks_that_are_all_of_the_last_six_hours_tell_nothing() -> None:
    """What was before them is not known."""
    latest = [(DAY + HOUR + 900 * n, 15 + 5 * n) for n in range(25)]
    assert growth_of(day(), latest) is None
    assert growth_of([], [(DAY + HOUR - 60, 10), *latest]) is None
    assert growth_of(day()[10:], [(DAY + HOUR - 60, 10), *latest]) is None
