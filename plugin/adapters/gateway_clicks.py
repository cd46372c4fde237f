"""How clicks come in on a bot with a gateway: by a listener, or by the bot's own miru."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import hikari

from plugin.adapters.clicks import Clicked, Close, InteractionClick
from plugin.instrument.values import attribute, module_of

_logger = logging.getLogger(__name__)


def _is_mirus(cls: type) -> bool:
    return module_of(cls).partition(".")[0] == "miru"


class GatewayDoor:
    """Hears clicks by a listener of its own, unless the bot has miru, which would call them unknown."""

    def __init__(self, bot: Any) -> None:
        self._manager: hikari.api.EventManager = bot.event_manager
        self._waiting: dict[str, Clicked] = {}

    async def open(self, custom_ids: Sequence[str], clicked: Clicked) -> Close:
        """Pass on clicks on these buttons from now on."""
        for miru in self._bots_miru():
            try:
                from plugin.adapters.miru_clicks import listen  # the bot has imported miru itself

                return await listen(miru, custom_ids, clicked)
            except Exception as moved:  # noqa: BLE001 # a miru that does not fit costs nothing but its own warnings
                _logger.debug("clicks cannot come by way of the bot's miru: %r", moved)
        if not self._waiting:
            self._manager.subscribe(hikari.InteractionCreateEvent, self._on_interaction)
        self._waiting.update(dict.fromkeys(custom_ids, clicked))
        return lambda: self._close(custom_ids)

    def _bots_miru(self) -> Sequence[object]:
        """What may handle interactions for the bot's miru; looked for each time, since bots often make it late."""
        listeners = self._manager.get_listeners(hikari.InteractionCreateEvent, polymorphic=False)
        owners = [attribute(listener, "__self__") for listener in listeners]
        return [owner for owner in owners if any(map(_is_mirus, type(owner).mro()))]

    def _close(self, custom_ids: Sequence[str]) -> None:
        for custom_id in custom_ids:
            self._waiting.pop(custom_id, None)
        listening = self._manager.get_listeners(hikari.InteractionCreateEvent, polymorphic=False)
        if not self._waiting and self._on_interaction in listening:
            self._manager.unsubscribe(hikari.InteractionCreateEvent, self._on_interaction)

    async def _on_interaction(self, event: hikari.InteractionCreateEvent) -> None:
        interaction = event.interaction
        if isinstance(interaction, hikari.ComponentInteraction):
            clicked = self._waiting.get(interaction.custom_id)
            if clicked is not None:
                await clicked(InteractionClick(interaction))
