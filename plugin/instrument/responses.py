"""Sees the first response to every interaction, whoever sends it: a command, a defer, miru, a menu, a modal."""

from __future__ import annotations

from typing import Any, Final

import hikari

from plugin.instrument.containment import Part
from plugin.instrument.invocations import Invocations
from plugin.instrument.override import Method, Override, leave_no_frame

FIRST_RESPONSES = ("create_interaction_response", "create_modal_response", "create_autocomplete_response")
"""The methods of hikari's REST client that answer an interaction; each takes the interaction first."""

FURTHER_FIRST_RESPONSES = ("create_interaction_voice_message_response", "create_premium_required_response")
"""Those that only some versions of hikari have."""

_UNKNOWN_INTERACTION: Final = 10_062
_DEFERRING = (
    hikari.ResponseType.DEFERRED_MESSAGE_CREATE,
    hikari.ResponseType.DEFERRED_MESSAGE_UPDATE,
)


def watch_responses(rest: object, part: Part, invocations: Invocations) -> Override:
    """Tell of each interaction when it is being answered, and as soon as Discord took or refused the response.

    Raises `MovedError` where hikari no longer has these methods. Faults are contained in place, for this is on the
    way of every command.
    """

    def spy_on(original: Method) -> Method:
        async def respond(self: object, interaction: Any, *args: Any, **kwargs: Any) -> Any:
            followed = None
            if part.on:
                try:
                    followed = invocations.answering(interaction)
                except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
                    part.fault(fault)
            try:
                result = await original(self, interaction, *args, **kwargs)
            except BaseException as exception:
                if followed is not None and _is_gone(exception):
                    try:
                        invocations.refused(followed)
                    except Exception as fault:  # noqa: BLE001 # as above
                        part.fault(fault)
                leave_no_frame(exception)
                raise
            if followed is not None:
                try:
                    invocations.answered(followed, _defers(args, kwargs))
                except Exception as fault:  # noqa: BLE001 # as above
                    part.fault(fault)
            return result

        return respond

    further = [name for name in FURTHER_FIRST_RESPONSES if hasattr(type(rest), name)]
    return Override(rest, dict.fromkeys((*FIRST_RESPONSES, *further), spy_on))


def _defers(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    # After the interaction come its token and the type of the response; the other methods have no such type.
    return (args[1] if len(args) > 1 else kwargs.get("response_type")) in _DEFERRING


def _is_gone(exception: BaseException) -> bool:
    return isinstance(exception, hikari.NotFoundError) and exception.code == _UNKNOWN_INTERACTION
