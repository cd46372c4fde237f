"""The values of series, collected until the next cut."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.histogram import Histogram
from plugin.measures import COUNTERS, GAUGES, OTHERS, Measure, MeasureKind, series_name
from plugin.metrics.increases import Increases
from plugin.model import Observation, SeriesDelta


class SeriesBuffer:
    """Count, sum and extremes of each series since the last `take`."""

    def __init__(self) -> None:
        self._found: dict[str, SeriesDelta] = {}
        self._increases = Increases[tuple[str, str]]()
        self._attributes: dict[str, set[str]] = {}
        """Values of each measure's attribute that have a series of their own."""

    def add(self, name: str, value: float | None) -> None:
        """Add one value; None adds nothing."""
        if value is not None:
            one = SeriesDelta(1, float(value), float(value), float(value))
            known = self._found.get(name)
            self._found[name] = one if known is None else joined(known, one)

    def sampled(self, seen: Observation) -> None:
        """Add the values of all gauges after a new sample."""
        for measure in GAUGES:
            for attribute, value in measure.values(seen):
                name = self._name(measure, attribute)
                if name is not None:
                    self.add(name, value)

    def counted(self, seen: Observation) -> None:
        """Add the increases of all counters; a counter with an attribute is added only if it increased."""
        for measure in COUNTERS:
            found: dict[str, float] = {}
            for attribute, total in measure.values(seen):
                if total is None:
                    continue
                increase = self._increases.since((measure.name, attribute), total)
                name = self._name(measure, attribute) if increase or not attribute else None
                if name is not None:
                    found[name] = found.get(name, 0) + increase
            for name, increase in found.items():
                self.add(name, increase)

    def take(self) -> Mapping[str, SeriesDelta]:
        """Remove and return all values."""
        found, self._found = self._found, {}
        return found

    def _name(self, measure: Measure, attribute: str) -> str | None:
        """The series of a value; None for a gauge beyond the bound of its measure."""
        if measure.attribute:
            known = self._attributes.setdefault(measure.name, set())
            if attribute not in known:
                if len(known) >= measure.most:
                    if measure.kind is MeasureKind.GAUGE:
                        return None
                    attribute = OTHERS
                else:
                    known.add(attribute)
        return series_name(measure.name, {measure.attribute: attribute} if measure.attribute else {})


def joined(one: SeriesDelta, other: SeriesDelta) -> SeriesDelta:
    """Both as one; `other` is the later one."""
    return SeriesDelta(
        one.count + other.count,
        one.sum + other.sum,
        min(one.minimum, other.minimum),
        max(one.maximum, other.maximum),
        _joined(one.distribution, other.distribution),
        one.last if other.last is None else other.last,
    )


def _joined(one: Histogram | None, other: Histogram | None) -> Histogram | None:
    if one is None or other is None:
        return other if one is None else one
    return merged(one, other)


def merged(one: Histogram, other: Histogram) -> Histogram:
    """Both as one new histogram."""
    both = one.copy()
    both.merge(other)
    return both
