"""What own measures added, gathered until the next cut as series of history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from plugin.histogram import TICK_NS, Histogram, bucket_bounds_ns
from plugin.measures import MeasureKind
from plugin.metrics.meters.reader import MeterReader
from plugin.metrics.meters.registry import OwnMeasures
from plugin.metrics.series import joined
from plugin.model import SeriesDelta, SeriesKind
from plugin.own_measures import Distribution, OwnMeasure, SeriesReading


class OwnSeriesBuffer:
    """The values of each series since they were last taken."""

    def __init__(self) -> None:
        self._found: dict[str, SeriesDelta] = {}
        self._kinds: dict[str, SeriesKind] = {}

    def reading(self, reader: MeterReader, registries: Iterable[OwnMeasures]) -> Iterator[None]:
        """Add what the reader was not told yet; yields after each series, when that is added."""
        for found in reader.increases(registries):
            name = found.measure.series_name(found.values)
            delta, known = delta_of(found), self._found.get(name)
            self._found[name] = delta if known is None else joined(known, delta)
            if found.measure.name not in self._kinds:
                self._kinds[found.measure.name] = found.measure.described
            yield

    def take(self) -> tuple[Mapping[str, SeriesDelta], Mapping[str, SeriesKind]]:
        """All that was gathered, and what the series of each measure are; from here on it begins anew."""
        taken = self._found, self._kinds
        self._found, self._kinds = {}, {}
        return taken


def delta_of(found: SeriesReading) -> SeriesDelta:
    """A reading as history keeps it."""
    value = found.value
    if isinstance(value, Distribution):
        return SeriesDelta(value.number, float(value.sum), *_extremes(value.histogram, found.measure), value.histogram)
    value = float(value)
    last = value if found.measure.kind is MeasureKind.GAUGE else None
    return SeriesDelta(1, value, value, value, last=last)


def _extremes(histogram: Histogram, measure: OwnMeasure) -> tuple[float, float]:
    """The ends of the lowest and the highest bucket in use, in the unit of the measure."""
    used = [index for index, count in enumerate(histogram.counts) if count]
    if not used:
        return 0.0, 0.0
    unit = measure.resolution / TICK_NS
    return bucket_bounds_ns(used[0])[0] * unit, bucket_bounds_ns(used[-1])[1] * unit
