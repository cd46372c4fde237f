"""The four commands, as both lines of Lightbulb register them."""

from __future__ import annotations

from typing import NamedTuple


class PageCommand(NamedTuple):
    """One of the four commands."""

    aliases: tuple[str, ...]
    """Additional names of the prefix command."""
    description: str


PAGE_COMMANDS = {
    "performance": PageCommand(("perf", "stats"), "Memory, CPU, latency, error rate and answer times"),
    "cogstats": PageCommand(("cogs",), "Cogs by usage, with error rates and answer times"),
    "commandstats": PageCommand(("cmdstats",), "Most used, slowest and failing commands, or one in detail"),
    "health": PageCommand((), "What is wrong, by cog, and the state of the monitor"),
}

GROUP_DESCRIPTION = "Performance monitor"
