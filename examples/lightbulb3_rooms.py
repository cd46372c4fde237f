"""Rooms on demand for Lightbulb 3: `await client.load_extensions("examples.lightbulb3_rooms")`."""

from __future__ import annotations

import os

import hikari
import lightbulb

from examples.voice_rooms import Rooms

loader = lightbulb.Loader()
_rooms = Rooms(forgets=int(os.environ.get("ROOMS_FORGETS", "0")))


@loader.listener(hikari.VoiceStateUpdateEvent)
async def on_voice_state(event: hikari.VoiceStateUpdateEvent) -> None:
    await _rooms.on_voice_state(event)


@loader.listener(hikari.GuildAvailableEvent)
async def on_guild_available(event: hikari.GuildAvailableEvent) -> None:
    await _rooms.on_guild_available(event)
