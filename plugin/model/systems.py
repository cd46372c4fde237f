"""The bot's other systems, measured by the bot's own code: what a page or a rule is given, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from plugin.model.changes import Change
from plugin.model.foundation import Severity
from plugin.model.history_read import SeriesCourse, Spans

NOT_HOURLY: Mapping[str, SeriesCourse] = MappingProxyType({})


class SystemSeries(NamedTuple):
    """One series of an own measure over a period; of a fleet, all instances together."""

    measure: str
    """Such as `economy.transactions`."""
    attributes: Mapping[str, str]
    """Such as `{"kind": "daily"}`; empty where the measure has one series."""
    kind: str
    """`counter`, `gauge` or `histogram`."""
    unit: str
    """In the notation of OpenTelemetry: `1`, `s`, `{coin}`."""
    resolution: float
    """Of a histogram: the width of its finest bucket, in its unit."""
    course: SeriesCourse
    """Over the period. The sum of a counter's values is what was added; a histogram's values have a distribution."""
    before: SeriesCourse | None
    """Over the previous period, perhaps in coarser steps; None where history does not cover it whole."""


class SystemPast(NamedTuple):
    """Everything that is known of one system over a period."""

    system: str
    """The first part of the names of its measures, such as `economy`."""
    spans: Spans
    """Of counts since the start of the process: all there is, from the start to now, without a previous period."""
    series: tuple[SystemSeries, ...]
    """By name."""
    hourly: Mapping[str, SeriesCourse] = NOT_HOURLY
    """The measures that the system's review asks for, all their series together, by hour of the period."""
    beside: Mapping[str, SeriesCourse] = NOT_HOURLY
    """The measures of the process that the system's review asks for, by hour of the period."""
    since_start: bool = False
    """Whether these are counts since the start of the process, without a course."""
    left_out: int = 0
    """Series beyond the bound of what a page reads."""


class SystemRow(NamedTuple):
    """One number, beside that of the previous period."""

    label: str
    """In at most 10 cells, else it is clipped."""
    change: Change
    unit: str = "1"
    """In the notation of OpenTelemetry; `%` for a percentage."""
    severity: Severity | None = None
    """None: not judged."""


class SystemSection(NamedTuple):
    """Numbers that belong together."""

    title: str
    rows: tuple[SystemRow, ...]
    note: str = ""
    """A line below them, such as what is left out."""


class HeatMap(NamedTuple):
    """A value for each hour of the week, in UTC."""

    title: str
    values: tuple[tuple[float | None, ...], ...]
    """Monday to Sunday, each of 24 hours; None is unknown."""


class SystemLine(NamedTuple):
    """One course in a chart."""

    label: str
    points: tuple[tuple[float, float | None], ...]
    """Unix time in seconds and value."""


class SystemChart(NamedTuple):
    """One picture."""

    title: str
    lines: tuple[SystemLine, ...]
    unit: str = "1"
    """In the notation of OpenTelemetry."""


class SystemReview(NamedTuple):
    """What the page of a system says."""

    sentences: tuple[str, ...]
    """What matters most comes first."""
    sections: tuple[SystemSection, ...] = ()
    charts: tuple[SystemChart, ...] = ()
    """The first few are drawn."""
    heat_maps: tuple[HeatMap, ...] = ()
