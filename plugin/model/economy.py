"""The supply of money beside what was made and burnt, minute by minute."""

from __future__ import annotations

from typing import NamedTuple


class SupplyMinute(NamedTuple):
    """One minute of one instance."""

    at: int
    """Unix time in seconds of its begin."""
    instance: str
    made: float
    """By faucets, in the unit of the economy."""
    burned: float
    """By sinks."""
    least: float | None = None
    """Bounds of the supply at the end of the minute, where the bot said it."""
    most: float | None = None


class SupplyPast(NamedTuple):
    """All that is needed to judge whether the supply adds up."""

    stretches: tuple[tuple[SupplyMinute, ...], ...]
    """Oldest first; within each of them every flow of every instance is known."""
    unit: str = "1"
    """In the notation of OpenTelemetry."""
