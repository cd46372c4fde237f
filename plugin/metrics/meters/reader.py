"""What was counted between two readings: nothing is lost, and nothing told twice."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator

from plugin.measures import MeasureKind
from plugin.metrics.increases import Increases
from plugin.metrics.meters.registry import OwnMeasures
from plugin.own_measures import NO_VALUES, Distribution, SeriesReading

_Key = tuple[str, tuple[str, ...]]


class _Marks:
    """How far the series of one registry were read."""

    def __init__(self, generation: int) -> None:
        self.generation = generation
        self.totals = Increases[_Key]()
        self.distributions: dict[_Key, Distribution] = {}

    def increase(self, reading: SeriesReading) -> float | Distribution | None:
        measure, values, now = reading
        if measure.kind is MeasureKind.GAUGE:
            return now
        key = (measure.name, values)
        if not isinstance(now, Distribution):
            return self.totals.beyond(key, now) or None
        before = self.distributions.get(key, NO_VALUES)
        if now.number <= before.number:
            return None
        self.distributions[key] = now
        return now.since(before)


class MeterReader:
    """One reader's marks in the totals of all series; each reader has its own, so none takes from another."""

    def __init__(self) -> None:
        self._marks = weakref.WeakKeyDictionary[OwnMeasures, _Marks]()

    def increases(self, registries: Iterable[OwnMeasures]) -> Iterator[SeriesReading]:
        """The increase of each series that grew since it was last read here, and the last value of each gauge.

        Series by series, so that the reader may pause between any two, and may stop: a series that was not reached is
        told with the next reading. Another reading may overtake one that pauses.
        """
        for registry in registries:
            marks = self._marks.get(registry)
            if marks is None or marks.generation != registry.generation:
                marks = self._marks[registry] = _Marks(registry.generation)
            for reading in registry.read():
                increase = marks.increase(reading)
                if increase is not None:
                    yield reading._replace(value=increase)
