"""Batches with what a test is about, and nothing else."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from plugin.histogram import Histogram
from plugin.history.store import Store
from plugin.model import (
    AnswerTimes,
    Batch,
    CommandDelta,
    CommandKey,
    CommandKind,
    ErrorDelta,
    ErrorGroup,
    Finding,
    MemberSketch,
    Place,
    Scope,
    SeriesDelta,
    Severity,
    Subject,
    SubjectKind,
    Writer,
)

HOUR, DAY = 3600, 86_400
NOON = 20_000 * DAY + DAY // 2
"""A moment at which an hour, but no day, begins."""

BOT = 1
SCOPE = Scope(BOT)
WRITER = Writer(BOT, "host", "boot", "1.0")
BUY = CommandKey(CommandKind.SLASH, "shop buy", "shop")
SELL = CommandKey(CommandKind.SLASH, "shop sell", "shop")
PING = CommandKey(CommandKind.PREFIX, "ping", None)
MILLISECOND_NS = 1_000_000

_sequence = itertools.count()


def histogram(values: Iterable[int]) -> Histogram:
    """A histogram that has recorded the values."""
    filled = Histogram()
    for value in values:
        filled.record(value)
    return filled


def delta(key: CommandKey = BUY, ok: int = 1, error: int = 0, each_ms: int = 10, deferred: int = 0) -> CommandDelta:
    """Invocations of one command that answered equally fast, in `each_ms`, and ran twice as long.

    So many of the first deferred at once, and answered ten times later.
    """
    answer_ns, ran = each_ms * MILLISECOND_NS, ok + error
    at_once = [answer_ns] * (ran - deferred)
    others = [0] * deferred + [answer_ns // 2] * 2  # those that only defer, and those of refusals
    return CommandDelta(
        key,
        (ok, 2, error, 3),
        ran * 2 * answer_ns,
        histogram([2 * answer_ns] * ran),
        histogram([] if key.kind is CommandKind.PREFIX else at_once + others),
        answers(at_once),
        answers([10 * answer_ns] * deferred),
    )


def answers(times_ns: Sequence[int]) -> AnswerTimes:
    """Answers in these times."""
    return AnswerTimes(len(times_ns), sum(times_ns), histogram(times_ns))


def failure(
    type: str = "ValueError",
    place: Place | None = Place("shop.py", "buy", 7),  # noqa: B008 # it cannot change
    count: int = 1,
    seen: float = NOON,
    key: CommandKey = BUY,
) -> ErrorDelta:
    """Failures of one command, all at one moment."""
    return ErrorDelta(key, ErrorGroup(type, place, count, seen, seen))


def batch(
    start: int,
    *commands: CommandDelta,
    sequence: int | None = None,
    errors: tuple[ErrorDelta, ...] = (),
    findings: tuple[Finding, ...] = (),
    members: tuple[MemberSketch, ...] = (),
    **series: float,
) -> Batch:
    """A minute with one value of each series; the sequence grows from call to call."""
    values = {name: SeriesDelta(1, value, value, value) for name, value in series.items()}
    number = next(_sequence) if sequence is None else sequence
    return Batch(start, number, commands, values, errors, findings, members=members)


async def count(store: Store, start: int, end: int, scope: Scope = SCOPE, key: CommandKey = BUY) -> int:
    """How often a command ended well."""
    totals = await store.reading.totals(scope, start, end)
    return next((command.outcomes[0] for command in totals if command.key == key), 0)


async def roll_up_all(store: Store, now: int) -> int:
    """Roll up until there is nothing more to do; how many steps that took."""
    steps = 0
    while await store.writing.roll_up(now):
        steps += 1
    return steps


async def prune_all(store: Store, now: int) -> int:
    """Prune until there is nothing more to do; how many steps that took."""
    steps = 0
    while await store.writing.prune(BOT, now):
        steps += 1
    return steps


def finding(
    rule: str = "slow_command",
    name: str = "/shop buy",
    since: float = NOON,
    until: float | None = None,
    kind: SubjectKind = SubjectKind.COMMAND,
    everywhere: bool = False,
) -> Finding:
    """Something found about a command, or whatever has this name."""
    subject, severity = Subject(kind, name), Severity.WARNING
    said, numbers = f"{name} is slow", (("invocations", 40.0),)
    return Finding(rule, subject, severity, said, since, until, 480.0, 250.0, "ms", numbers, f"/see {name}", everywhere)
