"""The table of measures: each is declared once, and everything else iterates over the table."""

from plugin.measures.counters import COUNTERS
from plugin.measures.gauges import GAUGES, mean_latency_s
from plugin.measures.measure import (
    MOST_SERIES,
    OTHERS,
    LimitSettings,
    Measure,
    MeasureKind,
    Shown,
    ShownIn,
    parsed_series,
    series_name,
)
from plugin.measures.table import EXPLAINING, JUDGED, MEASURES, REPORTED, SHOWN, TOLD, measure_of, present, title_of

__all__ = [
    "COUNTERS",
    "EXPLAINING",
    "GAUGES",
    "JUDGED",
    "MEASURES",
    "MOST_SERIES",
    "OTHERS",
    "REPORTED",
    "SHOWN",
    "TOLD",
    "LimitSettings",
    "Measure",
    "MeasureKind",
    "Shown",
    "ShownIn",
    "mean_latency_s",
    "measure_of",
    "parsed_series",
    "present",
    "series_name",
    "title_of",
]
