"""Clicks by way of Lightbulb's own menus, for a bot without a gateway."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import hikari
import lightbulb

from plugin.adapters.attaching import NO_MENTIONS
from plugin.adapters.clicks import Clicked, Close, NoButtonsError

ANSWERED_BY_THE_BOT = "No buttons: this bot handles all component interactions itself."


class MenuClick:
    """A click that Lightbulb passes on; it must be told when it is answered."""

    def __init__(self, context: Any) -> None:
        self.interaction: hikari.ComponentInteraction = context.interaction
        self._context = context

    async def defer(self) -> None:
        """Win time for `show`."""
        await self._context.defer(edit=True)

    async def show(self, **message: Any) -> None:
        """Change the message that was clicked on."""
        await self._context.respond(edit=True, **message, **NO_MENTIONS)

    async def tell(self, content: str) -> None:
        """Say something to the one who clicked, and to nobody else."""
        await self._context.respond(content, ephemeral=True, **NO_MENTIONS)


class MenuDoor:
    """Hears clicks by a menu for each page; none where the bot has taken them from Lightbulb."""

    def __init__(self, client: lightbulb.Client) -> None:
        self._client = client

    async def open(self, custom_ids: Sequence[str], clicked: Clicked) -> Close:
        """Pass on clicks on these buttons from now on; raises NoButtonsError."""
        from lightbulb.components import Menu  # here, since a Lightbulb without it has no buttons and yet its pages

        server: Any = getattr(self._client.app, "interaction_server", self._client.app)
        listener: Any = server.get_listener(hikari.ComponentInteraction)
        if getattr(listener, "__self__", None) is not self._client:
            raise NoButtonsError(ANSWERED_BY_THE_BOT)

        async def pressed(context: Any) -> None:
            await clicked(MenuClick(context))

        menu = Menu()
        for custom_id in custom_ids:
            menu.add_interactive_button(hikari.ButtonStyle.SECONDARY, pressed, custom_id=custom_id, label=custom_id)
        task = asyncio.get_running_loop().create_task(menu.attach(self._client, timeout=None), name="golem pages")
        await asyncio.sleep(0)  # only then Lightbulb knows the menu
        return lambda: None if task.get_loop().is_closed() else task.cancel()
