"""Descriptions of pictures, for screen readers."""

from __future__ import annotations

from plugin.display import numbers, text
from plugin.display.chart import histogramchart, spans, timeaxis, units
from plugin.display.chart.courses import LineCourse, courses
from plugin.display.chart.records import Chart, HistogramChart, Limit, LineChart
from plugin.display.chart.scale import extent
from plugin.display.chart.units import Unit

LONGEST_CHARACTERS = 1024
"""Discord's limit for the description of a picture."""

NAME_CELLS = 60
NAMED_MARKS = 3


def alt_text(*charts: Chart) -> str:
    """One sentence that describes the picture of these charts."""
    said = "; ".join(_histogram(chart) if isinstance(chart, HistogramChart) else _lines(chart) for chart in charts)
    return said if len(said) < LONGEST_CHARACTERS else f"{said[: LONGEST_CHARACTERS - 2].rstrip()}…"


def _lines(chart: LineChart) -> str:
    unit = units.unit_of(chart.unit)
    start, end = timeaxis.span(chart.start, chart.end)
    found = courses(chart, unit)
    said = [_course(course, unit) for course in found]
    said += [_limit(limit, found, unit) for limit in chart.limits]
    marks = [text.name(mark.text, NAME_CELLS) for mark in chart.marks if start <= mark.at <= end]
    if marks:
        more = f" and {len(marks) - NAMED_MARKS} more" if len(marks) > NAMED_MARKS else ""
        said.append(f"marked: {', '.join(marks[-NAMED_MARKS:])}{more}")
    kinds = spans.kinds(spans.within(chart.spans, start, end))
    said += [f"shaded: {text.name(name, NAME_CELLS)} ({number:,})" for (name, _), number in kinds.items()]
    period = f"from {timeaxis.precise(start)} to {timeaxis.precise(end)} UTC"
    return f"{text.name(chart.title, NAME_CELLS)}, {period}: {', '.join(said) or 'no data yet'}"


def _course(course: LineCourse, unit: Unit) -> str:
    reach = extent(course.runs)
    label = text.name(course.label, NAME_CELLS)
    if reach is None:
        return f"{label} without data"
    low, high = (units.shown(value, unit) for value in reach)
    between = f"{label} between {low} and {high}" if low != high else f"{label} at {low}"
    return between if course.last is None else f"{between}, {units.shown(course.last, unit)} at the end"


def _limit(limit: Limit, found: list[LineCourse], unit: Unit) -> str:
    reach = extent(run for course in found for run in course.runs)
    value = limit.value * unit.scale
    name = f"{text.name(limit.text, NAME_CELLS)} ({units.shown(value, unit)})"
    if reach is None or not abs(value) < units.LARGEST:
        return name
    return f"{name} {'reached' if reach[1] >= value else 'not reached'}"


def _histogram(chart: HistogramChart) -> str:
    total = chart.histogram.total
    title = text.name(chart.title, NAME_CELLS)
    if not total:
        return f"{title}, distribution of durations: no data yet"
    said = [numbers.plural(total, "invocation")]
    said += [label for _, label in histogramchart.quantiles(chart)]
    said += [histogramchart.limit_words(limit, chart.histogram) for limit in chart.limits if limit.value > 0]
    return f"{title}, distribution of durations: {', '.join(said)}"
