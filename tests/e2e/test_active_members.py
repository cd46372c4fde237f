"""Active members are counted once, through restarts and in a fleet, and no id of theirs is in the database."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

import plugin
from plugin.corridor import member_counts
from plugin.corridor.bot_measures import measures_of
from plugin.history.store import open_store
from plugin.model import Scope
from tests.e2e.conftest import Scene, patient_discord, until
from tests.e2e.test_history import _history  # noqa: F401 # a fixture

EVER_S = 2**33
FIRST_ID = 710_000_000_000_000_000
DAILY, WEEKLY = "activity.daily_members", "activity.weekly_members"


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is asked for salts and for what others counted again and again."""
    monkeypatch.setattr(member_counts, "EVERY_S", 0.02)
    monkeypatch.setattr(member_counts, "RETRY_S", 0.02)


class Levels:
    """A bot's own system of levels: no other bot of the process adds to it."""

    def __init__(self, bot: Any) -> None:
        self._bot = bot
        self._meter = plugin.ActivityMeter(bot=bot)

    def award(self, *numbers: int) -> None:
        """Award points to some members."""
        for number in numbers:
            self._meter.award(5, member=FIRST_ID + number)

    def counted(self) -> tuple[int, int]:
        """The members of today and of this week, as the bot has them now."""
        _, own = measures_of(self._bot)
        found = {reading.measure.name: reading.value for reading in own.read()}
        return found[DAILY], found[WEEKLY]


async def kept(scene: Scene, database: str = "golem.db") -> tuple[float, float]:
    """The most members of a day and of a week that the database knows of."""
    async with await open_store(database) as store:
        scope = Scope(scene.discord.application_id)
        found = [await store.reading.values(scope, 0, EVER_S, name) for name in (DAILY, WEEKLY)]
        daily, weekly = (0 if values is None else values.maximum for values in found)
        return daily, weekly


async def begin(scene: Scene, **given: Any) -> tuple[Any, Any, Levels]:
    """A running bot with levels, and its monitor, which has the salts."""
    plugin.configure(**{"instance": "one", "release": "1.0.0", **given})
    sample = scene.make()
    levels = Levels(sample.bot)
    await sample.load()
    await sample.start()
    monitor: Any = plugin.monitor_of(sample.bot)
    await until(lambda: all(not counter.unsalted(counter.wanted(time.time())) for counter in monitor.own.counters()))
    return sample, monitor, levels


async def test_a_restart_goes_on_counting(scene: Scene, tmp_path: Path) -> None:
    """Members of before are not counted again; the database holds none of their ids."""
    sample, _, levels = await begin(scene)
    levels.award(*range(10), *range(5))
    assert levels.counted() == about(10)
    await sample.close()
    sample, _, levels = await begin(scene)
    levels.award(*range(5, 15))
    assert levels.counted() == about(15)
    await sample.close()
    assert await kept(scene) == about(15)
    contents = files(tmp_path)
    assert not [number for number in range(15) for form in forms(FIRST_ID + number) if form in contents]


def about(number: int) -> Any:
    """So many members of a day and of a week; with a salt by chance, the hashes of two may choose one register."""
    return pytest.approx((number, number), abs=2)


def files(folder: Path) -> bytes:
    """All that the database has written."""
    return b"".join(file.read_bytes() for file in folder.glob("golem.db*"))


def forms(member: int) -> tuple[bytes, ...]:
    """How an id may be written."""
    return str(member).encode(), member.to_bytes(8, "little"), member.to_bytes(8, "big")


async def test_a_fleet_counts_each_member_once(scene: Scene, postgres_database: str) -> None:
    """Each of two instances knows the members of both."""
    async with patient_discord() as elsewhere:
        elsewhere._world.application_id = scene.discord.application_id
        one, first, here = await begin(scene, database=postgres_database)
        other, second, there = await begin(Scene(elsewhere), database=postgres_database, instance="two")
        here.award(*range(8))
        there.award(*range(5, 12))
        await first.flush()
        await second.flush()
        await until(lambda: here.counted() == there.counted() == about(12))
        await other.close()
        await one.close()
    assert await kept(scene, postgres_database) == about(12)


async def test_without_history_members_are_counted_since_the_start(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Salts live and die with the process, and members are counted once all the same."""
    monkeypatch.setenv("GOLEM_DATABASE", "")
    _, monitor, levels = await begin(scene)
    levels.award(1, 2, 2, 3)
    assert levels.counted() == about(3)
    assert monitor.snapshot().monitor.faults == {} and monitor.own.members() == ()
