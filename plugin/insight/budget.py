"""How commands spend Discord's three seconds, in one sentence, and which commands overrun them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plugin.histogram import carries, nearest_rank
from plugin.insight.rule import Look, Rule
from plugin.insight.scales import WARNING
from plugin.model import (
    DEADLINE_NS,
    Budget,
    CommandSnapshot,
    Finding,
    Holding,
    LoopBlock,
    Misses,
    Place,
    Split,
    Stage,
    Subject,
    SubjectKind,
)
from plugin.words import label, three_digits

QUANTILE = 0.95
WORTH_ADVICE_NS = 1_000_000_000
"""Faster first responses need no advice."""

FEWEST_MISSES = 3
"""Fewer missed deadlines are chance, not a problem of the command."""

MISSED_SHARE = 0.01
"""Share of missed deadlines at which a command has a problem."""

EXPLAINS = 0.5
"""A block of the event loop explains a stage if it took at least this share of it."""

_SECOND_NS = 1_000_000_000
_ALLOWED = f"Discord allows {DEADLINE_NS // _SECOND_NS} s"
_WHERE = {
    Stage.LOOP: "waiting for the event loop: something else blocked it",
    Stage.CHECKS: "in checks and hooks: make them faster",
    Stage.CODE: "in its own code: defer first",
    Stage.DISCORD: "waiting for Discord: defer before any other API call",
    Stage.LIMITED: "waiting for rate limits: defer before any other API call",
}
_OWN = (Stage.CHECKS, Stage.CODE)
"""Stages in which the command itself can block the event loop."""

_WHERE_AT = {
    Stage.CHECKS: "in checks and hooks at {}: make them faster",
    Stage.CODE: "in its own code at {}: defer first",
    Stage.DISCORD: "waiting for Discord at {}: defer first",
    Stage.LIMITED: "waiting for rate limits at {}: defer first",
}


def budget_of(command: CommandSnapshot, blocks: Sequence[LoopBlock] = ()) -> Budget | None:
    """How a command spends its three seconds; None before its first response.

    `blocks` are those of the event loop; a command that blocks it must be fixed first.
    """
    splits = sorted(command.stages.splits(), key=_first_response_ns) if command.stages is not None else ()
    if command.stages is None or not splits:
        return None
    split = splits[nearest_rank(QUANTILE, len(splits)) - 1]
    places = command.stages.places
    place = places[0][0] if places else None
    sentence = _used(label(command.key), split, len(splits))
    if split.first_response_ns >= WORTH_ADVICE_NS:
        sentence = f"{sentence}, {_most(split, place, blocks, label(command.key))}"
    return Budget(split, sentence, len(splits))


def _first_response_ns(split: Split) -> int:
    return split.first_response_ns


def _used(name: str, split: Split, number: int) -> str:
    how = "p95" if carries(QUANTILE, number) else "slowest"
    over = f"{how} of the last {number:,} invocations" if number > 1 else "one invocation"
    return f"{name} took {_seconds(split.first_response_ns)} s ({over}; Discord allows 3 s)"


def _most(split: Split, place: Place | None, blocks: Sequence[LoopBlock], name: str) -> str:
    """The stage that took most of the time, and what to do about it."""
    stage = max(list(Stage)[: Stage.AFTER], key=lambda stage: split.stages_ns[stage])
    took_ns = split.stages_ns[stage]
    took = f"{_seconds(took_ns)} s of it"
    own = [block for block in blocks if block.what == name and block.place is not None]
    block = max(own, key=lambda block: block.longest_ns, default=None)
    if stage in _OWN and block is not None and block.longest_ns >= EXPLAINS * took_ns:
        cure = "run it in a thread" if block.holding is Holding.WAITING else "move it off the event loop"
        return f"{took} blocking the event loop at {_at(block.place)}{_called(block)}: {cure}"
    at = _WHERE_AT.get(stage) if place is not None else None
    return f"{took} {_WHERE[stage] if at is None else at.format(_at(place))}"


def _at(place: Place | None) -> str:
    return "" if place is None else f"{place.file}:{place.line}"


def _called(block: LoopBlock) -> str:
    return f" ({block.call})" if block.call else ""


def _seconds(duration_ns: int) -> str:
    seconds = duration_ns / _SECOND_NS
    return f"{seconds:.2f}" if seconds < 0.1 else three_digits(seconds)


def overruns(misses: Misses) -> int:
    """Interactions that overran the deadline, without those that were never answered."""
    return misses.late + misses.refused + misses.waiting


def _deadlines(look: Look) -> Iterator[Finding]:
    for command in look.snapshot.commands:
        if command.stages is not None and _misses_often(command, command.stages.misses):
            name, number = label(command.key), overruns(command.stages.misses)
            yield Finding(
                "deadline_missed",
                Subject(SubjectKind.COMMAND, name),
                WARNING,
                f"{name} answered too late {number} times ({_ALLOWED})",
                look.snapshot.at,
                value=number,
                evidence=(("invocations", command.invocations),),
                look_at=f"/commandstats command:{name}",
            )


def _summary(findings: Sequence[Finding], _: float) -> str:
    worst = max(findings, key=lambda finding: finding.value or 0)
    if len(findings) == 1:
        return worst.sentence
    return (
        f"{len(findings)} commands answered too late ({_ALLOWED}), worst {worst.subject.name} {worst.value:.0f} times"
    )


def _misses_often(command: CommandSnapshot, misses: Misses) -> bool:
    number = overruns(misses)
    return number >= FEWEST_MISSES and number >= MISSED_SHARE * (command.invocations + misses.waiting)


DEADLINE_RULES = (Rule("deadline_missed", _deadlines, _summary, counts=True, numbers_only=True),)
