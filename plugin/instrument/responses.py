"""Sees the first response to every interaction, whether a command, a defer, miru, a menu or a modal sends it."""

from __future__ import annotations

from typing import Any, Final

import hikari

from plugin.instrument.containment import Instrument
from plugin.instrument.invocations import Invocations
from plugin.instrument.methods import MovedError, check_method

_ROUTE = "POST_INTERACTION_RESPONSE"
_PATH = "/interactions/{interaction}/{token}/callback"

_UNKNOWN_INTERACTION: Final = 10_062
DEFERRING = {hikari.ResponseType.DEFERRED_MESSAGE_CREATE, hikari.ResponseType.DEFERRED_MESSAGE_UPDATE}
"""Types of responses that defer the answer."""


class Responses:
    """Reports to `invocations` each response to an interaction that Discord accepts or rejects."""

    def __init__(self, part: Instrument, invocations: Invocations) -> None:
        self.part = part
        self.invocations = invocations
        self.route: object | None = None
        """The route of all responses; None until `watch`."""

    def watch(self, rest: object) -> None:
        """Start watching; raises `MovedError` if hikari no longer sends responses as expected."""
        from hikari.internal import routes  # here, so that a hikari without it loses first responses only

        check_method(rest, "_request", "compiled_route")
        route = getattr(routes, _ROUTE, None)
        if getattr(route, "path_template", None) != _PATH:
            raise MovedError(f"{routes.__name__} has no {_ROUTE} of {_PATH}")
        self.route = route

    def refused(self, compiled_route: Any, exception: BaseException, now_ns: int, untimed_since_ns: int) -> None:
        """Handle a failed request of a response; `untimed_since_ns`: when it began if nothing else timed it, else 0."""
        if isinstance(exception, hikari.NotFoundError) and exception.code == _UNKNOWN_INTERACTION:
            interaction_id = int(compiled_route.compiled_path.split("/", 3)[2])
            self.invocations.refused(interaction_id, now_ns, untimed_since_ns)
