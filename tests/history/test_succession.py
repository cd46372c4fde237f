"""Under which name an instance goes on."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from plugin.corridor.archive import Archive
from plugin.corridor.history_writer import Beat
from plugin.history.store import Store, open_store
from plugin.history.succession import InstanceLife, Unsettled, predecessor
from plugin.model import Retention, Writer
from tests.history.builders import BOT, DAY, NOON, WRITER, batch, count, delta

SILENCE_S = 150.0
FIRST = WRITER._replace(instance="first", boot="first", given=False)
SECOND = WRITER._replace(instance="second", boot="second", given=False)
THIRD = WRITER._replace(instance="third", boot="third", given=False)


@pytest.fixture
def on_a_server(address: str) -> bool:
    """Whether the database is one that several hosts may share."""
    return "://" in address


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncGenerator[Store]:
    """A store in a file."""
    async with await open_store(str(tmp_path / "history.db")) as opened:
        yield opened


async def name_of(store: Store, writer: Writer, started: float, now: float | None = None) -> str | None:
    """The name that a start is written down under; None where that is not known yet."""
    settled = await store.fleet.settle(writer, started, now or started, SILENCE_S)
    return None if settled is None else settled.instance


async def test_a_container_that_is_made_anew_goes_on(store: Store, on_a_server: bool) -> None:
    """Where names are only those of hosts, the next one goes on with the last that left: in a file, not on a server."""
    assert await name_of(store, FIRST, NOON) == "first"
    await store.fleet.leave(FIRST, NOON + 60)
    assert await name_of(store, SECOND, NOON + 61) == ("second" if on_a_server else "first")
    await store.fleet.leave(SECOND._replace(instance="second" if on_a_server else "first"), NOON + 120)
    assert await name_of(store, THIRD, NOON + 121) == ("third" if on_a_server else "first")


async def test_one_that_was_killed_is_waited_for(sqlite: Store) -> None:
    """Without a goodbye only silence tells that it is dead."""
    await name_of(sqlite, FIRST, NOON)
    await sqlite.fleet.beat(FIRST, NOON + 60)
    assert await name_of(sqlite, SECOND, NOON + 65) is None
    assert await name_of(sqlite, SECOND, NOON + 65, NOON + 60 + SILENCE_S) == "first"


async def test_one_that_lives_keeps_its_name(sqlite: Store) -> None:
    """While the old one still runs beside the new one, as in a rolling update, the new one has its own name."""
    await name_of(sqlite, FIRST, NOON)
    assert await name_of(sqlite, SECOND, NOON + 65, NOON + 66) is None
    await sqlite.fleet.beat(FIRST, NOON + 120)
    assert await name_of(sqlite, SECOND, NOON + 65, NOON + 125) == "second"


async def test_of_two_that_start_together_one_goes_on(sqlite: Store) -> None:
    """Two containers of one image cannot both be the one before."""
    await name_of(sqlite, FIRST, NOON)
    await sqlite.fleet.leave(FIRST, NOON + 60)
    found = await asyncio.gather(*(name_of(sqlite, writer, NOON + 100) for writer in (SECOND, THIRD)))
    assert sorted(map(str, found)) == ["None", "first"]


async def test_who_ran_side_by_side_is_not_mixed_up(sqlite: Store) -> None:
    """Of two instances that ran at the same time a third one is the successor of neither."""
    await name_of(sqlite, FIRST, NOON)
    await sqlite.fleet.register(SECOND, NOON + 10)
    for writer in (FIRST, SECOND):
        await sqlite.fleet.leave(writer, NOON + 60)
    assert await name_of(sqlite, THIRD, NOON + 100) == "third"


@pytest.mark.parametrize("given", ["old", "new"])
async def test_a_name_that_was_given_is_nobody_elses(sqlite: Store, given: str) -> None:
    """An operator's name is neither taken by a host nor left for the name of one."""
    await name_of(sqlite, FIRST._replace(given=given == "old"), NOON)
    await sqlite.fleet.leave(FIRST, NOON + 60)
    assert await name_of(sqlite, SECOND._replace(given=given == "new"), NOON + 100) == "second"


async def test_a_name_that_is_known_comes_back(sqlite: Store) -> None:
    """A laptop that had another name for a while goes on under its own."""
    for number, writer in enumerate((FIRST, SECOND)):
        await sqlite.fleet.register(writer, NOON + 100 * number)
        await sqlite.fleet.leave(writer, NOON + 100 * number + 50)
    assert await name_of(sqlite, FIRST._replace(boot="later"), NOON + 300) == "first"


class Process:
    """What one process of a bot keeps, under a clock that a test moves."""

    now = NOON + 0.0

    def __init__(self, address: str, writer: Writer) -> None:
        self.archive = Archive(address, writer, Retention(), "history", self._fault, lambda: Process.now)
        self.minutes = 0

    def _fault(self, fault: Exception) -> None:
        raise fault

    async def minute(self) -> None:
        """Count one invocation and write it."""
        self.minutes += 1
        at = int(Process.now // 60 * 60)
        self.archive.put(batch(at, delta(), sequence=self.minutes), Beat(Process.now, (), "well"))
        await self.archive.settled()

    async def ends(self) -> None:
        """Say goodbye."""
        self.archive.end()
        await self.archive.ended()


async def test_what_is_counted_meanwhile_waits(tmp_path: Path) -> None:
    """Until it is known who is gone on with, minutes wait in memory; then they are under that name, or its own."""
    path = str(tmp_path / "golem.db")
    Process.now = NOON + 0.0
    async with await open_store(path) as store:
        await store.fleet.settle(FIRST, NOON, NOON, SILENCE_S)
    heir = Process(path, SECOND)
    for _ in range(3):
        Process.now += 60
        await heir.minute()
    assert (heir.archive.instance, heir.archive.state.waiting) == ("first", 0)
    await heir.ends()
    hurried = Process(path, THIRD)
    await hurried.minute()
    await hurried.ends()
    assert hurried.archive.instance == "first"
    async with await open_store(path) as store:
        assert await count(store, NOON, NOON + DAY) == 4
        assert [seen.name for seen in await store.fleet.instances(BOT)] == ["first"]


async def test_the_page_names_the_others(address: str) -> None:
    """A new instance that goes on with none says which it could, and by which setting; a given name says nothing."""
    Process.now = NOON + 200.0
    async with await open_store(address) as store:
        for number, writer in enumerate((FIRST, SECOND)):
            await store.fleet.register(writer, NOON + number)
        for writer in (FIRST, SECOND):
            await store.fleet.leave(writer, NOON + 60)
    new, named = Process(address, THIRD), Process(address, THIRD._replace(instance="main", boot="4", given=True))
    for process in (new, named):
        await process.minute()
    assert new.archive.state.hint in (
        f"history also has the instances {names}: set instance to one of them to continue it"
        for names in ("first, second", "second, first")
    )
    assert named.archive.state.hint is None
    for process in (new, named):
        await process.ends()


async def test_two_processes_of_one_name_are_noticed(address: str, caplog: pytest.LogCaptureFixture) -> None:
    """While another one writes under the same name that is one WARNING and said on the page; no longer afterwards."""
    Process.now = NOON + 0.0
    one, two = Process(address, WRITER), Process(address, WRITER._replace(boot="other"))
    warning = 'another process uses the instance name "host" too: give each its own (setting instance)'
    for _ in range(3):
        Process.now += 60
        await one.minute()
        await two.minute()
    assert one.archive.state.warnings == two.archive.state.warnings == (warning,)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == [warning] * 2
    await two.ends()
    for _ in range(4):
        Process.now += 60
        await one.minute()
    assert one.archive.state.warnings == ()
    await one.ends()


async def test_a_process_that_was_there_before_is_no_twin(address: str) -> None:
    """One that was killed just before the start, and one that says goodbye just after it, are none."""
    Process.now = NOON + 0.0
    async with await open_store(address) as store:
        await store.fleet.register(WRITER._replace(boot="killed"), NOON)
    old, new = Process(address, WRITER._replace(boot="old")), Process(address, WRITER)
    await old.minute()
    await new.minute()
    Process.now += 60
    await old.minute()
    await old.ends()
    for _ in range(2):
        await new.minute()
    assert new.archive.state.warnings == ()
    await new.ends()


async def test_a_twin_that_was_killed_is_seen(store: Store) -> None:
    """Its last words are there although another process of its name lives; until that starts anew."""
    for boot in ("one", "two"):
        await store.fleet.register(WRITER._replace(boot=boot), NOON)
        await store.fleet.beat(WRITER._replace(boot=boot), NOON + 60, (), f"words of {boot}")
    one, two = (WRITER._replace(boot=boot) for boot in ("one", "two"))
    assert await store.fleet.others(one, NOON + 60) == {"two": NOON + 60}
    await store.fleet.note_twins(one, NOON + 60, ["two"])
    await store.fleet.beat(one, NOON + 600, (), "alive")
    assert [(seen.boot, seen.status, seen.left) for seen in await store.fleet.instances(BOT)] == [
        ("one", "alive", None),
        ("two", "words of two", None),
    ]
    await store.fleet.register(two._replace(boot="three"), NOON + 700)
    assert [seen.boot for seen in await store.fleet.instances(BOT)] == ["three"]


def life(name: str, started: float, last_seen: float, *, given: bool = False, left: bool = False) -> InstanceLife:
    """What is remembered of an instance."""
    return InstanceLife(1, name, given, started, last_seen, left)


@pytest.mark.parametrize(
    ("lives", "heir"),
    [
        ([], None),
        ([life("a", 0, 100)], "a"),
        ([life("a", 0, 100, given=True)], None),
        ([life("own", 0, 100)], None),
        ([life("a", 0, 100), life("own", 0, 50, given=True)], None),
        ([life("a", 0, 100), life("b", 100, 200)], "b"),
        ([life("a", 0, 101), life("b", 100, 200)], None),
        ([life("b", 100, 200), life("a", 0, 100)], "b"),
        ([life("a", 0, 201)], None),
        ([life("a", 0, 201, left=True)], "a"),
        ([life("a", 0, 50), life("b", 60, 90), life("c", 0, 999, given=True)], "b"),
    ],
    ids=[
        "nobody",
        "one that is dead",
        "named by an operator",
        "known already",
        "known already beside another",
        "the last of two in turn",
        "two side by side",
        "in any order",
        "seen since the start",
        "left, though seen since",
        "others have names of their own",
    ],
)
def test_who_is_gone_on_with(lives: list[InstanceLife], heir: str | None) -> None:
    """The last of those named by their hosts, where they came one after the other and it is dead."""
    found = predecessor(lives, "own", started=200, now=1000, silence_s=600)
    assert (found and found.name) == heir


@pytest.mark.parametrize(("now", "dead"), [(700, True), (699, False)])
def test_only_time_tells_whether_one_is_dead(now: float, dead: bool) -> None:
    """Silent for as long as that takes, it is; one that said goodbye is at once."""
    one = life("a", 0, 100)
    assert predecessor([one._replace(left=True)], "own", 200, now, 600) is not None
    with contextlib.nullcontext() if dead else pytest.raises(Unsettled):
        assert predecessor([one], "own", 200, now, 600) == one
