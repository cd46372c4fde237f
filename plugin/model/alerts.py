"""Alerts: incidents that people are told of, and what is said of them."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import NamedTuple

from plugin.model.alert_actions import NOBODY, AlertPeople
from plugin.model.incidents import Incident


class AlertState(enum.Enum):
    """Whether an incident of which people are told goes on."""

    FIRING = "firing"
    RESOLVED = "resolved"


class Alert(NamedTuple):
    """An incident, and whether people are told of it."""

    incident: Incident
    state: AlertState
    returns: int
    """How often it came back after it had ended."""


class AlertKept(NamedTuple):
    """What is kept of an alert, so that a restart goes on with it."""

    incident: str
    """The id of the incident."""
    target: str
    """Where it was said, such as `discord:1234`."""
    owner: str
    """The process that says it; of a fleet, only one does."""
    seen: float
    """Unix time in seconds at which the owner last confirmed it."""
    message: str
    """The id of the message; `deleted` where somebody did that; empty where one may have been sent, or not yet."""
    members: str
    """Its findings and state, as `AlertBook` writes them."""
    sent: float | None = None
    """Unix time in seconds at which the message was sent; None where it was not, or that is not known."""
    reminder: str = ""
    """What the last reminder was sent for, with a `?` before it where that may not have happened; empty without one."""


class AlertingState(NamedTuple):
    """Whether people are told."""

    target: str
    """Where, such as `discord:1234`."""
    setting: str
    """Which setting names it."""
    last_sent: float | None
    """Unix time in seconds at which a message was last taken."""
    failing_since: float | None
    """Unix time in seconds since which none was taken."""
    problem: str
    """Why the last one was not taken."""
    firing: int
    """Alerts that fire now, of those that this process tells."""
    held_back: int
    """Of these, how many wait since too many were sent within an hour."""


class AlertTest(NamedTuple):
    """What became of a test alert at one target."""

    target: str
    """Where, such as `discord:1234`."""
    setting: str
    """Which setting names it."""
    problem: str
    """Why it was not taken; empty where it was."""


Points = Sequence[tuple[float, float | None]]
"""Unix time in seconds and value; None is unknown."""


class AlertCourse(NamedTuple):
    """What a finding measured over time."""

    title: str
    unit: str
    """`ms`, `MB`, `%`, or the noun of what is counted."""
    points: Points
    threshold: float | None
    """In the same unit; None where there is none."""


class AttachedPicture(NamedTuple):
    """A picture that belongs to a message."""

    name: str
    """Of its file, such as `chart.png`."""
    png: bytes


class Notice(NamedTuple):
    """What a target is told: one message."""

    mark: str
    """How the message is found again, such as `incident 3f2a1b9c`."""
    title: str
    text: str
    """In Discord's markdown, or plain where the target is not Discord."""
    colour: int
    footer: str = ""
    """Begins with the mark."""
    ends: bool = False
    """Whether nothing more follows."""
    html: str = ""
    """The same as a page for mail programs, where the target takes one."""
    kind: str = "info"
    """`failure`, `warning`, `success` or `info`, for targets that tell them apart."""
    fields: tuple[tuple[str, str], ...] = ()
    """What people did with it: each with its heading, in Discord's markdown."""
    incident: str = ""
    """The id of the incident; empty where it is about none."""
    people: AlertPeople = NOBODY
    """What people did with it."""
    critical: bool = False
    """Whether it says that something critical has begun, of which some people may want to be told at once."""
    reply: str = ""
    """The id of the message that this one is a reply to, where a target has replies."""
    pictures: tuple[AttachedPicture, ...] = ()
    """What a change adds or replaces; without any, those of before stay."""

    @property
    def said(self) -> object:
        """What a reader would notice if it changed."""
        return self.title, self.text, self.colour, self.fields


class ReportNotices(NamedTuple):
    """A report, for each kind of target."""

    message: Notice
    """For Discord."""
    mail: Notice
    """As plain text and as a page."""
