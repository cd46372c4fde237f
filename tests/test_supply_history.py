"""Whether history adds up to the supply that the bot says: a duped coin is found in a real store, through restarts."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from pathlib import Path

import pytest

from plugin.corridor import system_review
from plugin.history.store import Store, open_store
from plugin.model import SeriesDelta, SeriesKind, Writer
from tests.history.builders import NOON, WRITER, batch
from tests.test_command_history import Kept

COIN = "{coin}"
KINDS = {
    "economy.faucets": SeriesKind(COIN, "counter", ""),
    "economy.sinks": SeriesKind(COIN, "counter", ""),
    "economy.supply_checks": SeriesKind("{check}", "counter", ""),
    "economy.supply_checked": SeriesKind(COIN, "gauge/shared", "bound"),
}
OTHER = WRITER._replace(instance="other", boot="its own")
AGAIN = WRITER._replace(boot="again")


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncGenerator[Kept]:
    """History in an empty file."""
    async with await open_store(str(tmp_path / "history.db")) as store:
        yield Kept(store)


def said(supply: float) -> Mapping[str, SeriesDelta]:
    """What a check of the supply adds to a minute."""
    bounds = {f'economy.supply_checked{{bound="{bound}"}}': supply for bound in ("least", "most")}
    return {
        "economy.supply_checks": SeriesDelta(1, 1, 1, 1),
        **{name: SeriesDelta(1, value, value, value, last=value) for name, value in bounds.items()},
    }


async def minutes(
    store: Store, writer: Writer, span: range, supply: float | None, made: float = 10, burned: float = 4
) -> float | None:
    """An instance counts every tenth minute, and says the supply (if any) every fifth; the supply at the end."""
    for number in span:
        series: dict[str, SeriesDelta] = {}
        if number % 10 == 0:
            series["economy.faucets"] = SeriesDelta(1, made, made, made)
            series["economy.sinks"] = SeriesDelta(1, burned, burned, burned)
            supply = None if supply is None else supply + made - burned
        if supply is not None and number % 5 == 0:
            series |= said(supply)
        await store.writing.write(writer, batch(NOON + 60 * number)._replace(series=series, kinds=KINDS))
    await store.fleet.beat(writer, NOON + 60.0 * span.stop)
    return supply


async def found(kept: Kept, minute: int) -> list[tuple[str, str]]:
    """Rules and sentences of what is found in a minute."""
    findings = await system_review.system_findings(kept, NOON + 60.0 * minute, 120)
    assert findings is not None
    return [(finding.rule, finding.sentence) for finding in findings]


async def test_a_supply_that_adds_up_names_nothing(kept: Kept) -> None:
    """Faucets and sinks explain all of it, also through a clean restart."""
    await kept.store.fleet.register(WRITER, NOON)
    supply = await minutes(kept.store, WRITER, range(120), 1000)
    await kept.store.fleet.leave(WRITER, NOON + 120 * 60)
    await kept.store.fleet.register(AGAIN, NOON + 125 * 60)
    await minutes(kept.store, AGAIN, range(125, 240), supply)
    assert await found(kept, 240) == []


async def test_a_duped_coin_is_named(kept: Kept) -> None:
    """To the unit, also where a clean restart lies between."""
    await kept.store.fleet.register(WRITER, NOON)
    supply = await minutes(kept.store, WRITER, range(120), 1000)
    assert supply is not None
    await kept.store.fleet.leave(WRITER, NOON + 120 * 60)
    await kept.store.fleet.register(AGAIN, NOON + 125 * 60)
    await minutes(kept.store, AGAIN, range(125, 200), supply + 1)
    assert await found(kept, 200) == [("economy_dupe", "1 coin in the supply that no faucet made")]


async def test_what_a_killed_process_had_not_told_is_no_gap(kept: Kept) -> None:
    """Its last coins are in the supply, but in no count; from then on the supply must add up again."""
    await kept.store.fleet.register(WRITER, NOON)
    supply = await minutes(kept.store, WRITER, range(120), 1000)
    assert supply is not None
    await kept.store.fleet.register(AGAIN, NOON + 125 * 60)
    supply = await minutes(kept.store, AGAIN, range(130, 250), supply + 70)
    assert supply is not None
    assert await found(kept, 250) == []
    await minutes(kept.store, AGAIN, range(250, 300), supply - 3)
    assert await found(kept, 300) == [("economy_leak", "3 coins missing from the supply that no sink burnt")]


async def test_a_fleet_is_judged_by_what_all_instances_count(kept: Kept) -> None:
    """One says the supply, and both make and burn money."""
    for writer in (WRITER, OTHER):
        await kept.store.fleet.register(writer, NOON)
    supply = 1000.0
    for begin in range(0, 240, 10):
        await minutes(kept.store, OTHER, range(begin, begin + 10), None, made=3, burned=2)
        supply = await minutes(kept.store, WRITER, range(begin, begin + 10), supply + 1) or 0.0
        if begin == 150:
            supply += 1
        if begin == 140:
            assert await found(kept, 150) == []
    assert await found(kept, 240) == [("economy_dupe", "1 coin in the supply that no faucet made")]


async def test_two_processes_under_one_name_are_counted_once(kept: Kept) -> None:
    """A process that goes on beside its successor shares a name with it: a payout is no gap in the supply."""
    await kept.store.fleet.register(WRITER, NOON)
    await kept.store.fleet.register(AGAIN, NOON + 60)
    await kept.store.fleet.note_twins(AGAIN, NOON + 120, [WRITER.boot])
    supply = await minutes(kept.store, AGAIN, range(1, 120), 1000, made=0, burned=0)
    supply = await minutes(kept.store, AGAIN, range(120, 130), supply, made=50)
    await minutes(kept.store, AGAIN, range(130, 240), supply, made=0, burned=0)
    await kept.store.fleet.beat(WRITER, NOON + 240 * 60)
    assert len(await kept.store.fleet.instances(WRITER.bot, NOON + 240 * 60)) == 2
    assert await found(kept, 240) == []


async def test_nothing_is_judged_while_an_instance_is_silent(kept: Kept) -> None:
    """What it counts is not known: it may be cut off from the database and go on."""
    for writer in (WRITER, OTHER):
        await kept.store.fleet.register(writer, NOON)
    await minutes(kept.store, OTHER, range(60), None, made=3, burned=2)
    supply = await minutes(kept.store, WRITER, range(120), 1000)
    assert supply is not None
    await minutes(kept.store, WRITER, range(120, 200), supply + 500)
    assert await found(kept, 200) == []


async def test_without_a_supply_nothing_is_judged(kept: Kept) -> None:
    """Flows alone prove no gap."""
    await kept.store.fleet.register(WRITER, NOON)
    await minutes(kept.store, WRITER, range(120), None)
    assert await found(kept, 120) == []
