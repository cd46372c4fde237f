"""Sees the first response to every interaction, whoever sends it: a command, a defer, miru, a menu, a modal."""

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
"""Types of responses that only say that another one follows."""


class Responses:
    """Tells of each interaction as soon as Discord took or refused a response to it."""

    def __init__(self, part: Instrument, invocations: Invocations) -> None:
        self.part = part
        self.invocations = invocations
        self.route: object | None = None
        """The one route of all of them; None while they are not watched."""

    def watch(self, rest: object) -> None:
        """Want to know of requests from now on; raises `MovedError` where hikari no longer works so."""
        from hikari.internal import routes  # here, so that a hikari without it costs first responses only

        check_method(rest, "_request", "compiled_route")
        route = getattr(routes, _ROUTE, None)
        if getattr(route, "path_template", None) != _PATH:
            raise MovedError(f"{routes.__name__} has no {_ROUTE} of {_PATH}")
        self.route = route

    def refused(self, compiled_route: Any, exception: BaseException, now_ns: int, untold_since_ns: int) -> None:
        """The request of a response to an interaction has failed.

        It began at `untold_since_ns` where nobody was told how long it took, else that is 0.
        """
        if isinstance(exception, hikari.NotFoundError) and exception.code == _UNKNOWN_INTERACTION:
            interaction_id = int(compiled_route.compiled_path.split("/", 3)[2])
            self.invocations.refused(interaction_id, now_ns, untold_since_ns)
