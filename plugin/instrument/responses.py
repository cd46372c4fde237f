"""Sees the first response to every interaction, whoever sends it: a command, a defer, miru, a menu, a modal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from plugin.instrument.override import Method, Override, leave_no_frame

FIRST_RESPONSES = ("create_interaction_response", "create_modal_response")
"""The methods of hikari's REST client that answer a command's interaction; each takes the interaction first."""


def watch_responses(rest: object, responded: Callable[[int], object]) -> Override:
    """Call `responded` with the id of an interaction as soon as Discord took the response to it.

    Raises `MovedError` where hikari no longer has these methods.
    """

    def spy_on(original: Method) -> Method:
        async def respond(self: object, interaction: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                result = await original(self, interaction, *args, **kwargs)
            except BaseException as exception:
                leave_no_frame(exception)
                raise
            responded(interaction)
            return result

        return respond

    return Override(rest, dict.fromkeys(FIRST_RESPONSES, spy_on))
