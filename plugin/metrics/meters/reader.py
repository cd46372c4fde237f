"""What was counted between two readings: nothing is lost, and nothing told twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from plugin.measures import MeasureKind
from plugin.metrics.meters.registry import OwnMeasures
from plugin.own_measures import Distribution, SeriesReading

_Mark = dict[tuple[str, tuple[str, ...]], float | Distribution]


class MeterReader:
    """One reader's marks in the totals of all series; each reader has its own, so none takes from another."""

    def __init__(self) -> None:
        self._marks: _Mark = {}

    def read(self, registries: Iterable[OwnMeasures]) -> Iterator[SeriesReading]:
        """The increase of each series since it was last read here, and the last value of each gauge.

        Series by series, so that the reader may pause between any two, and may stop: a series that was not reached is
        told with the next reading.
        """
        for registry in registries:
            for reading in registry.read():
                increase = self._increase(reading)
                if increase is not None:
                    yield increase

    def _increase(self, reading: SeriesReading) -> SeriesReading | None:
        measure, values, now = reading
        if measure.kind is MeasureKind.GAUGE:
            return reading
        key = (measure.name, values)
        before = self._marks.get(key)
        if before == now:
            return None
        self._marks[key] = now
        return reading if before is None else SeriesReading(measure, values, _between(before, now))


def _between(before: float | Distribution, now: float | Distribution) -> float | Distribution:
    if isinstance(now, Distribution):
        return now.since(before) if isinstance(before, Distribution) else now
    return now if isinstance(before, Distribution) else now - before
