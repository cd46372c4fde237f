"""Messages in a channel of Discord, a thread or a forum post."""

from __future__ import annotations

import hikari

SEARCHED = 50
"""Latest messages among which one is looked for that may have been sent."""


class TargetError(Exception):
    """A message was not taken; the text says why in a few words."""


class GoneError(TargetError):
    """The message to be changed is not there any more."""


class DiscordChannel:
    """One channel. Embeds mention nobody, whatever is in them."""

    def __init__(self, rest: hikari.api.RESTClient, channel: int) -> None:
        self._rest = rest
        self._channel = channel
        self.name = f"discord:{channel}"
        """How history knows it."""

    async def send(self, embed: hikari.Embed) -> str:
        """Send a message, and return its id; raises TargetError."""
        try:
            message = await self._rest.create_message(self._channel, embed=embed)
        except _REFUSALS as refusal:
            raise _error(refusal) from refusal
        return str(message.id)

    async def edit(self, message: str, embed: hikari.Embed) -> None:
        """Change a message; raises GoneError where somebody deleted it, and TargetError."""
        try:
            await self._rest.edit_message(self._channel, int(message), embed=embed)
        except hikari.NotFoundError as refusal:
            gone = getattr(refusal, "code", 0) == _UNKNOWN_MESSAGE
            raise (GoneError("the message was deleted") if gone else _error(refusal)) from refusal
        except _REFUSALS as refusal:
            raise _error(refusal) from refusal

    async def find(self, mark: str, since: float) -> str | None:
        """The id of a recent message whose footer begins with a mark, sent since a moment in Unix seconds.

        None where none can be found; raises TargetError.
        """
        try:
            latest = self._rest.fetch_messages(self._channel).limit(SEARCHED)
            async for message in latest:
                if message.timestamp.timestamp() < since:
                    return None
                for embed in message.embeds:
                    if embed.footer is not None and (embed.footer.text or "").startswith(mark):
                        return str(message.id)
        except hikari.ForbiddenError:
            return None  # the bot may write there and not read: better twice than never
        except _REFUSALS as refusal:
            raise _error(refusal) from refusal
        return None


_REFUSALS = (hikari.HTTPError, hikari.ComponentStateConflictError, OSError, TimeoutError)
_UNKNOWN_MESSAGE = 10_008


def _error(refusal: Exception) -> TargetError:
    if isinstance(refusal, hikari.ForbiddenError):
        return TargetError(
            "the bot may not write in this channel: it needs View Channel, Send Messages and Embed Links"
        )
    if isinstance(refusal, hikari.NotFoundError):
        return TargetError("there is no such channel (setting alert_channel)")
    if isinstance(refusal, hikari.HTTPResponseError):
        return TargetError(f"Discord answered with status {int(refusal.status)}")
    return TargetError(f"Discord could not be reached ({type(refusal).__name__})")
