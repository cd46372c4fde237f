"""Pages that were sent, with their buttons: who may turn them, what a click shows, and when the buttons end."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

import hikari

from plugin.adapters.clicks import Click, Close, Door, NoButtonsError
from plugin.monitor import Monitor
from plugin.pages.access import Access, InteractionAsker, OwnerIds, decide
from plugin.pages.page_request import BadQuestionError

_logger = logging.getLogger(__name__)

PART = "buttons"
LONGEST_LIFE_S = 900
"""Discord takes changes of an answer for 15 minutes; only a new call proves that somebody still wants to read."""

DEFER_AFTER_S = 2.4
"""Discord waits 3 s for the response to a click, and pages are made within 2.2 s unless history is slow."""

NOT_YOURS = "Only the person who ran the command can use these buttons."
OVER = "These buttons have expired; run the command again."
FAULT = "This page failed to load; the bot's log has the error. The bot itself is not affected."

PREVIOUS = "\N{BLACK LEFT-POINTING TRIANGLE}"
NEXT = "\N{BLACK RIGHT-POINTING TRIANGLE}"
REFRESH = "\N{ANTICLOCKWISE DOWNWARDS AND UPWARDS OPEN CIRCLE ARROWS}"
SIGNS = {"previous": PREVIOUS, "next": NEXT, "refresh": REFRESH}
STEPS = {"previous": -1, "next": 1, "refresh": 0}

Render = Callable[[Access], Awaitable[Sequence[hikari.Embed]]]
"""Makes the pages anew, as much of them as somebody may read."""


class Asked(Protocol):
    """A command that somebody called, waiting for its answer."""

    @property
    def user_id(self) -> int:
        """Who called it."""
        ...

    @property
    def public(self) -> bool:
        """Whether others see the answer."""
        ...

    async def respond(self, **message: Any) -> object:
        """Answer with a message (`content`, `embed`, `components`)."""

    async def edit(self, **message: Any) -> object:
        """Change the answer."""


class Timer(Protocol):
    """What an event loop knows of time."""

    def time(self) -> float:
        """Seconds on a clock that never steps."""
        ...

    def call_later(self, delay: float, callback: Callable[[], object], /) -> asyncio.TimerHandle:
        """Call something after so many seconds."""
        ...


def running_timer() -> Timer:
    """The running event loop."""
    return asyncio.get_running_loop()


class OpenPage:
    """One answer whose pages can be turned."""

    def __init__(self, pager: Pager, asked: Asked, render: Render, timer: Timer) -> None:
        self._pager = pager
        self._asked = asked
        self._access: Access | None = None
        """What the pages were made for."""
        self._render = render
        self._timer = timer
        self._pages: Sequence[hikari.Embed] = ()
        self._current = 0
        self._ids = {f"golem:{secrets.token_hex(8)}:{action}": action for action in SIGNS}
        self._began_s = self._used_s = timer.time()
        self._latest: hikari.ComponentInteraction | None = None
        self._close: Close | None = None
        self._waking: asyncio.TimerHandle | None = None

    @property
    def custom_ids(self) -> Sequence[str]:
        """Those of its buttons."""
        return list(self._ids)

    async def make(self, access: Access) -> None:
        """Make the pages, as much of them as somebody may read; where that fails, those before stay with theirs."""
        self._pages, self._access = await self._render(access), access

    def open(self, close: Close) -> None:
        """Have buttons from now on, until the time is over."""
        self._close = close
        self._wake()

    def explain(self, why: str) -> None:
        """Say why there are no buttons."""
        from plugin.display.book import footnoted  # the pages are made, so it is there

        footnoted(self._pages, why if len(self._pages) < 2 else f"Page 1 of {len(self._pages)}. {why}")

    def end(self) -> None:
        """Hear no click any more."""
        close, self._close = self._close, None
        if self._waking is not None:
            self._waking.cancel()
        if close is not None:
            close()

    def message(self, *, dead: bool = False) -> dict[str, Any]:
        """The page that is shown, with its buttons."""
        return {"embed": self._pages[self._current], "components": [] if self._close is None else self.buttons(dead)}

    def buttons(self, dead: bool = False) -> Sequence[hikari.impl.MessageActionRowBuilder]:
        """The row of buttons; of a single page there is nothing to turn."""
        row, last = hikari.impl.MessageActionRowBuilder(), len(self._pages) - 1
        for custom_id, action in self._ids.items():
            step = STEPS[action]
            if last or not step:
                disabled = dead or (bool(step) and not 0 <= self._current + step <= last)
                row.add_interactive_button(
                    hikari.ButtonStyle.SECONDARY, custom_id, emoji=SIGNS[action], is_disabled=disabled
                )
        return [row]

    async def clicked(self, click: Click) -> None:
        """Answer a click: whether it may is found out anew each time."""
        if click.interaction.user.id != self._asked.user_id:
            await click.tell(NOT_YOURS)
            return
        access = await self._pager.admit(click.interaction, public=self._asked.public)
        if access.refusal or self._close is None or self._timer.time() >= self._ends_s:
            await click.tell(access.refusal or OVER)
            return
        self._used_s, self._latest = self._timer.time(), click.interaction
        self._wake()
        action = self._ids[click.interaction.custom_id]
        if access != self._access or not STEPS[action]:
            await self._make_in_time(click, access)
        self._current = max(0, min(self._current + STEPS[action], len(self._pages) - 1))
        nothing_left: Any = None  # of the pictures of the page before
        await click.show(**self.message(), attachments=nothing_left)

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
        return min(self._used_s + self._pager.timeout_s, self._began_s + LONGEST_LIFE_S)

    def _wake(self) -> None:
        if self._waking is not None:
            self._waking.cancel()
        self._waking = self._timer.call_later(max(0.0, self._ends_s - self._timer.time()), self._time_is_over)

    def _time_is_over(self) -> None:
        self._pager.let_die(self)

    async def die(self) -> None:
        """Make the buttons go dead."""
        buttons = self.buttons(dead=True)
        self.end()
        # The command's own token dies after 15 minutes; that of the latest click lives longer.
        edit = self._asked.edit if self._latest is None else self._latest.edit_initial_response
        await edit(components=buttons)


class Pager:
    """Sends pages with buttons under them, and ends the buttons with the monitor."""

    def __init__(self, monitor: Monitor, door: Door, owners: OwnerIds) -> None:
        self.timeout_s = monitor.settings.page_timeout_s
        self.closed = 0
        """How many times all buttons were ended."""
        self._monitor = monitor
        self._part = monitor.part(PART)
        self._door = door
        self._owners = owners
        self._open: set[OpenPage] = set()
        self._dying: set[asyncio.Task[None]] = set()

    async def admit(self, interaction: hikari.ComponentInteraction, *, public: bool) -> Access:
        """What the one who clicks may read now."""
        return await decide(self._monitor.settings, InteractionAsker(interaction, self._owners, public=public))

    async def show(self, asked: Asked, access: Access, render: Render, closed: int) -> None:
        """Answer with pages; without buttons where all were ended since `closed` was read, or where none can work."""
        page = OpenPage(self, asked, render, running_timer())
        await page.make(access)
        if closed == self.closed:
            await self._let_in(page)  # before it is sent, or a quick click is lost
        if closed != self.closed:
            self._forget(page)
        try:
            await asked.respond(**page.message())
        except BaseException:
            self._forget(page)
            raise

    async def _let_in(self, page: OpenPage) -> None:
        if not self._part.on:
            return

        async def clicked(click: Click) -> None:
            await self._clicked(page, click)

        try:
            page.open(await self._door.open(page.custom_ids, clicked))
        except NoButtonsError as none:
            page.explain(str(none))
        except Exception as moved:  # noqa: BLE001 # whatever a library has moved, the page itself can be sent
            self._monitor.switch_off(PART, f"{type(moved).__name__}: {moved}")
            page.explain("No buttons; see /health.")
        else:
            self._open.add(page)

    async def _clicked(self, page: OpenPage, click: Click) -> None:
        with self._monitor.containing(PART):
            try:
                await page.clicked(click)
            except BadQuestionError as bad:
                await click.tell(str(bad))
            except (hikari.NotFoundError, hikari.ForbiddenError) as gone:
                _logger.debug("a page is gone: %s", gone)
            except hikari.HTTPError as refused:
                _logger.warning("a page could not be shown: %s", refused)
            return
        with self._monitor.containing(PART):
            await click.tell(FAULT)

    def let_die(self, page: OpenPage) -> None:
        """Make the buttons of a page go dead."""
        self._open.discard(page)
        task = asyncio.get_running_loop().create_task(self._die(page), name="golem pages end")
        self._dying.add(task)
        task.add_done_callback(self._dying.discard)

    async def _die(self, page: OpenPage) -> None:
        with self._monitor.containing(PART):
            try:
                await page.die()
            except hikari.HTTPError as gone:
                _logger.debug("the buttons of a page could not be disabled: %s", gone)

    def _forget(self, page: OpenPage) -> None:
        self._open.discard(page)
        page.end()

    def close(self) -> None:
        """End the buttons of every answer, without a word to Discord."""
        self.closed += 1
        for page in list(self._open):
            self._forget(page)
        for task in list(self._dying):
            if not task.get_loop().is_closed():
                task.cancel()
