"""Incidents: findings that belong together."""

from __future__ import annotations

from typing import NamedTuple

from plugin.model.findings import Finding
from plugin.model.foundation import Severity


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
