"""Routes by which a bot creates and deletes channels and moves members in voice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from .entities import CATEGORY, SPOKEN_IN, TEXT_CHANNEL, THREAD, Channel, Guild, Member
from .permissions import MANAGE_CHANNELS, MANAGE_THREADS, MOVE_MEMBERS, SEND_MESSAGES
from .primitives import Payload
from .refusals import Form, Refusal, unknown
from .rest import API, json_response, read_object
from .world_routes import MISSING_ACCESS, id_of

if TYPE_CHECKING:
    from .world import World

TYPES = (TEXT_CHANNEL, *SPOKEN_IN, CATEGORY)
"""Those that there are in this Discord."""

NOT_IN_VOICE = Refusal(400, 40_032, "Target user is not connected to voice.")
_CREATED = 10
"""Of a channel, in the audit log."""


class ChannelRoutes:
    """The channels of guilds."""

    def __init__(self, world: World) -> None:
        self._world = world

    def add_to(self, application: web.Application) -> None:
        application.add_routes(
            [
                web.post(f"{API}/guilds/{{guild_id}}/channels", self._create),
                web.patch(f"{API}/channels/{{channel_id}}", self._edit),
                web.delete(f"{API}/channels/{{channel_id}}", self._delete),
                web.patch(f"{API}/guilds/{{guild_id}}/members/{{user_id}}", self._edit_member),
            ]
        )

    async def _create(self, request: web.Request) -> web.Response:
        guild = self._guild_of(request, MANAGE_CHANNELS)
        body, _ = await read_object(request)
        form = Form()
        kind = body.get("type") or TEXT_CHANNEL
        form.text(("name",), body.get("name"), 100, required=True)
        form.number(("user_limit",), body.get("user_limit"), 0, 99)
        form.number(("bitrate",), body.get("bitrate"), 8_000, 384_000)
        if kind not in TYPES:
            form.error(("type",), "BASE_TYPE_CHOICES", f"Value must be one of {TYPES}.")
        parent = _channel_in(guild, body.get("parent_id"))
        if body.get("parent_id") is not None and (parent is None or parent.type != CATEGORY):
            form.error(("parent_id",), "CHANNEL_PARENT_INVALID", "Category does not exist")
        form.refuse_if_invalid()
        channel = guild.add_channel(body["name"], kind, parent=parent, user_limit=body.get("user_limit") or 0)
        self._log(guild, _CREATED, channel, [{"key": "name", "new_value": channel.name}])
        return json_response(channel.payload(), 201)

    async def _edit(self, request: web.Request) -> web.Response:
        """Only what opens an archived thread again."""
        channel = self._world.channel(id_of(request, "channel_id", "Channel"))
        if channel is None or channel.guild is None:
            raise unknown("Channel")
        body, _ = await read_object(request)
        if channel.type != THREAD or set(body) != {"archived"}:
            raise Refusal(501, 0, "This Discord does not know how to change that.")
        self._check(channel.guild, MANAGE_THREADS if channel.locked or body["archived"] else SEND_MESSAGES)
        channel.archived = body["archived"]
        return json_response(channel.payload())

    async def _delete(self, request: web.Request) -> web.Response:
        channel = self._world.channel(id_of(request, "channel_id", "Channel"))
        if channel is None:
            raise unknown("Channel")
        if channel.guild is not None:
            self._check(channel.guild, MANAGE_CHANNELS)
            channel.guild.remove_channel(channel)
        return json_response(channel.payload())

    async def _edit_member(self, request: web.Request) -> web.Response:
        guild = self._guild_of(request)
        member = guild.members.get(id_of(request, "user_id", "Member"))
        if member is None:
            raise unknown("Member")
        body, _ = await read_object(request)
        if "channel_id" in body:
            self._move(member, body["channel_id"])
        return json_response(member.payload())

    def _move(self, member: Member, channel_id: Any) -> None:
        self._check(member.guild, MOVE_MEMBERS)
        channel = _channel_in(member.guild, channel_id)
        if channel_id is not None and channel is None:
            raise unknown("Channel")
        if channel is not None and channel.type not in SPOKEN_IN:
            raise Refusal(400, 50_024, "Cannot execute action on this channel type")
        if member.voice_channel is None:
            raise NOT_IN_VOICE
        if channel is not member.voice_channel:
            member.guild.move_voice(member, channel)

    def _guild_of(self, request: web.Request, permission: int = 0) -> Guild:
        guild = self._world.guilds.get(id_of(request, "guild_id", "Guild"))
        if guild is None:
            raise MISSING_ACCESS
        self._check(guild, permission)
        return guild

    @staticmethod
    def _check(guild: Guild, permission: int) -> None:
        if guild.bot_member.permissions & permission != permission:
            raise Refusal(403, 50_013, "Missing Permissions")

    def _log(self, guild: Guild, action: int, target: Channel, changes: list[Payload]) -> None:
        entry: Payload = {
            "id": str(self._world.next_id()),
            "guild_id": str(guild.id),
            "user_id": str(self._world.bot.id),
            "target_id": str(target.id),
            "action_type": action,
            "changes": changes,
        }
        self._world.emit("GUILD_AUDIT_LOG_ENTRY_CREATE", entry, guild=guild)


def _channel_in(guild: Guild, channel_id: Any) -> Channel | None:
    return next((channel for channel in guild.channels if str(channel.id) == str(channel_id)), None)
