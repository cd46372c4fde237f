"""Levels for Lightbulb 3: `await client.load_extensions("examples.lightbulb3_levels")`."""

from __future__ import annotations

import hikari
import lightbulb

import plugin
from examples.levels import Levels

loader = lightbulb.Loader()
levels = Levels(plugin.ActivityMeter(unit="{point}"))


@loader.listener(hikari.GuildMessageCreateEvent)
async def on_message(event: hikari.GuildMessageCreateEvent) -> None:
    await levels.on_message(event)
