"""What a page of a thousand commands costs, beside a scrape of prometheus_client."""

from __future__ import annotations

import asyncio

from prometheus_client import generate_latest

import plugin
from plugin import display
from plugin.model import Outcome
from tests.bench.bots import Bot
from tests.bench.events import Events
from tests.bench.filling import COMMANDS, fill
from tests.bench.measure import Batch, side_by_side, timed
from tests.bench.rival import Rival
from tests.bench.table import Row, beside, milli

BOUND = 0.10
COGS = 300


def measure(quick: bool) -> list[Row]:
    """`/commandstats` of a real bot with 1,000 commands, by turns with the text of a scrape of as many.

    Ours asks the bot for its commands, takes a snapshot, judges it and makes the pages. Theirs writes out its
    counters of four outcomes and two histograms of each command.
    """
    with asyncio.Runner() as runner:
        bot = Bot(Events().token)
        bot.add_commands(COMMANDS, COGS)
        runner.run(bot.start(True))
        monitor = filled(bot)
        rival = _rival([command.key.name for command in monitor.snapshot().commands])
        pair = side_by_side(_page(monitor), rival, 8 if quick else 24)
        runner.run(bot.stop())
    return [beside("/commandstats of 1,000 commands", pair, "generate_latest", BOUND, milli)]


def filled(bot: Bot) -> plugin.Monitor:
    """The monitor of a bot, with a past for every command."""
    monitor = plugin.monitor_of(bot.app)
    assert monitor is not None
    fill(monitor.command(command.key) for command in monitor.snapshot().commands)
    return monitor


def _page(monitor: plugin.Monitor) -> Batch:
    def page() -> object:
        snapshot = monitor.snapshot()
        return display.command_pages(snapshot, monitor.health(snapshot), 10)

    return timed(page)


def _rival(names: list[str]) -> Batch:
    rival = Rival()
    for name in names:
        counters, durations, first_responses = rival.command(name)
        counters[Outcome.OK].inc(150)
        durations.observe(0.2)
        first_responses.observe(0.1)
    return timed(lambda: generate_latest(rival.registry))
