"""The numbers of a span of time, judged, and each beside the same number over the span before it.

Where there is no span before, a change has no `before` and its verdict is UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Iterable

from plugin.histogram import Histogram
from plugin.insight.changes import compare_counts, compare_durations, compare_rates
from plugin.insight.dispersion import Steps, of_denials, of_durations, of_errors
from plugin.insight.scales import NS_PER_MS, Scales
from plugin.model import Change, CommandDelta, CommandTotals, Judged, Outcome, Verdict

QUANTILES = (0.5, 0.95, 0.99)
STEPS = Steps()
"""Of a span of which no steps are known."""

Counted = CommandTotals | CommandDelta


def invocations(now: Counted, before: Counted | None, steps: Steps = STEPS) -> Change:
    """How often it was invoked; the steps say nothing of it, since they have the rhythm of the day."""
    del steps
    after = sum(now.outcomes)
    return _alone(after) if before is None else compare_counts(sum(before.outcomes), after)


def error_share(now: Counted, before: Counted | None, steps: Steps = STEPS) -> Change:
    """Share of errors in `ok` and `error`, 0 to 1."""
    return _rate(_errors(now), None if before is None else _errors(before), of_errors(steps))


def denied_share(now: Counted, before: Counted | None, steps: Steps = STEPS) -> Change:
    """Share of refusals in all invocations, 0 to 1."""
    return _rate(_denied(now), None if before is None else _denied(before), of_denials(steps))


def mean_duration(now: CommandDelta, before: CommandDelta | None, steps: Steps = STEPS) -> Change:
    """Mean duration in nanoseconds; exact, though the histograms decide whether the change holds up."""
    after = mean_ns(now)
    if before is None:
        return _alone(after)
    dispersion = of_durations(steps, now.durations, before.durations)
    return compare_durations(before.durations, now.durations, quantile=None, dispersion=dispersion)._replace(
        before=mean_ns(before), after=after
    )


def quantiles(now: CommandDelta, before: CommandDelta | None, steps: Steps = STEPS) -> tuple[Change, ...]:
    """Median, 95th and 99th percentile of the duration in nanoseconds; None where too few carry one."""
    if before is None:
        return tuple(compared(now.durations, None, at) for at in QUANTILES)
    dispersion = of_durations(steps, now.durations, before.durations)
    return tuple(compared(now.durations, before.durations, at, dispersion) for at in QUANTILES)


def compared(now: Histogram, before: Histogram | None, quantile: float, dispersion: float = 1.0) -> Change:
    """A quantile beside that of the span before, in nanoseconds; UNKNOWN where too few carry either."""
    after = now.carried_ns(quantile)
    if before is None:
        return _alone(after)
    earlier = before.carried_ns(quantile)
    if earlier is None or after is None:
        return Change(earlier, after, None, Verdict.UNKNOWN)
    change = compare_durations(before, now, quantile=quantile, dispersion=dispersion)
    return change._replace(before=earlier, after=after)


def _rate(now: tuple[int, int], before: tuple[int, int] | None, dispersion: float) -> Change:
    if before is None:
        return _alone(_share(now))
    return compare_rates(before, now, dispersion)._replace(before=_share(before), after=_share(now))


def _share(counts: tuple[int, int]) -> float | None:
    return counts[0] / counts[1] if counts[1] else None


def _alone(after: float | None) -> Change:
    return Change(None, after, None, Verdict.UNKNOWN)


def _errors(of: Counted) -> tuple[int, int]:
    ok, _, error, _ = of.outcomes
    return error, ok + error


def _denied(of: Counted) -> tuple[int, int]:
    return of.outcomes[Outcome.DENIED], sum(of.outcomes)


def mean_ns(of: Counted) -> float | None:
    """Mean duration of `ok` and `error` in nanoseconds; None without any."""
    ok, _, error, _ = of.outcomes
    return of.total_ns / (ok + error) if ok + error else None


def judged_mean(of: Counted, scales: Scales) -> Judged:
    """Mean duration in milliseconds."""
    mean = mean_ns(of)
    return scales.response_ms.judge(None if mean is None else mean / NS_PER_MS)


def judged_errors(of: Counted, scales: Scales) -> Judged:
    """Error rate in percent."""
    return scales.judge_errors(of.outcomes[Outcome.OK], of.outcomes[Outcome.ERROR])


def sums(counted: Iterable[Counted]) -> tuple[int, int, int, int]:
    """Outcomes of several together."""
    ok = denied = error = cancelled = 0
    for of in counted:
        ok += of.outcomes[0]
        denied += of.outcomes[1]
        error += of.outcomes[2]
        cancelled += of.outcomes[3]
    return ok, denied, error, cancelled
