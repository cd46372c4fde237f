"""Which charts a page gets: what they show, and when there are none."""

from __future__ import annotations

import dataclasses

import hikari
import pytest

from plugin import display
from plugin.display.chart import EventMark, HistogramChart, LineChart, course_chart
from plugin.display.pictures import command_charts, performance_charts
from plugin.histogram import Histogram
from plugin.model import Sample, Snapshot
from tests.display import builders, past, pasts
from tests.display.builders import AT, a_health, a_histogram, a_sample, a_snapshot, small_bot

MB = 1024 * 1024


def of(snapshot: Snapshot) -> list[LineChart]:
    """The charts of `/performance`."""
    found = display.performance_pictures(snapshot, a_health(snapshot))
    assert all(isinstance(chart, LineChart) for chart in found)
    return list(found)


def titles(charts: list[LineChart]) -> list[str]:
    return [chart.title for chart in charts]


def changed(sample: Sample, **resources: float | None) -> Sample:
    return sample._replace(resources=sample.resources._replace(**resources))


def test_performance_shows_what_was_sampled() -> None:
    """Memory in MB, CPU in percent, latency in ms, each over the same time with its own threshold."""
    memory, cpu, latency = of(small_bot())
    assert [chart.unit for chart in (memory, cpu, latency)] == ["MB", "%", "ms"]
    assert {(chart.start, chart.end) for chart in (memory, cpu, latency)} == {(AT - 60 * 119, AT)}
    assert memory.lines[0].points[0] == (AT - 60 * 119, pytest.approx(180_000_000 / MB))
    assert cpu.lines[0].points[0][1] is None
    assert latency.lines[0].points[-1] == (AT, pytest.approx(40))
    assert [[limit.value for limit in chart.limits] for chart in (memory, cpu, latency)] == [[500], [80], [300]]


@pytest.mark.parametrize("samples", [0, 1])
def test_a_bot_that_has_just_started_has_no_picture(samples: int) -> None:
    """One moment is no course."""
    assert of(a_snapshot(samples=samples)) == []


def test_what_is_unknown_has_no_panel() -> None:
    """A bot without a gateway has no latency, and two samples tell the CPU once."""
    samples = tuple(a_sample(index, 3)._replace(latency_s=None) for index in range(3))
    assert titles(of(dataclasses.replace(small_bot(), samples=samples))) == ["Memory", "CPU, of 1 core"]
    assert titles(of(dataclasses.replace(small_bot(), samples=samples[:2]))) == ["Memory"]


@pytest.mark.parametrize(("there_is_mb", "shown"), [(512, True), (64_000, False), (None, False)])
def test_memory_that_will_run_out_is_marked(there_is_mb: float | None, shown: bool) -> None:
    """The container's limit is drawn once it is near; a machine with plenty is not."""
    rss_bytes = 300 * MB
    share = None if there_is_mb is None else 300 / there_is_mb
    samples = tuple(changed(a_sample(n, 3), rss_bytes=rss_bytes, memory_share=share) for n in range(3))
    limits = of(dataclasses.replace(small_bot(), samples=samples))[0].limits
    assert [round(limit.value) for limit in limits] == [500, *([there_is_mb] if shown else [])]


def test_courses_from_elsewhere_take_marks() -> None:
    """Points of any span can be given, with the releases on every panel."""
    points = [(AT - 3600 * hour, 1.0 * hour) for hour in range(48)]
    marks = [EventMark(AT - 7200, "1.4.2")]
    health = a_health(small_bot())
    found = performance_charts(
        {"memory_bytes": points, "cpu_share": points}, health, marks=marks, start=AT - 172_800, end=AT
    )
    assert [list(chart.marks) for chart in found if isinstance(chart, LineChart)] == [marks, marks]


def test_durations_are_held_against_the_threshold_of_slow_commands() -> None:
    """Not against Discord's deadline, which a command that has deferred its answer may pass."""
    command = builders.a_command(outcomes=(9, 0, 0, 0), times_ms=(120,))
    (chart,) = display.command_pictures(builders.a_command_health(command))
    assert isinstance(chart, HistogramChart)
    assert chart.histogram.total == 9
    assert [(limit.value, limit.text) for limit in chart.limits] == [(1e9, "limit")]


def test_a_command_that_never_ran_has_no_picture() -> None:
    """Neither with nor without a course."""
    course = course_chart("x", p50_ns=(), p95_ns=(), start=0, end=1)
    assert not command_charts("x", Histogram(), (), course)


def test_a_course_stands_below_the_distribution() -> None:
    """Where history knows it."""
    course = course_chart("x", p50_ns=(), p95_ns=(), start=0, end=1)
    first, second = command_charts("x", a_histogram([10**6]), (), course)
    assert isinstance(first, HistogramChart)
    assert second is course


def test_what_is_said_in_place_of_a_picture_is_small() -> None:
    """It stands last on the first page; without anything to say the page stays as it is."""
    pages = [hikari.Embed(description="one"), hikari.Embed(description="two")]
    assert [page.description for page in display.illustrated(pages, None)] == ["one", "two"]
    assert [page.description for page in display.illustrated(pages, None, "why")] == ["one\n-# why", "two"]
    assert pages[0].image is None


def test_the_picture_is_on_the_first_page() -> None:
    """As a file that goes with it."""
    pages = display.illustrated([hikari.Embed(description="one"), hikari.Embed(description="two")], b"png", "unsaid")
    assert pages[0].image is not None and pages[0].image.filename == "chart.png"
    assert pages[1].image is None
    assert pages[0].description == "one"


def test_a_period_shows_the_course_with_its_releases() -> None:
    """Below the distribution of the period its course is drawn from begin to end, and each release that began in it."""
    snapshot = small_bot()
    judged = a_health(snapshot).commands[1]
    told = past.command_past(judged, past.spans())
    distribution, course = display.command_pictures(judged, told)
    assert isinstance(distribution, HistogramChart) and isinstance(course, LineChart)
    assert distribution.title == "Answer time, last 24 h" and distribution.histogram == told.times.times
    assert (course.start, course.end) == told.spans[1:3]
    assert [mark.text for mark in course.marks] == ["1.4.2"]
    assert [(span.text, span.end) for span in course.spans] == [("critical incident", told.spans.end)]
    idle = a_health(snapshot).commands[5]
    assert display.command_pictures(idle, past.command_past(idle, past.spans())) == ()


def test_each_chart_says_what_its_newest_value_is_over() -> None:
    """Over a period the last value is that of a step; only where samples are shown it is of now."""
    bot = small_bot()
    over = display.performance_pictures(bot, a_health(bot), pasts.small_span())
    assert {line.label for chart in over if isinstance(chart, LineChart) for line in chart.lines} == {"last 15 min"}
    assert {line.label for chart in of(bot) for line in chart.lines} == {"now"}


@pytest.mark.parametrize(("calls", "label"), [(19, "p95 or slowest"), (20, "p95")])
def test_a_course_of_few_calls_a_step_is_not_called_a_quantile(calls: int, label: str) -> None:
    """What fewer than 20 invocations show as their 95th percentile is the slowest of them."""
    command = builders.a_command(outcomes=(calls, 0, 0, 0), times_ms=(10,))
    judged = builders.a_command_health(command)
    _, course = display.command_pictures(judged, past.command_past(judged, past.spans()))
    assert isinstance(course, LineChart) and course.lines[0].label == label
