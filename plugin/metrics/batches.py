"""Batches that wait for the database: bounded by putting neighbours together, so that no count is lost."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from operator import add
from typing import TypeVar

from plugin.metrics.series import joined, merged
from plugin.model import AnswerTimes, Batch, CommandDelta, CommandKey, ErrorDelta, Finding, SeriesDelta

MOST_ROWS = 5000
"""Rows of commands, series, errors and findings that wait before batches are put together; each takes about 1 kB."""

MOST_ROWS_AGAIN = 300
"""Rows that are remembered after they were written, in case the database loses them; the last batch always is."""

Key = TypeVar("Key")
Value = TypeVar("Value")


class Backlog:
    """The batches that are not written yet, oldest first."""

    def __init__(self, most_rows: int = MOST_ROWS) -> None:
        self._most_rows = most_rows
        self._batches: deque[Batch] = deque()
        self._written: deque[Batch] = deque()
        self._tried = -1
        self.put_together = 0
        """How many batches were added to a neighbour."""

    def __len__(self) -> int:
        return len(self._batches)

    def put(self, batch: Batch) -> None:
        """Add the newest batch."""
        self._batches.append(batch)
        while sum(map(_rows, self._batches)) > self._most_rows and self._join():
            self.put_together += 1

    def first(self) -> Batch:
        """The oldest batch, which is about to be tried; from now on it stays as it is."""
        self._tried = max(self._tried, self._batches[0].sequence)
        return self._batches[0]

    def written(self, batch: Batch) -> None:
        """Take a batch out that is in the database; the last ones are remembered."""
        if self._batches and self._batches[0] is batch:
            self._written.append(self._batches.popleft())
            while len(self._written) > 1 and sum(map(_rows, self._written)) > MOST_ROWS_AGAIN:
                self._written.popleft()

    def take(self) -> list[Batch]:
        """Every batch, oldest first; from here on it is empty."""
        taken = list(self._batches)
        self._batches.clear()
        return taken

    def again(self) -> None:
        """Let all that is remembered wait to be written once more; what the database still has, it knows again."""
        if self._written:
            self._tried = max(self._tried, self._written[-1].sequence)
            self._batches.extendleft(reversed(self._written))
            self._written.clear()

    def _join(self) -> bool:
        # One that was tried may be in the database although nobody was told so: it is known again by its sequence only.
        start = sum(batch.sequence <= self._tried for batch in self._batches)
        pairs = range(start, len(self._batches) - 1)
        if not pairs:
            return False
        # The two neighbours with the fewest rows: so the minutes grow longer where little happened.
        index = min(pairs, key=lambda index: _rows(self._batches[index]) + _rows(self._batches[index + 1]))
        self._batches[index] = together(self._batches[index], self._batches[index + 1])
        del self._batches[index + 1]
        return True


def _rows(batch: Batch) -> int:
    return len(batch.commands) + len(batch.series) + len(batch.errors) + len(batch.findings)


def together(one: Batch, other: Batch) -> Batch:
    """Both batches as one of the first one's minute."""
    commands: dict[CommandKey, CommandDelta] = {}
    for delta in (*one.commands, *other.commands):
        known = commands.get(delta.key)
        commands[delta.key] = delta if known is None else _sum(known, delta)
    series: dict[str, SeriesDelta] = dict(one.series)
    for name, values in other.series.items():
        series[name] = joined(series[name], values) if name in series else values
    errors, findings = _errors((*one.errors, *other.errors)), latest((*one.findings, *other.findings))
    kinds = {**one.kinds, **other.kinds}
    return Batch(one.start, other.sequence, tuple(commands.values()), series, errors, findings, kinds)


def _sum(one: CommandDelta, other: CommandDelta) -> CommandDelta:
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


def _errors(errors: Iterable[ErrorDelta]) -> tuple[ErrorDelta, ...]:
    return tuple(by_group(errors).values())


def latest(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, in its last state; one that began anew is another."""
    return tuple({(finding.identity, finding.since, finding.everywhere): finding for finding in findings}.values())


def by_group(errors: Iterable[ErrorDelta]) -> dict[object, ErrorDelta]:
    """Failures of one command, type, file and function as one, by these."""
    found: dict[object, ErrorDelta] = {}
    for error in errors:
        place = error.group.place
        key = (error.command, error.group.type, place and (place.file, place.function))
        known = found.get(key)
        if known is not None:
            count = known.group.count + error.group.count
            error = error._replace(group=replace(error.group, count=count, first_seen=known.group.first_seen))
        found[key] = error
    return found
