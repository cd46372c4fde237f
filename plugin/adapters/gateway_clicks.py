"""Receives clicks on a bot with a gateway: through a listener, or through the bot's own miru."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import hikari

from plugin.adapters.beside_miru import mirus_of
from plugin.adapters.clicks import InteractionClick, OnClick, Unsubscribe

_logger = logging.getLogger(__name__)


class GatewayClickSource:
    """Receives clicks through a listener, or through miru if the bot uses it, since miru reports unknown buttons."""

    def __init__(self, bot: Any) -> None:
        self._manager: hikari.api.EventManager = bot.event_manager
        self._waiting: dict[str, OnClick] = {}

    async def subscribe(self, custom_ids: Sequence[str], on_click: OnClick) -> Unsubscribe:
        """Pass on clicks on these buttons from now on."""
        for miru in mirus_of(self._manager):
            try:
                from plugin.adapters.miru_clicks import listen  # the bot has imported miru itself

                return await listen(miru, custom_ids, on_click)
            except Exception as moved:  # noqa: BLE001 # with an incompatible miru, only its warnings remain
                _logger.debug("clicks cannot be received through the bot's miru: %r", moved)
        if not self._waiting:
            self._manager.subscribe(hikari.InteractionCreateEvent, self._on_interaction)
        self._waiting.update(dict.fromkeys(custom_ids, on_click))
        return lambda: self._unsubscribe(custom_ids)

    def _unsubscribe(self, custom_ids: Sequence[str]) -> None:
        for custom_id in custom_ids:
            self._waiting.pop(custom_id, None)
        listening = self._manager.get_listeners(hikari.InteractionCreateEvent, polymorphic=False)
        if not self._waiting and self._on_interaction in listening:
            self._manager.unsubscribe(hikari.InteractionCreateEvent, self._on_interaction)

    async def _on_interaction(self, event: hikari.InteractionCreateEvent) -> None:
        interaction = event.interaction
        if isinstance(interaction, hikari.ComponentInteraction):
            on_click = self._waiting.get(interaction.custom_id)
            if on_click is not None:
                await on_click(InteractionClick(interaction))
