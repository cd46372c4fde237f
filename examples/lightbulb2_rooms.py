"""Rooms on demand for Lightbulb 2: `bot.load_extensions("examples.lightbulb2_rooms")`."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import hikari
import lightbulb

from examples.voice_rooms import Rooms

_rooms = Rooms(forgets=int(os.environ.get("ROOMS_FORGETS", "0")))
_listeners: dict[type[hikari.Event], Callable[[Any], Any]] = {
    hikari.VoiceStateUpdateEvent: _rooms.on_voice_state,
    hikari.GuildAvailableEvent: _rooms.on_guild_available,
}


def load(bot: lightbulb.BotApp) -> None:
    for event, listener in _listeners.items():
        bot.subscribe(event, listener)


def unload(bot: lightbulb.BotApp) -> None:
    for event, listener in _listeners.items():
        bot.unsubscribe(event, listener)
