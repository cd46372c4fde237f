"""Pages turned with Lightbulb's own menus, for a bot without a gateway, where miru cannot serve."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import hikari
import lightbulb
from lightbulb.components import Menu, MenuContext

from plugin.display.navigator import NEXT, NOT_YOURS, PREVIOUS, REFRESH, Asked, Render

_logger = logging.getLogger(__name__)


class PagesMenu(Menu):
    """The buttons under one answer."""

    def __init__(self, pages: Sequence[hikari.Embed], render: Render, asked: Asked) -> None:
        self._pages = pages
        self._render = render
        self._asked = asked
        self._current = 0
        style = hikari.ButtonStyle.SECONDARY
        self._previous = self.add_interactive_button(style, self._turn_back, emoji=PREVIOUS)
        self._next = self.add_interactive_button(style, self._turn, emoji=NEXT)
        self.add_interactive_button(style, self._refresh, emoji=REFRESH)
        self._arrange()

    async def open(self) -> None:
        """Send the first page."""
        await self._asked.respond(embed=self._pages[0], components=self)

    async def die(self) -> None:
        """Make the buttons go dead."""
        self.disable_all_components()
        await self._asked.edit(components=self)

    async def predicate(self, ctx: MenuContext) -> bool:
        """Whether a click comes from the one who asked; others are told."""
        if ctx.user.id == self._asked.user_id:
            return True
        await ctx.respond(NOT_YOURS, ephemeral=True)
        return False

    async def _turn_back(self, ctx: MenuContext) -> None:
        await self._show(ctx, self._current - 1)

    async def _turn(self, ctx: MenuContext) -> None:
        await self._show(ctx, self._current + 1)

    async def _refresh(self, ctx: MenuContext) -> None:
        self._pages = await self._render()
        await self._show(ctx, self._current)

    async def _show(self, ctx: MenuContext, page: int) -> None:
        self._current = max(0, min(page, len(self._pages) - 1))
        self._arrange()
        nothing_left: Any = None  # of the pictures of the page before
        await ctx.respond(edit=True, embed=self._pages[self._current], components=self, attachments=nothing_left)

    def _arrange(self) -> None:
        self._previous.disabled = self._current == 0
        self._next.disabled = self._current == len(self._pages) - 1


class MenuPager:
    """Sends pages, and ends their menus with the monitor."""

    def __init__(self, client: lightbulb.Client, timeout_s: float) -> None:
        self._client = client
        self._timeout_s = timeout_s
        self._tasks: set[asyncio.Task[None]] = set()
        self.closed = 0
        """How many times all were ended."""

    async def show(self, asked: Asked, render: Render, closed: int) -> None:
        """Answer with pages; without buttons that work, where all were ended since `closed` was read."""
        menu = PagesMenu(await render(), render, asked)
        await menu.open()
        if closed == self.closed:
            task = asyncio.get_running_loop().create_task(self._serve(menu), name="golem pages")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """End every menu."""
        self.closed += 1
        for task in list(self._tasks):
            if not task.get_loop().is_closed():
                task.cancel()

    async def _serve(self, menu: PagesMenu) -> None:
        try:
            await menu.attach(self._client, timeout=self._timeout_s)
        except TimeoutError:
            try:
                await menu.die()
            except hikari.HTTPError as gone:
                _logger.debug("the buttons of a page could not be disabled: %s", gone)
