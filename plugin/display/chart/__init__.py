"""Charts as PNG for Discord's dark theme, drawn with Pillow if it is installed."""

from plugin.display.chart.alternative import alt_text
from plugin.display.chart.charts import course_chart, histogram_chart, line_chart, panels
from plugin.display.chart.missing import MissingExtraError
from plugin.display.chart.records import Chart, EventMark, HistogramChart, Limit, Line, LineChart, MarkedSpan

__all__ = (
    "Chart",
    "EventMark",
    "HistogramChart",
    "Limit",
    "Line",
    "LineChart",
    "MarkedSpan",
    "MissingExtraError",
    "alt_text",
    "course_chart",
    "histogram_chart",
    "line_chart",
    "panels",
)
