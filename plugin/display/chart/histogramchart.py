"""The layout of a distribution of durations."""

from __future__ import annotations

import math
from collections.abc import Iterator

from plugin.display import numbers
from plugin.display.chart import axes, head, palette, place
from plugin.display.chart.head import MARGIN, Entry
from plugin.display.chart.records import FilledRect, HistogramChart, Limit, Picture, Rect, Stroke
from plugin.display.chart.scale import LogScale
from plugin.display.chart.words import LINE_HEIGHT, SIZE, Typeface
from plugin.histogram import SUB_BUCKETS, TICK_NS, Histogram, bucket_bounds_ns
from plugin.model import Severity

LOWEST_NS = TICK_NS / 2
"""Lower end of the logarithmic axis, which has no zero."""

EMPTY_REACH = (1e6, 1e10)
LEAST_FACTOR = 8
BEYOND = 1.35
"""The axis extends beyond the largest value by this factor."""

NARROWEST = 9
"""Width of a bar in pixels, at least."""

SMALLEST_BAR = 4
ROUND_NS = tuple(
    (digit * unit, ending)
    for unit, digits, ending in (
        (1e3, (1, 3, 10, 30, 100, 300), ""),
        (1e6, (1, 3, 10, 30, 100, 300), ""),
        (1e9, (1, 3, 10, 30), ""),
        (60e9, (1, 10, 60), ""),
    )
    for digit in digits
)
Bar = tuple[float, float, int]
"""Lower and upper bound in nanoseconds, and the number of durations between them."""


def lay_out(chart: HistogramChart, width: int, height: int, face: Typeface) -> Picture:
    """The chart as shapes and words."""
    picture = Picture(width, height)
    total = chart.histogram.total
    entries = [Entry(numbers.plural(total, "invocation"), palette.FAINT, swatch=False)] if total else []
    top = head.draw(picture, chart.title, entries, 0, face) + 10
    limits = [limit for limit in chart.limits if LOWEST_NS < limit.value < math.inf]
    x = LogScale(*reach(chart.histogram, limits), MARGIN + 8, width - MARGIN - 8)
    labels = [(x(limit.value), limit_words(limit, chart.histogram), _colour(limit)) for limit in limits]
    labels += [(x(value), label, palette.INK) for value, label in quantiles(chart)]
    rows = _rows(labels, Rect(MARGIN, top, width - MARGIN, top + SIZE * LINE_HEIGHT), face)
    plot = Rect(MARGIN, rows[-1].bottom + 10, width - MARGIN, height - axes.HEIGHT)
    _bars(picture, chart.histogram, limits, plot, x)
    _axis(picture, plot, x, face)
    for limit in limits:
        at = x(limit.value)
        picture.shapes += head.dashed(at, rows[-1].bottom, at, plot.bottom, _colour(limit))
    for value, _ in quantiles(chart):
        picture.shapes.append(Stroke([x(value), rows[-1].bottom, x(value), plot.bottom], palette.INK, 3))
    picture.words += place.in_rows(labels, rows, face)
    if not total:
        axes.nothing(picture, plot, face)
    return picture


def reach(histogram: Histogram, limits: list[Limit]) -> tuple[float, float]:
    """Both ends of the axis, which contains all durations and limits."""
    shown = [(low, high) for low, high, _ in bars(histogram, 1)] or [EMPTY_REACH]
    low = min([low for low, _ in shown] + [limit.value for limit in limits])
    high = max([high for _, high in shown] + [limit.value * BEYOND for limit in limits])
    middle, half = math.sqrt(low * high), math.sqrt(LEAST_FACTOR)
    return min(low, middle / half) / BEYOND, max(high, middle * half)


def bars(histogram: Histogram, together: int) -> Iterator[Bar]:
    """Bars of `together` buckets each, without empty ones."""
    counts = histogram.counts
    for index in range(0, len(counts), together):
        count = sum(counts[index : index + together])
        if count:
            low, _ = bucket_bounds_ns(index)
            _, high = bucket_bounds_ns(index + together - 1)
            yield max(LOWEST_NS, low), high, count


def limit_words(limit: Limit, histogram: Histogram) -> str:
    """The limit, and the share of durations beyond it."""
    if not histogram.total:
        return limit.text
    name = f"{limit.text} {numbers.duration(limit.value)}"
    longer = share_beyond(histogram, limit.value)
    return f"{name}: {numbers.percent(100 * longer) if longer else 'none'} longer"


def share_beyond(histogram: Histogram, limit_ns: float) -> float:
    """The approximate share (0 to 1) of durations beyond a limit; a bucket across it is divided."""
    beyond = 0.0
    for low, high, count in bars(histogram, 1):
        if high > limit_ns:
            beyond += count * min(1, math.log(high / limit_ns) / math.log(high / low))
    return beyond / histogram.total if beyond else 0


def quantiles(chart: HistogramChart) -> Iterator[tuple[float, str]]:
    """Quantiles in nanoseconds with their labels, without those that need more durations."""
    for quantile in chart.quantiles:
        value = chart.histogram.carried_ns(min(1, max(0, quantile)))
        if value is not None:
            yield max(LOWEST_NS, value), f"p{100 * quantile:g} {numbers.duration(value)}"


def _colour(limit: Limit) -> str:
    return palette.LIMITS[limit.severity]


def _rows(labels: list[tuple[float, str, str]], row: Rect, face: Typeface) -> list[Rect]:
    """One row, or two if the labels do not fit into one."""
    if len(place.in_rows(labels, [row], face)) == len(labels):
        return [row]
    return [row, row.moved(down=row.height)]


def _bars(picture: Picture, histogram: Histogram, limits: list[Limit], plot: Rect, x: LogScale) -> None:
    """Draw bars whose area, not height, is the count, since buckets differ in width."""
    bucket = (x.high_pixel - x.low_pixel) * math.log(2) / SUB_BUCKETS / math.log(x.high / x.low)
    together = next((size for size in (1, 2, 4) if bucket * size >= NARROWEST), SUB_BUCKETS)
    found = list(bars(histogram, together))
    densest = max((count / math.log(high / low) for low, high, count in found), default=1)
    critical = min((limit.value for limit in limits if limit.severity is Severity.CRITICAL), default=math.inf)
    for low, high, count in found:
        height = max(SMALLEST_BAR, plot.height * count / math.log(high / low) / densest)
        for start, end, colour in ((low, min(high, critical), 0), (max(low, critical), high, 1)):
            if start < end:
                rect = Rect(x(start), plot.bottom - height, x(end) - 2, plot.bottom)
                picture.shapes.append(FilledRect(rect, palette.FAILED if colour else palette.LINES[0]))


def _axis(picture: Picture, plot: Rect, x: LogScale, face: Typeface) -> None:
    picture.shapes.append(Stroke([plot.left, plot.bottom, plot.right, plot.bottom], palette.AXIS, 2))
    room = Rect(plot.left, plot.bottom + axes.TICK, plot.right, plot.bottom + axes.HEIGHT)
    shown = [value for value, _ in ROUND_NS if x.low <= value <= x.high]
    labelled = [(x(value), numbers.duration(value).replace(".0 ", " ")) for value in shown]
    labels = axes.tick_labels(labelled, room, face)
    if not axes.apart(labels):
        labels = axes.tick_labels([tick for tick in labelled if not tick[1].startswith("3")], room, face)
    for at, _ in labelled:
        picture.shapes.append(Stroke([at, plot.bottom, at, plot.bottom + axes.TICK], palette.AXIS, 3))
    picture.words += labels if axes.apart(labels) else labels[:: max(1, len(labels) // 2)]
