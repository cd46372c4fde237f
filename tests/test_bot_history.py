"""What /performance and /health learn of the past, from a real store."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from plugin.corridor import bot_history
from plugin.corridor.look_back import LookBack, PageContext
from plugin.history.store import open_store
from plugin.model import Batch, ChangeVerdict, Period, SeriesDelta, SubjectKind
from plugin.model.past import ErrorState, InstanceState
from plugin.settings import Settings
from tests.history.builders import BUY, DAY, NOON, PING, WRITER, batch, delta, failure, finding, roll_up_all
from tests.test_command_history import Kept

HOUR, MB = 3600, 1 << 20
NOW = NOON + 30.0
CONTEXT = PageContext(NOW, Settings(), 4096.0 * MB)
NEXT = WRITER._replace(boot="next", release="2.0")
OTHER = WRITER._replace(instance="other", boot="its own")


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncGenerator[Kept]:
    """History in an empty file."""
    async with await open_store(str(tmp_path / "history.db")) as store:
        yield Kept(store)


async def an_update(kept: Kept) -> None:
    """Two hours of release 1.0 in which all was well but one error, then one of 2.0 that is slow and fails anew."""
    await kept.store.fleet.register(WRITER, NOON - 3 * HOUR)
    await kept.store.fleet.register(NEXT, NOON - HOUR)
    for minute in range(-180, 0):
        late, seen = minute >= -60, NOON + 60 * minute
        errors = (failure("KeyError", seen=seen),) if late else (failure("OldError", seen=seen),)
        commands = delta(BUY, ok=4, error=1, each_ms=400 if late else 10), delta(PING)
        memory = 200.0 * MB if late else 100.0 * MB
        said = batch(int(seen), *commands, errors=errors, memory_bytes=memory, guilds=12.0, messages=10.0)
        await kept.store.writing.write(NEXT if late else WRITER, said)
    await kept.store.fleet.beat(NEXT, NOW, (0, 1), "memory 200 MB")


async def test_an_update_is_judged(kept: Kept) -> None:
    """Commands are held against the release before, and every error has a state."""
    await an_update(kept)
    past = (await bot_history.health(kept, False, CONTEXT)).review
    assert past is not None and past.release is not None
    assert (past.release.release, past.release.before, past.release.since) == ("2.0", "1.0", NOON - HOUR)
    assert [(finding.rule, finding.subject.name) for finding in past.release.findings] == [("slower", "/shop buy")]
    assert past.errors_since == "since 2.0"
    assert [(error.type, error.state, error.occurrences) for error in past.errors] == [
        ("KeyError", ErrorState.NEW, 60),
    ]


async def test_without_an_update_errors_are_held_against_the_days_before(kept: Kept) -> None:
    """New is then what was first seen in the last 24 hours."""
    for hour in range(-72, 0):
        seen = NOON + hour * HOUR
        kinds = ["Always", *(["Lately"] if hour > -20 else ["Before"])]
        said = batch(seen, delta(ok=5, error=2), errors=tuple(failure(kind, seen=seen) for kind in kinds))
        await kept.store.writing.write(WRITER, said)
    past = (await bot_history.health(kept, False, CONTEXT)).review
    assert past is not None and past.release is None
    assert past.errors_since == "in the last 24 h"
    states = {error.type: error.state for error in past.errors}
    assert states["Lately"] is ErrorState.NEW
    assert states["Always"] is ErrorState.ONGOING


@pytest.mark.parametrize("updated_s", [None, 10 * HOUR, 4 * DAY], ids=["no update", "today", "days ago"])
async def test_what_fails_now_is_told_now(kept: Kept, updated_s: int | None) -> None:
    """Every failure of this hour is on the page; what began with the update is new, what began later is first seen."""
    now = NOON + 10 * HOUR + 55 * 60 + 30
    begun = (now - (updated_s or 20 * HOUR)) // 60 * 60
    await kept.store.fleet.register(WRITER, begun - 10 * DAY)
    for day in range(1, 7):
        await kept.store.writing.write(WRITER, batch(begun - day * DAY, delta(ok=5000)))
    writer = WRITER if updated_s is None else NEXT
    if updated_s is not None:
        await kept.store.fleet.register(NEXT, begun)
    failed = [begun, begun + 60], range(now // 60 * 60 - 49 * 60, now, 60)
    for name, minutes in zip(("AtStart", "Now"), failed, strict=True):
        for at in minutes:
            said = batch(at, delta(ok=100, error=5), errors=(failure(name, count=5, seen=at),))
            await kept.store.writing.write(writer, said)
    past = (await bot_history.health(kept, False, PageContext(float(now), Settings(), None))).review
    assert past is not None
    assert [(error.type, error.state, error.occurrences) for error in past.errors] == [
        ("AtStart", ErrorState.FIRST_SEEN if updated_s is None else ErrorState.NEW, 10),
        ("Now", ErrorState.FIRST_SEEN, 250),
    ][:: 1 if updated_s else -1]


async def test_history_that_has_just_begun_says_nothing(kept: Kept) -> None:
    """An empty database is no fault and no finding."""
    past = (await bot_history.health(kept, False, CONTEXT)).review
    assert past is not None
    assert (past.release, past.errors, past.growth, past.fleet.instances) == (None, (), None, ())


async def test_a_period_is_set_beside_the_span_before(kept: Kept) -> None:
    """The last hour, in which the new release ran, beside the hour before."""
    await an_update(kept)
    past = (await bot_history.performance(kept, LookBack(Period.HOUR, False, NOW), CONTEXT)).review
    assert past is not None
    review = past.review
    assert (review.invocations.after, review.messages.after) == (59 * 16, 590)
    assert (review.mean_ns.verdict, review.p95_ns.verdict) == (ChangeVerdict.WORSE, ChangeVerdict.WORSE)
    memory = review.levels["memory_bytes"]
    assert (memory.change.before, memory.change.after, memory.change.verdict) == (
        100 * MB,
        200 * MB,
        ChangeVerdict.WORSE,
    )
    assert review.error_rate.verdict is ChangeVerdict.SAME
    assert [happened.what for happened in review.happened.occurrences] == []


@pytest.mark.parametrize("period", [Period.DAY, Period.WEEK, Period.MONTH, Period.ALL])
async def test_every_period_counts_the_same(kept: Kept, period: Period) -> None:
    """All that was ever counted is in every period that is long enough, rolled up or not, with the update marked."""
    await an_update(kept)
    for _ in range(2):
        past = (await bot_history.performance(kept, LookBack(period, False, NOW), CONTEXT)).review
        assert past is not None
        assert (past.review.invocations.after, past.review.messages.after) == (180 * 16, 1800)
        assert sum(value or 0 for _, value in past.review.invoked) == 180 * 16
        marks = [(one.at, one.what) for one in past.review.happened.occurrences]
        assert marks == [(NOON - 3 * HOUR, "unclean shutdown"), (NOON - HOUR, "2.0")]
        await roll_up_all(kept.store, NOON + 2 * DAY)


@pytest.mark.parametrize(("fleet", "named"), [(False, ""), (True, "host")])
async def test_a_period_says_how_long_the_bot_was_there(kept: Kept, fleet: bool, named: str) -> None:
    """Against the target, with each outage from begin to end; what a dead process left open ended with it."""
    fleet_verbs, end = kept.store.fleet, NOON - HOUR
    shard = finding("shard_disconnected", "0", end - 600, kind=SubjectKind.SHARD)
    await fleet_verbs.register(WRITER, NOON - 20 * HOUR)
    await fleet_verbs.beat(WRITER, end)
    await kept.store.writing.write(WRITER, batch(NOON - 20 * HOUR, findings=(shard,), connected_share=1.0))
    await fleet_verbs.register(NEXT, NOON - HOUR + 930)
    await fleet_verbs.beat(NEXT, NOW)
    past = (await bot_history.performance(kept, LookBack(Period.DAY, fleet, NOW), CONTEXT)).review
    assert past is not None and past.availability is not None
    assert past.availability.judged.target == 99.9 and past.availability.judged.value == pytest.approx(98.75, abs=0.01)
    assert [(one.what, one.start, one.end, one.instance) for one in past.outages] == [
        ("down after an unclean shutdown", end + 30, end + 930, named),
        ("shard 0 not connected", end - 600, end + 30, named),
    ]


async def test_a_month_keeps_its_points(kept: Kept) -> None:
    """That a month begins with an hour does not make its courses coarser than four hours a point."""
    for hour in (8, 0):
        await kept.store.writing.write(WRITER, batch(NOON - hour * HOUR, memory_bytes=MB))
    past = (await bot_history.performance(kept, LookBack(Period.MONTH, False, NOW + 37 * 60), CONTEXT)).review
    assert past is not None
    assert [at - NOON for at, _ in past.review.levels["memory_bytes"].course] == [-8 * HOUR, -4 * HOUR, 0]


async def test_since_the_start_stands_beside_all_time(kept: Kept) -> None:
    """What was ever counted comes with the courses of the last day."""
    await an_update(kept)
    lately = (await bot_history.since_start(kept, LookBack(Period.DAY, False, NOW), CONTEXT)).review
    assert lately is not None
    assert (lately.ever.outcomes, lately.ever.since) == ((180 * 5, 180 * 4, 180, 180 * 6), NOON - 3 * HOUR)
    assert lately.review.levels["memory_bytes"].maximum == 200 * MB


async def test_memory_that_grows_is_foretold(kept: Kept) -> None:
    """Since the last start, less the warm-up, with what grew with it; other instances' memory does not count."""
    await kept.store.fleet.register(WRITER, NOON - 10 * DAY)
    for hour in range(-240, 0):
        grown = (hour + 240) / 24 * 12
        said = batch(NOON + hour * HOUR, memory_bytes=(250 + grown) * MB, cache_entries=100 + 30 * grown, tasks=5.0)
        await kept.store.writing.write(WRITER, said)
        if hour % 12 == 0:
            await kept.store.writing.write(OTHER, batch(NOON + hour * HOUR, memory_bytes=9000.0 * MB))
    past = (await bot_history.health(kept, True, CONTEXT)).review
    assert past is not None and past.growth is not None
    assert past.growth.sentences.startswith("Memory has grown 12 MB a day since ")
    assert "at this rate it reaches 500 MB on " in past.growth.sentences
    assert past.growth.sentences.endswith(" Cache entries grew with it.")
    await kept.store.fleet.register(NEXT, NOON - HOUR)
    past = (await bot_history.health(kept, False, CONTEXT)).review
    assert past is not None and past.growth is None


async def test_the_fleet_is_seen(kept: Kept) -> None:
    """Who fell silent is dead with its last words, who said goodbye left."""
    await an_update(kept)
    await kept.store.fleet.beat(OTHER, NOW - 600, (2, 3), "memory 81 MB")
    await kept.store.fleet.register(OTHER._replace(instance="third"), NOW - 900)
    await kept.store.fleet.leave(OTHER._replace(instance="third"), NOW - 800)
    past = (await bot_history.health(kept, True, CONTEXT)).review
    assert past is not None
    assert [(judged.seen.name, judged.life) for judged in past.fleet.instances] == [
        ("other", InstanceState.DEAD),
        ("host", InstanceState.RUNS),
        ("third", InstanceState.LEFT),
    ]
    assert past.fleet.instances[0].seen.status == "memory 81 MB"


async def test_a_history_that_is_away_is_one_sentence(kept: Kept) -> None:
    """The page is told why there is nothing to show."""
    kept.away = True
    looked = await bot_history.health(kept, False, CONTEXT)
    assert looked.review is None and "disk is full" in looked.note


async def test_an_instance_that_takes_over_does_not_double_the_guilds(kept: Kept) -> None:
    """In a step of hours one that ended and one that began in it were there one after the other."""
    for instance, begin, end in (("one", -9 * DAY, -5 * DAY + HOUR), ("two", -5 * DAY + HOUR, 0)):
        writer = WRITER._replace(instance=instance, boot=instance)
        for at in range(NOON + begin, NOON + end, 600):
            await kept.store.writing.write(writer, batch(at, delta(), guilds=500.0))
    await roll_up_all(kept.store, NOON + HOUR)
    past = (
        await bot_history.performance(kept, LookBack(Period.MONTH, True, NOW), PageContext(NOW, Settings(), None))
    ).review
    assert past is not None
    guilds = past.review.levels["guilds"]
    assert (guilds.minimum, guilds.change.after, guilds.maximum) == (500, 500, 500)


@pytest.mark.parametrize("flush_s", [60, 420, 600])
@pytest.mark.parametrize("sample_s", [45, 60, 300])
async def test_the_guilds_of_a_fleet_are_added_up(kept: Kept, flush_s: int, sample_s: int) -> None:
    """Two instances with 500 each have 1,000, however often they sample and write, and before as now."""
    for offset, instance in enumerate(("host", "other")):
        writer = WRITER._replace(instance=instance, boot=instance)
        for at in range(NOON - 3 * HOUR, NOON, flush_s):
            samples = sum((second - offset * 20) % sample_s == 5 for second in range(at, at + flush_s))
            series = {"guilds": SeriesDelta(samples, 500.0 * samples, 500.0, 500.0)} if samples else {}
            await kept.store.writing.write(writer, Batch(at // 60 * 60, at, (delta(),), series, ()))
    settings = Settings(sample_interval_s=sample_s, flush_interval_s=flush_s)
    lately = (
        await bot_history.performance(kept, LookBack(Period.DAY, True, NOW), PageContext(NOW, settings, None))
    ).review
    assert lately is not None and lately.review.levels["guilds"].minimum == 1000
    for now in (NOW, NOW + HOUR):
        past = (
            await bot_history.performance(kept, LookBack(Period.HOUR, True, NOW), PageContext(now, settings, None))
        ).review
        assert past is not None
        guilds = past.review.levels["guilds"]
        assert (guilds.change.before, guilds.change.after, guilds.maximum) == (1000, 1000, 1000)
        await roll_up_all(kept.store, NOON + HOUR)


async def test_memory_that_grows_meets_the_threshold_of_its_container(kept: Kept) -> None:
    """It is the threshold that the present is judged by: 95 % of the limit where that is below the setting."""
    for hour in range(-96, 0):
        await kept.store.writing.write(WRITER, batch(NOON + hour * HOUR, delta(ok=1), memory_bytes=(196.0 + hour) * MB))
    past = (await bot_history.health(kept, False, PageContext(NOW, Settings(), 260.0 * MB))).review
    assert past is not None and past.growth is not None
    assert [crossing.what for crossing in past.growth.crossings] == ["247 MB", "total memory (260 MB)"]
