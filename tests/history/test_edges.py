"""Where steps, spans, names and bounds of history begin and end."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from plugin.history import file_repair, names
from plugin.history.address import parse
from plugin.history.errors import StoreAddressError, StoreError, translated
from plugin.history.file_repair import FileRepair
from plugin.history.file_watch import FileChange, FileWatch
from plugin.history.rollups import AT_ONCE_S, GRACE_S
from plugin.history.store import Store
from plugin.model import AnswerSums, CommandDelta, Place, SeriesDelta
from tests.history.builders import (
    BOT,
    BUY,
    DAY,
    MILLISECOND_NS,
    NOON,
    PING,
    SCOPE,
    SELL,
    WRITER,
    batch,
    delta,
    failure,
    roll_up_all,
)

HOUR = 3600


@pytest.mark.parametrize("rolled_up", [False, True])
async def test_a_course_begins_with_the_step_that_its_start_is_in(store: Store, rolled_up: bool) -> None:
    """Whatever is asked for over time, the first step is whole, and the one before it is not there."""
    for hour in (-1, 0, 2):
        said = (failure(seen=NOON + hour * HOUR),)
        await store.writing.write(WRITER, batch(NOON + hour * HOUR + 60, delta(ok=hour + 2), guilds=hour, errors=said))
    if rolled_up:
        await roll_up_all(store, NOON + 2 * DAY)
    start, end = NOON + 40 * 60, NOON + 4 * HOUR
    expected = [NOON, NOON + 2 * HOUR]
    (course,) = await store.reading.error_courses(SCOPE, start, end, HOUR)
    counts = await store.reading.activities(SCOPE, start, end, [BUY], HOUR)
    for points in (
        (await store.reading.courses(SCOPE, start, end, [BUY], HOUR))[0].points,
        (await store.reading.activity(SCOPE, start, end, HOUR)).points,
        counts[BUY].points,
        (await store.reading.series(SCOPE, start, end, ["guilds"], HOUR))[0].points,
        (await store.reading.added(SCOPE, start, end, ["guilds"], HOUR, 60))[0].points,
        course.points,
    ):
        assert [point.at for point in points] == expected


async def test_the_fleet_is_the_sum_of_what_its_instances_have_on_average(store: Store) -> None:
    """Minute by minute; a step has the mean of its minutes, with the least and the most."""
    for minute, (one, other) in enumerate([(10, 1), (20, 2), (30, 6)]):
        await store.writing.write(WRITER, batch(NOON + 60 * minute, guilds=one))
        await store.writing.write(WRITER._replace(instance="other"), batch(NOON + 60 * minute, guilds=other))
    (course,) = await store.reading.added(SCOPE, NOON, NOON + 600, ["guilds"], 120, 60)
    assert [(point.at - NOON, point.values) for point in course.points] == [
        (0, SeriesDelta(2, 33, 11, 22)),
        (120, SeriesDelta(1, 36, 36, 36)),
    ]
    (uneven,) = await store.reading.added(SCOPE, NOON, NOON + 600, ["guilds"], 90, 60)
    assert uneven.step_s == 120


@pytest.mark.parametrize("rolled_up", [False, True])
async def test_points_of_commands_have_all_counts(store: Store, rolled_up: bool) -> None:
    """Outcomes, and answers at once and after a defer, summed over a step."""
    for minute in (0, 1):
        await store.writing.write(
            WRITER, batch(NOON + 60 * minute, delta(ok=4, error=1, each_ms=10, deferred=2), delta(PING))
        )
    if rolled_up:
        await roll_up_all(store, NOON + 2 * DAY)
    answers, deferred = AnswerSums(6, 60 * MILLISECOND_NS), AnswerSums(4, 400 * MILLISECOND_NS)
    (point,) = (await store.reading.activities(SCOPE, NOON, NOON + HOUR, [BUY], HOUR))[BUY].points
    assert point == (NOON, (8, 4, 2, 6), answers, deferred)
    (point,) = (await store.reading.courses(SCOPE, NOON, NOON + HOUR, [BUY], HOUR))[0].points
    assert (point.outcomes, point.answers[:2], point.deferred[:2]) == ((8, 4, 2, 6), answers, deferred)
    (total,) = [total for total in await store.reading.totals(SCOPE, NOON, NOON + HOUR) if total.key == BUY]
    assert total == (BUY, (8, 4, 2, 6), 200 * MILLISECOND_NS, answers, deferred)


async def test_of_commands_alike_the_more_used_comes_first(store: Store) -> None:
    """By each order; a command without any answer is the fastest."""
    commands = delta(BUY, ok=3, error=2), delta(SELL, ok=9, error=2), delta(PING, ok=0, deferred=0)
    slower = CommandDelta(*commands[2][:1], (0, 0, 0, 50), *commands[2][2:])
    await store.writing.write(WRITER, batch(NOON, commands[0], commands[1], slower))
    for by, expected in (
        ("invocations", [PING, SELL, BUY]),
        ("errors", [SELL, BUY, PING]),
        ("mean", [SELL, BUY, PING]),
        ("total", [SELL, BUY, PING]),
    ):
        assert [command.key for command in await store.reading.top(SCOPE, NOON, NOON + 60, by, 3)] == expected
        assert [command.key for command in await store.reading.top(SCOPE, NOON, NOON + 60, by, 1)] == expected[:1]


async def test_minutes_are_rolled_up_once_they_have_settled(store: Store) -> None:
    """Ten of them at once, five minutes after the last has ended."""
    await store.writing.write(WRITER, batch(NOON, delta()))
    assert not await store.writing.roll_up(NOON + AT_ONCE_S + GRACE_S - 1)
    assert await store.writing.roll_up(NOON + AT_ONCE_S + GRACE_S)


@pytest.mark.parametrize("start", [NOON + 1, NOON + 59, -60])
async def test_a_batch_begins_with_a_minute(store: Store, start: int) -> None:
    """Of the time that Unix knows."""
    with pytest.raises(ValueError, match=f"not at {start}"):
        await store.writing.write(WRITER, batch(start, delta()))


async def test_the_first_minute_there_is_can_be_kept(store: Store) -> None:
    """As a machine without a clock of its own writes it."""
    await store.writing.write(WRITER, batch(0, delta(ok=3)))
    assert [total.outcomes[0] for total in await store.reading.totals(SCOPE, 0, 60)] == [3]
    assert await store.reading.span(SCOPE) == await store.reading.whole_from(SCOPE) == 0


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("x" * 300, "x" * 300),
        ("x" * 301, "x" * 300),
        ("é" * 301, "é" * 300),
        ("a\0b", "ab"),
        ("a\ud83db", "a?b"),
        ("größe", "größe"),
    ],
)
def test_a_name_is_kept_as_far_as_it_can_be(name: str, kept: str) -> None:
    """Both databases take it then."""
    assert names.clean(name) == kept


async def test_more_names_than_are_remembered_are_known(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is forgotten is read again."""
    monkeypatch.setattr(names, "_MOST_REMEMBERED", 3)
    keys = [BUY._replace(name=f"c{number}") for number in range(8)]
    for number, key in enumerate(keys):
        await store.writing.write(WRITER, batch(NOON + 60 * number, delta(key), delta(keys[0])))
    found = {total.key: total.outcomes[0] for total in await store.reading.totals(SCOPE, NOON, NOON + HOUR)}
    assert found == {key: 9 if key == keys[0] else 1 for key in keys}


async def test_a_clock_may_be_five_minutes_ahead(store: Store) -> None:
    """What a later moment left is not believed: the start is not told, and is not the last one."""
    await store.fleet.register(WRITER, NOON)
    for boot, ahead_s in (("near", 300), ("far", 301)):
        await store.fleet.register(WRITER._replace(boot=boot, release=boot), NOON + ahead_s)
    (seen,) = await store.fleet.instances(BOT, float(NOON))
    assert seen.boot == "near"
    assert [start.release for start in await store.fleet.starts(BOT, now=float(NOON))] == ["1.0", "near"]
    assert [boot.boot for boot in await store.fleet.boots(BOT, "host", float(NOON))] == ["boot", "near"]


async def test_twins_are_told_until_one_has_left_or_long_fallen_silent(store: Store) -> None:
    """Who ran beside another under one name is shown as long as it may run: since the last start, without goodbye."""
    twins = {name: WRITER._replace(boot=name) for name in ("left", "silent", "twin", "last")}
    for number, twin in enumerate(twins.values()):
        await store.fleet.register(twin, NOON + number)
    await store.fleet.note_twins(WRITER, NOON + 5, twins)
    await store.fleet.beat(twins["silent"], NOON + 2)
    await store.fleet.leave(twins["left"], NOON + 60)
    await store.fleet.beat(twins["twin"], NOON + 70)
    await store.fleet.beat(twins["last"], NOON + 80)
    assert [seen.boot for seen in await store.fleet.instances(BOT, NOON + 90)] == ["last", "twin"]


@pytest.mark.parametrize(
    ("address", "given"),
    [
        ("postgresql://h:65535/db", {"host": "h", "port": 65_535, "database": "db"}),
        ("postgresql://h/db?port=5432", {"host": "h", "port": 5432, "database": "db"}),
        ("postgres://u@h", {"user": "u", "host": "h"}),
        ("postgresql:///db", {"database": "db"}),
        ("postgresql://[::1]:5/db", {"host": "::1", "port": 5, "database": "db"}),
        ("postgresql://h/?sslmode=require&channel_binding=prefer", {"host": "h", "ssl": "require"}),
        ("postgresql://h?prepared_statement_cache_size=10000", {"host": "h", "statement_cache_size": 10_000}),
    ],
)
def test_an_address_is_taken_apart(address: str, given: dict[str, object]) -> None:
    """Only what it says is given to the driver."""
    assert parse(address).server == given


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://u:p@h:5/db", "postgresql://u:***@h:5/db"),
        ("postgresql://u@h", "postgresql://u@h"),
        ("postgresql://:p@h/", "postgresql://:***@h/"),
        ("postgresql://h/a%20b", "postgresql://h/…"),
        ("postgresql://u%40x@h/db", "postgresql://…@h/db"),
    ],
)
def test_an_address_is_shown_without_what_may_be_secret(address: str, shown: str) -> None:
    """All else is as it was written; unusual names are a sign."""
    assert parse(address).shown == shown


@pytest.mark.parametrize("address", ["postgresql://h:65536/db", "postgresql://h?port=a", "postgresql://h?port=1234567"])
def test_a_port_is_one_of_those_there_are(address: str) -> None:
    """The sentence says up to where they go."""
    with pytest.raises(StoreAddressError, match="port must be a whole number up to 65535"):
        parse(address)


@pytest.mark.skipif(os.name == "nt", reason="where it is a drive")
def test_a_drive_is_no_file_where_there_are_none() -> None:
    """It is rather a scheme, or a host with its port."""
    with pytest.raises(StoreAddressError):
        parse("C:/history.db")


def test_an_error_that_nobody_knows_is_told_in_one_short_line() -> None:
    """In its own words, or by its class where it has none."""
    for error, told in (
        (sqlite3.Error("it\nbroke  off"), "history at here failed: it broke off"),
        (sqlite3.Error(), "history at here failed: Error"),
        (sqlite3.Error("x" * 999), f"history at here failed: {'x' * 200}"),
    ):
        with pytest.raises(StoreError) as caught, translated("here", (sqlite3.Error,)):
            raise error
        assert str(caught.value) == told


def test_files_that_are_set_aside_in_one_minute_are_numbered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is overwritten; the second of a name ends with 2."""
    monkeypatch.setattr(file_repair.time, "gmtime", lambda: (2024, 10, 4, 12, 30, 0, 4, 278, 0))
    path = tmp_path / "history.db"
    told: list[str] = []
    for _ in range(3):
        path.write_text("not a database")
        watched = FileRepair(str(path), "golem_bots")
        watched.watch.trust()
        told.append(watched.repair(FileChange.DAMAGED, None).rpartition(" ")[2])
    first = "history.db.damaged-20241004-1230"
    assert told == [first, f"{first}-2", f"{first}-3"]
    assert sorted(file.name for file in tmp_path.iterdir()) == told


def test_statements_are_kept_by_the_thousands_at_most() -> None:
    """More of them are refused, with how many there may be."""
    with pytest.raises(StoreAddressError, match="a whole number up to 10000"):
        parse("postgresql://h?prepared_statement_cache_size=10001")


async def test_a_place_may_lack_its_function(store: Store) -> None:
    """Or its line; without a file and a function it is none."""
    places = Place("shop.py", "", 7), Place("", "buy", 0), None
    await store.writing.write(
        WRITER, batch(NOON, errors=tuple(failure(f"E{n}", place) for n, place in enumerate(places)))
    )
    found = {error.type: error.place for error in await store.reading.errors(SCOPE, NOON, NOON + 60)}
    assert found == {f"E{n}": place for n, place in enumerate(places)}


async def test_the_foremost_ten_are_told_unless_more_are_asked_for(store: Store) -> None:
    """In the order of their invocations."""
    commands = [delta(BUY._replace(name=f"c{number:02}"), ok=30 - number) for number in range(12)]
    await store.writing.write(WRITER, batch(NOON, *commands))
    found = [command.key.name for command in await store.reading.top(SCOPE, NOON, NOON + 60)]
    assert found == [f"c{number:02}" for number in range(10)]


@pytest.mark.parametrize(("ending", "lost"), [("-wal", FileChange.LOG_LOST), ("-shm", FileChange.INDEX_LOST)])
def test_a_file_that_came_later_is_missed_too(tmp_path: Path, ending: str, lost: FileChange) -> None:
    """SQLite makes what is beside the database when it needs it."""
    path, beside = tmp_path / "history.db", tmp_path / f"history.db{ending}"
    path.write_text("contents")
    watch = FileWatch(str(path))
    watch.trust()
    assert (watch.change(), watch.is_known(ending)) == (None, False)
    beside.write_text("more")
    assert (watch.change(), watch.is_known(ending)) == (None, True)
    assert watch.log_bytes == (4 if ending == "-wal" else 0)
    beside.unlink()
    assert watch.change() is lost
