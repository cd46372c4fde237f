"""Clicks by way of the miru that the bot has, whichever version: it calls what it does not know an unknown component.

Only imported where the bot has imported miru.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import miru

from plugin.adapters.clicks import Clicked, Close, InteractionClick


class PageButton(miru.Button):
    """A button that miru knows, so that it passes on the clicks on it."""

    def __init__(self, custom_id: str, clicked: Clicked) -> None:
        super().__init__(label=custom_id, custom_id=custom_id)
        self._clicked = clicked

    async def callback(self, context: Any) -> None:
        """Handle a click."""
        await self._clicked(InteractionClick(context.interaction))


async def listen(handler: Any, custom_ids: Sequence[str], clicked: Clicked) -> Close:
    """Pass on clicks on these buttons from now on; `handler` is what handles interactions for the bot's miru.

    Raises whatever a miru raises that offers something else.
    """
    view: Any = miru.View(timeout=None, autodefer=False)
    for custom_id in custom_ids:
        view.add_item(PageButton(custom_id, clicked))
    view.build()  # raises where this miru does not fit this hikari, in which case it could pass on nothing
    if hasattr(handler, "start_view"):
        handler.start_view(view, bind_to=None)
    else:  # miru 3, where views know their only handler themselves
        await view.start()
    return view.stop
