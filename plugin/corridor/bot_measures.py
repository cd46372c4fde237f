"""Which measures of one's own a bot has: those of its process, and those declared with `bot=` for it alone."""

from __future__ import annotations

from collections.abc import Iterable
from types import MethodType
from typing import Any

import hikari

from plugin.corridor.tie import called_at_start
from plugin.metrics.meters import LOCK, PROCESS, OwnMeasures


class BotMeasures:
    """Holds the measures of one bot as a listener of its start, so that they live as long as the bot does.

    A bot takes neither an attribute nor a weak reference, and the measures must be there before any monitor is.
    """

    def __init__(self) -> None:
        self.measures = OwnMeasures()

    def follow(self, bot: Any) -> None:
        """Tie this to a bot."""
        if isinstance(bot, hikari.GatewayBotAware):
            bot.event_manager.subscribe(hikari.StartedEvent, self._on_started)
        else:
            bot.add_startup_callback(self._on_started)

    async def _on_started(self, _: object) -> None:
        """Do nothing: only to be found again."""


def measures_for(bot: object) -> OwnMeasures:
    """Where to declare the measures of one bot, or with None those of every bot; TypeError for what is no bot."""
    if bot is None:
        return PROCESS
    with LOCK:  # of two threads that declare a bot's first measures at once, one makes them and the other finds them
        found = _tied(bot)
        return found if found is not None else _tie(bot)


def _tie(bot: object) -> OwnMeasures:
    made = BotMeasures()
    try:
        made.follow(getattr(bot, "app", bot))
    except AttributeError:
        raise TypeError(f"bot= takes a bot or a Lightbulb client, not {type(bot).__name__}") from None
    return made.measures


def measures_of(bot: object) -> Iterable[OwnMeasures]:
    """Where to read what a bot measures."""
    found = _tied(bot)
    return (PROCESS,) if found is None else (PROCESS, found)


def _tied(bot: object) -> OwnMeasures | None:
    try:
        callbacks = called_at_start(getattr(bot, "app", bot))
    except AttributeError:
        return None
    for callback in callbacks:
        if type(callback) is MethodType and type(callback.__self__) is BotMeasures:
            return callback.__self__.measures
    return None
