"""The pages of a fleet: every instance with its release, shards and last heartbeat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from plugin.display import numbers, text
from plugin.display.book import Book, Chapter, Rows, Section
from plugin.display.marks import sign
from plugin.display.pages.past import errors_section, release_section
from plugin.model import Health, InstanceSeen, Severity
from plugin.model.past import Fleet, InstanceHealth, InstanceState, PastHealth

MOST_REASONS = 5
NAME_CELLS = 20
INDENT = " " * 3
LAST_WORDS_LINES = 3
NOBODY = "No instance has written to this database yet."


def fleet_pages(past: PastHealth, health: Health, at: float) -> Book:
    """The state of the fleet, changes by the last update, errors, and every instance."""
    fleet = past.fleet
    rows = Rows(lambda judged: _instance(judged, at), fleet.instances)
    sections = [
        release_section(past.release),
        errors_section(past.errors, past.errors_since, at),
        Section("Instances", rows),
    ]
    if fleet.severity > Severity.WELL:
        sections.insert(0, sections.pop())
    return Book([Chapter("Fleet", _opening(fleet), sections, "all instances")], health, at)


def fleet_section(fleet: Fleet) -> Section:
    """The other instances in one line; empty for a bot with only one."""
    return Section("Fleet", fleet_rows(fleet))


def fleet_rows(fleet: Fleet) -> list[str]:
    """Instances by state, those that left apart; empty if there was never another one."""
    lives = [judged.life for judged in fleet.instances]
    counts = [
        f"{lives.count(life):,} {life.value}" for life in (InstanceState.DEAD, InstanceState.RUNS) if life in lives
    ]
    if len(lives) < 2 or not counts:
        return []
    return [f"{sign(fleet.severity)} {', '.join(counts)}"]


def _opening(fleet: Fleet) -> str:
    if not fleet.instances:
        return NOBODY
    dead = [f"• {_death(judged)}" for judged in fleet.instances if judged.life is InstanceState.DEAD]
    running = sum(judged.life is InstanceState.RUNS for judged in fleet.instances)
    count = f"{sign(fleet.severity)} {numbers.plural(running, 'instance')} running."
    return "\n".join([count, *text.cut(dead, MOST_REASONS, "• … and {:,} more")])


def _death(judged: InstanceHealth) -> str:
    taken = "; its shards run elsewhere" if judged.covered else ""
    name, silent = text.inline(judged.seen.name, NAME_CELLS), numbers.discord_time(judged.seen.last_seen)
    return f"{name} is dead: last seen {silent}{taken}"


def _instance(judged: InstanceHealth, at: float) -> str:
    seen = judged.seen
    head = text.spread(f"{sign(judged.severity)} {text.name(seen.name, NAME_CELLS)}", judged.life.value)
    return "\n".join([head, *_details(judged, seen, at)])


def _details(judged: InstanceHealth, seen: InstanceSeen, at: float) -> Iterator[str]:
    if judged.life is InstanceState.RUNS:
        when = f"up {numbers.rough_span(at - seen.started)}"
    elif judged.life is InstanceState.LEFT:
        when = f"left {numbers.ago(at - seen.last_seen)}"
    else:
        when = f"silent for {numbers.rough_span(at - seen.last_seen)}"
    yield f"{INDENT}{text.name(seen.release, text.LINE_CELLS - 5 - text.cells(when))}, {when}"
    if seen.shards:
        noun = "shard" if len(seen.shards) == 1 else "shards"
        yield text.clip(f"{INDENT}{noun} {shard_ranges(seen.shards)}", text.LINE_CELLS)
    if judged.life is InstanceState.DEAD and seen.status:
        yield from text.wrapped(f"last status: {seen.status}", INDENT, LAST_WORDS_LINES)


def shard_ranges(shards: Sequence[int]) -> str:
    """`0-3, 8`: consecutive shards as ranges."""
    runs = [
        [shard for _, shard in run] for _, run in groupby(enumerate(sorted(shards)), lambda pair: pair[1] - pair[0])
    ]
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
