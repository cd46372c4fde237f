"""When people are to be disturbed, and when not."""

from __future__ import annotations

from plugin.corridor.alerts.people import People
from plugin.insight.alert_reminders import Reminder, reminder_of
from plugin.model import Alert, Incident


class Manners:
    """Decides whether a new message about an incident waits, and whether a reminder is due."""

    def __init__(self, people: People | None = None, reminder_s: float = 0.0) -> None:
        """`people` know what was silenced; `reminder_s` after a message one reminder is due, with 0 never."""
        self.people = people or People(None)
        self._reminder_s = reminder_s

    def wait(self, incident: Incident, now: float) -> bool:
        """Whether nothing new is said of an incident now (Unix seconds)."""
        return self.people.of(incident, now).silence is not None

    def reminder(self, alert: Alert, sent: float, reminded: str, now: float) -> Reminder | None:
        """The reminder that is due of an alert, if any; `reminded` is what was kept of the last one."""
        done = self.people.of(alert.incident, now)
        return reminder_of(alert, done, sent, reminded, now, self._reminder_s)
