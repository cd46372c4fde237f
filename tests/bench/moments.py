"""What the timeline of a moment costs in a year of history with everything that it tells."""

from __future__ import annotations

import time
from typing import NamedTuple

from plugin.cli.source import StoreSource
from plugin.corridor.timeline import around
from plugin.history.store import Store
from plugin.history.tiers import Tier
from plugin.model import Batch, Finding, SeriesDelta, Severity, Subject, SubjectKind
from tests.bench.measure import Spread
from tests.bench.table import Row, alone
from tests.history.generating import WRITER, Generated

LONGEST_MS = 300.0
BEAT_S = 60.0


class Year(NamedTuple):
    """How much there is beside commands, and how often it is asked."""

    starts: int
    findings: int
    series: int
    minutes: int
    times: int


WHOLE, QUICK = Year(400, 9000, 290, 90, 21), Year(3, 20, 5, 3, 3)


async def measure(store: Store, generated: Generated, end: int, year: Year) -> list[Row]:
    """Add what a timeline tells, up to `end`; ask for a moment of the last hour, and for one of half the time ago."""
    await _fill(store, generated, end, year)
    half = (generated.start + end) / 2
    return [
        await _asked(store, f"timeline of a moment, {when}", moment, end, year.times)
        for when, moment in (("just now", end - 600.0), ("half a year ago", half))
    ]


async def _fill(store: Store, generated: Generated, end: int, year: Year) -> None:
    length = end - generated.start
    for number in range(year.starts):
        writer = WRITER._replace(boot=f"boot {number}", release=f"1.{number // 4}")
        at = generated.start + length * number / year.starts
        await store.fleet.register(writer, at)
        await store.fleet.beat(writer, at + length / year.starts - 300, (0, 1), "memory 254 MB, CPU 4 %, 1 alert")
    found = tuple(_finding(number, end - number * _apart_s(number, length, year)) for number in range(year.findings))
    begin = end - year.minutes * Tier.MINUTE
    for minute in range(year.minutes):
        batch = generated.batch(begin + minute * Tier.MINUTE, 1000 + minute)
        own = {f'shop.sales{{item="{number}"}}': SeriesDelta(1, 3.0, 3.0, 3.0) for number in range(year.series)}
        findings = found if minute == 0 else ()
        await store.writing.write(WRITER, Batch(batch.start, batch.sequence, batch.commands, own, (), findings))


def _apart_s(number: int, length: float, year: Year) -> float:
    """Seconds between findings: every fifth is of the last half hour, the others are of all the time."""
    return 1800 / year.findings if number % 5 == 0 else length / year.findings


def _finding(number: int, since: float) -> Finding:
    subject = Subject(SubjectKind.COMMAND, f"/command {number % 40}")
    return Finding("slow_command", subject, Severity.WARNING, f"{subject.name} is slow", since, since + 200)


async def _asked(store: Store, what: str, moment: float, now: float, times: int) -> Row:
    source, took = StoreSource(store, WRITER.bot, WRITER.instance), list[float]()
    for _ in range(times):
        began_ns = time.perf_counter_ns()
        told, note = await around(source, moment, False, now, BEAT_S, in_bot=False)
        took.append(time.perf_counter_ns() - began_ns)
        if told is None or not told.covered:
            raise RuntimeError(f"history tells nothing of the moment: {note}")
    median_ms, low, high = (value / 1e6 for value in Spread.of(took))
    return alone(what, f"{median_ms:.2f} ms ({low:.2f} - {high:.2f})", median_ms, LONGEST_MS, "ms")
