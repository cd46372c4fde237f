"""The four commands, as both lines of Lightbulb register them."""

from __future__ import annotations

from typing import NamedTuple


class PageCommand(NamedTuple):
    """One of the four commands."""

    aliases: tuple[str, ...]
    """Further names as a prefix command."""
    description: str


PAGE_COMMANDS = {
    "performance": PageCommand(("perf", "stats"), "How the bot performs: memory, CPU, latency, error rate"),
    "cogstats": PageCommand(("cogs",), "Which cogs are busy and how each is doing"),
    "commandstats": PageCommand(("cmdstats",), "Most used, slowest and failing commands, or one in detail"),
    "health": PageCommand((), "What is wrong, cog by cog, and the state of the monitor itself"),
}

GROUP_DESCRIPTION = "How the bot performs"
