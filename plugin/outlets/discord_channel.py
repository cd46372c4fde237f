"""Messages in a channel of Discord, a thread or a forum post."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Sequence
from typing import Any

import hikari

from plugin.model import Notice
from plugin.outlets.alert_buttons import rows_of
from plugin.outlets.alert_mentions import mentioning
from plugin.outlets.target import GoneError, TargetError

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
        self.name, self.setting, self.edits = f"discord:{channel}", setting, True
        self._mentions = mentions
        self.before_buttons: Callable[[], object] | None = None
        """Called before a message with buttons is sent; None where clicks are not received, so there are none."""

    async def send(self, notice: Notice) -> str:
        """Send a message, without its pictures where the bot may attach none, and return its id.

        Raises TargetError, and GoneError where it replies to a deleted one.
        """
        with _translated():
            try:
                return await self._create(notice)
            except hikari.ForbiddenError:
                if not notice.pictures:
                    raise
                return await self._create(notice._replace(pictures=()))

    async def _create(self, notice: Notice) -> str:
        message = self._message(notice)
        if notice.reply:
            message |= {"reply": int(notice.reply), "mentions_reply": False}
        if notice.critical:
            message |= mentioning(self._mentions)
        return str((await self._rest.create_message(self._channel, **message)).id)

    async def edit(self, message: str, notice: Notice) -> None:
        """Change a message; raises GoneError where somebody deleted it, and TargetError."""
        with _translated():
            await self._rest.edit_message(self._channel, int(message), **self._message(notice))

    async def delete(self, message: str) -> None:
        """Delete a message of this bot; raises TargetError."""
        with _translated():
            await self._rest.delete_message(self._channel, int(message))

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

    def _message(self, notice: Notice) -> dict[str, Any]:
        rows: list[hikari.impl.MessageActionRowBuilder] = []
        if self.before_buttons is not None and notice.incident and not notice.ends:
            self.before_buttons()
            rows = rows_of(notice.incident, notice.people)
        return {"embed": _embed(notice), "components": rows}


def _embed(notice: Notice) -> hikari.Embed:
    embed = hikari.Embed(title=notice.title, description=notice.text, colour=notice.colour)
    for heading, value in notice.fields:
        embed.add_field(heading, value)
    for name, png in notice.pictures[:1]:
        embed.set_image(hikari.Bytes(png, name))
    return embed.set_footer(notice.footer)


@contextlib.contextmanager
def _translated() -> Generator[None]:
    """Raise TargetError for whatever a request raises: hikari lets pass what an answer that is cut off does."""
    try:
        yield
    except Exception as refusal:
        raise _error(refusal) from refusal


_UNKNOWN_MESSAGE = 10_008
_NEEDS = "it needs View Channel, Send Messages, Embed Links and Read Message History"


def _error(refusal: Exception) -> TargetError:
    if isinstance(refusal, hikari.ForbiddenError):
        return TargetError(f"the bot may not write in this channel: {_NEEDS}", whole=True)
    is_reply = isinstance(refusal, hikari.BadRequestError) and "message_reference" in (refusal.errors or ())
    if is_reply or (isinstance(refusal, hikari.NotFoundError) and refusal.code == _UNKNOWN_MESSAGE):
        return GoneError("the message was deleted")
    if isinstance(refusal, hikari.NotFoundError):
        return TargetError("there is no such channel", whole=True)
    if isinstance(refusal, hikari.HTTPResponseError):
        status = int(refusal.status)
        return TargetError(f"Discord answered with status {status}", whole=status >= 500)
    return TargetError(f"Discord could not be reached ({type(refusal).__name__})", whole=True)
