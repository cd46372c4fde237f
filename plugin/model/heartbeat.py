"""How it stands with the heartbeat that is sent to a URL."""

from __future__ import annotations

from typing import NamedTuple


class HeartbeatState(NamedTuple):
    """Whether others know that the bot is well."""

    last_sent: float | None
    """Unix time in seconds at which the last one was taken; None where none was."""
    failing_since: float | None
    """Unix time in seconds since which none was taken though the bot was well; None while all is well."""
    problem: str = ""
    """Why the last one was not taken."""
    held_back: str = ""
    """Why none is sent now: what is wrong with the bot; empty while it is well."""
