"""A bot over a period, compared with the previous period."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from statistics import median
from typing import NamedTuple

from plugin.insight.changes import (
    FALLING_IS_BETTER,
    NEITHER,
    compare_counts,
    compare_rates,
    correct_for_multiple_tests,
)
from plugin.insight.comparison import compared, mean_answer
from plugin.insight.dispersion import Steps, of_answers, of_errors
from plugin.insight.scales import UNKNOWN, Scales, Threshold
from plugin.insight.trends import compare_levels
from plugin.measures import TOLD, Measure, Shown
from plugin.model import (
    NO_SUMS,
    ActivityCourse,
    ActivityPoint,
    AnswerSums,
    AnswerTimes,
    Change,
    ChangeVerdict,
    Judged,
    Outcome,
    SeriesCourse,
    Spans,
    error_rate,
)
from plugin.model.happenings import NOTHING_HAPPENED, Happenings
from plugin.model.past import SeriesLevel, SpanReview

P95 = 0.95
NOTHING = SeriesCourse(60, ())


class SpanRows(NamedTuple):
    """History's rows of one period."""

    series: Mapping[str, SeriesCourse]
    """The reviewed series by name; missing ones were never measured."""
    messages: float | None
    """Messages seen; None if unknown."""
    outcomes: tuple[int, int, int, int]
    """Invocations of all commands, indexed by `Outcome`."""
    answers: AnswerTimes
    """Of all commands together, without answers after a defer."""
    deferred: AnswerSums = NO_SUMS
    """Answers after a defer."""
    steps: Sequence[ActivityPoint] = ()
    """All commands over time, for the dispersion."""

    @property
    def ran(self) -> int:
        """Invocations that ended `ok` or `error`."""
        return self.outcomes[Outcome.OK] + self.outcomes[Outcome.ERROR]


def review_span(
    spans: Spans,
    kept: SpanRows,
    before: SpanRows | None,
    activity: ActivityCourse,
    scales: Scales,
    happened: Happenings = NOTHING_HAPPENED,
    told: Sequence[tuple[Measure, Shown]] = TOLD,
) -> SpanReview:
    """The period, with each number compared with the previous period; no change is significant without `before`.

    `told` are the measures whose levels are reviewed. The values of a fleet are those of its instances on average; its
    guilds come added up. Which test decides: of levels the one of `compare_levels`, of rates, counts and answers those
    of `compare_rates`, `compare_counts` and `compare_durations`, all of them `correct_for_multiple_tests`.
    """
    response = scales.judge_answers(kept.answers.mean_ns, kept.answers.number)
    deferred = scales.judge_answers(kept.deferred.mean_ns, kept.deferred.number, deferred=True)
    errors = scales.judge_errors(kept.outcomes[Outcome.OK], kept.outcomes[Outcome.ERROR])
    levels = [_level(measure, kept, before, spans, scales) for measure, _ in told]
    held = correct_for_multiple_tests([*(level.change for level in levels), *_changes(kept, before)])
    shown = [level._replace(change=change) for level, change in zip(levels, held, strict=False)]
    names = [measure.name for measure, _ in told]
    messages, invocations, rate, mean_ns, p95_ns = held[len(levels) :]
    return SpanReview(
        spans=spans,
        response=response,
        errors=errors,
        levels=dict(zip(names, shown, strict=True)),
        messages=messages,
        invocations=invocations,
        error_rate=rate,
        mean_ns=mean_ns,
        p95_ns=p95_ns,
        invoked=_every_step(
            {point.at: float(sum(point.outcomes)) for point in activity.points}, activity.step_s, spans, 0
        ),
        failed=_every_step({point.at: error_rate(point.outcomes) for point in activity.points}, activity.step_s, spans),
        happened=happened,
        deferred=deferred,
        deferred_ns=Change(
            None if before is None else before.deferred.mean_ns, kept.deferred.mean_ns, None, ChangeVerdict.UNKNOWN
        ),
    )


def _level(measure: Measure, kept: SpanRows, before: SpanRows | None, spans: Spans, scales: Scales) -> SeriesLevel:
    name, whole = measure.name, measure.adds_up and spans.instances is not None
    course, earlier = kept.series.get(name, NOTHING), before.series.get(name, NOTHING) if before else NOTHING
    by_step, before_by_step = _values(course, spans.end, whole), _values(earlier, spans.start, whole)
    known, old = list(by_step.values()), list(before_by_step.values())
    scale = scales.measured.get(name)
    if measure.mean:
        change = Change(_mean(earlier, before_by_step), _mean(course, by_step), None, ChangeVerdict.UNKNOWN)
    elif known and not old:
        change = Change(None, median(known), None, ChangeVerdict.UNKNOWN)
    else:
        change = compare_levels(old, known, verdicts=FALLING_IS_BETTER if scale else NEITHER)
    told = [point.values for point in course.points if point.at in by_step]
    extremes = [end for values in told for end in (values.minimum, values.maximum)]
    judged = _judged(measure, change.after, scale)
    return SeriesLevel(
        judged,
        change,
        min(extremes, default=None),
        max(extremes, default=None),
        _every_step(by_step, course.step_s, spans),
    )


def _mean(course: SeriesCourse, steps: Container[int]) -> float | None:
    """The mean of all values in these steps; None without any."""
    told = [point.values for point in course.points if point.at in steps]
    number = sum(values.count for values in told)
    return sum(values.sum for values in told) / number if number else None


def _every_step(
    found: Mapping[int, float | None], step_s: int, spans: Spans, missing: float | None = None
) -> list[tuple[float, float | None]]:
    """A series with a point for every step since the start of history, including missing ones."""
    start = max(spans.start, spans.since or spans.start)
    return [(float(at), found.get(at, missing)) for at in range(start - start % step_s, spans.end, step_s)]


def _judged(measure: Measure, value: float | None, scale: Threshold | None) -> Judged:
    if scale is None or measure.shown is None:
        return Judged(value, None, None, UNKNOWN)
    return scale.judge(measure.shown.scaled(value))


def _values(course: SeriesCourse, end: int, whole: bool) -> dict[int, float]:
    """The mean of each step, by its begin; of those that are over by now, where only a whole step will do."""
    return {
        point.at: point.values.sum / point.values.count
        for point in course.points
        if point.values.count and not (whole and point.at + course.step_s > end)
    }


def _changes(kept: SpanRows, before: SpanRows | None) -> list[Change]:
    """Of messages, invocations, the error rate, the mean and the 95 % quantile of answers."""
    rate, p95_ns = error_rate(kept.outcomes), kept.answers.times.carried_ns(P95)
    if before is None:
        alone = kept.messages, sum(kept.outcomes), rate, kept.answers.mean_ns, p95_ns
        return [Change(None, value, None, ChangeVerdict.UNKNOWN) for value in alone]
    steps = Steps(kept.steps, before.steps)
    dispersion = of_answers(steps, kept.answers.times, before.answers.times)
    old, new = ((kept.outcomes[Outcome.ERROR], kept.ran) for kept in (before, kept))
    return [
        _messages(before.messages, kept.messages),
        compare_counts(sum(before.outcomes), sum(kept.outcomes), verdicts=NEITHER),
        compare_rates(old, new, of_errors(steps))._replace(before=error_rate(before.outcomes), after=rate),
        mean_answer(kept.answers, before.answers, dispersion),
        compared(kept.answers.times, before.answers.times, P95, dispersion),
    ]


def _messages(before: float | None, after: float | None) -> Change:
    if before is None or after is None:
        return Change(before, after, None, ChangeVerdict.UNKNOWN)
    return compare_counts(round(before), round(after), verdicts=NEITHER)
