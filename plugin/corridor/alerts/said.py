"""What was said of one alert at one target."""

from __future__ import annotations

from plugin.corridor.alerts.pauses import Pauses

DELETED = "deleted"
"""In place of the id of a message that somebody deleted: nothing more is said."""


class Said:
    """What was said of one alert."""

    def __init__(self, message: str = "", *, unsure: bool = False) -> None:
        self.message = message
        self.unsure = unsure
        """Whether a message may have been sent whose id nobody knows."""
        self.sent: float | None = None
        """When the message was sent, in Unix seconds; None before."""
        self.reminder = ""
        """What the last reminder was sent for, or has begun with."""
        self.told: object = None
        """What the message says; None where that is not known."""
        self.others = False
        """Whether another instance of the fleet tells it."""
        self.vanished: float | None = None
        """Since when no instance tells it any more."""
        self.pauses = Pauses()
