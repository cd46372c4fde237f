"""What a bot has, as the adapter of its line of Lightbulb tells it."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.instrument.scheduled_tasks import Schedule
from plugin.model import CommandKey


class Inventory:
    """What a bot has, whether it was used or not; an adapter knows how to ask its line of Lightbulb."""

    line = 0
    """Of Lightbulb."""

    def commands(self) -> Sequence[CommandKey]:
        """Every command of the bot but the monitor's own."""
        return ()

    def cogs(self) -> Sequence[str]:
        """Every loaded cog but the monitor itself."""
        return ()

    def schedule(self) -> Schedule | None:
        """The scheduled tasks of the bot; None where there is no way to tell."""
        return None
