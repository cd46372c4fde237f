"""Charts as PNG for Discord's dark theme, drawn with Pillow where it is installed."""

from plugin.display.chart.alternative import alt_text
from plugin.display.chart.charts import course_chart, histogram_chart, line_chart, panels
from plugin.display.chart.missing import MissingExtraError
from plugin.display.chart.records import Chart, HistogramChart, Limit, Line, LineChart, Mark

__all__ = (
    "Chart",
    "HistogramChart",
    "Limit",
    "Line",
    "LineChart",
    "Mark",
    "MissingExtraError",
    "alt_text",
    "course_chart",
    "histogram_chart",
    "line_chart",
    "panels",
)
