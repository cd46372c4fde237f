"""What both lines of Lightbulb share: who may ask, what they asked for, and the answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import hikari

from plugin import display
from plugin.adapters.pages import PAGE_COMMANDS
from plugin.adapters.requests import BadQuestionError, Request, from_options, from_words
from plugin.display.navigator import Asked, Render
from plugin.monitor import Monitor

_logger = logging.getLogger(__name__)

ADMINISTRATORS_ONLY = "Only administrators of this server can read these pages."
OWNERS_ONLY = "Only the owners of this bot can read these pages here."
FAULT = "The monitor could not make this page; its log says why. The bot itself is not affected."


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

    closed: int
    """How many times all buttons were ended."""

    async def show(self, asked: Asked, render: Render, closed: int, /) -> None:
        """Answer with pages; without buttons that work, where all were ended since `closed` was read."""

    def close(self) -> None:
        """End the buttons of every answer."""


async def answer(monitor: Monitor, pager: Pager, question: Question, page: str, given: Mapping[str, Any]) -> None:
    """Answer a call of one of the four commands by its slash options.

    What goes wrong is told in one sentence and never raised.
    """
    await _answer(monitor, pager, question, page, lambda: from_options(given))


async def answer_typed(monitor: Monitor, pager: Pager, question: Question, page: str, typed: str) -> None:
    """Answer a call of one of the four commands by the words behind it."""
    await _answer(monitor, pager, question, page, lambda: from_words(page, typed, _typeable(monitor)))


def _typeable(monitor: Monitor) -> set[str]:
    return display.folded_names(monitor.snapshot().commands)


async def _answer(monitor: Monitor, pager: Pager, question: Question, page: str, read: Callable[[], Request]) -> None:
    part = f"page {page}"
    with monitor.containing(part):
        try:
            await _show(monitor, pager, question, page, read, pager.closed)
        except BadQuestionError as bad:
            await question.respond(content=str(bad), private=True)
        except hikari.HTTPError as refused:
            _logger.warning("the answer to /%s could not be delivered: %s", page, refused)
        return
    with monitor.containing(part):
        await question.respond(content=FAULT, private=True)


async def _show(
    monitor: Monitor, pager: Pager, question: Question, page: str, read: Callable[[], Request], closed: int
) -> None:
    refusal = await _refusal(monitor, question)
    if refusal is not None:
        await question.respond(content=refusal, private=True)
        return
    request = read()
    await pager.show(question, lambda: PAGE_COMMANDS[page].make(monitor, request), closed)


async def _refusal(monitor: Monitor, question: Question) -> str | None:
    if question.guild_id is None:
        return None if await question.is_owner() else OWNERS_ONLY
    if not await question.is_administrator():
        return ADMINISTRATORS_ONLY
    if monitor.settings.owner_only and not await question.is_owner():
        return OWNERS_ONLY
    return None


def choices(monitor: Monitor, typed: str) -> list[str]:
    """What autocomplete offers for the `command` option; nothing where the monitor fails at it."""
    with monitor.containing("autocomplete"):
        monitor.invocations.disown()
        return display.command_choices(monitor.snapshot().commands, typed)
    return []
