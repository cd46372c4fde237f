"""The state of the heartbeat that is sent to a URL."""

from __future__ import annotations

from typing import NamedTuple


class HeartbeatState(NamedTuple):
    """Whether the receiver knows that the bot is healthy."""

    last_sent: float | None
    """Unix time in seconds of the last accepted heartbeat, or None."""
    failing_since: float | None
    """Unix time in seconds since which none was accepted although the bot was healthy, or None."""
    problem: str = ""
    """Why the last one was not accepted."""
    held_back: str = ""
    """Why none is sent now: the bot's problem; empty while it is healthy."""
