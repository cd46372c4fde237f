"""The commands, cogs and tasks of a bot, as its adapter reports them."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.instrument.scheduled_tasks import Schedule
from plugin.model import CommandKey


class Inventory:
    """The commands, cogs and tasks of a bot, used or not; adapters implement it for their line of Lightbulb."""

    line = 0
    """The line of Lightbulb."""

    def commands(self) -> Sequence[CommandKey]:
        """Every command of the bot except the monitor's own."""
        return ()

    def cogs(self) -> Sequence[str]:
        """Every loaded cog except the monitor."""
        return ()

    def schedule(self) -> Schedule | None:
        """The scheduled tasks of the bot; None if unknown."""
        return None
