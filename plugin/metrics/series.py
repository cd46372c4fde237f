"""Values over time, gathered until history is told of them."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.measures import CONNECTED, SAMPLED, MeasureKind
from plugin.model import ConnectionSnapshot, Sample, SeriesDelta


class SeriesBuffer:
    """The count, sum and extremes of each series since they were last taken."""

    def __init__(self) -> None:
        self._found: dict[str, SeriesDelta] = {}

    def add(self, name: str, value: float | None) -> None:
        """Add one value; None is unknown and adds nothing."""
        if value is not None:
            one = SeriesDelta(1, float(value), float(value), float(value))
            known = self._found.get(name)
            self._found[name] = one if known is None else joined(known, one)

    def sample(self, sample: Sample, before: Sample | None) -> None:
        """Add what a sample says, given the one before it."""
        for measure in SAMPLED:
            value = measure.read(sample)
            if measure.kind is MeasureKind.GAUGE:
                self.add(measure.name, value)
            elif before is not None and value is not None:
                self.add(measure.name, max(0, value - (measure.read(before) or 0)))

    def connection(self, connection: ConnectionSnapshot) -> None:
        """Add what the connection is like now."""
        for measure in CONNECTED:
            for behind, value in measure.read(connection):
                self.add(measure.name + behind, value)

    def take(self) -> Mapping[str, SeriesDelta]:
        """All that was gathered; from here on it begins anew."""
        found, self._found = self._found, {}
        return found


def joined(one: SeriesDelta, other: SeriesDelta) -> SeriesDelta:
    """The values of both."""
    return SeriesDelta(
        one.count + other.count,
        one.sum + other.sum,
        min(one.minimum, other.minimum),
        max(one.maximum, other.maximum),
    )
