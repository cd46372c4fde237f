"""Collects measures of one's own for each cut; a bot that declares none pays nothing."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from plugin.measures import MeasureKind
from plugin.model import (
    NO_KINDS,
    MemberSketch,
    Period,
    SeriesCourse,
    SeriesDelta,
    SeriesKind,
    SeriesPoint,
    Spans,
    SystemPast,
    SystemSeries,
)

if TYPE_CHECKING:
    from plugin.metrics.meters import MeterReader, OwnMeasures
    from plugin.metrics.meters.buffer import OwnSeriesBuffer
    from plugin.metrics.systems.active_members import ActiveMembers
    from plugin.own_measures import Dropped, SeriesReading

SERIES_A_STEP = 100

_DECLARING = "plugin.corridor.bot_measures"
"""Imported with the first declaration."""

_ACTIVITY = "plugin.metrics.systems.activity"
"""Imported with the first meter of activity."""

_READERS: dict[int, MeterReader] = {}
"""By application: what a bot was told stays told when the monitor is loaded anew, or the bot made anew."""


class OwnSeries:
    """The own measures of one bot, and those of its process."""

    def __init__(self, bot: object, application: Callable[[], int | None], *, waits: bool) -> None:
        """`application` returns its id, None while that is not known; `waits`: until then nothing is collected."""
        self._bot = bot
        self._application = application
        self._waits = waits
        self._buffer: OwnSeriesBuffer | None = None
        self._reader: MeterReader | None = None
        self.before: Callable[[], object] = lambda: None
        """Called before measures are read; may declare some."""
        self.pending = False
        """Whether the last collection read nothing, as the application was not known."""

    def collecting(self) -> Iterator[None]:
        """Collect what was counted since the last time, series by series; the caller may pause between any two."""
        registries = self._registries()
        if not registries:
            return
        from plugin.metrics.meters.buffer import OwnSeriesBuffer

        reader = self._reader = self._reader or self._find_reader()
        self.pending = reader is None
        if reader is not None:
            self._buffer = self._buffer or OwnSeriesBuffer()
            yield from self._buffer.reading(reader, registries)

    def take(self) -> tuple[Mapping[str, SeriesDelta], Mapping[str, SeriesKind]]:
        """What was collected, and what the series of each measure are."""
        return ({}, NO_KINDS) if self._buffer is None else self._buffer.take()

    def counters(self) -> list[ActiveMembers]:
        """Those that count the bot's active members."""
        if _ACTIVITY not in sys.modules:
            return []
        from plugin.metrics.systems.activity import ActivityBook

        books = [book for registry in self._registries() for book in registry.books()]
        return [book.active for book in books if isinstance(book, ActivityBook)]

    def members(self) -> tuple[MemberSketch, ...]:
        """What was counted of active members since the last call; nothing where no history is kept."""
        return tuple(sketch for counter in self.counters() for sketch in counter.take()) if self._waits else ()

    def systems(self) -> set[str]:
        """The systems that have a measure."""
        return {measure.system for registry in self._registries() for measure in registry.declared()}

    def counted(self) -> frozenset[str]:
        """The counters and histograms that have counted something by now."""
        tables = (table for registry in self._registries() for table in registry.tables())
        gauge = MeasureKind.GAUGE
        return frozenset(table.measure.name for table in tables if len(table) and table.measure.kind is not gauge)

    def kinds(self) -> Mapping[str, SeriesKind]:
        """What the series of each declared measure are."""
        return {measure.name: measure.described for registry in self._registries() for measure in registry.declared()}

    async def since_start(self, system: str, at: float, uptime_s: float) -> SystemPast:
        """What one system counted since the start of the process, as of a moment in Unix seconds; in short steps."""
        end = int(at)
        start = end - max(1, int(uptime_s))
        series = list[SystemSeries]()
        readings = (reading for registry in self._registries() for reading in registry.read(system))
        for number, reading in enumerate(readings, 1):
            series.append(_since_start(reading, start, end))
            if number % SERIES_A_STEP == 0:
                await asyncio.sleep(0)
        spans = Spans(Period.ALL, start, end, None, start, None)
        ordered = sorted(series, key=lambda one: (one.measure, *one.attributes.values()))
        return SystemPast(system, spans, tuple(ordered), since_start=True)

    def dropped(self) -> Mapping[str, int]:
        """Measurements that were not counted as given, by measure and reason."""
        return {f"{drop.measure.name}: {drop.reason.value}": drop.number for drop in self._drops() if drop.number}

    def _drops(self) -> Iterator[Dropped]:
        for registry in self._registries():
            yield from registry.drops()

    def _registries(self) -> Iterable[OwnMeasures]:
        self.before()
        if _DECLARING not in sys.modules:
            return ()
        from plugin.corridor.bot_measures import measures_of

        return measures_of(self._bot)

    def _find_reader(self) -> MeterReader | None:
        from plugin.metrics.meters import MeterReader

        application = self._application()
        if application is not None:
            return _READERS.setdefault(application, MeterReader())
        return None if self._waits else MeterReader()


def _since_start(reading: SeriesReading, start: int, end: int) -> SystemSeries:
    from plugin.metrics.meters.buffer import delta_of

    measure = reading.measure
    attributes = dict(zip(measure.attributes, reading.values, strict=True))
    course = SeriesCourse(end - start, (SeriesPoint(start, delta_of(reading)),))
    return SystemSeries(measure.name, attributes, measure.kind.value, measure.unit, measure.resolution, course, None)
