"""Batches that wait for the database; beyond a bound neighbours are merged, so that no count is lost."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from operator import add
from typing import TypeVar

from plugin.metrics.series import joined, merged
from plugin.model import AnswerTimes, Batch, CommandDelta, CommandKey, ErrorDelta, Finding, MemberSketch, SeriesDelta

MOST_ROWS = 5000
"""Waiting rows of commands, series, errors and findings before batches are merged; each takes about 1 kB."""

MOST_ROWS_AGAIN = 300
"""Written rows that are kept in case the database loses them; the last batch always is."""

Key = TypeVar("Key")
Value = TypeVar("Value")


class Backlog:
    """Batches that are not written yet, oldest first."""

    def __init__(self, most_rows: int = MOST_ROWS) -> None:
        self._most_rows = most_rows
        self._batches: deque[Batch] = deque()
        self._written: deque[Batch] = deque()
        self._tried = -1
        self.merged = 0
        """Batches that were merged into a neighbour."""

    def __len__(self) -> int:
        return len(self._batches)

    def put(self, batch: Batch) -> None:
        """Add the newest batch."""
        self._batches.append(batch)
        while sum(map(_rows, self._batches)) > self._most_rows and self._merge_two():
            self.merged += 1

    def first(self) -> Batch:
        """The oldest batch, for an attempt to write it; from now on it is not merged with others."""
        self._tried = max(self._tried, self._batches[0].sequence)
        return self._batches[0]

    def written(self, batch: Batch) -> None:
        """Remove a batch that is in the database; the last ones are kept for `requeue_written`."""
        if self._batches and self._batches[0] is batch:
            self._written.append(self._batches.popleft())
            while len(self._written) > 1 and sum(map(_rows, self._written)) > MOST_ROWS_AGAIN:
                self._written.popleft()

    def take(self) -> list[Batch]:
        """Remove and return every batch, oldest first."""
        taken = list(self._batches)
        self._batches.clear()
        return taken

    def requeue_written(self) -> None:
        """Queue the kept batches to be written again; the database skips those it still has."""
        if self._written:
            self._tried = max(self._tried, self._written[-1].sequence)
            self._batches.extendleft(reversed(self._written))
            self._written.clear()

    def _merge_two(self) -> bool:
        # A batch that was tried may be in the database without our knowing; its sequence must stay the same.
        start = sum(batch.sequence <= self._tried for batch in self._batches)
        pairs = range(start, len(self._batches) - 1)
        if not pairs:
            return False
        # The two neighbours with the fewest rows, so that resolution is lost where little happened.
        index = min(pairs, key=lambda index: _rows(self._batches[index]) + _rows(self._batches[index + 1]))
        self._batches[index] = merged_batch(self._batches[index], self._batches[index + 1])
        del self._batches[index + 1]
        return True


def _rows(batch: Batch) -> int:
    return len(batch.commands) + len(batch.series) + len(batch.errors) + len(batch.findings) + len(batch.members)


def merged_batch(one: Batch, other: Batch) -> Batch:
    """Both batches as one, which starts at the first one's minute."""
    commands: dict[CommandKey, CommandDelta] = {}
    for delta in (*one.commands, *other.commands):
        known = commands.get(delta.key)
        commands[delta.key] = delta if known is None else _merged_command(known, delta)
    series: dict[str, SeriesDelta] = dict(one.series)
    for name, values in other.series.items():
        series[name] = joined(series[name], values) if name in series else values
    errors = tuple(grouped_errors((*one.errors, *other.errors)).values())
    findings = last_states((*one.findings, *other.findings))
    kinds = {**one.kinds, **other.kinds}
    return Batch(
        one.start, other.sequence, tuple(commands.values()), series, errors, findings, kinds, _members(one, other)
    )


def _members(one: Batch, other: Batch) -> tuple[MemberSketch, ...]:
    if not one.members:
        return other.members
    from plugin.hyperloglog import merged  # here, since few bots count members

    found = {(sketch.period, sketch.salt): sketch.packed for sketch in one.members}
    for period, packed, salt in other.members:
        known = found.get((period, salt))
        found[period, salt] = packed if known is None else merged(known, packed)
    return tuple(MemberSketch(period, packed, salt) for (period, salt), packed in found.items())


def _merged_command(one: CommandDelta, other: CommandDelta) -> CommandDelta:
    ok, denied, error, cancelled = map(add, one.outcomes, other.outcomes)
    return CommandDelta(
        one.key,
        (ok, denied, error, cancelled),
        one.total_ns + other.total_ns,
        merged(one.durations, other.durations),
        merged(one.first_responses, other.first_responses),
        _answers(one.answers, other.answers),
        _answers(one.deferred, other.deferred),
    )


def _answers(one: AnswerTimes, other: AnswerTimes) -> AnswerTimes:
    if not other.number:
        return one
    return AnswerTimes(one.number + other.number, one.total_ns + other.total_ns, merged(one.times, other.times))


def last_states(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, in its last state; one that began again is another finding."""
    return tuple({(finding.identity, finding.since, finding.everywhere): finding for finding in findings}.values())


def grouped_errors(errors: Iterable[ErrorDelta]) -> dict[object, ErrorDelta]:
    """Errors merged by `error_key`."""
    found: dict[object, ErrorDelta] = {}
    for error in errors:
        key = error_key(error)
        known = found.get(key)
        found[key] = error if known is None else merged_error(known, error)
    return found


def error_key(error: ErrorDelta) -> object:
    """What tells errors apart in history: command, type, file and function."""
    place = error.group.place
    return error.command, error.group.type, place and (place.file, place.function)


def merged_error(one: ErrorDelta, other: ErrorDelta) -> ErrorDelta:
    """Both as one; `other` is the later one."""
    count = one.group.count + other.group.count
    return other._replace(group=replace(other.group, count=count, first_seen=one.group.first_seen))
