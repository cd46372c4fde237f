"""What pages learn of the past, from a real store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from plugin.corridor import bot_history, command_history, look_back
from plugin.corridor.archive import HistoryUnavailable
from plugin.corridor.look_back import TOO_SLOW, LookBack
from plugin.history.store import Store, open_store
from plugin.model import NO_ANSWERS, ChangeVerdict, Period, Scope, Severity
from plugin.settings import Settings
from tests.history.builders import (
    BUY,
    NOON,
    PING,
    SCOPE,
    SELL,
    WRITER,
    batch,
    count,
    delta,
    failure,
    prune_all,
    roll_up_all,
)

T = TypeVar("T")

HOUR = 3600
NOW = NOON + 30.0
AWAY = "history at golem.db: the disk is full"


class Kept:
    """History that answers on the loop that asks, in the place of a monitor."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.away = False
        self.delay_s = 0.0
        self.flushed = 0

    async def ask(self, question: Callable[[Store], Awaitable[T]]) -> T:
        await asyncio.sleep(self.delay_s)
        return await question(self.store)

    async def flush(self) -> None:
        self.flushed += 1

    def scope(self, fleet: bool = False) -> Scope:
        if self.away:
            raise HistoryUnavailable(AWAY)
        return SCOPE if fleet else Scope(SCOPE.bot, WRITER.instance)


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncGenerator[Kept]:
    """History in an empty file."""
    async with await open_store(str(tmp_path / "history.db")) as store:
        yield Kept(store)


async def two_hours(kept: Kept) -> None:
    """An hour in which all was well, and one after it in which `/shop buy` is slow and `/shop sell` fails."""
    for minute in range(-120, 0):
        late = minute > -60
        commands = (
            delta(BUY, ok=3, each_ms=500 if late else 10),
            delta(SELL, ok=1 if late else 2, error=1 if late else 0),
            delta(PING, ok=1, each_ms=1),
        )
        errors = (failure(key=SELL, seen=NOON + 60 * minute),) if late else ()
        await kept.store.writing.write(WRITER, batch(NOON + 60 * minute, *commands, errors=errors))


def back(period: Period = Period.HOUR, fleet: bool = False) -> LookBack:
    """A look back from noon."""
    return LookBack(period, fleet, NOW)


async def test_a_period_is_set_beside_the_same_span_before(kept: Kept) -> None:
    """A period ends with the present minute; the span before is as long and ends where the period begins."""
    await two_hours(kept)
    review = (await command_history.all_commands(kept, back(), 5, Settings())).review
    assert review is not None and kept.flushed == 1
    assert review.spans[:4] == (Period.HOUR, NOON + 60 - HOUR, NOON + 60, NOON + 60 - 2 * HOUR)
    assert review.outcomes == (59 * (3 + 1 + 1), 59 * 6, 59, 59 * 9)


@pytest.mark.parametrize("period", [Period.DAY, Period.WEEK, Period.MONTH], ids=lambda period: period.value)
@pytest.mark.parametrize("minute", [0, 37, 59])
async def test_days_begin_with_an_hour(kept: Kept, period: Period, minute: int) -> None:
    """A period of days begins with an hour, less than one before its time, and meets the span before, as long as it."""
    now, length_s = NOON + 60 * minute, period.seconds or 0
    for at in (now - 3 * length_s, now - length_s - 60 * 70, now):
        await kept.store.writing.write(WRITER, batch(at, delta()))
    over = await command_history.spans(kept.store, SCOPE, LookBack(period, True, now + 30.0))
    assert (over.start % HOUR, over.end) == (0, now + 60)
    assert length_s <= over.end - over.start < length_s + HOUR
    assert over.before is not None and over.start - over.before == over.end - over.start
    spans = ((over.before, over.start), (over.start, over.end), (over.before, over.end))
    assert [await count(kept.store, *span) for span in spans] == [1, 1, 2]


async def test_a_month_keeps_its_points(kept: Kept) -> None:
    """That a month begins with an hour does not make its course four times coarser."""
    await kept.store.writing.write(WRITER, batch(NOON, delta()))
    past = (
        await command_history.one_command(kept, LookBack(Period.MONTH, False, NOW + 60 * 37), BUY, Settings())
    ).review
    assert past is not None and past.course.step_s == 4 * HOUR


@pytest.mark.parametrize("period", [Period.DAY, Period.ALL])
async def test_what_history_does_not_cover_is_not_compared(kept: Kept, period: Period) -> None:
    """Where history does not reach back as far as the span before, and of all there is, nothing has an arrow."""
    await two_hours(kept)
    review = (await command_history.all_commands(kept, back(period), 5, Settings())).review
    assert review is not None
    assert (review.spans.before, review.spans.since) == (None, NOON - 2 * HOUR)
    shown = [command for commands in review[-4:] for command in commands]
    assert all(change.before is None and not change.holds for command in shown for change in command.changes)
    assert review.most_used[0].changes[0].after == 120 * 8


async def test_arrows_stand_where_a_change_holds_up(kept: Kept) -> None:
    """Slower and failing commands are told from those that stay as they are, with what they were before."""
    await two_hours(kept)
    review = (await command_history.all_commands(kept, back(), 5, Settings())).review
    assert review is not None
    assert [command.key for command in review.slowest] == [BUY, SELL, PING]
    mean, _, p95, _ = review.slowest[0].changes
    assert (mean.verdict, mean.before, mean.after) == (ChangeVerdict.WORSE, 10e6, 500e6)
    assert p95.verdict is ChangeVerdict.WORSE and p95.before == pytest.approx(10e6, rel=0.06)
    assert not any(change.holds for change in review.slowest[2].changes)
    (failing,) = review.most_errors
    assert (failing.key, failing.changes[0].before, failing.changes[0].verdict) == (SELL, 0, ChangeVerdict.WORSE)
    assert (failing.error_rate.value, failing.severity) == (50, Severity.CRITICAL)
    assert [(group.type, group.count) for group in failing.errors] == [("ValueError", 59)]
    assert not any(command.changes[0].holds for command in review.most_used)
    assert (review.commands, review.slow, review.failing) == (3, 1, 1)


async def test_little_evidence_earns_no_arrow(kept: Kept) -> None:
    """Three calls that took longer than three before them prove nothing."""
    await kept.store.writing.write(WRITER, batch(NOON - 2 * HOUR, delta(ok=3, each_ms=10)))
    await kept.store.writing.write(WRITER, batch(NOON, delta(ok=3, each_ms=500)))
    review = (await command_history.all_commands(kept, back(), 5, Settings())).review
    assert review is not None
    mean = review.slowest[0].changes[0]
    assert (mean.before, mean.after, mean.verdict) == (None, 500e6, ChangeVerdict.UNKNOWN)
    await kept.store.writing.write(WRITER, batch(NOON - HOUR, delta(ok=3, each_ms=10)))
    review = (await command_history.all_commands(kept, back(), 5, Settings())).review
    assert review is not None
    mean = review.slowest[0].changes[0]
    assert (mean.before, mean.after, mean.holds) == (10e6, 500e6, False)


async def test_what_was_kept_before_answers_were_measured_is_not_judged(kept: Kept) -> None:
    """Durations alone say neither fast nor slow; the command is counted, and in no list of the slowest."""
    old = delta(ok=30, each_ms=5000)._replace(answers=NO_ANSWERS)
    await kept.store.writing.write(WRITER, batch(NOON, old))
    review = (await command_history.all_commands(kept, back(), 5, Settings())).review
    assert review is not None
    assert (review.commands, review.slow, review.slowest) == (1, 0, ())
    past = (await command_history.one_command(kept, back(), BUY, Settings())).review
    assert past is not None
    assert (past.response.value, past.now.total_ns) == (None, 30 * 10_000 * 1_000_000)


async def test_answers_after_a_defer_are_judged_apart(kept: Kept) -> None:
    """A command that defers is judged, ranked and compared by what follows the defer."""
    await kept.store.writing.write(WRITER, batch(NOON - 2 * HOUR, delta(PING)))
    for hour, each_ms in ((-1, 500), (0, 1500)):
        late = delta(ok=40, each_ms=each_ms, deferred=40)
        await kept.store.writing.write(WRITER, batch(NOON + hour * HOUR, late, delta(SELL, ok=40, each_ms=1000)))
    review = (await command_history.all_commands(kept, back(), 5, Settings())).review
    assert review is not None
    first, second = review.slowest
    assert (first.key, first.deferred, first.response.severity) == (BUY, True, Severity.CRITICAL)
    assert (second.key, second.deferred, second.response.severity) == (SELL, False, Severity.WARNING)
    assert (first.changes[0].before, first.changes[0].after, first.changes[0].holds) == (5e9, 15e9, True)
    past = (await command_history.one_command(kept, back(), BUY, Settings())).review
    assert past is not None
    assert (past.deferred, past.response.value, past.times.number) == (True, 15_000, 40)


async def test_cogs_are_the_sums_of_their_commands(kept: Kept) -> None:
    """A cog has the invocations, errors and answers of all its commands, in both spans."""
    await two_hours(kept)
    review = (await command_history.all_cogs(kept, back(), Settings())).review
    assert review is not None
    shop, loose = review.cogs
    assert (shop.name, shop.commands, shop.severity) == ("shop", 2, Severity.CRITICAL)
    assert (shop.outcomes, loose.outcomes) == ((59 * 4, 59 * 4, 59, 59 * 6), (59, 59 * 2, 0, 59 * 3))
    assert (shop.invocations.before, shop.error_rate.before) == (60 * 15, 0)
    assert (shop.mean_ns.before, shop.mean_ns.after) == (10e6, pytest.approx(304e6))
    assert (shop.error_rate.verdict, shop.mean_ns.verdict) == (ChangeVerdict.WORSE, ChangeVerdict.WORSE)
    assert loose.name is None and not loose.mean_ns.holds


async def test_one_command_has_its_course_and_its_errors(kept: Kept) -> None:
    """A command in detail: both spans, all time, a point for every step, and the errors that are its own."""
    await two_hours(kept)
    past = (await command_history.one_command(kept, back(), SELL, Settings())).review
    assert past is not None
    assert (past.now.outcomes[0], past.all_time.outcomes[0]) == (59, 59 + 61 * 2)
    assert (past.course.step_s, len(past.course.points)) == (60, 59)
    assert [(group.type, group.first_release) for group in past.groups] == [("ValueError", "1.0")]
    assert past.errors.verdict is ChangeVerdict.WORSE and not past.answers[0].holds
    assert (await command_history.one_command(kept, back(), BUY, Settings())).review.groups == ()


async def test_one_command_says_what_the_last_release_changed(kept: Kept) -> None:
    """A command that is slower since the release that runs says so, on whichever instance; another does not."""
    newer = WRITER._replace(release="2.0", boot="newer", instance="other")
    await kept.store.fleet.register(WRITER, NOON - 3 * HOUR)
    await kept.store.fleet.register(newer, NOON - HOUR)
    for at in range(0, HOUR, 300):
        await kept.store.writing.write(WRITER, batch(NOON - 2 * HOUR + at, delta(BUY, ok=9), delta(SELL, ok=9)))
        await kept.store.writing.write(newer, batch(NOON - HOUR + at, delta(BUY, ok=9, each_ms=500), delta(SELL, ok=9)))
    slower = (await command_history.one_command(kept, back(), BUY, Settings())).review
    assert slower is not None
    (finding,) = slower.findings
    assert finding.sentence == "/shop buy: p95 9.9 ms → 486 ms since 2.0"
    assert (await command_history.one_command(kept, back(), SELL, Settings())).review.findings == ()


async def test_both_pages_hold_a_release_against_the_one_that_ran_before(kept: Kept) -> None:
    """After a release that was taken back, the next one is compared with what it replaced, here as on /health."""
    story = [("1.0", -30, 10), ("1.1", -10, 800), ("1.0", -9, 10), ("1.2", -2, 200)]
    for boot, (release, hour, each_ms) in enumerate(story):
        writer = WRITER._replace(boot=str(boot), release=release)
        await kept.store.fleet.register(writer, NOON + hour * HOUR)
        for at in range(0, HOUR, 300):
            await kept.store.writing.write(writer, batch(NOON + hour * HOUR + at, delta(ok=20, each_ms=each_ms)))
    past = (await command_history.one_command(kept, back(Period.DAY), BUY, Settings())).review
    health = (await bot_history.health(kept, False, bot_history.PageContext(NOW, Settings(), None))).review
    assert past is not None and health is not None and health.release is not None
    (finding,) = past.findings
    assert (health.release.before, health.release.release) == ("1.0", "1.2")
    assert [found.sentence for found in health.release.findings] == [finding.sentence]
    assert finding.sentence == "/shop buy: p95 9.9 ms → 193 ms since 1.2"


@pytest.mark.parametrize(
    ("period", "step", "first", "covered"),
    [
        (Period.HOUR, 60, NOON - 100 * 60, False),
        (Period.HOUR, 60, NOON - 2 * HOUR, True),
        (Period.DAY, 600, NOON - 40 * HOUR, False),
        (Period.DAY, 600, NOON - 49 * HOUR, True),
    ],
)
async def test_a_span_that_history_saw_in_part_is_not_compared(
    kept: Kept, period: Period, step: int, first: int, covered: bool
) -> None:
    """A bot's first hours and days look like growth only where the span before them is counted as if it were whole."""
    for at in range(first, NOON + 60, step):
        await kept.store.writing.write(WRITER, batch(at, delta(ok=4), messages=20.0))
    for now in (NOON, NOON + HOUR):  # as it is, and rolled up
        await roll_up_all(kept.store, now)
        review = (await command_history.all_commands(kept, back(period), 5, Settings())).review
        assert review is not None
        assert (review.spans.before is not None) is covered
        assert review.most_used[0].changes[0].verdict is (ChangeVerdict.SAME if covered else ChangeVerdict.UNKNOWN)


async def test_a_new_instance_of_an_old_bot_is_compared(kept: Kept) -> None:
    """What was deleted of the bot's other instances says nothing of the minutes of one that began today."""
    old = WRITER._replace(instance="old", boot="old")
    for days in (60, 1):
        await kept.store.writing.write(old, batch(NOON - days * 24 * HOUR, delta()))
    await roll_up_all(kept.store, NOON)
    await prune_all(kept.store, NOON)
    for at in range(NOON - 3 * HOUR, NOON + 60, 60):
        await kept.store.writing.write(WRITER, batch(at, delta(ok=4)))
    for now in (NOON, NOON + HOUR):
        await roll_up_all(kept.store, now)
        review = (await command_history.all_commands(kept, back(), 5, Settings())).review
        assert review is not None and review.spans.before is not None


async def test_a_fleet_is_all_instances(kept: Kept) -> None:
    """This instance alone has its own numbers; the fleet has those of all, and says over how many."""
    for instance in ("host", "other"):
        writer = WRITER._replace(instance=instance)
        await kept.store.fleet.register(writer, NOON)
        await kept.store.writing.write(writer, batch(NOON, delta(ok=5)))
    await kept.store.fleet.register(WRITER._replace(instance="gone"), NOON - 2 * HOUR)
    await kept.store.fleet.register(WRITER._replace(instance="of days to come"), NOON + 100 * HOUR)
    for fleet, ok, instances in ((False, 5, None), (True, 10, 2)):
        review = (await command_history.all_commands(kept, back(fleet=fleet), 5, Settings())).review
        assert review is not None
        assert (review.outcomes[0], review.spans.instances) == (ok, instances)


async def test_history_that_is_away_says_why(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no history, or it does not answer within Discord's deadline, there is a sentence instead."""
    monkeypatch.setattr(look_back, "PATIENCE_S", 0.01)
    kept.delay_s = 5
    assert await command_history.all_commands(kept, back(), 5, Settings()) == (None, TOO_SLOW)
    kept.away = True
    assert await command_history.all_cogs(kept, back(), Settings()) == (None, AWAY)


async def test_all_time_counts_every_start(kept: Kept) -> None:
    """All time has what other starts of this instance counted, but not what other instances did."""
    await kept.store.writing.write(WRITER._replace(boot="before"), batch(NOON - HOUR, delta(ok=7)))
    await kept.store.writing.write(WRITER._replace(instance="other"), batch(NOON - HOUR, delta(ok=100)))
    await kept.store.writing.write(WRITER, batch(NOON, delta(ok=1)))
    all_time = (await command_history.all_time(kept)).review
    assert all_time is not None and all_time[BUY].outcomes[0] == 8
    assert (await command_history.all_time_of(kept, BUY)).review.outcomes[0] == 8
