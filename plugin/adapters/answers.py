"""What both lines of Lightbulb share: a call of one of the four commands, and its answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import hikari

from plugin.adapters.pager import FAULT, Asked, Pager
from plugin.corridor import first_use
from plugin.monitor import Monitor
from plugin.pages.access import Access, Asker, decide
from plugin.pages.page_request import BadQuestionError, Request, from_options, from_words

_logger = logging.getLogger(__name__)


class Question(Asker, Asked, Protocol):
    """A call of one of the four commands."""

    @property
    def public(self) -> bool:
        """Whether others see the answer."""
        ...


async def answer(monitor: Monitor, pager: Pager, question: Question, page: str, given: Mapping[str, Any]) -> None:
    """Answer a call of one of the four commands by its slash options.

    What goes wrong is told in one sentence and never raised.
    """
    await _answer(monitor, pager, question, page, lambda: from_options(given))


async def answer_typed(monitor: Monitor, pager: Pager, question: Question, page: str, typed: str) -> None:
    """Answer a call of one of the four commands by the words behind it."""
    await _answer(monitor, pager, question, page, lambda: from_words(page, typed, _typeable(monitor)))


def _typeable(monitor: Monitor) -> set[str]:
    from plugin.display.names import folded_names

    return folded_names(monitor.snapshot().commands)


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
    asked_s = time.monotonic()
    access = await decide(monitor.settings, question)
    if access.refusal:
        await question.respond(content=access.refusal, private=True)
        return
    await first_use.load("plugin.pages.assembly")
    from plugin.pages.assembly import make_pages

    request = read()
    first = iter([request._replace(asked_s=asked_s)])  # a refresh is asked for when it is clicked

    async def render(access: Access) -> Any:
        return await make_pages(page, monitor, next(first, request), access)

    await pager.show(question, access, render, closed)


async def choices(monitor: Monitor, asker: Asker, typed: str) -> list[str]:
    """What autocomplete offers for the `command` option; nothing to those who may not read the pages."""
    with monitor.containing("autocomplete"):
        monitor.invocations.disown()
        if (await decide(monitor.settings, asker)).refusal:
            return []
        await first_use.load("plugin.display.names")
        from plugin.display.names import command_choices

        return command_choices(monitor.snapshot().commands, typed)
    return []
