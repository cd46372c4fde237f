"""Reminders of alerts that nobody has acknowledged: one for each incident, and one for each silence that runs out."""

from __future__ import annotations

from typing import NamedTuple

from plugin.model import Alert, AlertState
from plugin.model.alert_actions import AlertPeople

OF_TIME = "time"
"""The key of the reminder that is due some time after the message."""


class Reminder(NamedTuple):
    """A reminder that is due."""

    key: str
    """What it is for; no other reminder of the incident has it."""
    due: float
    """Unix time in seconds since which it is due."""
    silence_over: bool
    """Whether it is due since a silence has run out."""

    @property
    def begun(self) -> str:
        """What is kept while it may have been sent or not."""
        return f"?{self.key}"


def reminder_of(
    alert: Alert, people: AlertPeople, sent: float, reminded: str, now: float, after_s: float
) -> Reminder | None:
    """The reminder that is due of an alert whose message was sent at a time; `now` and `sent` in Unix seconds.

    `reminded` is the key of the last one, or what it had begun with; `after_s` is 0 where none is wanted.
    """
    goes_on = alert.state is AlertState.FIRING and alert.incident.until is None
    if not goes_on or people.acknowledged is not None or people.silence is not None:
        return None
    expired = people.expired
    if expired is not None and expired.until is not None and expired.until > sent:  # or the message told it
        due = Reminder(expired.id, expired.until, silence_over=True)
        return None if reminded == due.key else due
    due = Reminder(OF_TIME, sent + after_s, silence_over=False)
    return due if after_s and now >= due.due and reminded in ("", due.begun) else None
