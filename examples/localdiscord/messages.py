"""Messages: created, edited and serialised as Discord does it."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from .entities import Channel, Member, User
from .permissions import Intents
from .primitives import PATIENCE_S, Change, Payload, now_iso8601

EPHEMERAL = 1 << 6
LOADING = 1 << 7
COMPONENTS_V2 = 1 << 15
_MESSAGES_KEPT = 1_000
_SELECTS = (3, 5, 6, 7, 8)
_EDITABLE_FLAGS = (1 << 2) | COMPONENTS_V2


@dataclasses.dataclass(slots=True, eq=False)
class Attachment:
    """A file of a message, with its bytes."""

    id: int
    filename: str
    content_type: str
    data: bytes
    url: str
    description: str | None = None
    ephemeral: bool = False

    def payload(self) -> Payload:
        payload: Payload = {
            "id": str(self.id),
            "filename": self.filename,
            "size": len(self.data),
            "url": self.url,
            "proxy_url": self.url,
            "content_type": self.content_type,
        }
        if self.description is not None:
            payload["description"] = self.description
        if self.ephemeral:
            payload["ephemeral"] = True
        return payload


@dataclasses.dataclass(slots=True, eq=False, repr=False)
class Message:
    """A message and its current state; `revision` counts its edits."""

    id: int
    channel: Channel
    author: User
    content: str = ""
    embeds: list[Payload] = dataclasses.field(default_factory=list[Payload])
    components: list[Payload] = dataclasses.field(default_factory=list[Payload])
    attachments: list[Attachment] = dataclasses.field(default_factory=list[Attachment])
    flags: int = 0
    type: int = 0
    tts: bool = False
    poll: Payload | None = None
    mentions: list[User] = dataclasses.field(default_factory=list[User])
    mention_roles: list[str] = dataclasses.field(default_factory=list[str])
    mention_everyone: bool = False
    application_id: int | None = None
    interaction_metadata: Payload | None = None
    recipient: User | None = None
    """The only user who sees it, if it is ephemeral."""
    reference: Payload | None = None
    nonce: str | int | None = None
    timestamp: str = dataclasses.field(default_factory=now_iso8601)
    edited_timestamp: str | None = None
    pinned: bool = False
    deleted: bool = False
    revision: int = 0
    change: Change = dataclasses.field(default_factory=Change, repr=False)

    def __repr__(self) -> str:
        shown = self.content or [embed.get("title") for embed in self.embeds]
        return f"<Message {self.id} by {self.author.username}: {shown!r}>"

    @property
    def ephemeral(self) -> bool:
        """Whether only one user sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Whether it shows the "thinking…" of a deferred response."""
        return bool(self.flags & LOADING)

    @property
    def member(self) -> Member | None:
        """The author as a member of the message's guild."""
        guild = self.channel.guild
        return guild.members.get(self.author.id) if guild is not None else None

    async def changed(self, revision: int, timeout_s: float = PATIENCE_S) -> Message:
        """Wait until it was edited or deleted after `revision`; raises TimeoutError."""
        await self.change.until(lambda: self.revision > revision, timeout_s, f"an edit of message {self.id}")
        return self

    def touch(self) -> None:
        """Count a change and wake those who wait for it."""
        self.revision += 1
        self.change.announce()

    def apply(self, body: Payload, attachments: Sequence[Attachment], *, edit: bool) -> None:
        """Apply a create or edit request: absent fields stay, null clears them."""
        if "content" in body:
            self.content = body["content"] or ""
        if "embeds" in body:
            self.embeds = [rendered_embed(embed) for embed in body["embeds"] or ()]
        if "components" in body:
            self.components = numbered_components(body["components"] or ())
        self._keep_attachments(body, attachments, edit=edit)
        self._resolve_attachment_urls()
        flags = int(body.get("flags") or 0)
        if edit:
            self.flags = (self.flags & ~LOADING) | (flags & _EDITABLE_FLAGS)
            self.edited_timestamp = now_iso8601()
        else:
            self.flags |= flags
            self.tts = bool(body.get("tts"))
            self.poll = body.get("poll")
            self.nonce = body.get("nonce")

    def _keep_attachments(self, body: Payload, new: Sequence[Attachment], *, edit: bool) -> None:
        # With `attachments` in an edit, those not listed are dropped; without it all are kept.
        if edit and "attachments" in body:
            listed = {str(entry["id"]) for entry in body["attachments"] or ()}
            self.attachments = [kept for kept in self.attachments if str(kept.id) in listed]
        self.attachments = [*self.attachments, *new]

    def _resolve_attachment_urls(self) -> None:
        urls = {f"attachment://{attachment.filename}": attachment.url for attachment in self.attachments}
        for embed in self.embeds:
            for part in ("image", "thumbnail"):
                if part in embed and embed[part].get("url") in urls:
                    embed[part] = {**embed[part], "url": urls[embed[part]["url"]]}

    def payload(self) -> Payload:
        """The message as the REST API returns it."""
        payload: Payload = {
            "id": str(self.id),
            "type": self.type,
            "channel_id": str(self.channel.id),
            "author": self.author.payload(),
            "content": self.content,
            "embeds": self.embeds,
            "components": self.components,
            "attachments": [attachment.payload() for attachment in self.attachments],
            "mentions": [user.payload() for user in self.mentions],
            "mention_roles": self.mention_roles,
            "mention_everyone": self.mention_everyone,
            "timestamp": self.timestamp,
            "edited_timestamp": self.edited_timestamp,
            "tts": self.tts,
            "pinned": self.pinned,
            "flags": self.flags,
        }
        if self.application_id is not None:
            payload["application_id"] = str(self.application_id)
            payload["webhook_id"] = str(self.application_id)
        if self.interaction_metadata is not None:
            payload["interaction_metadata"] = self.interaction_metadata
        if self.reference is not None:
            payload["message_reference"] = self.reference
        if self.nonce is not None:
            payload["nonce"] = self.nonce
        if self.deleted:
            payload["deleted"] = True
        return payload

    def event_payload(self, intents: int, bot: User) -> Payload:
        """The message as the gateway delivers it, without content if the bot may not read it."""
        payload = self.payload()
        payload.pop("deleted", None)
        guild = self.channel.guild
        if guild is not None:
            payload["guild_id"] = str(guild.id)
            if self.member is not None:
                payload["member"] = self.member.payload(with_user=False)
            readable = intents & Intents.MESSAGE_CONTENT or self.author is bot or bot in self.mentions
            if not readable:
                payload.update(content="", embeds=[], components=[], attachments=[])
        return payload


class History:
    """The latest 1,000 messages of one channel, and the bot's messages that the scenario has not read yet."""

    def __init__(self) -> None:
        self.messages: collections.OrderedDict[int, Message] = collections.OrderedDict()
        self.unread: collections.deque[Message] = collections.deque(maxlen=_MESSAGES_KEPT)
        self.change = Change()

    def keep(self, message: Message) -> None:
        self.messages[message.id] = message
        if len(self.messages) > _MESSAGES_KEPT:
            self.messages.popitem(last=False)
        self.change.announce()


def rendered_embed(embed: Payload) -> Payload:
    """The embed as Discord returns it: with its type, and without nulls."""
    kept = {key: value for key, value in embed.items() if value is not None}
    kept["type"] = "rich"
    if "fields" in kept:
        kept["fields"] = [{"inline": False, **field} for field in kept["fields"]]
    return kept


def numbered_components(components: Sequence[Payload]) -> list[Payload]:
    """The components as Discord returns them: with ids, and menus with their bounds of values."""
    copies = [_copied(component) for component in components]
    taken = {component["id"] for component in walk_components(copies) if component.get("id")}
    following = 1
    for component in walk_components(copies):
        if component["type"] in _SELECTS:
            component.update({key: component.get(key, 1) for key in ("min_values", "max_values")})
        if not component.get("id"):
            while following in taken:
                following += 1
            component["id"] = following
            taken.add(following)
    return copies


def _copied(component: Payload) -> Payload:
    copy = dict(component)
    if "components" in copy:
        copy["components"] = [_copied(child) for child in copy["components"]]
    for single in ("accessory", "component"):
        if isinstance(copy.get(single), dict):
            copy[single] = _copied(cast("Payload", copy[single]))
    return copy


def walk_components(components: Iterable[Any]) -> Iterator[Payload]:
    """Every component, parents before children."""
    for component in components:
        if not isinstance(component, dict):
            continue
        payload = cast("Payload", component)
        yield payload
        children: Any = payload.get("components")
        if isinstance(children, list):
            yield from walk_components(cast("list[Any]", children))
        yield from walk_components(payload[single] for single in ("accessory", "component") if single in payload)
