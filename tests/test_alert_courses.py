"""The course that an alert shows, from a real store and from samples, and the picture of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

import pytest

from plugin.corridor.alerts import courses, pictures
from plugin.corridor.alerts.courses import LEAD_S, AlertCourses, AlertPast
from plugin.corridor.alerts.pictures import REST_S, SHARED_S, AlertPictures
from plugin.corridor.archive import HistoryUnavailable
from plugin.corridor.drawing import Drawing
from plugin.display.alert_chart import alert_chart
from plugin.display.chart import LineChart
from plugin.histogram import TICK_NS, Histogram
from plugin.history.store import open_store
from plugin.instrument.containment import Containment
from plugin.model import (
    NO_SAMPLE,
    PROCESS,
    Alert,
    AlertCourse,
    AlertState,
    Finding,
    Incident,
    Sample,
    SeriesDelta,
    SeriesKind,
    Severity,
    SubjectKind,
)
from plugin.model.happenings import NOTHING_HAPPENED
from tests.e2e.conftest import until
from tests.history.builders import BUY, NOON, WRITER, batch, delta, finding
from tests.test_command_history import Kept

MB, MINUTE, HOUR = 1 << 20, 60, 3600
NOW = NOON + 10.0
BEGIN = NOON - 20.0 * MINUTE
MEMORY = Finding("memory", PROCESS, Severity.CRITICAL, "memory 600 MB", BEGIN, value=600, threshold=500, unit="MB")
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncGenerator[Kept]:
    """Four hours of a bot, of which the last 20 minutes were bad."""
    kinds = {
        "economy.paid": SeriesKind("{coin}", "counter", "kind"),
        "economy.supply": SeriesKind("{coin}", "gauge", "shop"),
        "economy.price": SeriesKind("{coin}", "histogram/1", ""),
        "work.time": SeriesKind("s", "histogram/0.001", ""),
    }
    price, work = Histogram(), Histogram()
    for value in (*[10] * 24, 90):
        price.record(value * TICK_NS)
    work.record(2 * TICK_NS * 1000)
    async with await open_store(str(tmp_path / "history.db")) as store:
        await store.fleet.register(WRITER, NOON - 4 * HOUR)
        for minute in range(-240, 0):
            bad = minute >= -20
            series = {
                "memory_bytes": a_value((600 if bad else 300) * MB),
                "connected_share": a_value(0.5 if bad else 1),
                "loop_lag_s": a_value(0.4 if bad else 0.004),
                'economy.paid{kind="daily"}': a_value(30 if bad else 2),
                'economy.paid{kind="shop"}': a_value(1),
                'economy.supply{shop="a"}': a_value(100),
                'economy.supply{shop="b"}': a_value(50),
                "economy.price": SeriesDelta(25, 330, 10, 90, price),
                "work.time": SeriesDelta(1, 2, 2, 2, work),
            }
            slow = delta(BUY, ok=3, error=1, each_ms=400 if bad else 10, deferred=1)
            said = batch(NOON + minute * MINUTE, slow)._replace(series=series, kinds=kinds)
            await store.writing.write(WRITER, said)
        yield Kept(store)


def a_value(value: float) -> SeriesDelta:
    """One value of a series."""
    return SeriesDelta(1, value, value, value)


def an_incident(*findings: Finding) -> Incident:
    """One of these findings, which goes on."""
    return Incident("3f2a1b9c", BEGIN, None, Severity.CRITICAL, findings, 0, False)


async def course_of(history: Any, *findings: Finding, samples: Sequence[Sample] = ()) -> AlertCourse | None:
    """What is found of an incident at the present."""
    past = await AlertCourses(lambda: history, lambda: samples).of(an_incident(*findings), findings, NOW)
    return None if past is None else past.course


def about(kind: SubjectKind, name: str, rule: str = "threshold", unit: str = "", threshold: float = 7.0) -> Finding:
    """A finding about something else than the process."""
    return finding(rule, name, kind=kind)._replace(unit=unit, threshold=threshold)


@pytest.mark.parametrize(
    ("found", "title", "unit", "ends", "threshold"),
    [
        (MEMORY, "Memory", "MB", (300, 600), 500),
        (about(SubjectKind.SHARD, "0", "shard_disconnected"), "Connected", "%", (100, 50), None),
        (about(SubjectKind.LOOP, "/report", "loop_blocked", "ms"), "Loop lag", "ms", (4, 400), None),
        (about(SubjectKind.MEASURE, "memory_bytes", "memory_growth", "MB"), "Memory", "MB", (300, 600), None),
        (
            about(SubjectKind.COMMAND, "/shop buy", "slow_command", "ms"),
            "/shop buy: average answer time",
            "ms",
            (10, 400),
            7,
        ),
        (
            about(SubjectKind.COMMAND, "/shop buy", "slow_deferred_answer", "ms"),
            "/shop buy: average answer time",
            "ms",
            (100, 4000),
            7,
        ),
        (about(SubjectKind.COMMAND, "/shop buy", "error_rate", "%"), "/shop buy: error rate", "%", (25, 25), 7),
        (about(SubjectKind.MEASURE, "economy.paid > 500"), "economy.paid an hour", "coin", (180, 740), 7),
        (
            about(SubjectKind.MEASURE, "economy.paid{kind=daily} > 5/min"),
            "economy.paid{kind=daily} a minute",
            "coin",
            (2, 30),
            7,
        ),
        (about(SubjectKind.MEASURE, "economy.supply < 1e+06"), "economy.supply", "coin", (150, 150), 7),
        (about(SubjectKind.MEASURE, "economy.supply{shop=b} < 1"), "economy.supply{shop=b}", "coin", (50, 50), 7),
        (about(SubjectKind.MEASURE, "economy.price > 5"), "economy.price average", "coin", (13.2, 13.2), 7),
        (about(SubjectKind.MEASURE, "economy.price p95 > 5"), "economy.price p95", "coin", (10, 10), 7),
        (about(SubjectKind.MEASURE, "work.time > 0.5"), "work.time average", "ms", (2000, 2000), 7),
    ],
    ids=lambda value: value.subject.name or value.rule if isinstance(value, Finding) else None,
)
async def test_what_is_measured_has_a_course(
    kept: Kept, found: Finding, title: str, unit: str, ends: tuple[float, float], threshold: float | None
) -> None:
    """In the unit of its bound, as that is judged, with the hours before."""
    course = await course_of(kept, found)
    assert course is not None
    assert (course.title, course.unit, course.threshold) == (title, unit, threshold)
    first, last = course.points[0], course.points[-1]
    assert (first[1], last[1]) == (pytest.approx(ends[0], rel=0.06), pytest.approx(ends[1], rel=0.06))
    assert BEGIN - LEAD_S - MINUTE <= first[0] <= BEGIN - LEAD_S + 2 * MINUTE and last[0] == NOON - MINUTE


@pytest.mark.parametrize(
    "found",
    [
        about(SubjectKind.TASK, "prices", "task_stopped"),
        about(SubjectKind.COMMAND, "/never called", "slow_command", "ms"),
        about(SubjectKind.COMMAND, "/shop buy", "deadline_missed"),
        about(SubjectKind.MEASURE, "economy.unheard > 5"),
        about(SubjectKind.MEASURE, "economy.paid", "unusual_volume"),
    ],
    ids=lambda value: f"{value.rule} {value.subject.name}",
)
async def test_what_is_not_measured_has_none(kept: Kept, found: Finding) -> None:
    """Then the next finding of the incident is shown, if that is measured."""
    assert await course_of(kept, found) is None
    course = await course_of(kept, found, MEMORY)
    assert course is not None and course.title == "Memory"


class Away(Kept):
    """History that cannot be asked."""

    async def ask(self, _: Any) -> Any:
        """Say so."""
        raise HistoryUnavailable("away")


@pytest.mark.parametrize("away", [True, False], ids=["away", "none kept"])
async def test_without_history_samples_in_memory_are_shown(kept: Kept, away: bool) -> None:
    """Of the measures of the process; commands have no course then."""
    history = Away(kept.store) if away else None
    samples = [
        NO_SAMPLE._replace(at=NOW - 60 * n, resources=NO_SAMPLE.resources._replace(rss_bytes=(9 - n) * MB))
        for n in range(9, -1, -1)
    ]
    course = await course_of(history, MEMORY, samples=samples)
    assert course is not None and [value for _, value in course.points] == list(range(10))
    assert await course_of(history, finding(), samples=samples) is None
    assert await course_of(history, MEMORY, samples=samples[:1]) is None


async def test_a_long_incident_is_shown_whole(kept: Kept) -> None:
    """With a quarter of its length before it."""
    long = MEMORY._replace(since=NOW - 40 * HOUR)
    incident = an_incident(long)._replace(since=long.since)
    past = await AlertCourses(lambda: kept, tuple).of(incident, [long], NOW)
    assert past is not None and past.course.points[-1][0] - past.course.points[0][0] >= 3 * HOUR


def an_alert(until: float | None = None) -> Alert:
    """One about memory."""
    state = AlertState.FIRING if until is None else AlertState.RESOLVED
    return Alert(an_incident(MEMORY._replace(until=until))._replace(until=until), state, 0)


@pytest.mark.parametrize(("until", "marks"), [(None, ["begin"]), (NOW - 60, ["begin", "end"]), (BEGIN + 20, ["begin"])])
def test_the_chart_marks_begin_and_end(until: float | None, marks: list[str]) -> None:
    """With the bound as a line and the time of the incident shaded; an end beside the begin needs no mark."""
    course = AlertCourse("Memory", "MB", [(BEGIN - HOUR, 300.0), (NOW, 600.0)], 500.0)
    (chart,) = alert_chart(an_alert(until), course, NOTHING_HAPPENED, NOW)
    assert isinstance(chart, LineChart)
    assert [mark.text for mark in chart.marks] == marks and chart.marks[0].at == BEGIN
    assert [(limit.value, limit.text) for limit in chart.limits] == [(500, "limit")]
    assert [(span.start, span.end, span.text) for span in chart.spans] == [(BEGIN, until or NOW, "critical incident")]


class Desk:
    """What makes pictures, with a real process that draws."""

    def __init__(self, *, wanted: bool = True, findings: Sequence[Finding] = (MEMORY,)) -> None:
        self.containment = Containment()
        self.drawing = Drawing(self.containment, wanted)
        self.asked = 0
        self.waits: asyncio.Event | None = None
        self.fails = False
        self.now = NOW
        source: Any = self
        self.pictures = AlertPictures(self.drawing, source, lambda _: findings, self.containment, lambda: self.now)

    async def of(self, *_: Any) -> AlertPast | None:
        """The course of memory."""
        self.asked += 1
        if self.waits is not None:
            await self.waits.wait()
        if self.fails:
            raise KeyError("no course")
        return AlertPast(AlertCourse("Memory", "MB", [(BEGIN, 300.0), (NOW, 600.0)], 500.0), NOTHING_HAPPENED)


async def test_a_picture_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a file with its name."""
    monkeypatch.setattr(pictures, "LONGEST_S", 30.0)  # a busy machine takes longer
    desk = Desk()
    (picture,) = await desk.pictures.of(an_alert())
    assert picture.name == "chart.png" and picture.png.startswith(PNG) and not desk.containment.faults
    desk.drawing.stop()


async def test_all_targets_share_one_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty at once would wait for each other; what is told a while later has a picture of its own."""
    monkeypatch.setattr(pictures, "LONGEST_S", 30.0)  # a busy machine takes longer
    desk = Desk()
    found = await asyncio.gather(*(desk.pictures.of(an_alert()) for _ in range(20)))
    assert found[0] and set(found) == {found[0]} and desk.asked == 1
    assert await desk.pictures.of(an_alert()) == found[0] and desk.asked == 1
    await desk.pictures.of(an_alert(NOW - 60))
    assert desk.asked == 2
    desk.now += SHARED_S
    await desk.pictures.of(an_alert())
    assert desk.asked == 3
    desk.drawing.stop()


async def test_a_picture_whose_target_is_stopped_is_drawn_by_the_next_one() -> None:
    """And whoever waited for it goes without."""
    desk = Desk()
    desk.waits = asyncio.Event()
    first, second = (asyncio.ensure_future(desk.pictures.of(an_alert())) for _ in range(2))
    await until(lambda: desk.asked)
    first.cancel()
    assert await second == ()
    desk.waits = None
    desk.now += REST_S
    await desk.pictures.of(an_alert())
    assert desk.asked == 2
    desk.drawing.stop()


async def test_where_charts_are_not_wanted_nothing_is_read() -> None:
    """The setting is for pages and alerts."""
    desk = Desk(wanted=False)
    assert await desk.pictures.of(an_alert()) == () and desk.asked == 0


async def test_what_takes_too_long_is_given_up_and_not_tried_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or a storm of alerts would be late."""
    monkeypatch.setattr(pictures, "LONGEST_S", 0.0)
    desk = Desk()
    desk.waits = asyncio.Event()
    assert await desk.pictures.of(an_alert()) == ()
    assert await desk.pictures.of(an_alert()) == () and desk.asked == 1
    desk.now += REST_S
    assert await desk.pictures.of(an_alert()) == () and desk.asked == 2


async def test_a_fault_is_counted_and_the_message_goes_without() -> None:
    """It never reaches what sends it."""
    desk = Desk()
    desk.fails = True
    assert await desk.pictures.of(an_alert()) == () and desk.containment.faults == {pictures.PART: 1}


def test_every_finding_of_a_threshold_has_a_measure() -> None:
    """Those of the process; those of commands are read by their names."""
    assert {*courses.OF_ALERTS} == {"memory", "cpu"}
