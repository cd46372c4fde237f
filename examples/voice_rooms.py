"""Rooms on demand: whoever joins the lobby gets a voice channel, which is removed when it is empty.

The monitor measures all of it from the gateway; nothing here tells it anything.
"""

from __future__ import annotations

import hikari

LOBBY = "New room"
"""The name of the voice channel that members join to get a room; the rooms are made in its category."""

ROOM = "{}'s room"


class Rooms:
    """Makes and removes rooms in every guild that has a lobby. Needs hikari's cache of voice states."""

    def __init__(self, *, forgets: int = 0) -> None:
        """`forgets` is a bug to try the monitor with: of so many rooms that become empty, one is not removed."""
        self._forgets = forgets
        self._rooms: set[hikari.Snowflake] = set()
        self._emptied = 0

    async def on_voice_state(self, event: hikari.VoiceStateUpdateEvent) -> None:
        """Make a room for who is in the lobby now; remove the room that the member has left empty."""
        before = None if event.old_state is None else event.old_state.channel_id
        now = event.state.channel_id
        if now == before:
            return
        if before in self._rooms and before is not None and not self._is_occupied(event, before):
            await self._remove(event.app.rest, before)
        lobby = None if now is None else _cache(event).get_guild_channel(now)
        if lobby is not None and lobby.name == LOBBY and event.state.member is not None:
            await self._make(event.app.rest, lobby, event.state.member)

    async def on_guild_available(self, event: hikari.GuildAvailableEvent) -> None:
        """Go on with the rooms of before a restart; those that are empty by now are removed."""
        lobby = next((channel for channel in event.channels.values() if channel.name == LOBBY), None)
        occupied = {state.channel_id for state in event.voice_states.values()}
        for channel in event.channels.values():
            made_here = lobby is not None and channel.parent_id == lobby.parent_id
            if made_here and channel.name and channel.name.endswith(ROOM.format("")):
                self._rooms.add(channel.id)
                if channel.id not in occupied:
                    await self._remove(event.app.rest, channel.id)

    async def _make(self, rest: hikari.api.RESTClient, lobby: hikari.GuildChannel, member: hikari.Member) -> None:
        category = lobby.parent_id or hikari.UNDEFINED
        room = await rest.create_guild_voice_channel(
            lobby.guild_id, ROOM.format(member.display_name), category=category
        )
        self._rooms.add(room.id)
        try:
            await rest.edit_member(lobby.guild_id, member.id, voice_channel=room.id)
        except hikari.ClientHTTPResponseError:  # he has left meanwhile
            await self._remove(rest, room.id)

    async def _remove(self, rest: hikari.api.RESTClient, room: hikari.Snowflake) -> None:
        self._rooms.discard(room)
        self._emptied += 1
        if self._forgets and self._emptied % self._forgets == 0:
            return
        await rest.delete_channel(room)

    @staticmethod
    def _is_occupied(event: hikari.VoiceStateUpdateEvent, channel: hikari.Snowflake) -> bool:
        return bool(_cache(event).get_voice_states_view_for_channel(event.guild_id, channel))


def _cache(event: hikari.VoiceStateUpdateEvent) -> hikari.api.Cache:
    assert isinstance(event.app, hikari.CacheAware)
    return event.app.cache
