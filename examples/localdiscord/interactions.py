"""Sends interactions to the bot, and checks its answers: content, time and number."""

from __future__ import annotations

import collections
import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from .calls import (
    AUTOCOMPLETE,
    CHOICES,
    COMMAND,
    COMPONENT,
    CREATE,
    DEFERRED_CREATE,
    DEFERRED_UPDATE,
    MODAL,
    MODAL_SUBMIT,
    UPDATE,
    Call,
    Hands,
    Response,
)
from .message_forms import check_choices, check_message, check_modal
from .messages import EPHEMERAL, LOADING, Attachment, Message
from .options import File
from .primitives import Payload, encode
from .refusals import ALREADY_ACKNOWLEDGED, INVALID_FORM_BODY, UNKNOWN_INTERACTION, Refusal, unknown

if TYPE_CHECKING:
    from .entities import Channel, Guild, User
    from .world import World

_CALLS_KEPT = 50_000
_TOKEN_LIFETIME_NS = 15 * 60 * 1_000_000_000
_ATTACHMENT_SIZE_LIMIT_BYTES = 10 * 1_024 * 1_024
_ALLOWED_RESPONSES = {
    COMMAND: (CREATE, DEFERRED_CREATE, MODAL),
    COMPONENT: (CREATE, DEFERRED_CREATE, DEFERRED_UPDATE, UPDATE, MODAL),
    AUTOCOMPLETE: (CHOICES,),
    MODAL_SUBMIT: (CREATE, DEFERRED_CREATE, DEFERRED_UPDATE, UPDATE),
}
_ID_MARK, _TOKEN_MARK = "@@id@@", "@@token@@"

Deliver = Callable[[Call, bytes], None]


class Interactions:
    """All interactions of the bot, the latest 50,000."""

    def __init__(self, world: World, clock_ns: Callable[[], int], deadline_s: float) -> None:
        self._world = world
        self._clock_ns = clock_ns
        self.deadline_ns = round(deadline_s * 1_000_000_000)
        self._calls: collections.OrderedDict[str, Call] = collections.OrderedDict()
        self.deliver: Deliver | None = None
        self.hands: Hands | None = None

    # Sending

    def send(
        self,
        interaction_type: int,
        name: str,
        data: Payload,
        *,
        user: User,
        channel: Channel,
        source: Message | None = None,
    ) -> Call:
        """Send one interaction and return it, without waiting for an answer."""
        return self.send_many(1, interaction_type, name, data, user=user, channel=channel, source=source)[0]

    def send_many(
        self,
        count: int,
        interaction_type: int,
        name: str,
        data: Payload,
        *,
        user: User,
        channel: Channel,
        source: Message | None = None,
    ) -> list[Call]:
        """Send the same interaction `count` times; it is serialised once, and only ids and tokens differ."""
        assert self.deliver is not None and self.hands is not None
        template = encode(self._payload(interaction_type, data, user, channel, source))
        before, _, rest = template.partition(_ID_MARK.encode())
        between, _, after = rest.partition(_TOKEN_MARK.encode())
        calls: list[Call] = []
        for _ in range(count):
            identity = self._world.next_id(), secrets.token_hex(16)
            sent_ns = self._clock_ns()
            call = Call(
                self.hands,
                identity,
                interaction_type,
                name,
                user=user,
                channel=channel,
                guild=channel.guild,
                source=source,
                sent_ns=sent_ns,
            )
            self._keep(call)
            calls.append(call)
            self.deliver(call, b"%s%d%s%s%s" % (before, call.id, between, call.token.encode(), after))
        return calls

    def _keep(self, call: Call) -> None:
        self._calls[call.token] = call
        if len(self._calls) > _CALLS_KEPT:
            self._calls.popitem(last=False)

    def _payload(
        self, interaction_type: int, data: Payload, user: User, channel: Channel, source: Message | None
    ) -> Payload:
        guild = channel.guild
        payload: Payload = {
            "id": _ID_MARK,
            "token": _TOKEN_MARK,
            "application_id": str(self._world.application_id),
            "type": interaction_type,
            "version": 1,
            "data": data,
            "channel_id": str(channel.id),
            "locale": "en-US",
            "entitlements": [],
            "attachment_size_limit": _ATTACHMENT_SIZE_LIMIT_BYTES,
        }
        if source is not None:
            payload["message"] = source.payload()
        return {**payload, **(_in_guild(guild, user, channel) if guild is not None else _in_private(user, channel))}

    # Checking

    def respond(self, call_id: str, token: str, received_ns: int, body: Payload, files: Sequence[File]) -> Call:
        """Accept or refuse a first response as Discord does.

        Raises:
            Refusal: 10062 after the deadline or for an unknown interaction, 40060 for a second response,
                50035 and others if the response is invalid.
        """
        call = self._calls.get(token)
        if call is None or str(call.id) != call_id:
            raise unknown("interaction")
        if received_ns - call.sent_ns > self.deadline_ns and call.response is None:
            raise Refusal(404, UNKNOWN_INTERACTION, "Unknown interaction")
        if call.response is not None:
            raise Refusal(400, ALREADY_ACKNOWLEDGED, "Interaction has already been acknowledged.")
        response_type = body.get("type")
        data: Payload = body.get("data") or {}
        self._check_response(call, response_type, data, files)
        assert isinstance(response_type, int)
        call.response = Response(response_type, data)
        call.first_response_ns = received_ns - call.sent_ns
        self._apply_response(call, response_type, data, files)
        call.touch()
        return call

    @staticmethod
    def _check_response(call: Call, response_type: object, data: Payload, files: Sequence[File]) -> None:
        allowed = _ALLOWED_RESPONSES[call.type]
        if response_type not in allowed or (response_type == UPDATE and call.source is None):
            choices = ", ".join(map(str, allowed))
            error = {"code": "BASE_TYPE_CHOICES", "message": f"Value must be one of {{{choices}}}."}
            raise Refusal(400, INVALID_FORM_BODY, "Invalid Form Body", {"type": {"_errors": [error]}})
        if response_type in (CREATE, UPDATE):
            check_message(data, ("data",), has_files=bool(files), edit=response_type == UPDATE)
        elif response_type == MODAL:
            check_modal(data, ("data",))
        elif response_type == CHOICES:
            check_choices(data, ("data",))

    def _apply_response(self, call: Call, response_type: int, data: Payload, files: Sequence[File]) -> None:
        if response_type in (CREATE, DEFERRED_CREATE):
            call.deferred = response_type == DEFERRED_CREATE
            if call.deferred:
                data = {"flags": (int(data.get("flags") or 0) & EPHEMERAL) | LOADING}
            call.message = self._new_message(call, data, files)
        elif response_type == DEFERRED_UPDATE:
            call.deferred = True
            call.message = call.source
        elif response_type == UPDATE:
            call.message = call.source
            assert call.source is not None
            self._edit(call.source, data, files)

    def _new_message(self, call: Call, data: Payload, files: Sequence[File]) -> Message:
        message = Message(
            self._world.next_id(),
            call.channel,
            self._world.bot,
            type=20 if call.type == COMMAND and call.response is not None and call.message is None else 0,
            application_id=self._world.application_id,
            interaction_metadata=_metadata(call),
            recipient=call.user,
        )
        message.apply(data, self._attachments(call.channel, data, files), edit=False)
        for attachment in message.attachments:
            attachment.ephemeral = message.ephemeral
        self._world.publish(message)
        return message

    def _attachments(self, channel: Channel, data: Payload, files: Sequence[File]) -> list[Attachment]:
        attachments = [self._world.attach(channel, f.filename, f.content_type, f.data) for f in files]
        for entry in data.get("attachments") or ():
            index = int(entry["id"]) if str(entry.get("id", "")).isdigit() else -1
            if 0 <= index < len(attachments):
                attachments[index].description = entry.get("description")
        return attachments

    def _edit(self, message: Message, data: Payload, files: Sequence[File]) -> None:
        message.apply(data, self._attachments(message.channel, data, files), edit=True)
        self._world.edited(message)

    # After the first response: `/webhooks/{application}/{token}`

    def follow_up(self, token: str, body: Payload, files: Sequence[File]) -> Message:
        """Create a follow-up message; the first one after a deferred response becomes that response."""
        call = self._answered_call(token)
        check_message(body, has_files=bool(files))
        if call.message is not None and call.message.loading:
            self._edit(call.message, {**body, "flags": 0}, files)
            message = call.message
        else:
            message = self._new_message(call, body, files)
            call.followups.append(message)
        call.touch()
        return message

    def edit(self, token: str, message_id: str, body: Payload, files: Sequence[File]) -> Message:
        """Edit `@original` or a follow-up message."""
        call, message = self._message(token, message_id)
        check_message(body, has_files=bool(files), edit=True)
        self._edit(message, body, files)
        call.touch()
        return message

    def fetch(self, token: str, message_id: str) -> Message:
        """`@original` or a follow-up message."""
        return self._message(token, message_id)[1]

    def delete(self, token: str, message_id: str) -> None:
        """Delete `@original` or a follow-up message."""
        call, message = self._message(token, message_id)
        self._world.delete(message)
        call.touch()

    def _answered_call(self, token: str) -> Call:
        call = self._calls.get(token)
        if call is None or call.response is None:
            raise unknown("Webhook")
        if self._clock_ns() - call.sent_ns > _TOKEN_LIFETIME_NS:
            raise Refusal(401, 50_027, "Invalid Webhook Token")
        return call

    def _message(self, token: str, message_id: str) -> tuple[Call, Message]:
        call = self._answered_call(token)
        messages: Iterable[Message] = [*call.followups, *([call.message] if call.message is not None else [])]
        for message in messages:
            wanted = message is call.message if message_id == "@original" else str(message.id) == message_id
            if wanted and not message.deleted:
                return call, message
        raise unknown("Message")


def _in_guild(guild: Guild, user: User, channel: Channel) -> Payload:
    member = guild.members.get(user.id)
    if member is None:
        text = f"{user.username} is not a member of {guild.name!r}"
        raise ValueError(text)
    permissions = member.permissions
    return {
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": "en-US", "features": []},
        "guild_locale": "en-US",
        "channel": channel.partial_payload(permissions),
        "member": {**member.payload(), "permissions": str(permissions)},
        "app_permissions": str(guild.bot_member.permissions),
        "authorizing_integration_owners": {"0": str(guild.id)},
        "context": 0,
    }


def _in_private(user: User, channel: Channel) -> Payload:
    return {
        "channel": channel.payload(),
        "user": user.payload(),
        "app_permissions": str((1 << 53) - 1),
        "authorizing_integration_owners": {"0": "0"},
        "context": 1,
    }


def _metadata(call: Call) -> Payload:
    metadata: Payload = {
        "id": str(call.id),
        "type": call.type,
        "user": call.user.payload(),
        "authorizing_integration_owners": {"0": str(call.guild.id) if call.guild is not None else "0"},
    }
    if call.type == COMPONENT and call.source is not None:
        metadata["interacted_message_id"] = str(call.source.id)
    elif call.type == MODAL_SUBMIT:
        trigger = {**metadata, "type": COMMAND}
        metadata["triggering_interaction_metadata"] = trigger
    return metadata
