"""What a call of one of the four commands asks for, as slash options or as typed words."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from plugin.model import Period

LARGEST_TOP_COUNT = 25
DEFAULT_TOP_COUNT = 10

TOP_COUNT = ("top_count", f"Commands per list, 1 to {LARGEST_TOP_COUNT}")
COMMAND = ("command", "One command in detail")
PERIOD = ("period", "Period to show, compared with the previous one; empty: since start")
SCOPE = ("scope", "This instance, or all instances that share the database (default period: 24h)")
WORDS = ("words", "options, in any order")
"""The one argument of a prefix command."""

PERIODS = {period.value: period for period in Period}
FLEET = "fleet"
SCOPES = {"this instance": False, FLEET: True}
LONGEST_COMMAND_WORDS = 5
NUMBER = re.compile(r"[+-]?\d{1,9}", re.ASCII)

T = TypeVar("T")


class BadQuestionError(ValueError):
    """What was asked for cannot be answered; the message is one sentence for the one who asked."""


class Request(NamedTuple):
    """What one of the four commands was asked for."""

    top_count: int | None = None
    command: str = ""
    period: Period | None = None
    """None is since the start of the process."""
    fleet: bool = False
    """Whether all instances are asked for, not this one only."""
    asked_s: float | None = None
    """When, in monotonic seconds; None is now."""

    @property
    def top(self) -> int:
        """How many commands each list shows."""
        return DEFAULT_TOP_COUNT if self.top_count is None else self.top_count

    @property
    def looks_back(self) -> Period | None:
        """The period to be answered from history; a fleet has no start that it could be counted since."""
        return Period.DAY if self.fleet and self.period is None else self.period


def options_of(page: str) -> Sequence[str]:
    """The names of the options that one of the four commands has, in the order in which they are offered."""
    lists = [TOP_COUNT[0], COMMAND[0]] if page == "commandstats" else []
    return [*lists, *([] if page == "health" else [PERIOD[0]]), SCOPE[0]]


def from_options(given: Mapping[str, Any]) -> Request:
    """The request that slash options make; raises BadQuestionError."""
    top_count, command, period, scope = (given.get(name) for name, _ in (TOP_COUNT, COMMAND, PERIOD, SCOPE))
    return _checked(
        Request(
            top_count,
            command or "",
            None if period is None else _chosen(PERIOD[0], PERIODS, period),
            scope is not None and _chosen(SCOPE[0], SCOPES, scope),
        )
    )


def _chosen(option: str, allowed: Mapping[str, T], typed: str) -> T:
    if typed not in allowed:
        raise BadQuestionError(f"`{option}` must be one of {', '.join(allowed)}, not {_quoted(typed)}.")
    return allowed[typed]


def from_words(page: str, typed: str, commands: Collection[str]) -> Request:
    """The request that words behind a prefix command make, in any order; raises BadQuestionError.

    The longest run of words that is one of `commands` (folded names) is the command, even where it is also a number, a
    period or `fleet`: so that a command of such a name can be asked for. Of the other words each is an option.
    """
    words = typed.split()
    offered = options_of(page)
    command, others = _command_in(words, commands) if COMMAND[0] in offered else ([], words)
    request, rest = Request(command=" ".join(command)), list[str]()
    for word in others:
        read = _option(word, request, offered)
        if read is None:
            rest.append(word)
        else:
            request = read
    if rest and (command or COMMAND[0] not in offered):
        raise BadQuestionError(f"{_quoted(' '.join(rest))} is not a valid option; expected {_understood(offered)}.")
    return _checked(request._replace(command=" ".join(rest)) if rest else request)


def _command_in(words: list[str], commands: Collection[str]) -> tuple[list[str], list[str]]:
    from plugin.display.names import folded

    for length in range(min(len(words), LONGEST_COMMAND_WORDS), 0, -1):
        for start in range(len(words) - length + 1):
            end = start + length
            if folded(" ".join(words[start:end])) in commands:
                return words[start:end], words[:start] + words[end:]
    return [], words


def _option(word: str, request: Request, offered: Sequence[str]) -> Request | None:
    """The request with what a word adds to it; None where the word is no option, or one that was given before."""
    small = word.casefold()
    if small in PERIODS and request.period is None and PERIOD[0] in offered:
        return request._replace(period=PERIODS[small])
    if small == FLEET and not request.fleet:
        return request._replace(fleet=True)
    if NUMBER.fullmatch(word) and request.top_count is None and TOP_COUNT[0] in offered:
        return request._replace(top_count=int(word))
    return None


def _understood(offered: Sequence[str]) -> str:
    periods = f"a period ({', '.join(PERIODS)})"
    known = [f"a number from 1 to {LARGEST_TOP_COUNT}", "one command"] if TOP_COUNT[0] in offered else []
    return " or ".join([*known, *([periods] if PERIOD[0] in offered else []), f"`{FLEET}`"])


def _checked(request: Request) -> Request:
    if not 1 <= request.top <= LARGEST_TOP_COUNT:
        raise BadQuestionError(f"`top_count` must be a number from 1 to {LARGEST_TOP_COUNT}, not {request.top_count}.")
    return request


def _quoted(typed: str) -> str:
    from plugin.display import text  # nothing of the pages is imported before the first question

    return text.inline(typed)
