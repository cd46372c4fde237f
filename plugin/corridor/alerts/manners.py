"""When people are not to be disturbed."""

from __future__ import annotations

from plugin.corridor.alerts.people import People
from plugin.model import Incident


class Manners:
    """Decides whether a new message about an incident waits."""

    def __init__(self, people: People | None = None) -> None:
        """`people` knows what was silenced."""
        self.people = people or People(None)

    def wait(self, incident: Incident, now: float) -> bool:
        """Whether nothing new is said of an incident now (Unix seconds)."""
        return self.people.of(incident, now).silence is not None
