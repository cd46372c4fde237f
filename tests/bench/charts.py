"""What a chart costs: to draw, beside matplotlib; to the event loop, while it is drawn; in memory."""

from __future__ import annotations

import asyncio
import contextlib
import io
import math
import time
from collections.abc import AsyncIterator
from typing import NamedTuple

import psutil

from plugin.corridor.drawing import Drawing
from plugin.display.chart import EventMark, Limit, Line, LineChart, line_chart
from plugin.instrument.containment import Containment
from plugin.model import Severity
from tests.bench.measure import Spread, side_by_side, timed
from tests.bench.table import Row, alone, beside, milli

BOUND = 1.0
BOUND_MS = 5
PATIENCE_S = 30
WIDTH, HEIGHT = 1200, 500
LINES, POINTS = 3, 1440
START = 1_750_000_000.0
END = START + 60 * POINTS
TICK_S = 0.001
THRESHOLD, RELEASE = 260.0, START + 60 * 900


def _courses() -> list[list[tuple[float, float]]]:
    """Lines as of a day: waves with noise that is the same every time."""
    return [
        [
            (START + 60 * at, 120 + 60 * line + 20 * math.sin(at / 90 + line) + 7 * math.sin(at * at))
            for at in range(POINTS)
        ]
        for line in range(LINES)
    ]


COURSES = _courses()
CHART = LineChart(
    title="Memory",
    lines=[Line(f"instance {number}", course) for number, course in enumerate(COURSES)],
    unit="MB",
    start=START,
    end=END,
    limits=[Limit(THRESHOLD, "threshold", Severity.CRITICAL)],
    marks=[EventMark(RELEASE, "1.4.2")],
)


class Drawn(NamedTuple):
    """Pictures drawn in their process."""

    held: Spread
    """How late the latest tick of the loop came while pictures were drawn."""
    idle: Spread
    """The same over as long a time with nothing drawn."""
    added: Spread
    """By how much more it was late."""
    cold: Spread
    """From asking to the picture with a new process, wall clock."""
    warm: Spread
    """The same with a process that is there."""
    rss_bytes: int


def measure(quick: bool) -> list[Row]:
    """Three lines of 1,440 points with a threshold and a release, as a PNG of 1200 x 500."""
    pair = side_by_side(timed(_ours), timed(_theirs), 2 if quick else 20)
    drawn = asyncio.run(_in_its_process(2 if quick else 20))
    waited = (
        f"with the process that is there: {milli(drawn.warm)}, with a new one: {milli(drawn.cold)}, by the wall clock"
    )
    added_ms = max(drawn.added.median / 1e6, 0.01)
    memory = f"{drawn.rss_bytes / 1e6:.1f} MB"
    return [
        beside(f"chart of {LINES} x {POINTS:,} points", pair, "pyplot", BOUND, milli, waited),
        alone("hold of the loop by a chart", milli(drawn.held), added_ms, BOUND_MS, "ms")._replace(
            theirs=f"{milli(drawn.idle)} nothing drawn", note="judged is what drawing adds to the longest delay"
        ),
        Row("memory of the process that draws", memory, "", memory, "", ""),
    ]


def _ours() -> bytes:
    return line_chart(
        CHART.title,
        CHART.lines,
        limits=CHART.limits,
        marks=CHART.marks,
        unit=CHART.unit,
        start=CHART.start,
        end=CHART.end,
        width=WIDTH,
        height=HEIGHT,
    )


def _theirs() -> bytes:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100)
    for line, course in zip(CHART.lines, COURSES, strict=True):
        axes.plot([at for at, _ in course], [value for _, value in course], label=line.label)
    axes.axhline(THRESHOLD, linestyle="--", color="red", label="threshold")
    axes.axvline(RELEASE, color="grey")
    axes.text(RELEASE, THRESHOLD, "1.4.2")
    axes.set_title(CHART.title)
    axes.set_ylabel(CHART.unit)
    axes.grid(True)
    axes.legend()
    file = io.BytesIO()
    figure.savefig(file, format="png")
    pyplot.close(figure)
    return file.getvalue()


async def _in_its_process(repeats: int) -> Drawn:
    held: list[float] = []
    idle: list[float] = []
    cold: list[float] = []
    warm: list[float] = []
    rss_bytes = 0
    for _ in range(repeats):
        drawing = Drawing(Containment())
        async with _ticking(held):
            cold.append(await _drawn_ns(drawing))
            warm.append(await _drawn_ns(drawing))
        async with _ticking(idle):
            await asyncio.sleep((cold[-1] + warm[-1]) / 1e9)
        assert drawing.process_id is not None
        rss_bytes = max(rss_bytes, psutil.Process(drawing.process_id).memory_info().rss)
        drawing.stop()
    added = [late - anyway for late, anyway in zip(held, idle, strict=True)]
    return Drawn(*map(Spread.of, (held, idle, added, cold, warm)), rss_bytes)


async def _drawn_ns(drawing: Drawing) -> float:
    began_ns = time.perf_counter_ns()
    drawn = await drawing.draw([CHART], PATIENCE_S)
    if drawn.png is None:
        raise RuntimeError(f"no picture was drawn: {drawn.instead or 'the log says why'}")
    return time.perf_counter_ns() - began_ns


@contextlib.asynccontextmanager
async def _ticking(latest: list[float]) -> AsyncIterator[None]:
    """Adds how many nanoseconds the latest tick came late while the block ran."""
    late: list[float] = [1.0]

    async def tick() -> None:
        while True:
            due = time.perf_counter() + TICK_S
            await asyncio.sleep(TICK_S)
            late.append((time.perf_counter() - due) * 1e9)

    ticking = asyncio.get_running_loop().create_task(tick())
    await asyncio.sleep(0)
    yield
    ticking.cancel()
    latest.append(max(late))
