"""What people do with an alert: acknowledge it, silence what it is about, or write a note."""

from __future__ import annotations

import enum
from typing import NamedTuple


class ActionKind(enum.Enum):
    """What somebody did."""

    ACKNOWLEDGED = "acknowledged"
    SILENCED = "silenced"
    NOTE = "note"


class AlertAction(NamedTuple):
    """One thing that somebody did with an alert."""

    id: str
    """The id of the click, so that two processes that see the same click keep it once."""
    incident: str
    """The id of the incident."""
    kind: ActionKind
    at: float
    """Unix time in seconds."""
    author: str
    """The name that the guild shows; never an id."""
    text: str = ""
    """Of a note."""
    until: float | None = None
    """When a silence ends, in Unix seconds: None is when the incident is resolved, `at` ends an earlier silence."""
    about: tuple[str, ...] = ()
    """Fingerprints of the findings that a silence is about."""
    is_told: bool = True
    """Whether some instance still tells people of the incident, as far as is known."""


class AlertPeople(NamedTuple):
    """What people did with one alert, as of a moment."""

    acknowledged: AlertAction | None = None
    """The first acknowledgement."""
    silence: AlertAction | None = None
    """The silence that holds now."""
    expired: AlertAction | None = None
    """The last silence of this very incident, if its time ran out."""
    notes: tuple[AlertAction, ...] = ()
    """Oldest first."""


NOBODY = AlertPeople()
