"""The thread that keeps history: what it deletes, and how fast."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from examples.localdiscord.primitives import PATIENCE_S
from plugin.corridor.archive import Archive
from plugin.corridor.history_writer import TOLD_S, Beat
from plugin.history.store import open_store
from plugin.model import Retention
from tests.history.builders import BUY, DAY, NOON, SCOPE, WRITER, batch, count, delta, roll_up_all
from tests.history.test_damage import DAMAGES, delete

HOUR = 3600
MINUTE = 60
HOURS = 6


async def test_a_clock_that_is_years_ahead_for_a_moment_deletes_little(address: str) -> None:
    """What is too old is deleted an hour or a day each time, so that a clock that is mended soon costs no history."""
    async with await open_store(address) as store:
        for hour in range(HOURS):
            await store.writing.write(WRITER, batch(NOON + hour * HOUR, delta()))
        await roll_up_all(store, NOON + 2 * DAY)
    ahead = NOON + 5 * 365 * DAY
    faults: list[Exception] = []
    archive = Archive(address, WRITER, Retention(), "history", faults.append, lambda: ahead)
    archive.put(batch(ahead, delta()), Beat(ahead, (0,), "well"))
    await archive.settled()

    async def has_deleted() -> bool:
        (course,) = await archive.ask(lambda store: store.reading.courses(SCOPE, NOON, NOON + DAY, [BUY], MINUTE))
        return course.step_s != MINUTE

    async with asyncio.timeout(PATIENCE_S):
        while not await has_deleted():
            pass
    archive.end()
    await archive.ended()
    assert not faults
    async with await open_store(address) as store:
        assert len((await store.reading.courses(SCOPE, NOON, NOON + DAY, [BUY], HOUR))[0].points) == HOURS
        assert await count(store, NOON, NOON + DAY) == HOURS


async def test_a_start_while_the_database_is_away_keeps_its_time(tmp_path: Path) -> None:
    """What fails between the start of a release and the return of the database is new in that release."""
    folder, clock, faults = tmp_path / "away", [NOON + 0.0], list[Exception]()
    archive = Archive(str(folder / "golem.db"), WRITER, Retention(), "history", faults.append, lambda: clock[0])
    archive.put(batch(NOON, delta()), Beat(NOON, (0,), "well"))
    await archive.settled()
    assert archive.state.problem is not None
    clock[0] += HOUR
    folder.mkdir()
    await archive.settled()
    (start,) = await archive.ask(lambda store: store.fleet.starts(WRITER.bot))
    archive.end()
    await archive.ended()
    assert start.at == NOON and not faults


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("postgresql://u:s3cret@localhost/db?sslmode=nonsense", "sslmode must be one of disable"),
        ("postgresql://u:a@s3cret@localhost/db", "percent-encode the password"),
        ("u:s3cret@localhost/db", "percent-encode the password"),
        ("postgresql://u:s3cret@localhost/db?sslmode=verify-full&host=/nowhere", "postgresql://u:***@localhost/db"),
        ("x" * 5000, "cannot be opened"),
    ],
    ids=["option", "password", "no scheme", "certificates", "too long"],
)
async def test_a_store_that_cannot_open_is_named(address: str, problem: str) -> None:
    """Whatever the driver makes of it, it is a problem of history with its reason, and no fault of the monitor."""
    faults = list[Exception]()
    archive = Archive(address, WRITER, Retention(), "history", faults.append)
    archive.put(batch(NOON, delta()), Beat(NOON, (0,), "well"))
    await archive.settled()
    state = archive.state
    archive.end()
    await archive.ended()
    assert state.problem is not None and problem in state.problem and "s3cret" not in state.problem
    assert state.failing_since is not None and not faults


@pytest.mark.parametrize("damage", [*DAMAGES, delete])
async def test_what_was_written_lately_survives_damage(
    tmp_path: Path, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    """Minutes that were written before the damage was noticed are in the new file, each once; the damage is named."""
    path, clock, faults = tmp_path / "golem.db", [NOON + 0.0], list[Exception]()
    archive = Archive(str(path), WRITER, Retention(), "history", faults.append, lambda: clock[0])

    async def minute(number: int) -> None:
        clock[0] = NOON + number * MINUTE
        archive.put(batch(NOON + number * MINUTE, delta(), sequence=number), Beat(clock[0], (0,), "well"))
        await archive.settled()

    for number in range(3):
        await minute(number)
    damage(path)
    for number in range(3, 5):
        await minute(number)
    assert archive.state.problem is None and archive.state.waiting == 0
    (warning,) = archive.state.warnings
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING] == [warning]
    clock[0] += TOLD_S
    assert archive.state.warnings == ()
    archive.end()
    await archive.ended()
    assert not faults
    async with await open_store(str(path)) as store:
        assert await count(store, NOON, NOON + DAY) == 5
        (seen,) = await store.fleet.instances(WRITER.bot)
        assert seen.left is not None
