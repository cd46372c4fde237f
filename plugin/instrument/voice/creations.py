"""Sees which voice channels the bot itself creates, by its calls of hikari's REST client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from plugin.instrument.methods import Method, check_methods, leave_no_frame
from plugin.instrument.override import Override

CREATING = ("create_guild_voice_channel", "create_guild_stage_channel")


def watch_creations(rest: object, on_created: Callable[[Any], object]) -> Override:
    """Report every channel that the client has created; raises `MovedError` if hikari has no such methods any more.

    `on_created` must not raise.
    """

    def spy_on(original: Method) -> Method:
        async def create(*args: Any, **options: Any) -> Any:
            try:
                channel = await original(*args, **options)
            except BaseException as exception:
                leave_no_frame(exception)
                raise
            on_created(channel)
            return channel

        return create

    check_methods(type(rest), dict.fromkeys(CREATING))
    return Override(rest, dict.fromkeys(CREATING, spy_on))
