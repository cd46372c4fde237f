"""How the pages of each of the four commands are made: in short steps, from memory and from history."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import hikari

from plugin import display
from plugin.adapters.requests import LARGEST_TOP_COUNT, BadQuestionError, Request
from plugin.display import text
from plugin.display.chart import Chart
from plugin.drawing import wait_s
from plugin.insight.budget import budget_of
from plugin.model import CommandHealth, CommandSnapshot, Health, Snapshot
from plugin.monitor import Monitor

Pages = Sequence[hikari.Embed]
Make = Callable[[Monitor, Request], Awaitable[Pages]]

NOT_KEPT = "No history is kept, so this is since start."


class PageCommand(NamedTuple):
    """One of the four commands."""

    aliases: tuple[str, ...]
    """Further names as a prefix command."""
    description: str
    make: Make


def _no_charts(_snapshot: Snapshot, _health: Health) -> Sequence[Chart]:
    return ()


async def _performance(monitor: Monitor, request: Request) -> Pages:
    return await _drawn(monitor, request, display.performance_pages, display.performance_pictures)


async def _cogs(monitor: Monitor, request: Request) -> Pages:
    return await _drawn(monitor, request, display.cog_pages)


async def _commands(monitor: Monitor, request: Request) -> Pages:
    if request.command:
        _find(monitor.snapshot(), request.command)
        return await _drawn(
            monitor,
            request,
            lambda snapshot, health: _detail(snapshot, _judged(snapshot, health, request.command)),
            lambda snapshot, health: display.command_pictures(_judged(snapshot, health, request.command)),
        )
    return await _drawn(monitor, request, lambda snapshot, health: display.command_pages(snapshot, health, request.top))


def _detail(snapshot: Snapshot, judged: CommandHealth) -> Pages:
    return display.command_detail_pages(snapshot, judged, budget_of(judged.command))


async def _health(monitor: Monitor, request: Request) -> Pages:
    return await _drawn(monitor, request, display.health_pages)


async def _drawn(
    monitor: Monitor,
    request: Request,
    draw: Callable[[Snapshot, Health], Pages],
    charts: Callable[[Snapshot, Health], Sequence[Chart]] = _no_charts,
) -> Pages:
    asked_s = time.monotonic()
    snapshot, health = await monitor.look()
    await asyncio.sleep(0)  # the steps are short, but with many commands their sum would hold the loop
    embeds = display.noted(draw(snapshot, health), NOT_KEPT if request.looks_back else "")
    await asyncio.sleep(0)
    return await illustrated(monitor, embeds, charts(snapshot, health), asked_s)


async def illustrated(monitor: Monitor, embeds: Pages, charts: Sequence[Chart], asked_s: float) -> Pages:
    """The pages with a picture on the first of them, where there is one in time."""
    drawn = await monitor.drawing.draw(charts, wait_s(asked_s))
    return display.illustrated(embeds, drawn.png, drawn.instead)


def _find(snapshot: Snapshot, typed: str) -> CommandSnapshot:
    found = display.find_command(snapshot.commands, typed)
    if found is None:
        raise BadQuestionError(
            f"{text.inline(typed)} is neither a command of this bot nor a number from 1 to {LARGEST_TOP_COUNT}."
        )
    return found


def _judged(snapshot: Snapshot, health: Health, typed: str) -> CommandHealth:
    found = _find(snapshot, typed)
    return next(judged for judged in health.commands if judged.command is found)


PAGE_COMMANDS = {
    "performance": PageCommand(
        ("perf", "stats"), "How the bot performs: memory, CPU, latency, error rate", _performance
    ),
    "cogstats": PageCommand(("cogs",), "Which cogs are busy and how each is doing", _cogs),
    "commandstats": PageCommand(("cmdstats",), "Most used, slowest and failing commands, or one in detail", _commands),
    "health": PageCommand((), "What is wrong, cog by cog, and the state of the monitor itself", _health),
}

GROUP_DESCRIPTION = "How the bot performs"
