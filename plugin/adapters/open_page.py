"""One answer whose pages can be turned by buttons, until the buttons expire."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

import hikari

from plugin.adapters.clicks import Click, Unsubscribe
from plugin.pages.access import Access

LONGEST_LIFE_S = 900
"""Discord accepts edits of an answer for 15 minutes; then only a new call proves that someone is still reading."""

DEFER_AFTER_S = 2.4
"""Discord allows 3 s to respond to a click, and pages are made within 2.2 s unless history is slow."""

NOT_YOURS = "Only the person who ran the command can use these buttons."
EXPIRED = "These buttons have expired; run the command again."

PREVIOUS = "\N{BLACK LEFT-POINTING TRIANGLE}"
NEXT = "\N{BLACK RIGHT-POINTING TRIANGLE}"
REFRESH = "\N{ANTICLOCKWISE DOWNWARDS AND UPWARDS OPEN CIRCLE ARROWS}"
SIGNS = {"previous": PREVIOUS, "next": NEXT, "refresh": REFRESH}
STEPS = {"previous": -1, "next": 1, "refresh": 0}

Render = Callable[[Access], Awaitable[Sequence[hikari.Embed]]]
"""Makes the pages anew, for a reader with this access."""


class AnswerableCall(Protocol):
    """A call of a command that can be answered."""

    @property
    def user_id(self) -> int:
        """The caller."""
        ...

    @property
    def public(self) -> bool:
        """Whether others see the answer."""
        ...

    async def respond(self, **message: Any) -> object:
        """Answer with a message (`content`, `embed`, `components`)."""

    async def edit(self, **message: Any) -> object:
        """Edit the answer."""


class Timer(Protocol):
    """The clock and timers of an event loop."""

    def time(self) -> float:
        """Monotonic seconds."""
        ...

    def call_later(self, delay: float, callback: Callable[[], object], /) -> asyncio.TimerHandle:
        """Call a function after a delay in seconds."""
        ...


class PageOwner(Protocol):
    """Opened the page."""

    @property
    def timeout_s(self) -> float:
        """The buttons expire this long after the latest click."""
        ...

    async def admit(self, interaction: hikari.ComponentInteraction, *, public: bool) -> Access:
        """The current access of the user who clicked."""
        ...

    def expire(self, page: OpenPage) -> None:
        """End the page: its time is over."""


class OpenPage:
    """One answer whose pages can be turned."""

    def __init__(self, owner: PageOwner, call: AnswerableCall, render: Render, timer: Timer) -> None:
        self._owner = owner
        self._call = call
        self._access: Access | None = None
        """The access that the pages were made for."""
        self._render = render
        self._timer = timer
        self._pages: Sequence[hikari.Embed] = ()
        self._current = 0
        self._ids = {f"golem:{secrets.token_hex(8)}:{action}": action for action in SIGNS}
        self._began_s = self._used_s = timer.time()
        self._latest: hikari.ComponentInteraction | None = None
        self._unsubscribe: Unsubscribe | None = None
        self._waking: asyncio.TimerHandle | None = None

    @property
    def custom_ids(self) -> Sequence[str]:
        """Those of its buttons."""
        return list(self._ids)

    async def make(self, access: Access) -> None:
        """Make the pages for a reader with this access; if that fails, the previous pages stay."""
        self._pages, self._access = await self._render(access), access

    def open(self, unsubscribe: Unsubscribe) -> None:
        """Show buttons until they expire."""
        self._unsubscribe = unsubscribe
        self._schedule()

    def explain(self, why: str) -> None:
        """Say on the page why it has no buttons."""
        from plugin.display.book import footnoted  # imported by now, since the pages are made

        footnoted(self._pages, why if len(self._pages) < 2 else f"Page 1 of {len(self._pages)}. {why}")

    def end(self) -> None:
        """Stop receiving clicks."""
        unsubscribe, self._unsubscribe = self._unsubscribe, None
        if self._waking is not None:
            self._waking.cancel()
        if unsubscribe is not None:
            unsubscribe()

    def message(self, *, disabled: bool = False) -> dict[str, Any]:
        """The current page with its buttons."""
        row = () if self._unsubscribe is None else self.buttons(disabled)
        return {"embed": self._pages[self._current], "components": row}

    def buttons(self, disabled: bool = False) -> Sequence[hikari.impl.MessageActionRowBuilder]:
        """The row of buttons; a single page has none to turn it."""
        row, last = hikari.impl.MessageActionRowBuilder(), len(self._pages) - 1
        for custom_id, action in self._ids.items():
            step = STEPS[action]
            if last or not step:
                off = disabled or (bool(step) and not 0 <= self._current + step <= last)
                row.add_interactive_button(
                    hikari.ButtonStyle.SECONDARY, custom_id, emoji=SIGNS[action], is_disabled=off
                )
        return [row]

    async def on_click(self, click: Click) -> None:
        """Answer a click; access is decided anew each time."""
        if click.interaction.user.id != self._call.user_id:
            await click.reply(NOT_YOURS)
            return
        access = await self._owner.admit(click.interaction, public=self._call.public)
        if access.refusal or self._unsubscribe is None or self._timer.time() >= self._ends_s:
            await click.reply(access.refusal or EXPIRED)
            return
        self._used_s, self._latest = self._timer.time(), click.interaction
        self._schedule()
        action = self._ids[click.interaction.custom_id]
        if access != self._access or not STEPS[action]:
            await self._make_in_time(click, access)
        self._current = max(0, min(self._current + STEPS[action], len(self._pages) - 1))
        no_pictures: Any = None  # removes those of the previous page
        await click.show(**self.message(), attachments=no_pictures)

    async def _make_in_time(self, click: Click, access: Access) -> None:
        making = asyncio.ensure_future(self.make(access))
        try:
            await asyncio.wait([making], timeout=DEFER_AFTER_S)
            if not making.done():
                await click.defer()
            await making
        finally:
            making.cancel()

    @property
    def _ends_s(self) -> float:
        return min(self._used_s + self._owner.timeout_s, self._began_s + LONGEST_LIFE_S)

    def _schedule(self) -> None:
        if self._waking is not None:
            self._waking.cancel()
        self._waking = self._timer.call_later(max(0.0, self._ends_s - self._timer.time()), self._expire)

    def _expire(self) -> None:
        self._owner.expire(self)

    async def disable(self) -> None:
        """Disable the buttons, and stop receiving clicks."""
        buttons = self.buttons(disabled=True)
        self.end()
        # The token of the command expires after 15 minutes; that of the latest click is valid longer.
        edit = self._call.edit if self._latest is None else self._latest.edit_initial_response
        await edit(components=buttons)
