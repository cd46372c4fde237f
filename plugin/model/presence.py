"""Whether instances are there, as somebody beside them sees it."""

from __future__ import annotations

import enum
from typing import NamedTuple

from plugin.model.starts import LifeSign


class Presence(enum.Enum):
    """What an instance is up to."""

    RUNS = "running"
    GONE = "gone"
    """No sign of life, and no clean shutdown."""
    FROZEN = "frozen"
    """The process lives, and its event loop does not move."""
    DEAF = "deaf"
    """The event loop moves, and nothing comes from Discord."""
    STOPPED = "stopped"
    """It shut down cleanly."""
    REPLACED = "replaced"
    """It ended, and others do its work."""


class PresenceChange(NamedTuple):
    """A change that people are told of."""

    sign: LifeSign
    """The last one of the instance."""
    before: Presence
    now: Presence
    since: float
    """Unix time in seconds, by the instance's clock, of the last time when all was well."""
    lasted_s: float
    """How long what was before has lasted; 0 where that is not known, and where it just began."""
