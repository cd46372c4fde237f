"""Changes of commands by a release: slower or faster, failing more or less."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from plugin.histogram import Histogram, bucket_index, bucket_value_ns, nearest_rank
from plugin.insight.chances import chance_of_rates
from plugin.insight.changes import MINIMUM_DIFFERENCE, correct_for_multiple_tests, differ, make_change
from plugin.insight.scales import NS_PER_MS
from plugin.insight.shifts import Shift, compare_blocks
from plugin.insight.strata import HourCalls, Likeness
from plugin.model import (
    Change,
    ChangeVerdict,
    CommandDelta,
    CommandKey,
    CommandPoint,
    Finding,
    Outcome,
    Severity,
    Subject,
    SubjectKind,
)
from plugin.words import amount, label

LEVEL = 0.001
"""How often noise alone may cause a finding of one release, which stays for weeks and is judged many times."""
LEAST_RATIO = {Likeness.WEEK: 1.15, Likeness.DAY: 1.3, Likeness.NONE: 2.0}
"""The least change of answer times or error rate, by the likeness of the hours, so that no rhythm causes it."""
LEAST_TAIL_RATIO = {Likeness.WEEK: 1.3, Likeness.DAY: 1.5, Likeness.NONE: 2.0}
"""The least change of p95 if only the slowest calls have changed."""
TOLD_FROM = 1.1
"""A quantile that changed less than this does not show the change that the ranks have proven."""
TAIL = 0.95
ENOUGH_FOR_TAIL = 200
"""With fewer calls since the release the slowest of them are not compared."""
QUANTILES = (("p95", TAIL), ("median", 0.5))
"""Quantiles that describe a shift of all durations: p95, or the median if p95 does not show it."""
MOST_FINDINGS = 10
AFTER_DEFERRING = "after deferring"
MOST_CANDIDATES = 8
CANDIDATE_FROM = 2.5
"""In standard deviations of independent calls; dispersion and rhythms cause more."""
FAILURES = "failing_more", "failing_less"
TIMES = "slower", "faster"
WORST_FIRST = ("failing_more", "slower", "failing_less", "faster")
"""The rules of a release."""

Points = Sequence[CommandPoint]
"""One command while one release ran, in steps of at most an hour."""


class ReleaseFigures(NamedTuple):
    """History of one release."""

    release: str
    commands: Mapping[CommandKey, Points]
    since: float = 0.0
    """Unix time in seconds of the first step."""


class _Compared(NamedTuple):
    """One number of one command under both releases."""

    name: str
    change: Change
    """In percent or milliseconds."""
    rules: tuple[str, str]
    """The rules for a rise and for a fall."""
    what: str
    """For example `p95`."""
    unit: str

    @property
    def rule(self) -> str:
        """The rule of the finding, if the change is significant."""
        return self.rules[self.change.verdict is ChangeVerdict.BETTER]

    @property
    def size(self) -> float:
        """The size of the change; larger is worse, or better for good news."""
        was, now = self.change.before or 0, self.change.after or 0
        return abs(now - was) if self.rules is FAILURES else max(was, now) / (min(was, now) or 1)

    def finding(self, after: ReleaseFigures) -> Finding:
        """The finding about the change."""
        was, now = self.change.before or 0, self.change.after or 0
        shown = f"{amount(was, self.unit, beside=now)} → {amount(now, self.unit, beside=was)}"
        return Finding(
            self.rule,
            Subject(SubjectKind.COMMAND, self.name),
            Severity.WELL if self.change.verdict is ChangeVerdict.BETTER else Severity.WARNING,
            f"{self.name}: {self.what} {shown} since {after.release}",
            after.since,
            value=now,
            unit=self.unit,
            evidence=(("before", was),),
            look_at=f"/commandstats command:{self.name} period:7d",
            everywhere=True,
        )


def candidates(before: Sequence[CommandDelta], after: Sequence[CommandDelta]) -> list[CommandKey]:
    """The commands that may have changed, at most 8, largest difference first, since comparing all is expensive.

    Neither like hours nor clumps are looked at here, so this proves nothing.
    """
    old = {command.key: command for command in before}
    differing = {command.key: max(_deviations(old[command.key], command)) for command in after if command.key in old}
    found = [key for key, deviations in differing.items() if deviations >= CANDIDATE_FROM]
    return sorted(found, key=lambda key: -differing[key])[:MOST_CANDIDATES]


def _deviations(before: CommandDelta, after: CommandDelta) -> Iterator[float]:
    """Differences of log answer times, and of errors, in standard deviations of independent calls."""
    yield _apart(before.answers.times, after.answers.times)
    yield _apart(before.deferred.times, after.deferred.times)
    (ok, _, old, _), (other_ok, _, new, _) = before.outcomes, after.outcomes
    n, m, events = ok + old, other_ok + new, old + new
    share = m / (n + m) if n and m else 0.0
    yield abs(new - events * share) / math.sqrt(events * share * (1 - share)) if events and share else 0.0


def _apart(before: Histogram, after: Histogram) -> float:
    (n, was, spread), (m, now, other) = _log_moments(before), _log_moments(after)
    if not n or not m or now == was:
        return 0.0
    return abs(now - was) / math.sqrt((spread + other) / 2 * (1 / n + 1 / m)) if spread + other else math.inf


def _log_moments(times: Histogram) -> tuple[int, float, float]:
    """Their number, and the mean and variance of their logarithms."""
    values = [(math.log(bucket_value_ns(index)), count) for index, count in enumerate(times.counts) if count]
    number = sum(count for _, count in values)
    mean = sum(value * count for value, count in values) / (number or 1)
    return number, mean, sum((value - mean) ** 2 * count for value, count in values) / (number or 1)


def compare_releases(
    before: ReleaseFigures, after: ReleaseFigures, limit: int = MOST_FINDINGS, among: int = 0
) -> list[Finding]:
    """Changes of commands from the previous release, worst first, at most `limit`.

    A change counts if it is significant in like hours (see `compare_blocks`), begins with the release, survives
    `correct_for_multiple_tests` (these are the `candidates` among so many) and is large enough for how alike the hours
    are.
    """
    keys = before.commands.keys() & after.commands.keys()
    compared = [one for key in keys for one in _command(label(key), before.commands[key], after.commands[key])]
    others = [Change(None, None, 1.0, ChangeVerdict.SAME)] * max(0, among - len(keys))
    changes = correct_for_multiple_tests([*(one.change for one in compared), *others], LEVEL)
    found = [one for one, change in zip(compared, changes, strict=False) if change.holds]
    found.sort(key=lambda one: (WORST_FIRST.index(one.rule), -one.size, one.name))
    return [one.finding(after) for one in found[:limit]]


def _command(name: str, before: Points, after: Points) -> Iterator[_Compared]:
    failed = any(point.outcomes[Outcome.ERROR] for points in (before, after) for point in points)
    blocks = ([_outcomes(point) for point in points] for points in (before, after))
    failures = compare_blocks(*blocks) if failed else None
    if failures is not None:
        yield _failing(name, failures)
    yield from _times(
        name, *([_block(point.at, point.answers.times) for point in points] for points in (before, after))
    )
    deferred = ([_block(point.at, point.deferred.times) for point in points] for points in (before, after))
    yield from (one._replace(what=f"{one.what} {AFTER_DEFERRING}") for one in _times(name, *deferred))


def _times(name: str, before: Sequence[HourCalls], after: Sequence[HourCalls]) -> Iterator[_Compared]:
    """Of answers of one kind; hours without any say nothing."""
    old, new = ([block for block in blocks if block.values] for blocks in (before, after))
    times = compare_blocks(old, new)
    if times is None:
        return
    whole = _timing(name, times)
    begins = times.begins or times.p_value > LEVEL
    if begins and not whole.change.holds and times.after.total() >= ENOUGH_FOR_TAIL:
        start = bucket_index(int(quantile_ns(times.before + times.after, TAIL)))
        tail = compare_blocks(*([_reaching(block, start) for block in blocks] for blocks in (old, new)))
        if tail is not None:
            yield _tail(name, times, tail)
    yield whole


def _outcomes(point: CommandPoint) -> HourCalls:
    return HourCalls(point.at, {0: point.outcomes[Outcome.OK], 1: point.outcomes[Outcome.ERROR]})


def _block(at: int, times: Histogram) -> HourCalls:
    return HourCalls(at, {index: count for index, count in enumerate(times.counts) if count})


def _reaching(block: HourCalls, start: int) -> HourCalls:
    reaching = sum(count for index, count in block.values.items() if index >= start)
    return HourCalls(block.at, {0: sum(block.values.values()) - reaching, 1: reaching})


def _failing(name: str, shift: Shift) -> _Compared:
    was, now = (100 * values[1] / values.total() for values in (shift.before, shift.after))
    matters = differ(was, now, LEAST_RATIO[shift.likeness]) and abs(now - was) >= 100 * MINIMUM_DIFFERENCE
    return _Compared(name, _settled(shift, was, now, _chance(shift), matters), FAILURES, "fails", "%")


def _timing(name: str, shift: Shift) -> _Compared:
    """The shift of all answers."""
    matters = differ(1.0, shift.ratio(bucket_value_ns), LEAST_RATIO[shift.likeness])
    by_p95, by_median = (_told(name, shift, what, quantile, matters) for what, quantile in QUANTILES)
    return by_p95 if by_p95.change.holds else by_median


def _told(name: str, shift: Shift, what: str, quantile: float, matters: bool) -> _Compared:
    was, now = (quantile_ns(values, quantile) / NS_PER_MS for values in (shift.before, shift.after))
    change = _settled(shift, was, now, shift.p_value, matters and differ(was, now, TOLD_FROM))
    return _Compared(name, change, TIMES, what, "ms")


def _tail(name: str, whole: Shift, shift: Shift) -> _Compared:
    """The share of calls as slow as the slowest 5 % of both, told by p95."""
    was, now = (quantile_ns(values, TAIL) / NS_PER_MS for values in (whole.before, whole.after))
    matters = differ(was, now, LEAST_TAIL_RATIO[shift.likeness])
    return _Compared(name, _settled(shift, was, now, _chance(shift), matters), TIMES, "p95", "ms")


def _settled(shift: Shift, was: float, now: float, p_value: float, matters: bool) -> Change:
    """The change with what it takes to be the release's; one that is not counts as no evidence beside others."""
    if not shift.begins or (now > was) is not shift.rises:
        return make_change(was, now, 1.0, matters=False, enough=True)
    return make_change(was, now, p_value, matters, enough=True)


def _chance(shift: Shift) -> float:
    """Of what either happens or not: Fisher's exact test too must hold, of counts divided by their dispersion.

    The sum over strata is far from normal where one side has few calls.
    """
    old, new = (
        (round(values[1] / shift.dispersion), round(values.total() / shift.dispersion))
        for values in (shift.before, shift.after)
    )
    many, few = (new, old) if shift.rises else (old, new)
    return max(shift.p_value, 2 * chance_of_rates(*many, *few))


def quantile_ns(values: Counter[int], quantile: float) -> float:
    """A quantile of values that are told by their buckets."""
    ordered = sorted(values)
    seen = [*accumulate(values[bucket] for bucket in ordered)]
    return bucket_value_ns(ordered[bisect_left(seen, nearest_rank(quantile, values.total()))])
