"""Sends pages with buttons, and ends the buttons with the monitor."""

from __future__ import annotations

import asyncio
import logging

import hikari

from plugin.adapters.clicks import Click, ClickSource, NoButtonsError
from plugin.adapters.open_page import AnswerableCall, OpenPage, Render, Timer
from plugin.monitor import Monitor
from plugin.pages.access import Access, InteractionAsker, OwnerIds, decide
from plugin.pages.page_request import BadQuestionError

_logger = logging.getLogger(__name__)

PART = "buttons"
FAULT = "This page failed to load; the bot's log has the error. The bot itself is not affected."


def running_timer() -> Timer:
    """The running event loop."""
    return asyncio.get_running_loop()


class Pager:
    """Sends the pages of one monitor."""

    def __init__(self, monitor: Monitor, clicks: ClickSource, owners: OwnerIds) -> None:
        self.timeout_s = monitor.settings.page_timeout_s
        self.closed = 0
        """How many times all buttons were ended."""
        self._monitor = monitor
        self._part = monitor.part(PART)
        self._clicks = clicks
        self._owners = owners
        self._open: set[OpenPage] = set()
        self._expiring: set[asyncio.Task[None]] = set()

    async def admit(self, interaction: hikari.ComponentInteraction, *, public: bool) -> Access:
        """The current access of the user who clicked."""
        return await decide(self._monitor.settings, InteractionAsker(interaction, self._owners, public=public))

    async def show(self, call: AnswerableCall, access: Access, render: Render, closed: int) -> None:
        """Answer a call with pages.

        `closed`: the value of `self.closed` when the call began; if all buttons were ended since, or if there can be
        none, the pages are sent without buttons.
        """
        page = OpenPage(self, call, render, running_timer())
        await page.make(access)
        if closed == self.closed:
            await self._subscribe(page)  # before it is sent, or a quick click is lost
        if closed != self.closed:
            self._forget(page)
        try:
            await call.respond(**page.message())
        except BaseException:
            self._forget(page)
            raise

    async def _subscribe(self, page: OpenPage) -> None:
        if not self._part.on:
            return

        async def on_click(click: Click) -> None:
            await self._on_click(page, click)

        try:
            page.open(await self._clicks.subscribe(page.custom_ids, on_click))
        except NoButtonsError as none:
            page.explain(str(none))
        except Exception as moved:  # noqa: BLE001 # whatever a library has moved, the page itself can be sent
            self._monitor.switch_off(PART, f"{type(moved).__name__}: {moved}")
            page.explain("No buttons; see /health.")
        else:
            self._open.add(page)

    async def _on_click(self, page: OpenPage, click: Click) -> None:
        with self._monitor.containing(PART):
            try:
                await page.on_click(click)
            except BadQuestionError as bad:
                await click.reply(str(bad))
            except (hikari.NotFoundError, hikari.ForbiddenError) as gone:
                _logger.debug("a page was deleted: %s", gone)
            except hikari.HTTPError as refused:
                _logger.warning("a page could not be shown: %s", refused)
            return
        with self._monitor.containing(PART):
            await click.reply(FAULT)

    def expire(self, page: OpenPage) -> None:
        """Disable the buttons of a page, in a task."""
        self._open.discard(page)
        task = asyncio.get_running_loop().create_task(self._disable(page), name="golem pages end")
        self._expiring.add(task)
        task.add_done_callback(self._expiring.discard)

    async def _disable(self, page: OpenPage) -> None:
        with self._monitor.containing(PART):
            try:
                await page.disable()
            except hikari.HTTPError as gone:
                _logger.debug("the buttons of a page could not be disabled: %s", gone)

    def _forget(self, page: OpenPage) -> None:
        self._open.discard(page)
        page.end()

    def close(self) -> None:
        """End the buttons of every answer, without telling Discord."""
        self.closed += 1
        for page in list(self._open):
            self._forget(page)
        for task in list(self._expiring):
            if not task.get_loop().is_closed():
                task.cancel()
