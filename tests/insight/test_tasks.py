"""Background work, judged: tasks that stopped, die or pile up, and listeners that raise."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from plugin.insight.health import judge
from plugin.insight.tasks import growth_of
from plugin.model import (
    BackgroundSnapshot,
    ErrorGroup,
    Health,
    ListenerSnapshot,
    Place,
    Severity,
    Snapshot,
    TaskGroupSnapshot,
    TaskGrowth,
    TaskKind,
)
from plugin.settings import Settings
from tests.insight.snapshots import snapshot

AT = 1_000_000.0
HOUR_S = 3600
MINUTE_S = 60
PLACE = Place("cogs/shop.py", "restock", 30)


def error(hours_ago: float = 3) -> ErrorGroup:
    seen = AT - hours_ago * HOUR_S
    return ErrorGroup("KeyError", PLACE._replace(line=40), 1, seen, seen)


def scheduled(stopped: str | None = None, failed: ErrorGroup | None = None, name: str = "restock") -> TaskGroupSnapshot:
    stopped_at = failed.last_seen if failed and stopped else None
    counts = int(not stopped), 9, int(failed is not None), 0
    return TaskGroupSnapshot(name, TaskKind.SCHEDULED, PLACE, *counts, failed, stopped, stopped_at, ())


def tasks(*running: int, failed: ErrorGroup | None = None) -> TaskGroupSnapshot:
    """Tasks of which so many ran at a look each quarter of an hour, up to now."""
    course = tuple((AT - HOUR_S / 4 * (len(running) - 1 - n), number) for n, number in enumerate(running))
    counts = running[-1] if running else 0, 0, int(failed is not None), 0
    return TaskGroupSnapshot("Cog.start.<locals>.remind", TaskKind.ASYNCIO, PLACE, *counts, failed, None, None, course)


def listener(failures: int, minutes_apart: float) -> ListenerSnapshot:
    latest = tuple(AT - MINUTE_S * minutes_apart * n for n in reversed(range(min(failures, 10))))
    return ListenerSnapshot("GuildMessageCreateEvent", "Log.on_message", failures, latest, error(0))


def bot(*groups: TaskGroupSnapshot, listeners: tuple[ListenerSnapshot, ...] = ()) -> Snapshot:
    """A bot that is well but for this, and has run for two days."""
    background = BackgroundSnapshot(1, groups, listeners)
    return replace(snapshot(), at=AT, uptime_s=48 * HOUR_S, background=background)


def judged(*groups: TaskGroupSnapshot, listeners: tuple[ListenerSnapshot, ...] = ()) -> Health:
    return judge(bot(*groups, listeners=listeners), Settings())


def test_a_task_that_stopped_for_good_is_a_warning() -> None:
    """A scheduled task that failed as often as it may is a reason for ever, with its error, place and time."""
    health = judged(scheduled("after 1 failure", error()))
    assert health.severity is Severity.WARNING
    assert health.reasons == ("task restock will not run again: KeyError in cogs/shop.py:40, 3 h ago",)
    assert [found.severity for found in health.tasks] == [Severity.WARNING]


def test_a_task_that_stopped_without_a_known_error_is_one_too() -> None:
    """Where the log told nothing of it, the reason says what is known."""
    assert judged(scheduled("after 1 failure")).reasons == ("task restock will not run again",)


def test_several_are_one_reason() -> None:
    """Many tasks that stopped are counted in one reason that names one of them."""
    (reason,) = judged(*(scheduled("after 1 failure", error(), name) for name in ("restock", "feed"))).reasons
    assert reason.startswith("2 tasks will not run again, for example: task restock will not run again")


@pytest.mark.parametrize(("hours_ago", "severity"), [(0.5, Severity.WARNING), (2, Severity.WELL), (-2, Severity.WELL)])
def test_a_failure_of_a_task_that_goes_on_passes(hours_ago: float, severity: Severity) -> None:
    """A scheduled task that failed and runs on is a warning for an hour, and so is an asyncio task that died."""
    for group in (scheduled(failed=error(hours_ago)), tasks(1, failed=error(hours_ago))):
        health = judged(group)
        assert health.severity is severity
        assert len(health.reasons) == (severity is Severity.WARNING)


def test_tasks_that_pile_up_are_a_warning() -> None:
    """Tasks of which there are ever more are a reason, by the name of their function."""
    health = judged(tasks(*range(12, 132)))
    assert health.severity is Severity.WARNING
    assert health.reasons == ("tasks of remind piling up: 12 to 131 in 1 d",)
    assert health.tasks[0].growth == TaskGrowth(AT - 119 * HOUR_S / 4, 12, 131)


@pytest.mark.parametrize(
    "running",
    [
        [12] * 120,
        [*range(12, 72), *range(12, 72)],
        [*range(12, 131), 20],
        range(12, 62),
        [1, *[80] * 119],
        [*range(100, 190), *[190] * 30],
        range(12, 31),
        [0, *[n // 10 for n in range(119)]],
    ],
    ids=["stand", "fall once", "fall at last", "too short", "one jump", "not doubled", "few looks", "few tasks"],
)
def test_thin_evidence_is_no_leak(running: list[int]) -> None:
    """Nothing is said of tasks that stand, fall, jumped once, or have not been seen growing for long."""
    assert judged(tasks(*running)).reasons == ()


def course(*hours: int) -> list[tuple[float, int]]:
    """So many tasks at each hour, every ten minutes, with a straight line in between."""
    return [
        (AT + 600 * (6 * hour + step), before + (after - before) * step // 6)
        for hour, (before, after) in enumerate(pairwise(hours))
        for step in range(6)
    ]


def grown(points: list[tuple[float, int]]) -> TaskGrowth | None:
    """What is said when a course is known in hours, and its last eight hours closely."""
    return growth_of(points[::6], points[-48:])


def test_a_leak_that_began_lately_is_seen() -> None:
    """What stood for a day, and has only grown for six hours since, is said to pile up since then."""
    found = grown(course(*[5] * 30, *range(5, 405, 50)))
    assert found is not None and found.now > 300


@pytest.mark.parametrize(
    "hours",
    [
        [5, *range(5, 3000, 500)],
        [*[5] * 30, *range(5, 10_000, 2500)],
        [*([*[5] * 16, *range(5, 800, 100), *range(800, 5, -200)] * 3)[:-5]],
    ],
    ids=["no day before", "a rush of four hours", "as every evening"],
)
def test_a_rush_is_no_leak(hours: list[int]) -> None:
    """What grows for some hours of an evening ends again."""
    assert grown(course(*hours)) is None


def test_a_leak_among_many_that_end_is_seen_over_days() -> None:
    """Where tasks come and go and a part of them stays, the trend over days tells it."""
    hours = 24 * 10
    points = [(AT + HOUR_S * n, n // 2 + 10 * (n % 3)) for n in range(hours)]
    found = growth_of(points)
    assert found is not None and found.now > 100


def test_the_first_half_hour_does_not_count() -> None:
    """A bot that starts makes its tasks; only what grows after that is said to pile up."""
    group = tasks(*range(12, 132))
    young = bot(group)
    assert judge(replace(young, uptime_s=80 * MINUTE_S), Settings()).reasons == ()


@pytest.mark.parametrize(("minutes_apart", "severity"), [(1, Severity.WARNING), (10, Severity.WELL)])
def test_a_listener_is_a_warning_where_it_raises_often(minutes_apart: float, severity: Severity) -> None:
    """Ten failures of a listener within an hour are a reason; ten in a longer time are not."""
    health = judged(listeners=(listener(132, minutes_apart),))
    assert health.severity is severity
    said = ("listener Log.on_message failed 10 times in 9 min: KeyError in cogs/shop.py:40",)
    assert health.reasons == (said if severity is Severity.WARNING else ())


def test_a_few_failures_of_a_listener_are_none() -> None:
    """Less than ten failures prove no habit."""
    assert judged(listeners=(listener(9, 1),)).reasons == ()


def test_the_worst_come_first() -> None:
    """What is in trouble comes before what is well, and scheduled tasks before others."""
    well, stopped, many = scheduled(name="feed"), scheduled("after 1 failure", error()), tasks(50)
    assert [found.group for found in judged(many, well, stopped).tasks] == [stopped, well, many]


@pytest.mark.parametrize(("hours", "told"), [(47, False), (48, True)])
def test_what_comes_and_goes_takes_two_days(hours: int, told: bool) -> None:
    """Before that a first day that began with none explains it."""
    points = [(AT + HOUR_S * n, 6 + 2 * n + 5 * (n % 2)) for n in range(hours + 1)]
    assert (growth_of(points) is not None) is told


def test_what_fell_back_among_the_first_is_no_leak() -> None:
    """All of the last third lies above all of the first."""
    points = [(AT + HOUR_S * n, 2 * n + 5 * (n % 2)) for n in range(97)]
    assert growth_of(points) is not None
    points[3] = points[3][0], 160
    assert growth_of(points) is None


def test_listeners_that_raise_often_come_first() -> None:
    """Then those that raised most."""
    listeners = (listener(50, 10), listener(70, 10), listener(12, 1), listener(30, 1))
    found = judged(listeners=listeners).listeners
    assert [(health.severity, health.listener.failures) for health in found] == [
        (Severity.WARNING, 30),
        (Severity.WARNING, 12),
        (Severity.WELL, 70),
        (Severity.WELL, 50),
    ]
