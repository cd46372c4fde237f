"""Lines with one value: its name, its limit or target, its values over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from plugin.display import graphs, numbers, text
from plugin.display.marks import NO_SIGN, sign
from plugin.model import Health, Judged, Severity

LABEL_CELLS = 14
GRAPH_CELLS = text.LINE_CELLS - 3 - LABEL_CELLS
AFTER_DEFERRING = "after deferring"
DEFERRED_NOTE = f"   {AFTER_DEFERRING}"


def plain(label: str, value: str) -> str:
    """A value that is not judged."""
    return text.spread(f"{NO_SIGN} {label}", value)


def judged(label: str, value: Judged, show: Callable[[float | None], str]) -> str:
    """A value with its colour and, below it, its distance from the threshold."""
    first = text.spread(f"{sign_of(value)} {label}", show(value.value))
    second = _against(value, show)
    return f"{first}\n{second}" if second else first


def sign_of(value: Judged) -> str:
    """The colour of a value: none if it is not judged, white if it is unknown."""
    return NO_SIGN if value.value is not None and value.severity is Severity.UNKNOWN else sign(value.severity)


def _against(value: Judged, show: Callable[[float | None], str]) -> str:
    if value.value is None or value.threshold is None:
        return ""
    if value.target is not None and value.target > value.threshold:  # higher is better, so no bar fills up
        return graph("target", text.right(show(value.target), GRAPH_CELLS))
    return graph(f"limit {show(value.threshold)}", graphs.gauge(value.value, value.threshold, GRAPH_CELLS))


def error_rate(label: str, rate: Judged, latest: tuple[int, int]) -> list[str]:
    """An error rate, and the number of latest invocations behind it."""
    rows = [judged(label, rate, numbers.percent)]
    return [*rows, plain("of the last", numbers.count(sum(latest)))] if sum(latest) else rows


def graph(label: str, drawn: str) -> str:
    """A graph with its label to the left."""
    label = text.clip(label, LABEL_CELLS - 1)
    return f"{NO_SIGN} {label}{' ' * (LABEL_CELLS - text.cells(label))}{drawn}"


def course(values: Sequence[float | None], seconds: float) -> list[str]:
    """A value over the last `seconds`; empty with fewer than two known values."""
    if sum(value is not None for value in values) < 2:
        return []
    return [graph(f"last {numbers.rough_span(seconds)}", graphs.sparkline(values, GRAPH_CELLS))]


def window_words(health: Health) -> str:
    """The window of averages and quantiles, for a footer."""
    longest = max((len(judged.answers.window_ns) for judged in health.commands), default=0)
    return f"last {longest:,} answers per command" if longest else "no answers yet"
