"""The request of one of the four commands, from slash options or typed words."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from plugin.model import Period
from plugin.pages.page_commands import (
    COMMAND,
    FLEET,
    LARGEST_TOP_COUNT,
    PERIOD,
    PERIODS,
    SCOPE,
    SCOPES,
    SYSTEM,
    TEST,
    TESTS,
    TOP_COUNT,
    WHEN,
    options_of,
)

DEFAULT_TOP_COUNT = 10
WORDS = ("words", "options, in any order")
"""The one argument of a prefix command."""

LONGEST_COMMAND_WORDS = 5
NUMBER = re.compile(r"[+-]?\d{1,9}", re.ASCII)

T = TypeVar("T")


class BadQuestionError(ValueError):
    """The request cannot be answered; the message is one sentence for the user."""


class Request(NamedTuple):
    """The options of one call of the four commands."""

    top_count: int | None = None
    command: str = ""
    period: Period | None = None
    """None for since the start of the process."""
    fleet: bool = False
    """Whether to show all instances instead of this one."""
    when: str = ""
    """The requested moment, as typed."""
    system: str = ""
    """One of the bot's own systems; empty for the bot itself."""
    test: str = ""
    """What is to be tested, instead of a page."""
    asked_s: float | None = None
    """Time of the request in monotonic seconds; None for now."""

    @property
    def top(self) -> int:
        """Number of commands in each list."""
        return DEFAULT_TOP_COUNT if self.top_count is None else self.top_count

    @property
    def looks_back(self) -> Period | None:
        """The period to read from history; a fleet needs one, since it has no common start."""
        return Period.DAY if self.fleet and self.period is None else self.period


def from_options(given: Mapping[str, Any]) -> Request:
    """The request of slash options; raises BadQuestionError."""
    top_count, command, period, scope, when, system, test = (
        given.get(option.name) for option in (TOP_COUNT, COMMAND, PERIOD, SCOPE, WHEN, SYSTEM, TEST)
    )
    return _checked(
        Request(
            top_count,
            command or "",
            None if period is None else _chosen(PERIOD.name, PERIODS, period),
            scope is not None and _chosen(SCOPE.name, SCOPES, scope),
            when=when or "",
            system=system or "",
            test="" if test is None else _chosen(TEST.name, dict(zip(TESTS, TESTS, strict=True)), test),
        )
    )


def _chosen(option: str, allowed: Mapping[str, T], typed: str) -> T:
    if typed not in allowed:
        raise BadQuestionError(f"`{option}` must be one of {', '.join(allowed)}, not {_quoted(typed)}.")
    return allowed[typed]


def from_words(page: str, typed: str, commands: Collection[str]) -> Request:
    """The request that words behind a prefix command make, in any order; raises BadQuestionError.

    The longest run of words that is one of `commands` (folded names) is the command, even if it is also a number, a
    period or `fleet`, so that commands with such names can be requested. Each other word is an option.
    """
    words = typed.split()
    offered = options_of(page)
    command, others = _command_in(words, commands) if COMMAND.name in offered else ([], words)
    request, rest = Request(command=" ".join(command)), list[str]()
    for word in others:
        read = _option(word, request, offered)
        if read is None:
            rest.append(word)
        else:
            request = read
    if rest and WHEN.name in offered:
        return _checked(request._replace(when=" ".join(rest)))
    if len(rest) == 1 and SYSTEM.name in offered:
        return _checked(request._replace(system=rest[0]))
    if rest and (command or COMMAND.name not in offered):
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
    """The request with the option of one word; None if the word is not an option, or its option was given before."""
    small = word.casefold()
    if small in PERIODS and request.period is None and PERIOD.name in offered:
        return request._replace(period=PERIODS[small])
    if small == FLEET and not request.fleet:
        return request._replace(fleet=True)
    if small == TEST.name and not request.test and TEST.name in offered:
        return request._replace(test=TESTS[0])
    if NUMBER.fullmatch(word) and request.top_count is None and TOP_COUNT.name in offered:
        return request._replace(top_count=int(word))
    return None


def _understood(offered: Sequence[str]) -> str:
    periods = f"a period ({', '.join(PERIODS)})"
    known = [f"a number from 1 to {LARGEST_TOP_COUNT}", "one command"] if TOP_COUNT.name in offered else []
    known += ["one system"] if SYSTEM.name in offered else []
    return " or ".join([*known, *([periods] if PERIOD.name in offered else []), f"`{FLEET}`"])


def _checked(request: Request) -> Request:
    if not 1 <= request.top <= LARGEST_TOP_COUNT:
        raise BadQuestionError(f"`top_count` must be a number from 1 to {LARGEST_TOP_COUNT}, not {request.top_count}.")
    return request


def _quoted(typed: str) -> str:
    from plugin.display import text  # the pages are imported with the first request

    return text.inline(typed)
