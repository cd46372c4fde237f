"""Declares the measures that a book feeds."""

from __future__ import annotations

from typing import Any, TypeVar

from plugin.metrics.meters import OwnMeasures
from plugin.metrics.meters.rules import checked_measure
from plugin.metrics.meters.table import SeriesTable

_MAXIMUM_SERIES = 100

T = TypeVar("T", bound=SeriesTable[Any])


class Declarer:
    """Declares measures of one system in one registry."""

    def __init__(self, measures: OwnMeasures, system: str) -> None:
        self._measures = measures
        self._system = system

    def __call__(
        self,
        kind: type[T],
        name: str,
        unit: str,
        description: str,
        attributes: tuple[str, ...] = (),
        resolution: float = 1.0,
        shared: bool = False,
    ) -> T:
        """The measure; ValueError where it is declared already with another unit or kind, or the unit is none."""
        measure = checked_measure(
            kind.kind, f"{self._system}.{name}", unit, description, attributes, _MAXIMUM_SERIES, resolution, shared
        )
        return self._measures.declare(kind, measure)
