"""The page of one of the bot's other systems: since start, or over a period."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Sequence

import hikari

from plugin import display
from plugin.corridor import system_history
from plugin.corridor.drawing import wait_s
from plugin.corridor.look_back import HistorySource, LookBack, PageContext
from plugin.corridor.system_history import ReviewedPast
from plugin.display import text
from plugin.insight.systems import review_system
from plugin.model import Finding, Health, HistoryAnswer, Period, Snapshot, SystemPast
from plugin.monitor import Monitor
from plugin.pages.page_request import BadQuestionError, Request

NONE_DECLARED = "The bot declares no measures of its own."
MOST_NAMED = 10
MOST_CHOICES = 25


async def system_pages(
    monitor: Monitor, request: Request, history: HistorySource, details: bool
) -> Sequence[hikari.Embed]:
    """The pages of the requested system; for an unknown one, BadQuestionError lists the known ones."""
    asked_s = time.monotonic() if request.asked_s is None else request.asked_s
    snapshot, health = await monitor.look(details)
    system = await _find(monitor, history, snapshot, request.system)
    context = PageContext(snapshot.at, monitor.settings, None)
    period = request.looks_back
    counted = await monitor.own.since_start(system, snapshot.at, snapshot.uptime_s)
    lately = HistoryAnswer[ReviewedPast](None)
    if period is not None or snapshot.monitor.history is not None:
        back = LookBack(period or Period.DAY, request.fleet, snapshot.at)
        lately = await system_history.reviewed_past(history, back, context, system)
    return await _pages(monitor, snapshot.findings, health, counted, lately, period, asked_s)


async def _pages(
    monitor: Monitor,
    findings: Sequence[Finding],
    health: Health,
    counted: SystemPast,
    lately: HistoryAnswer[ReviewedPast],
    period: Period | None,
    asked_s: float,
) -> Sequence[hikari.Embed]:
    """Over a period from history; else counts since start, with charts of the last day."""
    told = ReviewedPast(counted, review_system(counted)) if period is None or lately.review is None else lately.review
    past, review, _ = told
    await asyncio.sleep(0)
    embeds = display.system_pages(past, review, health, past.spans.end, findings)
    charts = display.system_pictures(*(lately.review or told))
    drawn = await monitor.drawing.draw(charts, wait_s(asked_s))
    return display.illustrated(display.noted(embeds, lately.note), drawn.png, drawn.instead)


async def known_systems(monitor: Monitor, history: HistorySource | None) -> list[str]:
    """The systems of the bot's own measures and of history, sorted by name."""
    kept = HistoryAnswer[tuple[str, ...]](None) if history is None else await system_history.kept_systems(history)
    return sorted({*monitor.own.systems(), *(kept.review or ())})


async def system_choices(monitor: Monitor, typed: str) -> list[str]:
    """The first systems whose names contain the typed text."""
    known = await known_systems(monitor, monitor if monitor.settings.database else None)
    return [name for name in known if typed.strip().casefold() in name][:MOST_CHOICES]


async def _find(monitor: Monitor, history: HistorySource, snapshot: Snapshot, typed: str) -> str:
    wanted = typed.strip().casefold()
    if wanted in monitor.own.systems():
        return wanted
    known = await known_systems(monitor, None if snapshot.monitor.history is None else history)
    if wanted in known:
        return wanted
    raise BadQuestionError(f"No such system: {text.inline(typed)}. {_named(known)}")


def _named(known: Collection[str]) -> str:
    if not known:
        return NONE_DECLARED
    more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
    return f"Known: {', '.join(text.inline(name) for name in [*known][:MOST_NAMED])}{more}."
