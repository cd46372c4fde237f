"""The rule of severity: healthy up to the target, a warning up to the threshold, critical beyond it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple, Protocol

from plugin.costs import MEGABYTE
from plugin.insight.evidence import least_mean
from plugin.insight.outcomes import Slot, sums
from plugin.insight.proportions import LEVEL, exceeds, independent
from plugin.measures import JUDGED, LimitSettings
from plugin.model import Judged, RecentAnswers, Sample, Severity, Snapshot
from plugin.settings import Settings

UNKNOWN, WELL, WARNING, CRITICAL = Severity.UNKNOWN, Severity.WELL, Severity.WARNING, Severity.CRITICAL

NS_PER_MS = 1_000_000
MEMORY = "memory_bytes"
"""The measure whose threshold is lowered if there is less memory."""

RESOURCE_TARGET = 0.8
"""Default target as a share of the threshold: memory, CPU, deferred answers."""

LIMIT_SHARE = 0.95
"""Memory is critical from this share of its limit on: resident memory never exceeds the limit itself."""

PAGE_CLUMPS = 2
"""Clumps of failures in an hour that a page tolerates; if they continue, an alert is raised."""

WARM_UP_S = 1800.0
"""The time after each start that is ignored, while a bot fills its caches."""

LATELY_S = 3600.0
"""How long an event counts as recent."""


class Threshold(NamedTuple):
    """A target and a threshold."""

    target: float
    threshold: float
    higher_is_better: bool = False
    worst: Severity = CRITICAL
    """The severity beyond the threshold."""

    def judge(self, value: float | None) -> Judged:
        """The value with its severity; None is UNKNOWN."""
        target, threshold, higher_is_better, worst = self
        if value is None:
            severity = UNKNOWN
        elif higher_is_better:
            severity = WELL if value >= target else WARNING if value >= threshold else worst
        else:
            severity = WELL if value <= target else WARNING if value <= threshold else worst
        return Judged(value, target, threshold, severity)


PROVING = 1000
"""The mean of more answers than this needs no proof."""


class Answered(Protocol):
    """Answers of one kind."""

    @property
    def number(self) -> int:
        """Number of answers."""
        ...

    @property
    def mean_ns(self) -> float | None:
        """Mean in nanoseconds; None without any."""
        ...


class Scales(NamedTuple):
    """The targets and thresholds of all values."""

    measured: Mapping[str, Threshold]
    """Of every measure with limits by name, in its display unit."""
    response_ms: Threshold
    """Of answers without a defer."""
    deferred_ms: Threshold
    """Of answers after a defer."""
    error_rate_percent: Threshold
    minimum_invocations: int
    """With fewer invocations neither error rate nor mean is judged."""

    @classmethod
    def of(cls, settings: Settings, memory_limit_bytes: float | None = None) -> Scales:
        """The scales from the settings; that of memory ends before the available memory."""
        measured = {measure.name: _set(limits, settings) for measure, _, limits in JUDGED}
        most_mb = min(settings.memory_threshold_mb, _limit_mb(memory_limit_bytes))
        measured[MEMORY] = Threshold(RESOURCE_TARGET * most_mb, memory_threshold_mb(settings, memory_limit_bytes))
        return cls(
            measured,
            Threshold(settings.response_target_ms, settings.slow_command_threshold_ms),
            Threshold(settings.deferred_answer_threshold_ms * RESOURCE_TARGET, settings.deferred_answer_threshold_ms),
            Threshold(settings.error_rate_target_percent, settings.error_rate_threshold_percent),
            settings.minimum_invocations,
        )

    def judge_answers(self, mean_ns: float | None, number: int, deferred: bool = False) -> Judged:
        """The mean of so many answers, given in nanoseconds, judged in milliseconds; UNKNOWN while few are slow."""
        scale = self.deferred_ms if deferred else self.response_ms
        judged = scale.judge(None if mean_ns is None else mean_ns / NS_PER_MS)
        slow = judged.severity is WARNING or judged.severity is CRITICAL
        return judged._replace(severity=UNKNOWN) if slow and number < self.minimum_invocations else judged

    def judge_recent(self, answers: Sequence[RecentAnswers], deferred: bool = False, among: int = 1) -> Judged:
        """The mean of the last answers of all these, slow only where its lower confidence bound is.

        `among` means are judged together. UNKNOWN where the mean is beyond the target and its bound is not.
        """
        window = sum([len(of.window_ns) for of in answers])
        mean_ns = sum([of.window_sum_ns for of in answers]) / window if window else None
        judged = self.judge_answers(mean_ns, sum([of.number for of in answers]), deferred)
        if judged.severity not in (WARNING, CRITICAL) or window > PROVING:
            return judged
        least_ns = least_mean(chain.from_iterable(of.window_ns for of in answers), LEVEL / among)
        proven = (self.deferred_ms if deferred else self.response_ms).judge(least_ns / NS_PER_MS).severity
        return judged._replace(severity=UNKNOWN if proven is WELL else proven)

    def judge_recent_worse(self, answers: RecentAnswers, deferred: RecentAnswers, among: int) -> tuple[Judged, bool]:
        """The same as `judge_worse` of the last answers."""
        at_once = self.judge_recent([answers], among=among)
        if not deferred.number:
            return at_once, False
        late = self.judge_recent([deferred], deferred=True, among=among)
        worse = (late.severity, deferred.number) > (at_once.severity, answers.number)
        return (late, True) if worse else (at_once, False)

    def judge_worse(self, answers: Answered, deferred: Answered) -> tuple[Judged, bool]:
        """The worse of both means, or that of the more frequent; and whether it is that of answers after a defer."""
        at_once = self.judge_answers(answers.mean_ns, answers.number)
        late = self.judge_answers(deferred.mean_ns, deferred.number, deferred=True)
        worse = (late.severity, deferred.number) > (at_once.severity, answers.number)
        return (late, True) if worse else (at_once, False)

    def judge_errors(self, ok: int, errors: int, among: int = 1) -> Judged:
        """An error rate in percent, beyond a bound only where its lower confidence bound is (`exceeds`).

        `among` rates are judged together, of which one is high by chance (Bonferroni's correction). A rate above the
        threshold without proof, or above the target of too few invocations, is UNKNOWN.
        """
        return self._judge_errors(ok, errors, lambda: (errors, ok + errors), among)

    def judge_slots(self, slots: Sequence[Slot], among: int = 1) -> Judged:
        """The same of the latest invocations, slot by slot, where failures may come in clumps."""
        ok, errors = sums(slots)
        return self._judge_errors(ok, errors, lambda: independent(slots, PAGE_CLUMPS), among)

    def _judge_errors(self, ok: int, errors: int, telling: Callable[[], tuple[float, float]], among: int) -> Judged:
        judged = ok + errors
        target, threshold, *_ = self.error_rate_percent
        if not judged:
            return Judged(None, target, threshold, UNKNOWN)
        percent = 100 * errors / judged
        few = judged < self.minimum_invocations
        severity = UNKNOWN if percent > (target if few else threshold) else WELL
        if percent > target and not few:
            level, told = LEVEL / among, telling()
            for bound, worse in ((target, WARNING), (threshold, CRITICAL)):
                severity = worse if exceeds(*told, bound / 100, level) else severity
        return Judged(percent, target, threshold, severity)


def _set(limits: LimitSettings, settings: Settings) -> Threshold:
    threshold: float = getattr(settings, limits.threshold)
    target: float = getattr(settings, limits.target) if limits.target else limits.target_share * threshold
    return Threshold(target, threshold, limits.higher_is_better, WARNING if limits.only_warns else CRITICAL)


def memory_threshold_mb(settings: Settings, memory_limit_bytes: float | None) -> float:
    """The setting, or 95 % of the memory of the container or machine if that is less."""
    return min(settings.memory_threshold_mb, LIMIT_SHARE * _limit_mb(memory_limit_bytes))


def _limit_mb(memory_limit_bytes: float | None) -> float:
    return math.inf if memory_limit_bytes is None else memory_limit_bytes / MEGABYTE


def memory_limit_bytes(snapshot: Snapshot) -> float | None:
    """Memory available to the process; None if unknown."""
    return memory_limit_of(snapshot.samples[-1] if snapshot.samples else None)


def memory_limit_of(sample: Sample | None) -> float | None:
    """The same from one sample."""
    last = None if sample is None else sample.resources
    return last.rss_bytes / last.memory_share if last is not None and last.rss_bytes and last.memory_share else None


def is_lately(seen: float, now: float) -> bool:
    """Whether it happened within an hour of now; the clock may have been set back since, by a little or by years."""
    return abs(now - seen) <= LATELY_S
