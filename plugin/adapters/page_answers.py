"""Answers calls of the four commands, on both lines of Lightbulb."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import hikari

from plugin.adapters.open_page import AnswerableCall
from plugin.adapters.pager import FAULT, Pager
from plugin.corridor import first_use
from plugin.monitor import Monitor
from plugin.pages.access import TESTS_FOR_OWNERS, Access, Asker, decide, may_test
from plugin.pages.page_commands import SYSTEM
from plugin.pages.page_request import BadQuestionError, Request, from_options, from_words

_logger = logging.getLogger(__name__)


class PageCall(Asker, AnswerableCall, Protocol):
    """A call of one of the four commands."""

    @property
    def public(self) -> bool:
        """Whether others see the answer."""
        ...


async def answer(monitor: Monitor, pager: Pager, call: PageCall, page: str, options: Mapping[str, Any]) -> None:
    """Answer a call with slash options; errors are answered in one sentence and never raised."""
    await _answer(monitor, pager, call, page, lambda: from_options(options))


async def answer_typed(monitor: Monitor, pager: Pager, call: PageCall, page: str, typed: str) -> None:
    """Answer a call of a prefix command with the words after its name; errors as with `answer`."""
    await _answer(monitor, pager, call, page, lambda: from_words(page, typed, _typeable(monitor)))


def _typeable(monitor: Monitor) -> set[str]:
    from plugin.display.names import folded_names

    return folded_names(monitor.snapshot().commands)


async def _answer(monitor: Monitor, pager: Pager, call: PageCall, page: str, read: Callable[[], Request]) -> None:
    part = f"page {page}"
    with monitor.containing(part):
        try:
            await _show(monitor, pager, call, page, read, pager.closed)
        except BadQuestionError as bad:
            await call.respond(content=str(bad), private=True)
        except hikari.HTTPError as refused:
            _logger.warning("the answer to /%s could not be delivered: %s", page, refused)
        return
    with monitor.containing(part):
        await call.respond(content=FAULT, private=True)


async def _show(
    monitor: Monitor, pager: Pager, call: PageCall, page: str, read: Callable[[], Request], closed: int
) -> None:
    asked_s = time.monotonic()
    access = await decide(monitor.settings, call)
    if access.refusal:
        await call.respond(content=access.refusal, private=True)
        return
    await first_use.load("plugin.pages.assembly")
    from plugin.pages.assembly import make_pages

    request = read()
    if request.test:
        await _test(monitor, call, access)
        return
    first = iter([request._replace(asked_s=asked_s)])  # a refresh is timed from its click instead

    async def render(access: Access) -> Any:
        return await make_pages(page, monitor, next(first, request), access)

    await pager.show(call, access, render, closed)


async def _test(monitor: Monitor, call: PageCall, access: Access) -> None:
    """Send test alerts, which may take half a minute, and say what became of them."""
    if not await may_test(access, call):
        await call.respond(content=TESTS_FOR_OWNERS, private=True)
        return
    from plugin.pages.alert_test import AlertTestPage

    page = AlertTestPage(monitor.alerts, access)
    await call.respond(embed=page.begun)
    await call.edit(embed=await page.result())


async def choices(monitor: Monitor, asker: Asker, option: str, typed: str) -> list[str]:
    """Autocomplete choices for the options `command` and `system`; none for users who may not read the pages."""
    with monitor.containing("autocomplete"):
        monitor.invocations.disown()
        if (await decide(monitor.settings, asker)).refusal:
            return []
        return await (_systems(monitor, typed) if option == SYSTEM.name else _commands(monitor, typed))
    return []


async def _commands(monitor: Monitor, typed: str) -> list[str]:
    await first_use.load("plugin.display.names")
    from plugin.display.names import command_choices

    return command_choices(monitor.snapshot().commands, typed)


async def _systems(monitor: Monitor, typed: str) -> list[str]:
    await first_use.load("plugin.pages.system_page")
    from plugin.pages.system_page import system_choices

    return await system_choices(monitor, typed)
