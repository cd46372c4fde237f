"""What charts of a period mark."""

from __future__ import annotations

from typing import NamedTuple

from plugin.model.foundation import Severity


class Occurrence(NamedTuple):
    """Something that happened once: a release, a restart, an unclean shutdown."""

    at: float
    """Unix time in seconds."""
    what: str


class IncidentSpan(NamedTuple):
    """The time of one incident, in Unix seconds."""

    start: float
    end: float | None
    """None where it goes on."""
    severity: Severity


class Happenings(NamedTuple):
    """What happened in a period, oldest first."""

    occurrences: tuple[Occurrence, ...] = ()
    incidents: tuple[IncidentSpan, ...] = ()


NOTHING_HAPPENED = Happenings()
