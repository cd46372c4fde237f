"""How long the monitor holds the event loop at once."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import plugin
from examples.localdiscord.primitives import PATIENCE_S
from plugin.adapters.open_page import REFRESH
from plugin.pages.page_commands import PAGE_COMMANDS
from tests.bench.bots import Bot
from tests.bench.events import Events
from tests.bench.filling import COMMANDS
from tests.bench.measure import Spread
from tests.bench.page import COGS, filled
from tests.bench.steps import Step, Steps
from tests.bench.table import Row, alone, milli

BOUND_MS = 5
GUILDS = 1_000
JUDGE_AFTER_S = 1.0


def measure(quick: bool) -> list[Row]:
    """The longest step of the loop while a sample is taken and judged, and each page is opened and refreshed.

    The bot has 1,000 commands with full windows, 300 cogs and 1,000 guilds. A page is opened by the raw event of its
    command and refreshed by that of a click, so that the steps hold what hikari, Lightbulb and miru do there, too.
    """
    # With details, as the bot's owner sees the pages: the bench's Discord knows no owner.
    plugin.configure(sample_interval_s=JUDGE_AFTER_S, judge_interval_s=JUDGE_AFTER_S, details="readers")
    try:
        longest = asyncio.run(_longest(3 if quick else 15))
    finally:
        plugin.configure()
    spread = Spread.of([step.took_ns for step in longest])
    worst = max(longest)
    note = f"longest {worst.took_ns / 1e6:.2f} ms ({worst.name}); typically {_typical(longest)}"
    return [alone("longest hold of the loop", milli(spread), spread.median / 1e6, BOUND_MS, "ms", note)]


def _typical(longest: list[Step]) -> str:
    names = [step.name for step in longest]
    return max(names, key=names.count)


async def _longest(repeats: int) -> list[Step]:
    events = Events()
    bot = Bot(events.token)
    bot.add_commands(COMMANDS, COGS)
    await bot.start(True)
    for guild in events.guilds(GUILDS):
        await bot.wire.deliver("GUILD_CREATE", guild)
    monitor = filled(bot)
    steps = Steps()
    longest = []
    try:
        await _everything(monitor, bot, events, steps)  # what happens once in a process is not counted
        for _ in range(repeats):
            gc.collect()
            await asyncio.sleep(JUDGE_AFTER_S / 2)  # then the next judgement is due
            with steps.timed():
                await _everything(monitor, bot, events, steps)
                await asyncio.sleep(0)  # so that the last step ends while it is timed
            longest.append(steps.take())
    finally:
        await bot.stop()
    if monitor.snapshot().monitor.faults:
        raise RuntimeError(f"the monitor failed: {monitor.snapshot().monitor.faults}")
    return longest


async def _everything(monitor: plugin.Monitor, bot: Bot, events: Events, steps: Steps) -> None:
    steps.doing = "sample and judgement"
    await monitor.tick()
    for name in PAGE_COMMANDS:
        steps.doing = f"/{name}"
        await _answered(bot, events.call(name, events.admin))
        steps.doing = f"/{name} refreshed"
        await _answered(bot, events.click(_refresh_button(bot.wire.session.sent()), events.admin))


async def _answered(bot: Bot, payload: dict[str, Any]) -> None:
    requested = bot.wire.session.next_request()
    await bot.wire.deliver("INTERACTION_CREATE", payload)
    await asyncio.wait_for(requested.wait(), PATIENCE_S)


def _refresh_button(answer: dict[str, Any]) -> str:
    buttons = [button for row in answer["data"]["components"] for button in row["components"]]
    return next(button["custom_id"] for button in buttons if button.get("emoji", {}).get("name") == REFRESH)
