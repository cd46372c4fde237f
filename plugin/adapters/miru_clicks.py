"""Receives clicks through the bot's miru, of any version, since miru warns of components that it does not know.

Imported only if the bot has imported miru.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import miru

from plugin.adapters.clicks import InteractionClick, OnClick, Unsubscribe


class PageButton(miru.Button):
    """A button known to miru, which passes on its clicks."""

    def __init__(self, custom_id: str, on_click: OnClick) -> None:
        super().__init__(label=custom_id, custom_id=custom_id)
        self._on_click = on_click

    async def callback(self, context: Any) -> None:
        """Pass on a click."""
        await self._on_click(InteractionClick(context.interaction))


async def listen(handler: Any, custom_ids: Sequence[str], on_click: OnClick) -> Unsubscribe:
    """Pass on clicks on these buttons from now on; `handler` handles interactions for the bot's miru.

    May raise anything if this miru has another interface.
    """
    view: Any = miru.View(timeout=None, autodefer=False)
    for custom_id in custom_ids:
        view.add_item(PageButton(custom_id, on_click))
    view.build()  # raises if this miru does not fit this hikari, and so could pass on nothing
    if hasattr(handler, "start_view"):
        handler.start_view(view, bind_to=None)
    else:  # miru 3, in which views know their only handler
        await view.start()
    return view.stop
