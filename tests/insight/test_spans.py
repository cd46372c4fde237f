"""A bot over a span of time, beside the span before."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.histogram import Histogram
from plugin.insight.spans import Kept, review_span
from plugin.model import ActivityCourse, ActivityPoint, SeriesCourse, SeriesDelta, SeriesPoint, Verdict

MS = 1_000_000
START, END = 6000, 12_000
NO_ACTIVITY = ActivityCourse(60, ())


def course(values: Sequence[float], start: int = START, step_s: int = 60, each: int = 1) -> SeriesCourse:
    """One value a step, measured `each` times."""
    return SeriesCourse(
        step_s,
        tuple(
            SeriesPoint(start + index * step_s, SeriesDelta(each, each * value, value, value))
            for index, value in enumerate(values)
        ),
    )


def kept(
    ok: int = 1000, error: int = 0, each_ms: int = 10, messages: float | None = None, **series: SeriesCourse
) -> Kept:
    """A span with invocations that took equally long."""
    durations = Histogram()
    for _ in range(ok + error):
        durations.record(each_ms * MS)
    return Kept(series, messages, (ok, 0, error, 0), (ok + error) * each_ms * MS, durations)


def test_numbers_stand_beside_those_before() -> None:
    """Each change has both values, and an arrow where it is more than noise."""
    review = review_span(START, END, kept(900, 100, 40), kept(1000, 0, 10), NO_ACTIVITY)
    assert (review.error_rate.before, review.error_rate.after) == (0, 0.1)
    assert review.error_rate.verdict is Verdict.WORSE
    assert (review.mean_ns.before, review.mean_ns.after) == (10 * MS, 40 * MS)
    assert review.mean_ns.verdict is review.p95_ns.verdict is Verdict.WORSE
    assert review.invocations.verdict is Verdict.SAME


def test_without_a_span_before_there_is_no_arrow() -> None:
    """The values are shown alone where history does not reach back far enough."""
    review = review_span(START, END, kept(90, 10, messages=7, memory_bytes=course([5, 6, 7])), None, NO_ACTIVITY)
    assert (review.error_rate.after, review.messages.after, review.levels.memory_bytes.change.after) == (0.1, 7, 6)
    changes = (review.error_rate, review.mean_ns, review.p95_ns, review.messages, review.levels.memory_bytes.change)
    assert all(change.before is None and change.verdict is Verdict.UNKNOWN for change in changes)


def test_levels_have_extremes_and_a_course() -> None:
    """A series is told by its median, its extremes and the mean of each step."""
    values = [100.0 + index % 3 for index in range(60)]
    before = kept(memory_bytes=course([50.0] * 60, 0))
    memory = review_span(START, END, kept(memory_bytes=course(values)), before, NO_ACTIVITY).levels.memory_bytes
    assert (memory.minimum, memory.maximum, memory.course[1]) == (100, 102, (START + 60, 101))
    assert (memory.change.before, memory.change.after, memory.change.verdict) == (50, 101, Verdict.WORSE)


def test_what_was_never_measured_is_unknown() -> None:
    """A bot without a gateway has no latency, rather than one of zero."""
    latency = review_span(START, END, kept(), kept(), NO_ACTIVITY).levels.latency_s
    assert (latency.change.after, latency.minimum, latency.course) == (None, None, [])


def test_guilds_of_a_fleet_are_added_up() -> None:
    """Instances that each count their own guilds have the sum of them; their memory is the mean of each."""
    guilds, memory = course([30.0] * 100, each=2), course([7.0] * 100, each=2)
    levels = review_span(START, END, kept(guilds=guilds, memory_bytes=memory), None, NO_ACTIVITY, fleet=True).levels
    assert (levels.guilds.change.after, levels.memory_bytes.change.after) == (60, 7)
    levels = review_span(START, END - 30, kept(guilds=guilds), None, NO_ACTIVITY, fleet=True).levels
    assert levels.guilds.course[-1][1] is None


def test_the_course_of_commands() -> None:
    """Each step has its invocations and its error rate, which is unknown where nothing was judged."""
    points = (ActivityPoint(START, (3, 5, 1, 0), 4), ActivityPoint(START + 60, (0, 2, 0, 0), 0))
    review = review_span(START, END, kept(), None, ActivityCourse(60, points))
    assert (review.invoked, review.failed) == ([(START, 9), (START + 60, 2)], [(START, 0.25), (START + 60, None)])
