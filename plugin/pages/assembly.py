"""Assemble the pages of the four commands, in short steps, from memory and history."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import hikari

from plugin import display
from plugin.corridor import bot_history, command_history
from plugin.corridor.drawing import wait_s
from plugin.corridor.look_back import HistorySource, LookBack, PageContext
from plugin.corridor.readers import ReadersHistory
from plugin.corridor.timeline import around
from plugin.display import text
from plugin.display.book import Book
from plugin.display.chart import Chart
from plugin.insight.budget import budget_of
from plugin.insight.scales import memory_limit_bytes
from plugin.model import CommandHealth, CommandSnapshot, Health, HistoryAnswer, Period, Snapshot
from plugin.monitor import Monitor
from plugin.pages.access import Access
from plugin.pages.moments import moment_of, zone_of
from plugin.pages.page_request import BadQuestionError, Request
from plugin.pages.system_page import system_pages

T = TypeVar("T")
Pages = Sequence[hikari.Embed]
Make = Callable[[Monitor, Request, bool], Awaitable[Pages]]

WITHOUT_DETAILS = ("cogstats",)
"""Pages without details, which therefore need no note about omitted ones."""


async def make_pages(page: str, monitor: Monitor, request: Request, access: Access) -> Pages:
    """The pages of one of the four commands, as far as the user may read them; raises BadQuestionError."""
    await monitor.begun()
    made = await _MAKERS[page](monitor, request, access.details)
    return made if page in WITHOUT_DETAILS else display.footnoted(made, access.note)


def _history(monitor: Monitor, details: bool) -> HistorySource:
    return monitor if details else ReadersHistory(monitor, monitor.pseudonyms)


async def _performance(monitor: Monitor, request: Request, details: bool) -> Pages:
    if request.system:
        return await system_pages(monitor, request, _history(monitor, details), details)
    asked_s = time.monotonic() if request.asked_s is None else request.asked_s
    snapshot, health = await monitor.look(details)
    history, context, back = _history(monitor, details), _context(monitor, snapshot), _back(request, snapshot)
    if back is None:
        lately = LookBack(Period.DAY, False, context.now)
        past, note = await _all_time(history, snapshot, lambda past: bot_history.since_start(past, lately, context))
    else:
        past, note = await bot_history.performance(history, back, context)
    embeds = await _drawn(lambda: display.performance_pages(snapshot, health, past))
    charts = display.performance_pictures(snapshot, health, None if past is None else past.review)
    return await illustrated(monitor, display.noted(embeds, note), charts, asked_s)


async def _health(monitor: Monitor, request: Request, details: bool) -> Pages:
    if request.when:
        return await _around(monitor, request, details)
    snapshot, health = await monitor.look(details)
    past, note = await bot_history.health(_history(monitor, details), request.fleet, _context(monitor, snapshot))
    if request.fleet and past is not None:
        return await _drawn(lambda: display.fleet_pages(past, health, snapshot.at))
    embeds = await _drawn(lambda: display.health_pages(snapshot, health, past))
    # The page already says that no history is kept.
    return display.noted(embeds, note if request.fleet or snapshot.monitor.history is not None else "")


async def _around(monitor: Monitor, request: Request, details: bool) -> Pages:
    zone = zone_of(monitor.settings.timezone)
    moment = moment_of(request.when, time.time(), zone)
    snapshot, health = await monitor.look(details)
    beat_s = monitor.settings.flush_interval_s
    told, note = await around(_history(monitor, details), moment, request.fleet, snapshot.at, beat_s)
    if told is None:
        raise BadQuestionError(note)
    return await _drawn(lambda: display.timeline_pages(told, zone, health, snapshot.at))


def _context(monitor: Monitor, snapshot: Snapshot) -> PageContext:
    return PageContext(snapshot.at, monitor.settings, memory_limit_bytes(snapshot))


async def _cogs(monitor: Monitor, request: Request, details: bool) -> Pages:
    snapshot, health = await monitor.look(details)
    history, back = _history(monitor, details), _back(request, snapshot)
    if back is None:
        past, note = await _all_time(history, snapshot, command_history.all_time)
    else:
        past, note = await command_history.all_cogs(history, back, monitor.settings)
    return display.noted(await _drawn(lambda: display.cog_pages(snapshot, health, past)), note)


async def _commands(monitor: Monitor, request: Request, details: bool) -> Pages:
    if request.command:
        return await _command(monitor, request, details)
    snapshot, health = await monitor.look(details)
    history, back = _history(monitor, details), _back(request, snapshot)
    if back is None:
        past, note = await _all_time(history, snapshot, command_history.all_time)
    else:
        past, note = await command_history.all_commands(history, back, request.top, monitor.settings)
    return display.noted(await _drawn(lambda: display.command_pages(snapshot, health, request.top, past)), note)


async def _command(monitor: Monitor, request: Request, details: bool) -> Pages:
    asked_s = time.monotonic() if request.asked_s is None else request.asked_s
    _find(monitor.snapshot(), request.command)
    snapshot, health = await monitor.look(details)
    judged = _judged(snapshot, health, request.command)
    key, history, back = judged.command.key, _history(monitor, details), _back(request, snapshot)
    if back is None:
        past, note = await _all_time(history, snapshot, lambda past: command_history.all_time_of(past, key))
    else:
        past, note = await command_history.one_command(history, back, key, monitor.settings)
    budget = budget_of(judged.command, () if snapshot.loop is None else snapshot.loop.blocks)
    embeds = await _drawn(lambda: display.command_detail_pages(snapshot, health, judged, budget, past))
    return await illustrated(monitor, display.noted(embeds, note), display.command_pictures(judged, past), asked_s)


def _back(request: Request, snapshot: Snapshot) -> LookBack | None:
    period = request.looks_back
    return None if period is None else LookBack(period, request.fleet, snapshot.at)


async def _all_time(
    past: HistorySource, snapshot: Snapshot, ask: Callable[[HistorySource], Awaitable[HistoryAnswer[T]]]
) -> HistoryAnswer[T]:
    """History's addition to a page of since start; no note if no history is kept."""
    return HistoryAnswer(None) if snapshot.monitor.history is None else await ask(past)


async def _drawn(draw: Callable[[], Book]) -> Pages:
    await asyncio.sleep(0)  # the steps are short, but with many commands their sum would block the loop
    book = draw()
    for _ in book.binding():
        await asyncio.sleep(0)
    return book


async def illustrated(monitor: Monitor, embeds: Pages, charts: Sequence[Chart], asked_s: float) -> Pages:
    """The pages with a picture on the first one, if it is ready in time."""
    drawn = await monitor.drawing.draw(charts, wait_s(asked_s))
    return display.illustrated(embeds, drawn.png, drawn.instead)


def _find(snapshot: Snapshot, typed: str) -> CommandSnapshot:
    found = display.find_command(snapshot.commands, typed)
    if found is None:
        raise BadQuestionError(f"No such command: {text.inline(typed)}.")
    return found


def _judged(snapshot: Snapshot, health: Health, typed: str) -> CommandHealth:
    found = _find(snapshot, typed)
    return next(judged for judged in health.commands if judged.command is found)


_MAKERS: dict[str, Make] = {
    "performance": _performance,
    "cogstats": _cogs,
    "commandstats": _commands,
    "health": _health,
}
