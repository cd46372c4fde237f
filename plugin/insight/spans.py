"""A bot over a span of time, held against the span before it."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import NamedTuple

from plugin.conclusions import Level, Levels, Occurrence, SpanReview
from plugin.histogram import Histogram
from plugin.insight.changes import (
    FALLING_IS_BETTER,
    NEITHER,
    compare_counts,
    compare_durations,
    compare_rates,
    together,
)
from plugin.insight.trends import compare_levels
from plugin.model import ActivityCourse, Change, Outcome, SeriesCourse, SeriesPoint, Verdict, error_rate

MINUTE_S = 60
NOTHING = SeriesCourse(MINUTE_S, ())
MEASURED = ("memory_bytes", "cpu_share", "latency_s", "guilds")
"""The series whose courses a review tells."""


class Kept(NamedTuple):
    """What history kept of one span."""

    series: Mapping[str, SeriesCourse]
    """Those of `MEASURED` by their names; what is missing was never measured."""
    messages: float | None
    """How many were seen; None is unknown."""
    outcomes: tuple[int, int, int, int]
    """Invocations of all commands, indexed by `Outcome`."""
    total_ns: int
    """Sum of the durations of `ok` and `error` invocations in nanoseconds."""
    durations: Histogram
    """Of all commands together."""

    @property
    def ran(self) -> int:
        """How many invocations ended `ok` or `error`."""
        return self.outcomes[Outcome.OK] + self.outcomes[Outcome.ERROR]

    @property
    def mean_ns(self) -> float | None:
        """Mean duration of `ok` and `error` invocations; None without any."""
        return self.total_ns / self.ran if self.ran else None


def review_span(
    start: int,
    end: int,
    kept: Kept,
    before: Kept | None,
    activity: ActivityCourse,
    occurrences: tuple[Occurrence, ...] = (),
    *,
    fleet: bool = False,
) -> SpanReview:
    """The span and each of its numbers beside the span before; no arrow holds where `before` is None.

    The values of a fleet are those of its instances on average, but of guilds the sum. Which test decides: of levels
    the one of `compare_levels`, of rates, counts and durations those of `compare_rates`, `compare_counts` and
    `compare_durations`, all of them `together`.
    """
    levels = [_level(name, kept, before, end, fleet) for name in MEASURED]
    held = together([*(level.change for level in levels), *_changes(kept, before)])
    shown = [level._replace(change=change) for level, change in zip(levels, held, strict=False)]
    messages, invocations, rate, mean_ns, p95_ns = held[len(levels) :]
    return SpanReview(
        start=start,
        end=end,
        levels=Levels(*shown),
        messages=messages,
        invocations=invocations,
        error_rate=rate,
        mean_ns=mean_ns,
        p95_ns=p95_ns,
        invoked=[(point.at, float(sum(point.outcomes))) for point in activity.points],
        failed=[(point.at, error_rate(point.outcomes)) for point in activity.points],
        occurrences=occurrences,
    )


def _level(name: str, kept: Kept, before: Kept | None, end: int, fleet: bool) -> Level:
    total = fleet and name == "guilds"
    course, earlier = kept.series.get(name, NOTHING), before.series.get(name, NOTHING) if before else NOTHING
    points = [(float(point.at), _value(point, course.step_s, end, total)) for point in course.points]
    known = [value for _, value in points if value is not None]
    old = [value for point in earlier.points if (value := _value(point, earlier.step_s, end, total)) is not None]
    change = compare_levels(old, known, verdicts=NEITHER if name == "guilds" else FALLING_IS_BETTER)
    if not old and known:
        change = Change(None, median(known), None, Verdict.UNKNOWN)
    if total:
        return Level(change, min(known, default=None), max(known, default=None), points)
    values = [point.values for point in course.points]
    minimum = min((value.minimum for value in values), default=None)
    return Level(change, minimum, max((value.maximum for value in values), default=None), points)


def _value(point: SeriesPoint, step_s: int, end: int, total: bool) -> float | None:
    """The mean of a step, or over all instances the sum; None where the step is too short by now to tell that."""
    if not total:
        return point.values.sum / point.values.count if point.values.count else None
    return None if point.at + step_s > end else point.values.sum / (step_s / MINUTE_S)


def _changes(kept: Kept, before: Kept | None) -> list[Change]:
    """Of messages, invocations, the error rate, the mean and the 95 % quantile of durations."""
    rate, p95_ns = error_rate(kept.outcomes), kept.durations.quantile_ns(0.95)
    if before is None:
        alone = kept.messages, sum(kept.outcomes), rate, kept.mean_ns, p95_ns
        return [Change(None, value, None, Verdict.UNKNOWN) for value in alone]
    counts = ((kept.outcomes[Outcome.ERROR], kept.ran) for kept in (before, kept))
    return [
        _messages(before.messages, kept.messages),
        compare_counts(sum(before.outcomes), sum(kept.outcomes), verdicts=NEITHER),
        compare_rates(*counts)._replace(before=error_rate(before.outcomes), after=rate),
        # Shown is the mean of the exact sums; the histograms decide whether its change holds up.
        compare_durations(before.durations, kept.durations, quantile=None)._replace(
            before=before.mean_ns, after=kept.mean_ns
        ),
        compare_durations(before.durations, kept.durations)._replace(
            before=before.durations.quantile_ns(0.95), after=p95_ns
        ),
    ]


def _messages(before: float | None, after: float | None) -> Change:
    if before is None or after is None:
        return Change(before, after, None, Verdict.UNKNOWN)
    return compare_counts(round(before), round(after), verdicts=NEITHER)
