"""Where what is told to people comes from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple

import hikari

from plugin.corridor.drawing import Drawing
from plugin.corridor.keeping import Keeper
from plugin.corridor.sampling import Sampler
from plugin.metrics import Registry
from plugin.model import ConnectionSnapshot, Health, LoopLag, Snapshot
from plugin.settings import Settings

if TYPE_CHECKING:
    from plugin.corridor.look_back import HistorySource
    from plugin.insight.pseudonyms import Pseudonyms


class Sources(NamedTuple):
    """Parts of one bot's monitor."""

    rest: hikari.api.RESTClient
    settings: Settings
    registry: Registry
    sampler: Sampler
    keeper: Keeper
    history: HistorySource
    """Answers only where the setting `database` names one."""
    names: Callable[[], Pseudonyms]
    """Stand for what readers may not see."""
    drawing: Drawing
    look: Callable[[bool], Awaitable[tuple[Snapshot, Health]]]
    """The bot as it is now and what that is worth, with details or without."""
    wellness: Callable[[], tuple[ConnectionSnapshot, LoopLag | None]]

    @property
    def kept(self) -> HistorySource | None:
        """History; None where none is kept."""
        return self.history if self.settings.database else None
