"""Sees the first response to every interaction, whoever sends it: a command, a defer, miru, a menu, a modal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from plugin.instrument.override import Method, Override, leave_no_frame

FIRST_RESPONSES = ("create_interaction_response", "create_modal_response")
"""The methods of hikari's REST client that answer a command's interaction; each takes the interaction first."""

FURTHER_FIRST_RESPONSES = ("create_interaction_voice_message_response", "create_premium_required_response")
"""Those that only some versions of hikari have."""


def watch_responses(rest: object, responded: Callable[[Any], object]) -> Override:
    """Call `responded` with an interaction, or its id, as soon as Discord took the response to it.

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

    further = [name for name in FURTHER_FIRST_RESPONSES if hasattr(type(rest), name)]
    return Override(rest, dict.fromkeys((*FIRST_RESPONSES, *further), spy_on))
