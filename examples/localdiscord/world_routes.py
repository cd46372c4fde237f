"""Routes about the bot itself, users, guilds, channels and messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from .entities import CATEGORY, Channel, Guild
from .mentions import apply_mentions
from .message_forms import check_message
from .messages import Message
from .permissions import PIN_MESSAGES, SEND_MESSAGES, VIEW_CHANNEL
from .primitives import Payload
from .refusals import Refusal, unknown
from .rest import API, json_response, no_content, read_object

if TYPE_CHECKING:
    from .world import World

MISSING_ACCESS = Refusal(403, 50_001, "Missing Access")
THREAD_ARCHIVED = Refusal(400, 50_083, "Thread is archived")
NO_TEXT = Refusal(400, 50_008, "Cannot send messages in a non-text channel")


class WorldRoutes:
    """The routes by which a bot reads and changes the world."""

    def __init__(
        self, world: World, gateway_url: Callable[[], str], verify_key: Callable[[], str], shards: int
    ) -> None:
        self._world = world
        self._gateway_url = gateway_url
        self._verify_key = verify_key
        self._shards = shards
        self.session_starts = {"total": 1_000, "remaining": 999, "reset_after": 86_400_000}

    def add_to(self, application: web.Application) -> None:
        message = f"{API}/channels/{{channel_id}}/messages/{{message_id}}"
        application.add_routes(
            [
                web.get(f"{API}/gateway", self._gateway),
                web.get(f"{API}/gateway/bot", self._gateway_bot),
                web.get(f"{API}/users/@me", self._me),
                web.get(f"{API}/users/@me/guilds", self._my_guilds),
                web.post(f"{API}/users/@me/channels", self._open_direct_channel),
                web.get(f"{API}/users/{{user_id}}", self._user),
                web.get(f"{API}/oauth2/applications/@me", self._application),
                web.get(f"{API}/applications/@me", self._application),
                web.get(f"{API}/guilds/{{guild_id}}", self._guild),
                web.get(f"{API}/guilds/{{guild_id}}/channels", self._guild_channels),
                web.get(f"{API}/guilds/{{guild_id}}/roles", self._guild_roles),
                web.get(f"{API}/guilds/{{guild_id}}/members", self._members),
                web.get(f"{API}/guilds/{{guild_id}}/members/{{user_id}}", self._member),
                web.get(f"{API}/channels/{{channel_id}}", self._channel),
                web.post(f"{API}/channels/{{channel_id}}/typing", self._typing),
                web.get(f"{API}/channels/{{channel_id}}/messages", self._messages),
                web.post(f"{API}/channels/{{channel_id}}/messages", self._create_message),
                web.get(message, self._message),
                web.patch(message, self._edit_message),
                web.delete(message, self._delete_message),
                web.put(f"{API}/channels/{{channel_id}}/messages/pins/{{message_id}}", self._pin_message),
                web.put(f"{API}/channels/{{channel_id}}/pins/{{message_id}}", self._pin_message),
                web.get("/attachments/{channel_id}/{attachment_id}/{filename}", self._attachment),
            ]
        )

    # The bot itself

    async def _gateway(self, _: web.Request) -> web.Response:
        return json_response({"url": self._gateway_url()})

    async def _gateway_bot(self, _: web.Request) -> web.Response:
        # So that all shards may start at once: libraries wait five seconds between groups of `max_concurrency`.
        limit = {**self.session_starts, "max_concurrency": max(16, self._shards)}
        return json_response({"url": self._gateway_url(), "shards": self._shards, "session_start_limit": limit})

    async def _me(self, _: web.Request) -> web.Response:
        return json_response(self._world.bot_user_payload())

    async def _application(self, _: web.Request) -> web.Response:
        return json_response(self._world.application_payload(self._verify_key()))

    async def _my_guilds(self, request: web.Request) -> web.Response:
        before, after = int(request.query.get("before", 1 << 64)), int(request.query.get("after", 0))
        between = sorted(guild_id for guild_id in self._world.guilds if after < guild_id < before)
        limit = int(request.query.get("limit", 200))
        page = between[-limit:] if "before" in request.query else between[:limit]
        guilds: list[dict[str, Any]] = [
            {
                "id": str(guild.id),
                "name": guild.name,
                "icon": None,
                "banner": None,
                "owner": False,
                "permissions": str(guild.bot_member.permissions),
                "features": [],
                "approximate_member_count": len(guild.members),
                "approximate_presence_count": guild.presence_count,
            }
            for guild in (self._world.guilds[guild_id] for guild_id in page)
        ]
        return json_response(guilds)

    async def _open_direct_channel(self, request: web.Request) -> web.Response:
        body, _ = await read_object(request)
        recipient_id = str(body.get("recipient_id"))
        user = self._world.users.get(int(recipient_id)) if recipient_id.isdigit() else None
        if user is None or user is self._world.bot:
            raise Refusal(400, 50_033, "Invalid Recipient(s)")
        return json_response(self._world.direct_channel(user).payload())

    # Users, guilds and members

    async def _user(self, request: web.Request) -> web.Response:
        user = self._world.users.get(id_of(request, "user_id", "User"))
        if user is None:
            raise unknown("User")
        return json_response(user.payload())

    def _guild_of(self, request: web.Request) -> Guild:
        guild = self._world.guilds.get(id_of(request, "guild_id", "Guild"))
        if guild is None:
            raise MISSING_ACCESS
        return guild

    async def _guild(self, request: web.Request) -> web.Response:
        return json_response(self._guild_of(request).payload())

    async def _guild_channels(self, request: web.Request) -> web.Response:
        return json_response([channel.payload() for channel in self._guild_of(request).channels])

    async def _guild_roles(self, request: web.Request) -> web.Response:
        return json_response([role.payload() for role in self._guild_of(request).roles])

    async def _members(self, request: web.Request) -> web.Response:
        members = self._guild_of(request).members.values()
        after, limit = int(request.query.get("after", 0)), int(request.query.get("limit", 1))
        page = sorted((member for member in members if member.id > after), key=lambda member: member.id)[:limit]
        return json_response([member.payload() for member in page])

    async def _member(self, request: web.Request) -> web.Response:
        member = self._guild_of(request).members.get(id_of(request, "user_id", "Member"))
        if member is None:
            raise unknown("Member")
        return json_response(member.payload())

    # Channels and messages

    def _channel_of(self, request: web.Request) -> Channel:
        channel = self._world.channel(id_of(request, "channel_id", "Channel"))
        if channel is None:
            raise unknown("Channel")
        if not self._world.bot_can(channel, VIEW_CHANNEL):
            raise MISSING_ACCESS
        return channel

    async def _channel(self, request: web.Request) -> web.Response:
        return json_response(self._channel_of(request).payload())

    async def _typing(self, request: web.Request) -> web.Response:
        self._channel_of(request)
        return no_content()

    async def _messages(self, request: web.Request) -> web.Response:
        messages = list(self._world.history(self._channel_of(request)).messages.values())
        limit = int(request.query.get("limit", 50))
        if "before" in request.query:
            messages = [message for message in messages if message.id < int(request.query["before"])]
        if "after" in request.query:
            messages = [message for message in messages if message.id > int(request.query["after"])][:limit]
        return json_response([message.payload() for message in messages[::-1][:limit]])

    async def _create_message(self, request: web.Request) -> web.Response:
        channel = self._channel_of(request)
        body, files = await read_object(request)
        self._check_may_write(channel)
        check_message(body, has_files=bool(files))
        message = Message(self._world.next_id(), channel, self._world.bot, reference=self._reference(channel, body))
        attachments = [self._world.attach(channel, f.filename, f.content_type, f.data) for f in files]
        message.apply(body, attachments, edit=False)
        apply_mentions(self._world, message, body)
        self._world.history(channel).unread.append(message)
        self._world.publish(message)
        return json_response(message.payload())

    def _check_may_write(self, channel: Channel) -> None:
        if channel.recipient is not None and not channel.recipient.accepts_direct_messages:
            raise Refusal(403, 50_007, "Cannot send messages to this user")
        if not self._world.bot_can(channel, SEND_MESSAGES):
            raise Refusal(403, 50_013, "Missing Permissions")
        if channel.type == CATEGORY:
            raise NO_TEXT
        if channel.archived and channel.locked:
            raise THREAD_ARCHIVED
        channel.archived = False

    def _reference(self, channel: Channel, body: Payload) -> Payload | None:
        reference: Payload | None = body.get("message_reference")
        if reference is None:
            return None
        message_id = str(reference.get("message_id"))
        if int(message_id) not in self._world.history(channel).messages:
            error = {"code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message"}
            raise Refusal(400, 50_035, "Invalid Form Body", {"message_reference": {"_errors": [error]}})
        rendered: Payload = {"type": 0, "channel_id": str(channel.id), "message_id": message_id}
        if channel.guild is not None:
            rendered["guild_id"] = str(channel.guild.id)
        return rendered

    def _message_of(self, request: web.Request) -> Message:
        message = self._world.history(self._channel_of(request)).messages.get(id_of(request, "message_id", "Message"))
        if message is None:
            raise unknown("Message")
        return message

    @staticmethod
    def _check_not_archived(message: Message) -> None:
        if message.channel.archived:
            raise THREAD_ARCHIVED

    async def _message(self, request: web.Request) -> web.Response:
        return json_response(self._message_of(request).payload())

    async def _edit_message(self, request: web.Request) -> web.Response:
        message = self._message_of(request)
        if message.author is not self._world.bot:
            raise Refusal(403, 50_005, "Cannot edit a message authored by another user")
        self._check_not_archived(message)
        body, files = await read_object(request)
        check_message(body, has_files=bool(files), edit=True)
        attachments = [self._world.attach(message.channel, f.filename, f.content_type, f.data) for f in files]
        message.apply(body, attachments, edit=True)
        self._world.edited(message)
        return json_response(message.payload())

    async def _delete_message(self, request: web.Request) -> web.Response:
        message = self._message_of(request)
        self._check_not_archived(message)
        self._world.delete(message)
        return no_content()

    async def _pin_message(self, request: web.Request) -> web.Response:
        message = self._message_of(request)
        self._check_not_archived(message)
        guild = message.channel.guild
        if guild is not None and not guild.bot_member.permissions & PIN_MESSAGES:
            raise Refusal(403, 50_013, "Missing Permissions")
        message.pinned = True
        self._world.edited(message)
        return no_content()

    async def _attachment(self, request: web.Request) -> web.Response:
        attachment = self._world.attachments.get(int(request.match_info["attachment_id"]))
        if attachment is None:
            raise web.HTTPNotFound
        return web.Response(body=attachment.data, content_type=attachment.content_type.partition(";")[0])


def id_of(request: web.Request, parameter: str, what: str) -> int:
    try:
        return int(request.match_info[parameter])
    except ValueError:
        raise unknown(what) from None
