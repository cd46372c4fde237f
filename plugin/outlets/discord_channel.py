"""Messages in a channel of Discord, a thread or a forum post."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

import hikari

from plugin.model import Notice
from plugin.outlets.message_pictures import MessagePictures
from plugin.outlets.target import GoneError, TargetError

SEARCHED = 50
"""Latest messages among which one is looked for that may have been sent."""
CLOCKS_S = 300.0
"""By how much the clocks of this machine and of Discord may differ."""


class DiscordChannel:
    """One channel. Embeds mention nobody, whatever is in them."""

    def __init__(self, rest: hikari.api.RESTClient, channel: int, setting: str = "alert_channel") -> None:
        self._rest = rest
        self._channel = channel
        self._pictures = MessagePictures(rest, channel)
        self.name, self.setting, self.edits = f"discord:{channel}", setting, True

    async def send(self, notice: Notice) -> str:
        """Send a message, and return its id; raises TargetError."""

        async def create(embed: hikari.Embed) -> hikari.Message:
            return await self._rest.create_message(self._channel, embed=embed)

        with _translated():
            return str((await self._pictures.request(create, _embed(notice), notice)).id)

    async def edit(self, message: str, notice: Notice) -> None:
        """Change a message; raises GoneError where somebody deleted it, and TargetError."""

        async def edit(embed: hikari.Embed) -> hikari.Message:
            return await self._rest.edit_message(self._channel, int(message), embed=embed)

        with _translated():
            await self._pictures.request(edit, _embed(notice), notice, int(message))

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


def _embed(notice: Notice) -> hikari.Embed:
    return hikari.Embed(title=notice.title, description=notice.text, colour=notice.colour).set_footer(notice.footer)


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
    if isinstance(refusal, hikari.NotFoundError) and refusal.code == _UNKNOWN_MESSAGE:
        return GoneError("the message was deleted")
    if isinstance(refusal, hikari.NotFoundError):
        return TargetError("there is no such channel", whole=True)
    if isinstance(refusal, hikari.HTTPResponseError):
        status = int(refusal.status)
        return TargetError(f"Discord answered with status {status}", whole=status >= 500)
    return TargetError(f"Discord could not be reached ({type(refusal).__name__})", whole=True)
