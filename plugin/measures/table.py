"""The table of measures, and what iterates over it."""

from __future__ import annotations

from plugin.measures.counters import COUNTERS
from plugin.measures.gauges import GAUGES
from plugin.measures.measure import Measure, parsed_series
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

REPORTED = tuple((measure, shown) for measure, shown in SHOWN if shown.over_period or shown.limits)
"""Those that reports compare with the previous period: judged ones also where no page over a period shows them."""

JUDGED = tuple((measure, shown, shown.limits) for measure, shown in SHOWN if shown.limits is not None)
"""Those that settings judge."""


def present(measure: Measure, snapshot: Snapshot) -> float | None:
    """The present value of a measure, in its own unit; None where it is not known."""
    if measure.shown is not None and measure.shown.now is not None:
        return measure.shown.now(snapshot)
    return measure.value(Observation(snapshot.samples[-1])) if snapshot.samples else None


EXPLAINING = {measure.name: measure.explains for measure in GAUGES if measure.explains}
"""Measures that may explain memory growth, and what a sentence calls them."""


def title_of(series: str) -> str:
    """The name of a series for people: `Memory`, `rest calls (GET /gateway)`; one of the bot's own stays as it is."""
    measure, (_, attributes) = measure_of(series), parsed_series(series)
    if measure is None:
        return series
    title = measure.name.replace("_", " ") if measure.shown is None else measure.shown.heading
    value = ", ".join(attributes.values())
    return f"{title} ({value})" if value else title
