"""The four commands with their options, as both lines of Lightbulb register them."""

from __future__ import annotations

from typing import NamedTuple

from plugin.model import Period

LARGEST_TOP_COUNT = 25
PERIODS = {period.value: period for period in Period}
FLEET = "fleet"
SCOPES = {"this instance": False, FLEET: True}


class PageOption(NamedTuple):
    """One option of a slash command; all are optional."""

    name: str
    description: str
    choices: tuple[str, ...] = ()
    """Empty for any text, or a number within `bounds`."""
    bounds: tuple[int, int] | None = None
    """Bounds of an integer option; None for text."""
    completes: bool = False
    """Whether commands or systems are suggested while typing."""


TOP_COUNT = PageOption("top_count", f"Commands per list, 1 to {LARGEST_TOP_COUNT}", bounds=(1, LARGEST_TOP_COUNT))
SYSTEM = PageOption("system", "One of the bot's own systems, such as economy; empty: the bot itself", completes=True)
COMMAND = PageOption("command", "One command in detail", completes=True)
PERIOD = PageOption(
    "period", "Period to show, compared with the previous one; empty: since start", choices=tuple(PERIODS)
)
SCOPE = PageOption(
    "scope", "This instance, or all instances that share the database (default period: 24h)", choices=tuple(SCOPES)
)
WHEN = PageOption("when", "What happened then: 02:10, yesterday 2:10, -3h")
TESTS = ("alerts",)
TEST = PageOption("test", "Owners only: send a test alert to every target", choices=TESTS)


class PageCommand(NamedTuple):
    """One of the four commands."""

    aliases: tuple[str, ...]
    """Additional names of the prefix command."""
    description: str
    options: tuple[PageOption, ...]
    """In the order in which Discord shows them."""


PAGE_COMMANDS = {
    "performance": PageCommand(
        ("perf", "stats"), "Memory, CPU, latency, error rate and answer times", (SYSTEM, PERIOD, SCOPE)
    ),
    "cogstats": PageCommand(("cogs",), "Cogs by usage, with error rates and answer times", (PERIOD, SCOPE)),
    "commandstats": PageCommand(
        ("cmdstats",),
        "Most used, slowest and failing commands, or one in detail",
        (TOP_COUNT, COMMAND, PERIOD, SCOPE),
    ),
    "health": PageCommand(
        (), "What is wrong, or what happened at some time, and the monitor's state", (WHEN, SCOPE, TEST)
    ),
}

GROUP_DESCRIPTION = "Performance monitor"


def options_of(page: str) -> tuple[str, ...]:
    """The option names of one of the four commands, in the order in which Discord shows them."""
    return tuple(option.name for option in PAGE_COMMANDS[page].options)
