"""The table of measures, and what iterates over it."""

from __future__ import annotations

from plugin.measures.counters import COUNTERS
from plugin.measures.gauges import GAUGES
from plugin.measures.measure import Measure
from plugin.model import Observation, Snapshot

MEASURES = (*GAUGES, *COUNTERS)
_BY_NAME = {measure.name: measure for measure in MEASURES}


def measure_of(series: str) -> Measure | None:
    """The measure of a series, such as `rest_calls{route="GET /gateway"}`; None where none is declared."""
    return _BY_NAME.get(series.partition("{")[0])


SHOWN = tuple((measure, measure.shown) for measure in GAUGES if measure.shown is not None)
"""The measures that pages show."""

TOLD = tuple((measure, shown) for measure, shown in SHOWN if shown.over_period)
"""Those that pages over a period show."""

JUDGED = tuple((measure, shown, shown.limits) for measure, shown in SHOWN if shown.limits is not None)
"""Those that settings judge."""


def present(measure: Measure, snapshot: Snapshot) -> float | None:
    """The present value of a measure, in its own unit; None where it is not known."""
    if measure.shown is not None and measure.shown.now is not None:
        return measure.shown.now(snapshot)
    return measure.value(Observation(snapshot.samples[-1])) if snapshot.samples else None


EXPLAINING = {measure.name: measure.explains for measure in GAUGES if measure.explains}
"""Measures that may explain memory growth, and what a sentence calls them."""
