"""A bot over a span of time, beside the span before."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from plugin.histogram import Histogram
from plugin.insight.scales import Scales
from plugin.insight.spans import SpanRows, review_span
from plugin.model import (
    NO_ANSWERS,
    ActivityCourse,
    ActivityPoint,
    AnswerSums,
    AnswerTimes,
    ChangeVerdict,
    Period,
    SeriesCourse,
    SeriesDelta,
    SeriesPoint,
    Severity,
    Spans,
)
from plugin.model.past import SpanReview
from plugin.settings import Settings

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
) -> SpanRows:
    """A span with invocations that answered equally fast."""
    return SpanRows(series, messages, (ok, 0, error, 0), answers(ok + error, each_ms))


def answers(number: int, each_ms: int) -> AnswerTimes:
    """So many answers, each as fast."""
    times = Histogram()
    for _ in range(number):
        times.record(each_ms * MS)
    return AnswerTimes(number, number * each_ms * MS, times)


def review(
    now: SpanRows,
    before: SpanRows | None,
    *,
    activity: ActivityCourse = NO_ACTIVITY,
    instances: int | None = None,
    end: int = END,
) -> SpanReview:
    """A span of 100 minutes, reviewed."""
    spans = Spans(Period.HOUR, START, end, None if before is None else 0, 0, instances)
    return review_span(spans, now, before, activity, Scales.of(Settings()))


def test_the_values_of_the_span_are_judged() -> None:
    """They are held against the same thresholds as those of the present."""
    found = review(kept(90, 10, memory_bytes=course([400.0 * 2**20] * 60)), None)
    assert (found.errors.value, found.response.severity) == (10, Severity.WELL)
    assert (found.levels["memory_bytes"].judged.value, found.levels["guilds"].judged.severity) == (
        400,
        Severity.UNKNOWN,
    )


@pytest.mark.parametrize(("now", "before", "shown"), [(19, 100, (True, False)), (100, 19, (False, True))])
def test_a_p95_of_few_is_not_shown(now: int, before: int, shown: tuple[bool, bool]) -> None:
    """Neither side of a comparison rests on fewer than 20, and then nothing is compared."""
    p95 = review(kept(now, 0, 900), kept(before, 0, 10)).p95_ns
    assert (p95.before is not None, p95.after is not None) == shown
    assert p95.verdict is ChangeVerdict.UNKNOWN


def test_numbers_stand_beside_those_before() -> None:
    """Each change has both values, and an arrow where it is more than noise."""
    found = review(kept(900, 100, 40), kept(1000, 0, 10))
    assert (found.error_rate.before, found.error_rate.after) == (0, 0.1)
    assert found.error_rate.verdict is ChangeVerdict.WORSE
    assert (found.mean_ns.before, found.mean_ns.after) == (10 * MS, 40 * MS)
    assert found.mean_ns.verdict is found.p95_ns.verdict is ChangeVerdict.WORSE
    assert found.invocations.verdict is ChangeVerdict.SAME


def test_answers_after_a_defer_are_judged_apart() -> None:
    """They are no part of the average answer time, and make the span critical beyond a threshold of their own."""
    deferred = AnswerSums(20, 20 * 12_000 * MS)
    found = review(kept(90, 10)._replace(deferred=deferred), None)
    assert (found.response.value, found.deferred.value, found.deferred.severity) == (10, 12_000, Severity.CRITICAL)


def test_what_was_kept_before_answers_were_measured_is_unknown() -> None:
    """A span that has durations only is neither fast nor slow, and nothing is compared with it."""
    old = kept()._replace(answers=NO_ANSWERS)
    assert review(old, None).response.severity is Severity.UNKNOWN
    found = review(kept(each_ms=400), old)
    assert (found.response.value, found.mean_ns.before, found.mean_ns.holds) == (400, None, False)


def test_without_a_span_before_there_is_no_arrow() -> None:
    """The values are shown alone where history does not reach back far enough."""
    found = review(kept(90, 10, messages=7, memory_bytes=course([5, 6, 7])), None)
    assert (found.error_rate.after, found.messages.after, found.levels["memory_bytes"].change.after) == (0.1, 7, 6)
    changes = (found.error_rate, found.mean_ns, found.p95_ns, found.messages, found.levels["memory_bytes"].change)
    assert all(change.before is None and change.verdict is ChangeVerdict.UNKNOWN for change in changes)


def test_levels_have_extremes_and_a_course() -> None:
    """A series is told by its median, its extremes and the mean of each step."""
    values = [100.0 + index % 3 for index in range(60)]
    before = kept(memory_bytes=course([50.0] * 60, 0))
    memory = review(kept(memory_bytes=course(values)), before).levels["memory_bytes"]
    assert (memory.minimum, memory.maximum, memory.course[1]) == (100, 102, (START + 60, 101))
    assert (memory.change.before, memory.change.after, memory.change.verdict) == (50, 101, ChangeVerdict.WORSE)


def test_what_was_never_measured_is_unknown() -> None:
    """A bot without a gateway has no latency, rather than one of zero."""
    latency = review(kept(), kept()).levels["latency_s"]
    assert (latency.change.after, latency.minimum, latency.course[0]) == (None, None, (START, None))


def test_guilds_of_a_fleet_are_told_of_whole_steps() -> None:
    """In a step that is not over not all instances have said how many they have; of one instance that is no matter."""
    guilds = course([60.0] * 99 + [30.0])
    for instances, last in ((2, None), (None, 30)):
        levels = review(kept(guilds=guilds), None, instances=instances, end=END - 30).levels
        assert (levels["guilds"].change.after, levels["guilds"].course[-1][1]) == (60, last)
        assert levels["guilds"].minimum == (last or 60)


def test_the_course_of_commands() -> None:
    """Each step has its invocations and its error rate, which is unknown where nothing was judged."""
    points = (ActivityPoint(START, (3, 5, 1, 0)), ActivityPoint(START + 60, (0, 2, 0, 0)))
    found = review(kept(), None, activity=ActivityCourse(60, points), end=START + 180)
    assert found.invoked == [(START, 9), (START + 60, 2), (START + 120, 0)]
    assert found.failed == [(START, 0.25), (START + 60, None), (START + 120, None)]


def test_a_course_begins_with_history() -> None:
    """Before anything was kept there is no step, so that silence is not taken for zero."""
    spans = Spans(Period.DAY, 0, END, None, START, None)
    found = review_span(spans, kept(), None, NO_ACTIVITY, Scales.of(Settings()))
    assert found.invoked[0] == (START, 0)


def test_levels_are_judged_in_the_units_of_their_settings() -> None:
    """Shares in percent, seconds in milliseconds, bytes in megabytes; guilds are not judged."""
    series = {"cpu_share": 0.25, "latency_s": 0.04, "memory_bytes": 3.0 * 2**20, "guilds": 7.0}
    levels = review(kept(**{name: course([value] * 60) for name, value in series.items()}), None).levels
    assert (levels["cpu_share"].judged.value, levels["latency_s"].judged.value) == (25, 40)
    assert (levels["memory_bytes"].judged.value, levels["guilds"].judged.threshold) == (3, None)
    scales = Scales.of(Settings())
    assert levels["latency_s"].judged.threshold == scales.measured["latency_s"].threshold
    assert levels["cpu_share"].judged.severity is Severity.WELL


def test_lost_connections_count_in_proportion() -> None:
    """Forty minutes away in a day are 97.2 %, where the median is 100; no test calls that a change."""
    away = [0.0] * 40 + [1.0] * 1400
    levels = review(kept(connected_share=course(away)), kept(connected_share=course([1.0] * 60))).levels
    level = levels["connected_share"]
    assert level.judged.value == pytest.approx(97.22, abs=0.01)
    assert level.judged.severity is Severity.CRITICAL
    assert (level.change.before, level.change.verdict) == (1, ChangeVerdict.UNKNOWN)


@pytest.mark.parametrize(
    ("before", "now", "verdict"), [(100, 900, ChangeVerdict.MOVED), (100, 101, ChangeVerdict.SAME)]
)
def test_messages_and_invocations_are_neither_good_nor_bad(before: int, now: int, verdict: ChangeVerdict) -> None:
    """More of them is another number only."""
    found = review(kept(now, messages=now), kept(before, messages=before))
    for change in (found.messages, found.invocations):
        assert (change.before, change.after, change.verdict) == (before, now, verdict)
    assert review(kept(messages=5), kept()).messages.verdict is ChangeVerdict.UNKNOWN
    assert review(kept(), kept(messages=5)).messages.before == 5


@pytest.mark.parametrize(
    ("before", "told"),
    [(kept()._replace(deferred=AnswerSums(4, 8000 * MS)), 2000 * MS), (kept(), None), (None, None)],
    ids=["before too", "none before", "no previous period"],
)
def test_answers_after_a_defer_stand_beside_those_of_before(before: SpanRows | None, told: float | None) -> None:
    """Their mean, where anything was deferred then."""
    found = review(kept()._replace(deferred=AnswerSums(2, 6000 * MS)), before)
    assert (found.deferred_ns.before, found.deferred_ns.after) == (told, 3000 * MS)


def test_a_level_that_was_measured_often_is_the_mean_of_each_step() -> None:
    """However often."""
    memory = review(kept(memory_bytes=course([100.0, 102.0, 104.0], each=15)), None).levels["memory_bytes"]
    assert memory.course[:4] == [(START, 100), (START + 60, 102), (START + 120, 104), (START + 180, None)]
    assert memory.change.after == 102


@pytest.mark.parametrize("end", [END, END - 1])
def test_a_whole_step_of_a_fleet_has_ended(end: int) -> None:
    """At the end of the span or before it."""
    guilds = review(kept(guilds=course([60.0] * 99 + [30.0])), None, instances=2, end=end).levels["guilds"]
    assert guilds.minimum == (30 if end == END else 60)


def test_a_course_has_whole_steps() -> None:
    """The first is the one in which the span begins."""
    spans = Spans(Period.HOUR, START + 100, END, None, 0, None)
    found = review_span(spans, kept(), None, ActivityCourse(300, ()), Scales.of(Settings()))
    assert [at for at, _ in found.invoked[:2]] == [START, START + 300]
