"""Receives clicks through Lightbulb's menus, on a bot without a gateway."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import hikari
import lightbulb

from plugin.adapters.clicks import NO_MENTIONS, NoButtonsError, OnClick, Unsubscribe

ANSWERED_BY_THE_BOT = "No buttons: this bot handles all component interactions itself."


class MenuClick:
    """A click on a menu; answered through Lightbulb, which must know that it was answered."""

    def __init__(self, context: Any) -> None:
        self.interaction: hikari.ComponentInteraction = context.interaction
        self._context = context

    async def defer(self) -> None:
        """Gain time for `show`."""
        await self._context.defer(edit=True)

    async def show(self, **message: Any) -> None:
        """Edit the message that was clicked on."""
        await self._context.respond(edit=True, **message, **NO_MENTIONS)

    async def reply(self, content: str) -> None:
        """Reply ephemerally to the user who clicked."""
        await self._context.respond(content, ephemeral=True, **NO_MENTIONS)


class MenuClickSource:
    """Receives clicks through one menu per page, unless the bot handles component interactions itself."""

    def __init__(self, client: lightbulb.Client) -> None:
        self._client = client

    async def subscribe(self, custom_ids: Sequence[str], on_click: OnClick) -> Unsubscribe:
        """Pass on clicks on these buttons from now on; raises NoButtonsError."""
        from lightbulb.components import Menu  # here, so that a Lightbulb without it loses only the buttons

        server: Any = getattr(self._client.app, "interaction_server", self._client.app)
        listener: Any = server.get_listener(hikari.ComponentInteraction)
        if getattr(listener, "__self__", None) is not self._client:
            raise NoButtonsError(ANSWERED_BY_THE_BOT)

        async def on_press(context: Any) -> None:
            await on_click(MenuClick(context))

        menu = Menu()
        for custom_id in custom_ids:
            menu.add_interactive_button(hikari.ButtonStyle.SECONDARY, on_press, custom_id=custom_id, label=custom_id)
        task = asyncio.get_running_loop().create_task(menu.attach(self._client, timeout=None), name="golem pages")
        await asyncio.sleep(0)  # until then Lightbulb does not know the menu
        return lambda: None if task.get_loop().is_closed() else task.cancel()
