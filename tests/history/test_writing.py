"""What is written is what is read."""

from __future__ import annotations

import asyncio

import pytest

from plugin.histogram import Histogram
from plugin.history.store import Store
from plugin.model import AnswerSums, CommandDelta, CommandKey, CommandKind, CommandTotals, Scope, SeriesDelta
from tests.history.builders import (
    BUY,
    MILLISECOND_NS,
    NOON,
    PING,
    SCOPE,
    SELL,
    WRITER,
    batch,
    count,
    delta,
    histogram,
)


async def test_a_batch_is_read_as_it_was_written(store: Store) -> None:
    """Outcomes, durations, answers and first responses come back whole."""
    ms, written = MILLISECOND_NS, (delta(ok=5, error=2, deferred=3), delta(PING, ok=4))
    await store.writing.write(WRITER, batch(NOON, *written))
    assert [await store.reading.command(SCOPE, NOON, NOON + 60, key) for key in (BUY, PING)] == list(written)
    assert written[1].first_responses.total == 0
    totals = await store.reading.totals(SCOPE, NOON, NOON + 60)
    (buy,) = (one for one in totals if one.key == BUY)
    assert buy == CommandTotals(BUY, (5, 2, 2, 3), 140 * ms, AnswerSums(4, 40 * ms), AnswerSums(3, 300 * ms))


async def test_a_batch_is_stored_once(store: Store) -> None:
    """Writing a batch again, since its acknowledgement was lost, says that it is there and counts nothing twice."""
    once = batch(NOON, delta())
    assert await store.writing.write(WRITER, once) is True
    assert await store.writing.write(WRITER, once) is False
    assert await count(store, NOON, NOON + 60) == 1


async def test_a_retry_at_the_same_time_counts_once(store: Store, other: Store) -> None:
    """One batch that is written over two connections at once is stored by one of them."""
    once = batch(NOON, delta())
    assert sorted(await asyncio.gather(store.writing.write(WRITER, once), other.writing.write(WRITER, once))) == [
        False,
        True,
    ]
    assert await count(store, NOON, NOON + 60) == 1


async def test_the_same_minute_is_added_to(store: Store) -> None:
    """A second batch of a minute, as after a restart or a clock set back, adds to the first."""
    await store.writing.write(WRITER, batch(NOON, delta(each_ms=10), memory=5))
    await store.writing.write(WRITER, batch(NOON, delta(each_ms=90), delta(SELL), memory=7))
    read = await store.reading.command(SCOPE, NOON, NOON + 60, BUY)
    assert read.outcomes[0] == 2
    assert read.durations == histogram([20 * MILLISECOND_NS, 180 * MILLISECOND_NS])
    assert await count(store, NOON, NOON + 60, key=SELL) == 1
    (memory,) = await store.reading.series(SCOPE, NOON, NOON + 60, ["memory"], 60)
    assert memory.points[0].values == SeriesDelta(2, 12, 5, 7)


async def test_a_restart_begins_its_own_sequence(store: Store) -> None:
    """Batches of another boot count, although their sequence begins anew."""
    await store.writing.write(WRITER, batch(NOON, delta(), sequence=9))
    assert await store.writing.write(WRITER._replace(boot="next"), batch(NOON, delta(), sequence=0)) is True
    assert await count(store, NOON, NOON + 60) == 2


async def test_a_clock_set_back_loses_and_doubles_nothing(store: Store) -> None:
    """Minutes that come again, in the order of a clock that jumped back and forth, all count."""
    for minute in (3, 4, 5, 1, 2, 3, 500, 6):
        await store.writing.write(WRITER, batch(NOON + 60 * minute, delta()))
    assert await count(store, NOON, NOON + 60 * 10) == 7
    assert await count(store, NOON + 180, NOON + 240) == 2


async def test_one_command_in_two_parts_is_one(store: Store) -> None:
    """Two deltas of one command in one batch are added."""
    await store.writing.write(WRITER, batch(NOON, delta(ok=2), delta(ok=3)))
    assert await count(store, NOON, NOON + 60) == 5


async def test_commands_are_told_apart(store: Store) -> None:
    """Kind, name and cog make a command; none of them alone does."""
    keys = [BUY, PING, BUY._replace(cog=None), BUY._replace(kind=CommandKind.PREFIX), BUY._replace(name="shop")]
    await store.writing.write(WRITER, batch(NOON, *(delta(key, ok=number) for number, key in enumerate(keys, 1))))
    read = {total.key: total.outcomes[0] for total in await store.reading.totals(SCOPE, NOON, NOON + 60)}
    assert read == {key: number for number, key in enumerate(keys, 1)}


async def test_bots_never_mix(store: Store) -> None:
    """Two bots in one database have the same instance, release and command, and yet their own counts."""
    for bot in (1, 2**62):
        await store.writing.write(WRITER._replace(bot=bot), batch(NOON, delta(ok=bot % 7)))
    assert await count(store, NOON, NOON + 60, Scope(1)) == 1
    assert await count(store, NOON, NOON + 60, Scope(2**62)) == 2**62 % 7


async def test_scope_narrows(store: Store) -> None:
    """One instance or one release can be asked for; one that never wrote has nothing."""
    for number, (instance, release) in enumerate([("a", "1"), ("a", "2"), ("b", "2")]):
        writer = WRITER._replace(instance=instance, release=release, boot=str(number))
        await store.writing.write(writer, batch(NOON, delta(ok=10**number)))
    scopes = [
        SCOPE,
        Scope(1, "a"),
        Scope(1, None, "2"),
        Scope(1, "a", "2"),
        Scope(1, "c"),
        Scope(1, "a", "3"),
        Scope(3),
    ]
    assert [await count(store, NOON, NOON + 60, scope) for scope in scopes] == [111, 11, 110, 10, 0, 0, 0]


async def test_values_that_are_none_are_left_out(store: Store) -> None:
    """A series value that is not finite is unknown: it neither stops the batch nor is stored."""
    assert await store.writing.write(WRITER, batch(NOON, delta(), lag=float("nan"), memory=5, cpu=float("inf")))
    courses = await store.reading.series(SCOPE, NOON, NOON + 60, ["lag", "memory", "cpu"], 60)
    assert [len(course.points) for course in courses] == [0, 1, 0]


async def test_series_are_kept_with_what_their_values_are(store: Store) -> None:
    """Unit, kind and attribute as the table of measures has them; what is not in it is kept without."""
    assert await store.reading.described(SCOPE) == ()
    for minute in range(2):
        values = {"memory_bytes": 5, "latency_s": 0.1, 'shard_latency_s{shard="7"}': 0.2, "messages": 9, "odd.one": 1}
        await store.writing.write(WRITER, batch(NOON + 60 * minute, delta(), **values))
    assert await store.reading.described(SCOPE) == (
        ("latency_s", "s", "gauge", ""),
        ("memory_bytes", "By", "gauge", ""),
        ("messages", "{message}", "counter", ""),
        ("odd.one", "", "", ""),
        ('shard_latency_s{shard="7"}', "s", "gauge", "shard"),
    )
    assert await store.reading.described(Scope(3)) == ()


@pytest.mark.parametrize("name", ["a\0b", "half \udc80 a pair", "x" * 5000, "“naïve” 🎉"], ids=ascii)
async def test_odd_names_are_stored(store: Store, name: str) -> None:
    """Whatever a command is called, it is counted and found under its name again."""
    key = CommandKey(CommandKind.PREFIX, name, name)
    assert await store.writing.write(WRITER, batch(NOON, delta(key)))
    assert (await store.reading.command(SCOPE, NOON, NOON + 60, key)).outcomes[0] == 1


async def test_a_command_never_invoked_is_zero(store: Store) -> None:
    """A command that is not known has zeros and an empty course."""
    await store.writing.write(WRITER, batch(NOON, delta()))
    nothing = CommandDelta(PING, (0, 0, 0, 0), 0, Histogram(), Histogram())
    assert await store.reading.command(SCOPE, NOON, NOON + 60, PING) == nothing
    assert (await store.reading.courses(SCOPE, NOON, NOON + 60, [PING], 60))[0].points == ()


@pytest.mark.parametrize("start", [NOON + 1, -60], ids=["within a minute", "before 1970"])
async def test_a_batch_begins_with_a_minute(store: Store, start: int) -> None:
    """A batch of no minute raises ValueError and is not stored."""
    with pytest.raises(ValueError, match="must start at a full minute"):
        await store.writing.write(WRITER, batch(start, delta()))


async def test_two_instances_at_once_never_double(store: Store, other: Store) -> None:
    """Two processes that write to one database at the same time, with new names in every batch, lose nothing."""

    async def write(into: Store, instance: str) -> None:
        writer = WRITER._replace(instance=instance, boot=instance)
        for number in range(15):
            await into.writing.write(
                writer, batch(NOON + 60 * number, delta(), delta(BUY._replace(name=f"new {number}")))
            )

    await asyncio.gather(write(store, "a"), write(other, "b"))
    assert [await count(store, NOON, NOON + 3600, Scope(1, name)) for name in (None, "a", "b")] == [30, 15, 15]
    assert len(await store.reading.totals(SCOPE, NOON, NOON + 3600)) == 16


async def test_two_boots_of_one_instance_at_once_never_double(store: Store, other: Store) -> None:
    """A process that still says its last while the next one runs under the same name takes nothing from it."""

    async def write(into: Store, boot: str) -> None:
        for number in range(15):
            await into.writing.write(WRITER._replace(boot=boot), batch(NOON + 60 * (number % 3), delta()))

    await asyncio.gather(write(store, "old"), write(other, "new"))
    assert await count(store, NOON, NOON + 3600) == 30
