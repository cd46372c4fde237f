"""Incidents: findings that belong together, and what was said of them."""

from __future__ import annotations

import enum
from typing import NamedTuple

from plugin.model.findings import Finding
from plugin.model.foundation import Severity


class AlertState(enum.Enum):
    """Whether an incident of which people are told goes on."""

    FIRING = "firing"
    RESOLVED = "resolved"


class Incident(NamedTuple):
    """Findings that began at about the same time, or are about the same thing."""

    id: str
    """Eight hexadecimal digits, the same after a restart."""
    since: float
    """Unix time in seconds at which the first of them began."""
    until: float | None
    """When the last of them ended; None while one is open."""
    severity: Severity
    """The worst that any of them was."""
    findings: tuple[Finding, ...]
    """The cause first; each in its latest state."""
    left_out: int
    """Further findings that found no room."""
    everywhere: bool
    """Whether its first finding is about the bot as a program, so that every instance of a fleet has it."""


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


class AlertingState(NamedTuple):
    """Whether people are told."""

    target: str
    """Where."""
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
