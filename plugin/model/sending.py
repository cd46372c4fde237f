"""The state of something that is sent to the outside at an interval."""

from __future__ import annotations

from typing import NamedTuple


class SendingState(NamedTuple):
    """Whether it is taken."""

    last_sent: float | None
    """Unix time in seconds at which it was last accepted, or None."""
    failing_since: float | None
    """Unix time in seconds since which it was not, although it was sent, or None."""
    problem: str = ""
    """Why the last one was not accepted."""
    held_back: str = ""
    """Of a heartbeat, why none is sent now: the bot's problem; empty while it is healthy."""
