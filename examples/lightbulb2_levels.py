"""Levels for Lightbulb 2: `bot.load_extensions("examples.lightbulb2_levels")`."""

from __future__ import annotations

import hikari
import lightbulb

import plugin
from examples.levels import Levels

levels = Levels(plugin.ActivityMeter(unit="{point}"))


def load(bot: lightbulb.BotApp) -> None:
    bot.subscribe(hikari.GuildMessageCreateEvent, levels.on_message)


def unload(bot: lightbulb.BotApp) -> None:
    bot.unsubscribe(hikari.GuildMessageCreateEvent, levels.on_message)
