"""Where the three seconds of a command go, in one plain sentence, and which commands overrun them."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.histogram import carries, nearest_rank
from plugin.model import DEADLINE_NS, Budget, CommandSnapshot, Misses, Place, Split, Stage
from plugin.words import label, three_digits

QUANTILE = 0.95
WORTH_ADVICE_NS = 1_000_000_000
"""Up to here nobody needs to be told what to do about the time until the first response."""

FEWEST_MISSES = 3
"""Fewer missed deadlines than this are a user's bad luck, no trouble of a command."""

MISSED_SHARE = 0.01
"""From this share of its interactions on a command is in trouble."""

_SECOND_NS = 1_000_000_000
_WHERE = {
    Stage.LOOP: "waiting for the event loop: something else held it",
    Stage.CHECKS: "in checks and hooks: make them quicker",
    Stage.CODE: "before the first response: defer first",
    Stage.DISCORD: "waiting for Discord: defer before asking it for anything else",
    Stage.LIMITED: "held back by rate limits: defer before asking Discord for anything else",
}
_WHERE_AT = {
    Stage.CHECKS: "in checks and hooks, at {}: make them quicker",
    Stage.CODE: "before the first response in {}: defer first",
    Stage.DISCORD: "waiting for Discord in {}: defer first",
    Stage.LIMITED: "held back by rate limits in {}: defer first",
}


def budget_of(command: CommandSnapshot) -> Budget | None:
    """How a command spends its three seconds; None before its first response."""
    splits = sorted(command.stages.splits(), key=_first_response_ns) if command.stages is not None else ()
    if command.stages is None or not splits:
        return None
    split = splits[nearest_rank(QUANTILE, len(splits)) - 1]
    places = command.stages.places
    place = places[0][0] if places else None
    return Budget(split, _sentence(label(command.key), split, len(splits), place), len(splits))


def _first_response_ns(split: Split) -> int:
    return split.first_response_ns


def _sentence(name: str, split: Split, number: int, place: Place | None) -> str:
    used_ns = split.first_response_ns
    over = f"the last {number:,} invocations" if number > 1 else "its one invocation"
    how = "at p95" if carries(QUANTILE, number) else "at most"
    used = f"{name} used {_seconds(used_ns)} of its 3 s {how} in {over}"
    if used_ns < WORTH_ADVICE_NS:
        return used
    stage = max(list(Stage)[: Stage.AFTER], key=lambda stage: split.stages_ns[stage])
    at = _WHERE_AT.get(stage) if place is not None else None
    where = _WHERE[stage] if at is None or place is None else at.format(f"{place.file}:{place.line}")
    return f"{used}, {_seconds(split.stages_ns[stage])} s of it {where}"


def _seconds(duration_ns: int) -> str:
    seconds = duration_ns / _SECOND_NS
    return f"{seconds:.2f}" if seconds < 0.1 else three_digits(seconds)


def overruns(misses: Misses) -> int:
    """How many interactions overran the deadline; one that nobody answered at all is another matter."""
    return misses.late + misses.refused + misses.waiting


def deadline_phrases(commands: Sequence[CommandSnapshot]) -> list[str]:
    """Which commands miss Discord's deadline, as one short phrase; none where that is rare."""
    missing = [
        (overruns(command.stages.misses), command)
        for command in commands
        if command.stages is not None and _misses_often(command, command.stages.misses)
    ]
    if not missing:
        return []
    number, worst = max(missing, key=lambda found: found[0])
    of = f"{label(worst.key)} {number} times"
    deadline = f"{DEADLINE_NS // _SECOND_NS} s"
    if len(missing) == 1:
        return [f"{of} too late for Discord's {deadline}"]
    return [f"{len(missing)} commands too late for Discord's {deadline}, worst {of}"]


def _misses_often(command: CommandSnapshot, misses: Misses) -> bool:
    number = overruns(misses)
    return number >= FEWEST_MISSES and number >= MISSED_SHARE * (command.invocations + misses.waiting)
