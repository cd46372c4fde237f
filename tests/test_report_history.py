"""The report of a made-up week, from a real store: each of its numbers."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from plugin.corridor.look_back import LookBack, PageContext
from plugin.corridor.report_history import report
from plugin.history.store import open_store
from plugin.model import ChangeVerdict, Finding, Period, Severity, Subject, SubjectKind
from plugin.model.past import ErrorState
from plugin.model.report import Report
from plugin.settings import Settings
from tests import reports
from tests.history.builders import BUY, DAY, HOUR, NOON, SELL, batch, delta, failure, prune_all, roll_up_all
from tests.reports import BACK, DIED, HOURS, NEW, OLD, START, WEEK, two_weeks
from tests.test_command_history import Kept

CONTEXT = PageContext(float(NOON), Settings(), None)
BOTH = pytest.mark.parametrize("fleet", [False, True], ids=["one instance", "fleet"])


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncGenerator[Kept]:
    """History in an empty file."""
    async with await open_store(str(tmp_path / "history.db")) as store:
        yield Kept(store)


async def test_every_store_tells_the_same(kept: Kept, postgres_database: str) -> None:
    """Whatever database history is kept in."""
    async with await open_store(postgres_database) as store:
        for each in (kept.store, store):
            await two_weeks(each)
        assert await made(Kept(store)) == await made(kept)


async def made(kept: Kept, fleet: bool = True, now: float = NOON, period: Period = Period.WEEK) -> Report:
    """The report of a period that ends at a moment."""
    told = await report(kept, LookBack(period, fleet, now - 1), CONTEXT)
    assert told.review is not None, told.note
    return told.review


@BOTH
async def test_what_was_used_is_counted(kept: Kept, fleet: bool) -> None:
    """Invocations of all outcomes, the most used commands, and which of them grew by more than noise."""
    await two_weeks(kept.store)
    told = await made(kept, fleet)
    spans = told.review.spans
    assert (spans.start, spans.end, spans.before) == (START, NOON, START - WEEK)
    assert (told.review.invocations.before, told.review.invocations.after) == (25 * HOURS, 36 * HOURS)
    assert [(one.key, one.changes[0].before, one.changes[0].after) for one in told.usage.top] == [
        (BUY, 15 * HOURS, 25 * HOURS),
        (SELL, 10 * HOURS, 11 * HOURS),
    ]
    assert told.usage.commands == 2 and [one.key for one in told.usage.grown] == [BUY]


@BOTH
async def test_what_became_slower_or_failed_is_found(kept: Kept, fleet: bool) -> None:
    """Only what did so significantly, with the numbers of both weeks."""
    await two_weeks(kept.store)
    told = await made(kept, fleet)
    (slower,) = told.slower
    assert (slower.key, slower.what, slower.deferred) == (SELL, "p95", False)
    assert slower.change.before == pytest.approx(20e6, rel=0.07)
    assert slower.change.after == pytest.approx(80e6, rel=0.07)
    failures = told.failures
    assert (failures.errors, failures.errors_before) == (HOURS, 0)
    assert told.review.error_rate[:2] == (0.0, 1 / 26)
    assert [(one.key, one.change.before, one.change.after) for one in failures.rising] == [(SELL, 0.0, 1 / 6)]
    assert [(one.type, one.state, one.occurrences) for one in failures.new] == [("KeyError", ErrorState.NEW, HOURS)]
    assert (failures.frequent, failures.left_out) == ((), 0)


@BOTH
async def test_incidents_come_worst_first(kept: Kept, fleet: bool) -> None:
    """Each with begin, end and duration; what lasts has no end."""
    await two_weeks(kept.store)
    told = await made(kept, fleet)
    assert [(one.severity, one.begin, one.end, one.seconds, one.what) for one in told.incidents] == [
        (
            Severity.CRITICAL,
            DIED + 30,
            BACK,
            600,
            "down after an unclean shutdown; last status: memory 254 MB",
        ),
        (Severity.CRITICAL, NOON - 2 * DAY, NOON - 2 * DAY + 300, 300, "shard 3 is not connected"),
        (Severity.WARNING, NOON - HOUR, None, HOUR, "memory 410 MB, target 400 MB"),
    ]
    assert told.incidents_left_out == 0 and {one.instance for one in told.incidents} == {""}


async def test_many_incidents_are_bounded(kept: Kept) -> None:
    """The mildest are left out, and counted."""
    mild = tuple(
        Finding("task_failed", Subject(SubjectKind.TASK, f"t{n}"), Severity.WARNING, f"task t{n}", at, at)
        for n, at in enumerate(range(START, START + 20 * HOUR, HOUR))
    )
    await two_weeks(kept.store, extra=mild)
    told = await made(kept)
    assert len(told.incidents) + told.incidents_left_out == 23 and told.incidents_left_out == 13
    assert told.incidents[2].what.startswith("memory")


@BOTH
async def test_the_budget_of_availability_is_used(kept: Kept, fleet: bool) -> None:
    """Ten minutes without a process, and half of the shards away for one sample in 168."""
    await two_weeks(kept.store)
    online = (await made(kept, fleet)).availability
    assert online is not None
    away = (WEEK - 600) * 0.5 / HOURS
    assert (online.watched_s, online.down_s, online.stopped_s) == (WEEK, 600, 0)
    assert online.disconnected_s == pytest.approx(away)
    assert online.budget_s == pytest.approx(604.8)
    assert online.judged.value == pytest.approx(100 * (1 - (600 + away) / WEEK))
    assert (online.judged.target, online.judged.severity) == (99.9, Severity.WARNING)


@BOTH
async def test_resources_and_releases_are_compared(kept: Kept, fleet: bool) -> None:
    """Medians beside those of the previous week, and the release with the changes since."""
    await two_weeks(kept.store)
    told = await made(kept, fleet)
    memory = told.review.levels["memory_bytes"].change
    assert (memory.before, memory.after, memory.verdict) == (
        100 * reports.MB,
        200 * reports.MB,
        ChangeVerdict.WORSE,
    )
    assert told.review.levels["loop_lag_s"].change.after == 0.002
    assert told.review.levels["latency_s"].change.after == 0.08
    (release,) = told.releases
    assert (release.at, release.release, release.before) == (BACK, "2.0", "1.9")
    assert [finding.sentence for finding in release.findings] == [reports.SLOWER.sentence]


async def test_what_goes_on_is_to_be_done_first(kept: Kept) -> None:
    """The worst of each kind: at most three."""
    await two_weeks(kept.store)
    assert [finding.rule for finding in (await made(kept)).first] == ["slower", "memory", "shard_disconnected"]


async def test_a_roll_up_changes_nothing(kept: Kept) -> None:
    """Minutes, hours or days: the numbers are the same."""
    await two_weeks(kept.store)
    before = await made(kept)
    await roll_up_all(kept.store, NOON + DAY)
    after = await made(kept)
    assert (after.usage, after.failures, after.incidents, after.availability) == (
        before.usage,
        before.failures,
        before.incidents,
        before.availability,
    )


@pytest.mark.parametrize(("days", "row_s"), [(5, HOUR), (60, DAY)], ids=["hours", "days"])
async def test_a_period_is_rounded_to_what_is_kept(kept: Kept, days: int, row_s: int) -> None:
    """And says so: each number is of the period that the report names."""
    await two_weeks(kept.store)
    now = NOON + days * DAY
    await kept.store.fleet.beat(NEW, now)
    await roll_up_all(kept.store, now)
    await prune_all(kept.store, now)
    context = CONTEXT._replace(now=float(now))
    told = (await report(kept, LookBack(Period.DAY, True, NOON - DAY + 10 * 60 - 1), context)).review
    assert told is not None
    spans = told.review.spans
    end = (NOON - DAY) // row_s * row_s
    assert (spans.start, spans.end, told.rounded_s) == (end - DAY, end, row_s)
    assert told.review.invocations.after == 36 * 24 and told.failures.errors == 24
    assert told.availability is not None and told.availability.watched_s == DAY


@BOTH
async def test_an_earlier_week_is_told_as_of_its_end(kept: Kept, fleet: bool) -> None:
    """What came later is not in it, although history knows it."""
    await two_weeks(kept.store)
    told = await made(kept, fleet, now=START)
    assert told.review.invocations.after == 25 * HOURS and told.review.invocations.before is None
    assert (told.incidents, told.releases, told.first, told.failures.errors) == ((), (), (), 0)
    assert told.availability is not None and told.availability.judged.value == 100
    assert told.review.spans.instances == (1 if fleet else None)


async def test_a_period_that_history_covers_in_part_says_so(kept: Kept) -> None:
    """Since when, and nothing is compared; nor is an error new that may be old."""
    await two_weeks(kept.store, hours_before=0)
    told = await made(kept, period=Period.MONTH)
    assert told.covered_from == START and told.is_covered
    assert told.review.spans.before is None and told.usage.grown == () and told.slower == ()
    assert told.failures.new == () and [one.type for one in told.failures.frequent] == ["KeyError"]
    assert told.availability is not None and told.availability.watched_s == WEEK


async def test_nothing_is_quiet(kept: Kept) -> None:
    """Neither history, nor a week in which the bot only ran."""
    told = await made(kept)
    assert told.is_quiet and not told.is_covered and told.availability is None
    await kept.store.fleet.register(OLD, START - DAY)
    await kept.store.writing.write(OLD, batch(START - DAY, memory_bytes=1.0))
    await kept.store.fleet.beat(OLD, NOON)
    told = await made(kept)
    assert told.is_quiet and told.is_covered
    assert told.availability is not None and told.availability.judged.value == 100


async def test_a_bot_that_is_gone_is_down(kept: Kept) -> None:
    """Until the end of the period, and that is the first thing to look at."""
    await kept.store.fleet.register(OLD, START - DAY)
    await kept.store.fleet.beat(OLD, NOON - DAY - 30, (0,), "CPU 3 %")
    await kept.store.writing.write(OLD, batch(START, delta()))
    told = await made(kept)
    (lost,) = told.incidents
    assert (lost.end, lost.seconds) == (None, DAY)
    assert [finding.rule for finding in told.first] == ["instance_lost"]
    assert told.availability is not None and told.availability.down_s == DAY


async def test_what_stood_when_a_process_ended_is_over(kept: Kept) -> None:
    """Nobody ends the findings of an instance that never came back; those of one that ended earlier are left out."""
    for name, begin, end in (("gone", START - 9 * DAY, START - 8 * DAY), ("lost", START - DAY, NOON - DAY)):
        writer = OLD._replace(instance=name, boot=name)
        await kept.store.fleet.register(writer, begin)
        memory = reports.MEMORY._replace(since=end - HOUR)
        await kept.store.writing.write(writer, batch(end - HOUR, delta(), findings=(memory,)))
        await kept.store.fleet.beat(writer, end, (0,))
    told = await made(kept)
    assert [(one.instance, one.end, one.seconds) for one in told.incidents if "memory" in one.what] == [
        ("", NOON - DAY, HOUR)
    ]


async def test_a_restart_costs_its_time_and_is_no_incident(kept: Kept) -> None:
    """A clean shutdown, and a start a minute later."""
    await kept.store.fleet.register(OLD, START - DAY)
    await kept.store.fleet.leave(OLD, START + DAY)
    await kept.store.fleet.register(NEW, START + DAY + 60)
    await kept.store.fleet.beat(NEW, NOON)
    told = await made(kept)
    assert told.incidents == () and told.availability is not None
    assert (told.availability.stopped_s, told.availability.down_s) == (60, 0)


async def test_a_fleet_loses_what_its_instance_was(kept: Kept) -> None:
    """One of two away for a day is half a day; one that others replaced is away until then; each is named."""
    for name, shards in (("a", (0,)), ("b", (1,))):
        await kept.store.fleet.register(OLD._replace(instance=name, boot=name), START - DAY)
        await kept.store.fleet.beat(OLD._replace(instance=name, boot=name), NOON, shards)
    lost = OLD._replace(instance="c", boot="c")
    await kept.store.fleet.register(lost, START - DAY)
    await kept.store.fleet.beat(lost, START + DAY - 30, (2,))
    spare = OLD._replace(instance="d", boot="d")
    await kept.store.fleet.register(spare, START + 2 * DAY)
    await kept.store.fleet.beat(spare, NOON, (2,))
    told = await made(kept)
    assert told.availability is not None
    assert told.availability.down_s == pytest.approx(WEEK * DAY / (WEEK + WEEK + 2 * DAY + 5 * DAY))
    assert [(one.instance, one.seconds, one.end) for one in told.incidents] == [("c", DAY, START + 2 * DAY)]
    assert told.review.spans.instances == 4


async def test_an_instance_that_is_not_needed_costs_nothing(kept: Kept) -> None:
    """A clean shutdown costs the time until another one runs its shards, and nothing where there is none to run."""
    for name, shards, begin, end in (
        ("old", (0,), START - DAY, START + DAY),
        ("new", (0,), START + DAY + 90, NOON),
        ("extra", (1,), START, START + 2 * DAY),
    ):
        writer = OLD._replace(instance=name, boot=name)
        await kept.store.fleet.register(writer, begin)
        await kept.store.fleet.beat(writer, end, shards)
        if end < NOON:
            await kept.store.fleet.leave(writer, end)
    told = await made(kept)
    assert told.availability is not None
    watched_s = DAY + 90 + (6 * DAY - 90) + 2 * DAY
    assert told.availability.stopped_s == pytest.approx(90 * WEEK / watched_s)
    assert (told.availability.down_s, told.incidents, told.first) == (0, (), ())


async def test_a_bot_that_was_stopped_is_told(kept: Kept) -> None:
    """Where no other runs, somebody may have forgotten to start it again."""
    await kept.store.fleet.register(OLD, START - DAY)
    await kept.store.fleet.leave(OLD, NOON - DAY)
    told = await made(kept)
    assert [(one.severity, one.seconds, one.end) for one in told.incidents] == [(Severity.WARNING, DAY, None)]
    assert told.availability is not None and told.availability.stopped_s == DAY


async def test_every_deployment_is_told_once(kept: Kept) -> None:
    """However many instances follow, and the way back too; of more than five the latest."""
    releases = [f"1.{n}" for n in range(7)] + ["1.0"]
    for day, release in enumerate(releases):
        for number, name in enumerate(("a", "b")):
            writer = OLD._replace(instance=name, boot=f"{name}{day}", release=release)
            at = START - DAY + day * 20 * HOUR + number * 600
            await kept.store.fleet.register(writer, at)
            await kept.store.fleet.leave(writer, at + 20 * HOUR - 60)
    told = await made(kept)
    changes = [(one.before, one.release) for one in told.releases]
    assert changes == [("1.2", "1.3"), ("1.3", "1.4"), ("1.4", "1.5"), ("1.5", "1.6"), ("1.6", "1.0")]
    assert told.releases_left_out == 1


async def test_errors_that_are_left_out_are_counted(kept: Kept) -> None:
    """Of the old ones the most frequent are shown."""
    await kept.store.fleet.register(OLD, START - WEEK)
    kinds = [f"Error{n}" for n in range(8)]
    for at in range(START - WEEK, NOON, 12 * HOUR):
        errors = tuple(failure(kind, count=n + 1, seen=at) for n, kind in enumerate(kinds))
        await kept.store.writing.write(OLD, batch(at, delta(ok=50, error=36), errors=errors))
    failures = (await made(kept)).failures
    assert [(one.type, one.occurrences) for one in failures.frequent] == [
        (f"Error{n}", (n + 1) * 14) for n in (7, 6, 5, 4, 3)
    ]
    assert (failures.new, failures.left_out, failures.rising) == ((), 3, ())
    assert (failures.errors, failures.errors_before) == (36 * 14, 36 * 14)
