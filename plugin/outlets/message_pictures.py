"""The picture in the embed of a message of Discord's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import hikari

from plugin.model import Notice

MOST_KNOWN = 200

Request = Callable[[hikari.Embed], Awaitable[hikari.Message]]


class MessagePictures:
    """Sends a picture with a message, and keeps it there when the message is changed."""

    def __init__(self, rest: hikari.api.RESTClient, channel: int) -> None:
        self._rest = rest
        self._channel = channel
        self._names: dict[int, str] = {}
        """By message: the name of the file that its embed shows; empty without one."""

    async def request(
        self, request: Request, embed: hikari.Embed, notice: Notice, message: int | None = None
    ) -> hikari.Message:
        """Send or change a message with the picture of a notice; without it where Discord does not take it.

        A bot may lack the permission to attach files. A change without a picture keeps the one of before.
        """
        for picture in notice.pictures[:1]:
            embed.set_image(hikari.Bytes(picture.png, picture.name))
            try:
                return self._note(await request(embed))
            except hikari.ClientHTTPResponseError as refusal:
                if isinstance(refusal, hikari.NotFoundError):
                    raise
        kept = "" if message is None else await self._name_of(message)
        embed.set_image(hikari.URL(f"attachment://{kept}") if kept else None)
        return self._note(await request(embed))

    async def _name_of(self, message: int) -> str:
        if message not in self._names:  # it was sent before a restart, or by another instance
            try:
                self._note(await self._rest.fetch_message(self._channel, message))
            except hikari.ForbiddenError:
                return ""
        return self._names[message]

    def _note(self, message: hikari.Message) -> hikari.Message:
        # A file that an embed shows is not always among the attachments of the answer.
        image = message.embeds[0].image if message.embeds else None
        self._names.pop(message.id, None)
        self._names[message.id] = "" if image is None else image.filename
        while len(self._names) > MOST_KNOWN:
            del self._names[next(iter(self._names))]
        return message
