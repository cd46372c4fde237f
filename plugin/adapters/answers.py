"""What both lines of Lightbulb share: who may ask, what they asked for, and the answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import hikari

from plugin import display
from plugin.display import text
from plugin.display.navigator import Asked, Render
from plugin.model import Health, Snapshot
from plugin.monitor import Monitor

_logger = logging.getLogger(__name__)

LARGEST_TOP_COUNT = 25
DEFAULT_TOP_COUNT = 10

ADMINISTRATORS_ONLY = "Only administrators of this server can read these pages."
OWNERS_ONLY = "Only the owners of this bot can read these pages here."
FAULT = "The monitor could not make this page; its log says why. The bot itself is not affected."


Pages = Callable[[Snapshot, Health], Sequence[hikari.Embed]]


def _top_commands(top_count: int) -> Pages:
    def pages(snapshot: Snapshot, health: Health) -> Sequence[hikari.Embed]:
        return display.command_pages(snapshot, health, top_count)

    return pages


class PageCommand(NamedTuple):
    """One of the four commands."""

    aliases: tuple[str, ...]
    """Further names as a prefix command."""
    description: str
    pages: Pages


PAGE_COMMANDS = {
    "performance": PageCommand(
        ("perf", "stats"), "How the bot performs: memory, CPU, latency, error rate", display.performance_pages
    ),
    "cogstats": PageCommand(("cogs",), "Which cogs are busy and how each is doing", display.cog_pages),
    "commandstats": PageCommand(
        ("cmdstats",),
        "Most used, slowest and failing commands, or one in detail",
        _top_commands(DEFAULT_TOP_COUNT),
    ),
    "health": PageCommand((), "What is wrong, cog by cog, and the state of the monitor itself", display.health_pages),
}

GROUP_DESCRIPTION = "How the bot performs"
TOP_COUNT = ("top_count", f"How many commands each list shows, 1 to {LARGEST_TOP_COUNT}")
COMMAND = ("command", "Shows this one command in detail")
PREFIX_ARGUMENT = ("what", f"how many commands each list shows (1 to {LARGEST_TOP_COUNT}), or one command in detail")


class BadQuestionError(ValueError):
    """What was asked for cannot be answered; the message is one sentence for the one who asked."""


class Question(Asked, Protocol):
    """A call of one of the four commands."""

    @property
    def guild_id(self) -> int | None:
        """Where it was called; None in a DM."""
        ...

    async def is_administrator(self) -> bool:
        """Whether the one who asked has Administrator in the guild that they asked in."""
        ...

    async def is_owner(self) -> bool:
        """Whether the one who asked owns the bot, as a member of its team too."""
        ...


class Pager(Protocol):
    """Sends pages with buttons under them."""

    async def show(self, asked: Asked, render: Render, /) -> None:
        """Answer with pages."""

    def close(self) -> None:
        """End the buttons of every answer."""


async def answer(
    monitor: Monitor, pager: Pager, question: Question, name: str, top_count: int | None = None, command: str = ""
) -> None:
    """Answer a call of one of the four commands; what goes wrong is told in one sentence and never raised."""
    part = f"page {name}"
    with monitor.containing(part):
        try:
            await _answer(monitor, pager, question, name, top_count, command)
        except BadQuestionError as bad:
            await question.respond(content=str(bad), private=True)
        except hikari.HTTPError as refused:
            _logger.warning("the answer to /%s could not be delivered: %s", name, refused)
        return
    with monitor.containing(part):
        await question.respond(content=FAULT, private=True)


async def _answer(
    monitor: Monitor, pager: Pager, question: Question, name: str, top_count: int | None, command: str
) -> None:
    refusal = await _refusal(monitor, question)
    if refusal is not None:
        await question.respond(content=refusal, private=True)
        return
    await pager.show(question, _renderer(monitor, name, top_count, command))
    if not monitor.active:  # unloaded while the answer was on its way
        pager.close()


async def _refusal(monitor: Monitor, question: Question) -> str | None:
    if question.guild_id is None:
        return None if await question.is_owner() else OWNERS_ONLY
    if not await question.is_administrator():
        return ADMINISTRATORS_ONLY
    if monitor.settings.owner_only and not await question.is_owner():
        return OWNERS_ONLY
    return None


def _renderer(monitor: Monitor, name: str, top_count: int | None, command: str) -> Render:
    if command:
        _find(monitor.snapshot(), command)
        return lambda: _look(monitor, lambda snapshot, health: _detail(snapshot, health, command))
    if top_count is not None and not 1 <= top_count <= LARGEST_TOP_COUNT:
        raise BadQuestionError(f"`top_count` is a number from 1 to {LARGEST_TOP_COUNT}, not {top_count}.")
    if name == "commandstats" and top_count is not None:
        return lambda: _look(monitor, _top_commands(top_count))
    return lambda: _look(monitor, PAGE_COMMANDS[name].pages)


async def _look(monitor: Monitor, pages: Pages) -> Sequence[hikari.Embed]:
    snapshot, health = await monitor.look()
    await asyncio.sleep(0)  # the steps are short, but with many commands their sum would hold the loop
    embeds = pages(snapshot, health)
    await asyncio.sleep(0)
    return embeds


def _find(snapshot: Snapshot, typed: str) -> Any:
    found = display.find_command(snapshot.commands, typed)
    if found is None:
        raise BadQuestionError(
            f"{text.inline(typed)} is neither a command of this bot nor a number from 1 to {LARGEST_TOP_COUNT}."
        )
    return found


def _detail(snapshot: Snapshot, health: Health, typed: str) -> Sequence[hikari.Embed]:
    found = _find(snapshot, typed)
    judged = next(judged for judged in health.commands if judged.command is found)
    return display.command_detail_pages(snapshot, judged)


async def answer_typed(monitor: Monitor, pager: Pager, question: Question, name: str, typed: str) -> None:
    """Answer a prefix command with its one argument: how many commands, or which one."""
    typed = typed.strip()
    if typed.isascii() and typed.lstrip("+-").isdigit() and len(typed) < 10:
        await answer(monitor, pager, question, name, top_count=int(typed))
    else:
        await answer(monitor, pager, question, name, command=typed)


def choices(monitor: Monitor, typed: str) -> list[str]:
    """What autocomplete offers for the `command` option; nothing where the monitor fails at it."""
    with monitor.containing("autocomplete"):
        return display.command_choices(monitor.snapshot().commands, typed)
    return []
