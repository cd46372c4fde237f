"""Tie a monitor to its bot, so that it is found again whatever other code does to the bot's class."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from types import MethodType
from typing import Any

import hikari

from plugin.instrument.values import is_a


class Tie:
    """A listener of a bot's start that holds its monitor, which is found through the bot's listeners.

    So a bot keeps its monitor for as long as it lives, and nothing else does: hikari's bots have neither room for an
    attribute nor for weak references, and an id may belong to another bot tomorrow.
    """

    def __init__(self, monitor: Any, owner: object) -> None:
        self.monitor = monitor
        self.owner = owner
        """Who loaded it: a bot, or one of the clients that a bot may have."""


def tie_of(bot: object) -> Tie | None:
    """What ties a monitor to a bot, or to the bot of a Lightbulb client; None where there is none."""
    with contextlib.suppress(Exception):  # any object may be asked about
        for callback in called_at_start(getattr(bot, "app", bot)):
            if type(callback) is MethodType and is_a(callback.__self__, Tie):
                tie: Any = callback.__self__
                return tie
    return None


def called_at_start(bot: Any) -> Iterable[object]:
    """What a bot calls when it starts."""
    if isinstance(bot, hikari.GatewayBotAware):
        return bot.event_manager.get_listeners(hikari.StartedEvent, polymorphic=False)
    return bot.on_startup
