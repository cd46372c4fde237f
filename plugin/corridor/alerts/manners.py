"""When people are to be disturbed, and when not."""

from __future__ import annotations

from collections.abc import Callable

from plugin.corridor.alerts.people import People
from plugin.insight.alert_reminders import Reminder, reminder_of
from plugin.model import Alert, Incident, Severity


class Manners:
    """Decides whether a new message about an incident waits, and whether a reminder is due."""

    def __init__(
        self, people: People | None = None, reminder_s: float = 0.0, is_quiet: Callable[[float], bool] | None = None
    ) -> None:
        """`people` know what was silenced; `reminder_s` after a message one reminder is due, with 0 never.

        `is_quiet` says of a time in Unix seconds whether warnings wait.
        """
        self.people = people or People(None)
        self._reminder_s = reminder_s
        self._is_quiet = is_quiet

    def wait(self, incident: Incident, now: float) -> bool:
        """Whether nothing new is said of an incident now (Unix seconds)."""
        return self._waits_for_morning(incident, now) or self.people.of(incident, now).silence is not None

    def reminder(self, alert: Alert, sent: float, reminded: str, now: float) -> Reminder | None:
        """The reminder that is due of an alert, if any; `reminded` is what was kept of the last one."""
        if self._waits_for_morning(alert.incident, now):
            return None
        done = self.people.of(alert.incident, now)
        return reminder_of(alert, done, sent, reminded, now, self._reminder_s)

    def _waits_for_morning(self, incident: Incident, now: float) -> bool:
        return incident.severity < Severity.CRITICAL and self._is_quiet is not None and self._is_quiet(now)
