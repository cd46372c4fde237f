"""Messages in a channel of Discord, a thread or a forum post."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Awaitable, Callable, Generator, Sequence
from typing import Any, TypeVar

import hikari

from plugin.model import Notice
from plugin.outlets.alert_buttons import rows_of
from plugin.outlets.alert_mentions import mentioning
from plugin.outlets.message_pictures import MessagePictures
from plugin.outlets.target import GoneError, TargetError

T = TypeVar("T")

SEARCHED = 50
"""Latest messages among which one is looked for that may have been sent."""
CLOCKS_S = 300.0
"""By how much the clocks of this machine and of Discord may differ."""


class DiscordChannel:
    """One channel. Embeds mention nobody, whatever is in them."""

    def __init__(
        self,
        rest: hikari.api.RESTClient,
        channel: int,
        setting: str = "alert_channel",
        *,
        mentions: Sequence[str] = (),
    ) -> None:
        """`mentions` are whom a new message about something critical mentions, such as `role:123` and `user:456`."""
        self._rest = rest
        self._channel = self.id = channel
        self._pictures = MessagePictures(rest, channel)
        self.name, self.setting, self.edits = f"discord:{channel}", setting, True
        self._mentions = mentions
        self.before_buttons: Callable[[], object] | None = None
        """Called before a message with buttons is sent; None where clicks are not received, so there are none."""

    async def send(self, notice: Notice) -> str:
        """Send a message, and return its id; raises TargetError, and GoneError where it replies to a deleted one."""
        message: dict[str, Any] = {"components": self._buttons(notice)}
        if notice.reply:
            message |= {"reply": int(notice.reply), "mentions_reply": False}
        if notice.critical:
            message |= mentioning(self._mentions)

        async def create(embed: hikari.Embed) -> hikari.Message:
            return await self._rest.create_message(self._channel, embed=embed, **message)

        with _translated():
            return str((await self._pictures.request(create, _embed(notice), notice)).id)

    async def edit(self, message: str, notice: Notice) -> None:
        """Change a message; raises GoneError where somebody deleted it, and TargetError."""
        buttons = self._buttons(notice)

        async def change(embed: hikari.Embed) -> hikari.Message:
            return await self._rest.edit_message(self._channel, int(message), embed=embed, components=buttons)

        async def edit(embed: hikari.Embed) -> hikari.Message:
            return await self._opened(functools.partial(change, embed))

        with _translated():
            await self._pictures.request(edit, _embed(notice), notice, int(message))

    async def delete(self, message: str) -> None:
        """Delete a message of this bot; raises TargetError."""
        with _translated():
            await self._opened(functools.partial(self._rest.delete_message, self._channel, int(message)))

    async def pin(self, message: str) -> None:
        """Pin a message; raises TargetError."""
        with _translated():
            await self._rest.pin_message(self._channel, int(message))

    async def find(self, mark: str, since: float) -> str | None:
        """The id of a recent message whose footer begins with a mark, sent since a moment in Unix seconds.

        None where none can be found; raises TargetError.
        """
        # A bot that may write there and not read may send a message twice: better than never.
        with _translated(), contextlib.suppress(hikari.ForbiddenError):
            async for message in self._rest.fetch_messages(self._channel).limit(SEARCHED):
                if message.timestamp.timestamp() < since - CLOCKS_S:
                    break
                if any(embed.footer and (embed.footer.text or "").startswith(mark) for embed in message.embeds):
                    return str(message.id)
        return None

    async def _opened(self, request: Callable[[], Awaitable[T]]) -> T:
        """The answer to a request, for which an archived thread is opened: Discord does so only for new messages."""
        try:
            return await request()
        except hikari.BadRequestError as refusal:
            if refusal.code != _THREAD_ARCHIVED:
                raise
            with contextlib.suppress(hikari.ForbiddenError):  # a thread that is locked; the request says so
                await self._rest.edit_channel(self._channel, archived=False)
        return await request()

    def _buttons(self, notice: Notice) -> list[hikari.impl.MessageActionRowBuilder]:
        if self.before_buttons is None or not notice.incident or notice.ends:
            return []
        self.before_buttons()
        return rows_of(notice.incident, notice.people)


def _embed(notice: Notice) -> hikari.Embed:
    embed = hikari.Embed(title=notice.title, description=notice.text, colour=notice.colour)
    for heading, value in notice.fields:
        embed.add_field(heading, value)
    return embed.set_footer(notice.footer)


@contextlib.contextmanager
def _translated() -> Generator[None]:
    """Raise TargetError for whatever a request raises: hikari lets pass what an answer that is cut off does."""
    try:
        yield
    except Exception as refusal:
        raise _error(refusal) from refusal


_UNKNOWN_MESSAGE, _NO_MESSAGES, _THREAD_ARCHIVED = 10_008, 50_008, 50_083
_REFUSED = {
    _NO_MESSAGES: "this is no channel for messages: set a text channel, a thread or a forum post",
    _THREAD_ARCHIVED: "the thread is archived, and the bot may not open it",
}
_NEEDS = "it needs View Channel, Send Messages, Embed Links and Read Message History"


def _error(refusal: Exception) -> TargetError:
    if isinstance(refusal, hikari.ForbiddenError):
        return TargetError(f"the bot may not write in this channel: {_NEEDS}", whole=True)
    is_reply = isinstance(refusal, hikari.BadRequestError) and "message_reference" in (refusal.errors or ())
    if is_reply or (isinstance(refusal, hikari.NotFoundError) and refusal.code == _UNKNOWN_MESSAGE):
        return GoneError("the message was deleted")
    if isinstance(refusal, hikari.NotFoundError):
        return TargetError("there is no such channel", whole=True)
    if isinstance(refusal, hikari.BadRequestError) and refusal.code in _REFUSED:
        return TargetError(_REFUSED[refusal.code], whole=True)
    if isinstance(refusal, hikari.HTTPResponseError):
        status = int(refusal.status)
        return TargetError(f"Discord answered with status {status}", whole=status >= 500)
    return TargetError(f"Discord could not be reached ({type(refusal).__name__})", whole=True)
