"""What measures of one's own cost, beside prometheus_client at the same job, and in a cut and a flush."""

from __future__ import annotations

import asyncio
import gc
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram

import plugin
from plugin import model
from plugin.corridor.bot_measures import measures_of
from plugin.corridor.own_series import SERIES_A_STEP, OwnSeries
from plugin.history.store import open_store
from plugin.metrics.meters import MeterReader, OwnCounter
from tests.bench.measure import Batch, Spread, processor_ns, side_by_side, timed
from tests.bench.table import Row, alone, beside, milli
from tests.history.generating import WRITER

BOUND = 0.5
MEMORY_BOUND_MB = 4
READING_BOUND_MS = 50
CUT_BOUND_MS = 20
STEP_BOUND_MS = 5
"""The longest that a cut may hold the loop."""
FLUSH_BOUND_MS = 30
MINUTE_S = 60
END = 20_000 * 86_400
SIZE = 5_000
SERIES = 1_000
MOST = 5_000
NAMES = ("kind", "source")


class _Bot:
    """Keeps the bench's measures apart from all others, and takes them with it."""

    def __init__(self) -> None:
        self.on_startup: list[Any] = []

    def add_startup_callback(self, callback: Any) -> None:
        self.on_startup.append(callback)


def measure(quick: bool) -> list[Row]:
    """One addition with two attributes and from a kept series; one recorded value; memory; reading everything.

    prometheus_client is given the values of its labels by position, which is its faster way.
    """
    rounds = 20 if quick else 150
    bot = _Bot()
    ours = plugin.counter("bench.additions", attributes=NAMES, bot=bot)
    theirs = Counter("additions", "Additions", NAMES, registry=CollectorRegistry())
    sizes = plugin.histogram("bench.sizes", bot=bot).labels()
    their_sizes = Histogram("sizes", "Sizes", registry=CollectorRegistry())
    kept, their_kept = ours.labels(kind="daily", source="command"), theirs.labels("daily", "command")
    pairs = (
        ("one addition, two attributes", _add(ours, 1), _labels(theirs, 1), BOUND),
        ("  of 2.5", _add(ours, 2.5), _labels(theirs, 2.5), BOUND),
        ("one addition, kept series", _kept(kept.add, 1), _kept(their_kept.inc, 1), BOUND),
        ("  to it, of 2.5", _kept(kept.add, 2.5), _kept(their_kept.inc, 2.5), BOUND),
        ("one recorded value, kept series", _kept(sizes.record, 2.5), _kept(their_sizes.observe, 2.5), None),
    )
    rows = [
        beside(what, side_by_side(mine, other, rounds), "prometheus_client", bound)
        for what, mine, other, bound in pairs
    ]
    return [*rows, _memory(), _reading(20 if quick else 60), *asyncio.run(_cutting(3 if quick else 30))]


def _kept(call: Callable[..., object], amount: float) -> Batch:
    def batch() -> float:
        began_ns = processor_ns()
        for _ in range(SIZE):
            call(amount)
        return (processor_ns() - began_ns) / SIZE

    return batch


def _add(counter: OwnCounter, amount: float) -> Batch:
    add = counter.add

    def batch() -> float:
        began_ns = processor_ns()
        for _ in range(SIZE):
            add(amount, kind="daily", source="command")
        return (processor_ns() - began_ns) / SIZE

    return batch


def _labels(counter: Counter, amount: float) -> Batch:
    labels = counter.labels

    def batch() -> float:
        began_ns = processor_ns()
        for _ in range(SIZE):
            labels("daily", "command").inc(amount)
        return (processor_ns() - began_ns) / SIZE

    return batch


def _memory() -> Row:
    """Bytes of 1,000 series with two attributes: 600 of counters, 200 of histograms, 200 of gauges, all in use."""
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    bot = _Bot()
    reader = MeterReader()
    _fill(bot, SERIES)
    for _ in reader.increases(measures_of(bot)):
        pass
    gc.collect()
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    shown = f"{taken / 1e6:.2f} MB, {taken / SERIES:,.0f} bytes a series"
    return alone("memory of 1,000 series of one's own", shown, taken / 1e6, MEMORY_BOUND_MB, "MB")


def _fill(bot: _Bot, series: int) -> None:
    """Series of all kinds as full as they get: 32 additions that wait to be folded, values of all sizes."""
    for tenth in range(10):
        more: dict[str, Any] = {"attributes": NAMES, "maximum_series": series // 10, "bot": bot}
        name = f"bench.part{tenth}"
        for number in range(series // 10):
            named: dict[str, Any] = {"kind": f"kind {number}", "source": "command"}
            if tenth < 6:
                one = plugin.counter(name, **more).labels(**named)
                for value in range(64):
                    one.add(1000.5 + value)
            elif tenth < 8:
                sizes = plugin.histogram(name, **more).labels(**named)
                for value in range(64):
                    sizes.record(1.4**value)
            else:
                plugin.gauge(name, **more).set(number + 0.5, **named)


def _reading(rounds: int) -> Row:
    """The processor time of reading the increases of 5,000 series, which may be paused after each."""
    bot, reader = _Bot(), MeterReader()
    _fill(bot, MOST)
    added = plugin.counter("bench.part0", attributes=NAMES, maximum_series=MOST // 10, bot=bot)

    def read() -> None:
        added.add(kind="kind 0", source="command")
        for _ in reader.increases(measures_of(bot)):
            pass

    batch = timed(read)
    batch()
    took = Spread.of([batch() for _ in range(rounds)])
    return alone("reading 5,000 series of one's own", milli(took), took.median / 1e6, READING_BOUND_MS, "ms")


async def _cutting(minutes: int) -> list[Row]:
    """1,000 series that all grow in every minute: the cut on the loop, its longest step, and the flush in SQLite."""
    bot = _Bot()
    _fill(bot, SERIES)
    own = OwnSeries(bot, lambda: 1, waits=False)
    cuts, steps, writes = list[float](), list[float](), list[float]()
    with tempfile.TemporaryDirectory(prefix="golem-bench-") as folder:
        async with await open_store(str(Path(folder, "history.db"))) as store:
            await store.fleet.register(WRITER, END)
            for minute in range(minutes + 1):
                _grow(bot)
                cuts.append(_collect(own, steps))
                series, kinds = own.take()
                batch = model.Batch(END + MINUTE_S * minute, minute, (), series, (), (), kinds)
                began_ns = time.process_time_ns()
                await store.writing.write(WRITER, batch)
                writes.append(time.process_time_ns() - began_ns)
    return [
        alone(what, milli(Spread.of(found)), Spread.of(found).median / 1e6, bound, "ms")
        for what, found, bound in (
            ("a cut of 1,000 series of one's own", cuts[1:], CUT_BOUND_MS),
            ("  longest step of the cut", [max(steps)], STEP_BOUND_MS),
            ("flush of a minute, 1,000 series of one's own", writes[1:], FLUSH_BOUND_MS),
        )
    ]


def _grow(bot: _Bot) -> None:
    for registry in measures_of(bot):
        for found in registry.tables():
            for number in range(SERIES // 10):
                series: Any = found.labels(kind=f"kind {number}", source="command")
                for feed in ("add", "record", "set"):
                    if hasattr(series, feed):
                        getattr(series, feed)(number + 1.5)


def _collect(own: OwnSeries, steps: list[float]) -> float:
    """The processor time of a cut; as the loop runs it, in steps."""
    taken, began_ns = 0.0, processor_ns()
    for number, _ in enumerate(own.collecting(), 1):
        if number % SERIES_A_STEP == 0:
            now_ns = processor_ns()
            steps.append(now_ns - began_ns)
            taken, began_ns = taken + now_ns - began_ns, now_ns
    return taken + processor_ns() - began_ns
