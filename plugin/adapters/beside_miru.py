"""Keeps a bot's miru from clicks on alerts, which it would call unknown, or give to a hook of the bot to answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import hikari

from plugin.instrument.methods import Method, MovedError, leave_no_frame
from plugin.instrument.override import Override
from plugin.instrument.values import attribute, module_of

_logger = logging.getLogger(__name__)

HANDLES = ("handle_component_interaction", "handle_modal_interaction")


def mirus_of(manager: hikari.api.EventManager) -> list[object]:
    """What handles interactions for the bot's miru; searched each time, since bots create it late."""
    listeners = manager.get_listeners(hikari.InteractionCreateEvent, polymorphic=False)
    owners = [attribute(listener, "__self__") for listener in listeners]
    return [owner for owner in owners if any(map(_is_mirus, type(owner).mro()))]


def _is_mirus(cls: type) -> bool:
    return module_of(cls).partition(".")[0] == "miru"


class MiruFilter:
    """Passes on to the bot's miru what is not ours."""

    def __init__(self, manager: hikari.api.EventManager, is_ours: Callable[[str], bool]) -> None:
        """`is_ours` says of a custom id whether miru is not to see it."""
        self._manager = manager
        self._is_ours = is_ours
        self._filtered: list[object] = []

    def filter(self) -> list[Override]:
        """Filter what a miru that is new here sees; returns what undoes that."""
        found = [miru for miru in mirus_of(self._manager) if not any(miru is one for one in self._filtered)]
        self._filtered += found
        return [made for made in map(self._override, found) if made is not None]

    def _override(self, miru: object) -> Override | None:
        try:
            return Override(miru, dict.fromkeys(HANDLES, self._passing))
        except MovedError as moved:  # another version, whose warnings remain
            _logger.debug("clicks on alerts are not kept from the bot's miru: %s", moved)
            return None

    def _passing(self, original: Method) -> Method:
        async def handle(miru: object, interaction: Any) -> Any:
            if self._is_ours(interaction.custom_id):
                return None
            try:
                return await original(miru, interaction)
            except BaseException as exception:
                leave_no_frame(exception)
                raise

        return handle
