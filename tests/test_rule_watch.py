"""Rules at the cuts of a bot: what a clock that is set, a machine that sleeps and a lost connection make of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

import pytest

from plugin.corridor.minutes import Minute
from plugin.corridor.own_series import OwnSeries
from plugin.corridor.rules import is_heard
from plugin.corridor.threshold_watch import PATIENCE_S, BotView, ThresholdWatch
from plugin.insight.findings import FindingBook
from plugin.metrics.registry import OVERFLOW
from plugin.model import Batch, CommandDelta, CommandKey, ShardSnapshot
from plugin.own_rules import OwnThreshold
from tests.insight.test_own_rules import BUY, ran

NOW = 1_790_000_040.0
SILENCE = OwnThreshold("invocations", command="/shop buy", absent=True, for_s=1800)


class Bot:
    """A bot with rules, on a clock that the test moves."""

    def __init__(self, *rules: OwnThreshold) -> None:
        self.wall_s, self.steady_s = NOW, 1000.0
        self.heard, self.running, self.known = True, list[CommandKey](), [BUY]
        self.book = FindingBook()
        view = BotView(lambda: "one", lambda: self.heard, lambda: self.running, lambda: self.known)
        self.watch = ThresholdWatch(
            rules,
            OwnSeries(object(), lambda: 1, waits=False),
            lambda: self.book.active,
            self.book.hold,
            view,
            lambda: self.steady_s,
        )

    async def minutes(self, number: int, *commands: CommandDelta, each_s: float = 60.0) -> list[str]:
        """So many cuts, each with these counts; what stands then."""
        for _ in range(number):
            start = self.wall_s
            self.wall_s += each_s
            self.steady_s += each_s
            batch: Any = Batch(int(start // 60 * 60), 1, commands, {}, ())
            self.watch.take(Minute(batch, self.wall_s))
            await self.watch.judge()
        return [finding.sentence for finding in self.book.active]


async def test_a_rule_is_judged_at_every_cut_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Once when it begins, and once when it ends."""
    caplog.set_level(logging.INFO)
    bot = Bot(OwnThreshold("errors", 5, per="minute", command="/shop buy", name="buys"))
    sentence = "/shop buy: 9 errors per minute is above 5 errors (rule buys)"
    await bot.minutes(3)
    assert await bot.minutes(2, ran(errors=9)) == [sentence]
    assert await bot.minutes(1) == []
    assert caplog.messages == [sentence, f"resolved: {sentence}, for 2 min"]


@pytest.mark.parametrize("step_s", [-86_400, -3600, 3600, 86_400])
async def test_a_clock_that_is_set_makes_no_silence_and_no_sum(step_s: float) -> None:
    """Neither an hour that did not pass, nor counts of another hour."""
    bot = Bot(SILENCE, OwnThreshold("errors", 100, command="/shop buy"))
    await bot.minutes(20, ran(errors=2))
    bot.wall_s += step_s
    assert await bot.minutes(28) == []
    assert await bot.minutes(4) == ["/shop buy: no invocations for 30 min (threshold)"]
    assert await bot.minutes(30, ran(errors=2)) == []


async def test_a_machine_that_slept_watched_nothing() -> None:
    """A silence begins anew after it; nothing that was pending goes on."""
    bot = Bot(SILENCE, OwnThreshold("denials", 5, per="minute", for_s=600))
    await bot.minutes(20)
    await bot.minutes(1, each_s=8 * 3600)
    assert await bot.minutes(28) == []
    await bot.minutes(3, ran(denied=9))
    await bot.minutes(1, ran(denied=9), each_s=600)
    assert await bot.minutes(1, ran(denied=9)) == []


async def test_while_the_bot_is_away_nothing_is_silent() -> None:
    """What explains it: no connection, a command that waits for its user, names that are not counted."""
    bot = Bot(SILENCE)
    bot.heard = False
    assert await bot.minutes(60) == []
    bot.heard, bot.running = True, [BUY]
    assert await bot.minutes(60) == []
    bot.running = []
    assert await bot.minutes(60, ran(OVERFLOW, ok=1)) == []
    assert len(await bot.minutes(33)) == 1


async def test_cuts_that_are_not_judged_yet_are_not_lost() -> None:
    """The loop may have no time for it before the next cut."""
    bot = Bot(OwnThreshold("errors", 5, per="hour"))
    for _ in range(3):
        bot.watch.take(Minute(Batch(int(NOW // 60 * 60), 1, (ran(errors=2),), {}, ()), NOW))
    await bot.watch.judge()
    assert [finding.value for finding in bot.book.active] == [6]


async def test_judging_lets_the_loop_run() -> None:
    """With many rules, other work runs in between."""
    bot = Bot(*(OwnThreshold("errors", number) for number in range(500)))
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            beats += 1
            await asyncio.sleep(0)

    beating = asyncio.create_task(beat())
    await bot.minutes(1, ran(errors=1))
    beating.cancel()
    assert beats >= 2 * 500 / 25


async def test_a_name_that_nothing_has_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """Not before cogs have had an hour to load."""
    bot = Bot(OwnThreshold("errors", 5, command="/shop by"))
    await bot.minutes(int(PATIENCE_S // 60))
    assert caplog.messages == []
    await bot.minutes(20)
    assert caplog.messages == ["[[golem.rule]]: no command /shop by: did you mean /shop buy?"]


AWAY = ShardSnapshot(0, False, None, away_since=NOW - 60)


@pytest.mark.parametrize(
    ("shards", "heard"),
    [
        pytest.param(None, True, id="no gateway"),
        pytest.param([ShardSnapshot(0, True, 0.1)], True, id="connected"),
        pytest.param([AWAY], False, id="away"),
        pytest.param([AWAY._replace(away_since=NOW - 2)], True, id="away for a moment"),
        pytest.param([AWAY._replace(away_since=None)], False, id="not yet connected"),
        pytest.param([ShardSnapshot(0, True, 0.1, last_outage=(NOW - 50, NOW - 20))], False, id="was just away"),
        pytest.param([ShardSnapshot(0, True, 0.1, last_outage=(NOW - 500, NOW - 400))], True, id="was away before"),
        pytest.param([AWAY, ShardSnapshot(1, True, 0.1)], False, id="one of two"),
        pytest.param([AWAY, *[ShardSnapshot(1, True, 0.1)] * 9], True, id="one of ten"),
    ],
)
def test_a_bot_is_heard_while_nearly_all_shards_are_connected(
    shards: Iterable[ShardSnapshot] | None, heard: bool
) -> None:
    """For the minute before."""
    assert is_heard(shards, NOW) is heard
