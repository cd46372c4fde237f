"""Compare each number of a period with the period before.

Without a previous period, a change has no `before` and its verdict is UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Iterable

from plugin.histogram import Histogram
from plugin.insight.changes import compare_counts, compare_durations, compare_rates
from plugin.insight.dispersion import Steps, of_answers, of_denials, of_errors
from plugin.insight.scales import Scales
from plugin.model import AnswerTimes, Change, ChangeVerdict, CommandDelta, CommandTotals, Judged, Outcome

QUANTILES = (0.5, 0.95, 0.99)
STEPS = Steps()
"""Of a period without known steps."""

Counted = CommandTotals | CommandDelta


def invocations(now: Counted, before: Counted | None, steps: Steps = STEPS) -> Change:
    """Invocations; the steps are not used, since they follow the rhythm of the day."""
    del steps
    after = sum(now.outcomes)
    return _alone(after) if before is None else compare_counts(sum(before.outcomes), after)


def error_share(now: Counted, before: Counted | None, steps: Steps = STEPS) -> Change:
    """Error rate, 0 to 1."""
    return _rate(_errors(now), None if before is None else _errors(before), of_errors(steps))


def denied_share(now: Counted, before: Counted | None, steps: Steps = STEPS) -> Change:
    """Share of denied invocations, 0 to 1."""
    return _rate(_denied(now), None if before is None else _denied(before), of_denials(steps))


def mean_answer(now: AnswerTimes, before: AnswerTimes | None, dispersion: float = 1.0) -> Change:
    """Mean answer time in nanoseconds; exact, although the histograms decide whether the change is significant."""
    if before is None:
        return _alone(now.mean_ns)
    return compare_durations(before.times, now.times, quantile=None, dispersion=dispersion)._replace(
        before=before.mean_ns, after=now.mean_ns
    )


def answer_changes(
    now: CommandDelta, before: CommandDelta | None, deferred: bool, steps: Steps = STEPS
) -> tuple[Change, ...]:
    """Mean, median, p95 and p99 of answers after a defer, or of the others; in nanoseconds.

    A quantile is None where too few answers carry it.
    """
    after = now.deferred if deferred else now.answers
    if before is None:
        return mean_answer(after, None), *(compared(after.times, None, at) for at in QUANTILES)
    earlier = before.deferred if deferred else before.answers
    dispersion = of_answers(steps, after.times, earlier.times, deferred)
    quantiles = (compared(after.times, earlier.times, at, dispersion) for at in QUANTILES)
    return mean_answer(after, earlier, dispersion), *quantiles


def mean_at_once(now: CommandDelta, before: CommandDelta | None, steps: Steps) -> Change:
    """Mean of the answers that did not defer, in nanoseconds."""
    if before is None:
        return mean_answer(now.answers, None)
    return mean_answer(now.answers, before.answers, of_answers(steps, now.answers.times, before.answers.times))


def compared(now: Histogram, before: Histogram | None, quantile: float, dispersion: float = 1.0) -> Change:
    """A quantile compared with the previous period, in nanoseconds; UNKNOWN with too few values for either."""
    after = now.carried_ns(quantile)
    if before is None:
        return _alone(after)
    earlier = before.carried_ns(quantile)
    if earlier is None or after is None:
        return Change(earlier, after, None, ChangeVerdict.UNKNOWN)
    change = compare_durations(before, now, quantile=quantile, dispersion=dispersion)
    return change._replace(before=earlier, after=after)


def _rate(now: tuple[int, int], before: tuple[int, int] | None, dispersion: float) -> Change:
    if before is None:
        return _alone(_share(now))
    return compare_rates(before, now, dispersion)._replace(before=_share(before), after=_share(now))


def _share(counts: tuple[int, int]) -> float | None:
    return counts[0] / counts[1] if counts[1] else None


def _alone(after: float | None) -> Change:
    return Change(None, after, None, ChangeVerdict.UNKNOWN)


def _errors(of: Counted) -> tuple[int, int]:
    ok, _, error, _ = of.outcomes
    return error, ok + error


def _denied(of: Counted) -> tuple[int, int]:
    return of.outcomes[Outcome.DENIED], sum(of.outcomes)


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
