"""Pages turned with miru: only the one who asked turns them, and after the timeout the buttons go dead."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

import hikari
import miru
from miru.ext import nav

_logger = logging.getLogger(__name__)

Render = Callable[[], Awaitable[Sequence[hikari.Embed]]]

NOT_YOURS = "Only the one who asked can turn these pages."
REFRESH = "\N{ANTICLOCKWISE DOWNWARDS AND UPWARDS OPEN CIRCLE ARROWS}"
PREVIOUS = "\N{BLACK LEFT-POINTING TRIANGLE}"
NEXT = "\N{BLACK RIGHT-POINTING TRIANGLE}"


class Asked(Protocol):
    """A command that somebody called, waiting for its answer."""

    @property
    def user_id(self) -> int:
        """Who called it."""
        ...

    async def respond(self, **message: Any) -> object:
        """Answer with a message (`content`, `embed`, `components`)."""

    async def edit(self, **message: Any) -> object:
        """Change the answer."""


class RefreshButton(nav.NavButton):
    """Shows the same page with what is known by now."""

    def __init__(self) -> None:
        super().__init__(style=hikari.ButtonStyle.SECONDARY, emoji=REFRESH)

    async def callback(self, context: miru.ViewContext) -> None:
        """Handle a click."""
        view = self.view
        assert isinstance(view, PagesView)
        await view.refresh(context)


class PagesView(nav.NavigatorView):
    """The buttons under one answer."""

    def __init__(
        self,
        pages: Sequence[hikari.Embed],
        render: Render,
        asked: Asked,
        timeout_s: float,
        ended: Callable[[PagesView], object],
    ) -> None:
        super().__init__(pages=pages, items=_items(len(pages)), timeout=timeout_s)
        self._render = render
        self._asked = asked
        self._ended = ended
        self._latest: hikari.ComponentInteraction | None = None

    async def open(self) -> None:
        """Send the first page."""
        for item in self.children:
            await item.before_page_change()
        await self._asked.respond(embed=self.pages[0], components=self)

    async def refresh(self, context: miru.ViewContext) -> None:
        """Make the pages anew and show the one at the same place."""
        pages = await self._render()
        if (len(pages) > 1) != (len(self.pages) > 1):
            self.clear_items()
            for item in _items(len(pages)):
                self.add_item(item)
        await self.swap_pages(context, pages, start_at=self.current_page)

    async def send_page(self, context: Any, page_index: int | None = None) -> None:
        """Show a page in the place of the present one."""
        self._latest = context.interaction
        await super().send_page(context, page_index)

    async def view_check(self, context: miru.ViewContext, /) -> bool:
        """Whether a click comes from the one who asked; others are told."""
        if context.user.id == self._asked.user_id:
            return True
        await context.respond(NOT_YOURS, flags=hikari.MessageFlag.EPHEMERAL)
        return False

    async def on_timeout(self) -> None:
        """Make the buttons go dead."""
        for item in self.children:
            item.disabled = True
        # The command's own token dies after 15 minutes; that of the latest click lives longer.
        edit = self._asked.edit if self._latest is None else self._latest.edit_initial_response
        try:
            await edit(components=self)
        finally:
            self._ended(self)

    async def on_error(self, error: Exception, item: Any = None, context: Any = None, /) -> None:
        """A message that is gone is no fault; the log says what happened."""
        level = logging.DEBUG if isinstance(error, hikari.NotFoundError | hikari.ForbiddenError) else logging.WARNING
        _logger.log(level, "a page could not be shown", exc_info=error)

    def stop(self) -> None:
        """End without a word to Discord."""
        super().stop()
        self._ended(self)


def _items(pages: int) -> list[nav.NavItem]:
    if pages < 2:
        return [RefreshButton()]
    style: Any = hikari.ButtonStyle.SECONDARY
    return [
        nav.PrevButton(style=style, emoji=PREVIOUS),
        nav.IndicatorButton(),
        nav.NextButton(style=style, emoji=NEXT),
        RefreshButton(),
    ]


class Navigator:
    """Sends pages through the bot's miru client, or through one of its own where the bot has none."""

    def __init__(self, bot: Any, timeout_s: float) -> None:
        self._bot = bot
        self._timeout_s = timeout_s
        self._own: miru.Client | None = None
        self._views: set[PagesView] = set()
        self.closed = 0
        """How many times all were ended."""

    async def show(self, asked: Asked, render: Render, closed: int) -> None:
        """Answer with pages; without buttons that work, where all were ended since `closed` was read."""
        view = PagesView(await render(), render, asked, self._timeout_s, self._forget)
        await view.open()
        if closed == self.closed:
            self._views.add(view)
            self._client().start_view(view)

    def close(self) -> None:
        """End every view, and leave nothing subscribed."""
        self.closed += 1
        for view in list(self._views):
            view.stop()
        self._release()

    def _client(self) -> miru.Client:
        # Looked for at every answer, since bots often make their client after loading extensions: with a second one
        # beside it, theirs would log every click of ours as unknown.
        for listener in self._bot.event_manager.get_listeners(hikari.InteractionCreateEvent, polymorphic=False):
            client = getattr(listener, "__self__", None)
            if isinstance(client, miru.Client) and client is not self._own:
                return client
        if self._own is None:
            self._own = miru.Client(self._bot, ignore_unknown_interactions=True, stop_bound_on_delete=False)
        return self._own

    def _forget(self, view: PagesView) -> None:
        self._views.discard(view)
        if not self._views:
            self._release()

    def _release(self) -> None:
        own, self._own = self._own, None
        manager = self._bot.event_manager
        for listener in manager.get_listeners(hikari.InteractionCreateEvent, polymorphic=False):
            if own is not None and getattr(listener, "__self__", None) is own:
                manager.unsubscribe(hikari.InteractionCreateEvent, listener)
