"""A bot with coins is killed: history has what was written, the bank what was paid, and nobody is accused."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import plugin
from examples.coins import DAILY, Bank
from plugin.corridor import supply_history
from plugin.corridor.own_courses import newest_series
from plugin.history.store import open_store
from plugin.insight.systems.supply_rules import supply_findings
from plugin.model import Finding, Scope
from tests.e2e.conftest import Scene
from tests.e2e.moved_time import MINUTE_S, MONDAY
from tests.examples.coin_life import MEMBERS
from tests.examples.systems import flows_of, kept, supply_of
from tests.metrics.own import Bot

ROOT = Path(__file__).parents[2]
BEFORE_MIN, AWAY_MIN, AFTER_MIN = 30, 5, 40
MOST_IN_A_MINUTE = 9
"""Three acts, each of two members who may be new."""

Flows = dict[tuple[str, str], tuple[int, int]]
NONE = (0, 0)


class Child:
    """The bot in a process of its own, on a clock that it moves itself."""

    def __init__(self, process: Any) -> None:
        self._process = process

    def tell(self, line: str) -> None:
        """What it shall do next."""
        self._process.stdin.write(f"{line}\n".encode())

    async def answer(self) -> Any:
        """The next line that it writes."""
        return json.loads(await self._process.stdout.readline())

    async def ledger(self) -> Flows:
        """The same, where that is a ledger."""
        return {(kind, flow): (number, coins) for kind, flow, number, coins in await self.answer()}

    async def live(self, minutes: int) -> Flows:
        """Let minutes pass; returns the ledger, all of which is in history."""
        self.tell(f"live {minutes}")
        return [await self.ledger() for _ in range(minutes)][-1]

    async def kill(self) -> None:
        """Kill it, without any warning."""
        self._process.kill()
        await self._process.communicate()

    async def stop(self) -> None:
        """Let it stop cleanly."""
        await self._process.communicate(b"")


@asynccontextmanager
async def child(scene: Scene, folder: Path, minute: int) -> AsyncGenerator[Child]:
    """A bot whose clock stands some minutes after the begin of a day."""
    now = str(MONDAY + minute * MINUTE_S)
    words = (sys.executable, "-m", "tests.e2e.coins_child", scene.discord.rest_url, scene.discord.token, now)
    pipe = asyncio.subprocess.PIPE
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(*words, cwd=folder, env=environment, stdin=pipe, stdout=pipe)
    try:
        yield Child(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def of_economy(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The findings about coins."""
    return [one for one in found if one[0].startswith("economy")]


async def look_without_allowance(bot: int, monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """What history seems to prove for those who do not know that a killed process takes counts with it."""
    monkeypatch.setattr(supply_history, "lost", lambda _: ())
    async with await open_store("golem.db") as store:
        scope = Scope(bot, None)
        described = newest_series(await store.reading.described(scope))
        now = int(MONDAY) + (BEFORE_MIN + AWAY_MIN + AFTER_MIN) * MINUTE_S
        past = await supply_history.supply_past(store, scope, described, now)
    assert past is not None
    return [*supply_findings(past)]


async def test_what_a_kill_took_away_accuses_nobody(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last coins are in the bank and in no count; history has all the others, and the supply adds up again."""
    bot = scene.discord.application_id
    async with child(scene, tmp_path, 0) as first:
        written = await first.live(BEFORE_MIN)
        first.tell("move")
        paid = await first.ledger()
        await first.kill()
    assert flows_of(await kept("golem.db", bot)) == written
    assert paid["daily", "faucet"][1] - written["daily", "faucet"][1] == DAILY * len(MEMBERS)
    async with child(scene, tmp_path, BEFORE_MIN + AWAY_MIN) as again:
        ledger = await again.live(AFTER_MIN)
        again.tell("look")
        assert of_economy(await again.answer()) == []
        await again.stop()
    found = await kept("golem.db", bot)
    for key, (number, coins) in ledger.items():
        lost_number, lost_coins = (paid[key][part] - written[key][part] for part in (0, 1))
        assert flows_of(found)[key] == (number - lost_number, coins - lost_coins)
    assert found["economy.supply",] == supply_of(ledger)
    (accused,) = await look_without_allowance(bot, monkeypatch)
    assert (accused.rule, accused.value) == ("economy_dupe", DAILY * len(MEMBERS))


@pytest.mark.parametrize("minutes", [1, 23])
async def test_a_kill_at_any_moment(scene: Scene, tmp_path: Path, minutes: int) -> None:
    """Killed in the middle of its work, it has lost a minute at most, and goes on with every coin of the bank."""
    bot = scene.discord.application_id
    async with child(scene, tmp_path, 0) as first:
        first.tell("live 10000")
        written = [await first.ledger() for _ in range(minutes)][-1]
        await first.kill()
    paid, history = Bank(plugin.EconomyMeter(bot=Bot()), "coins.db").ledger, flows_of(await kept("golem.db", bot))
    assert all(history[key] >= moved for key, moved in written.items())
    lost = {
        key: (moved[0] - history.get(key, NONE)[0], moved[1] - history.get(key, NONE)[1]) for key, moved in paid.items()
    }
    assert 0 <= sum(number for number, _ in lost.values()) <= MOST_IN_A_MINUTE
    async with child(scene, tmp_path, 10_000) as again:
        ledger = await again.live(AFTER_MIN)
        again.tell("look")
        assert of_economy(await again.answer()) == []
        await again.stop()
    found = await kept("golem.db", bot)
    assert found["economy.supply",] == supply_of(ledger)
    for key, (number, coins) in ledger.items():
        lost_number, lost_coins = lost.get(key, NONE)
        assert flows_of(found)[key] == (number - lost_number, coins - lost_coins)
