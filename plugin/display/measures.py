"""Lines that hold one value: beside its name, against its limit or target, over time."""

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
    """A value with its colour and, below it, how far it is from its threshold."""
    first = text.spread(f"{sign_of(value)} {label}", show(value.value))
    second = _against(value, show)
    return f"{first}\n{second}" if second else first


def sign_of(value: Judged) -> str:
    """The colour of a value: no colour for what is known and not judged; the white one for what is not known."""
    return NO_SIGN if value.value is not None and value.severity is Severity.UNKNOWN else sign(value.severity)


def _against(value: Judged, show: Callable[[float | None], str]) -> str:
    if value.value is None or value.threshold is None:
        return ""
    if value.target is not None and value.target > value.threshold:  # the more the better: no bar fills up
        return graph("target", text.right(show(value.target), GRAPH_CELLS))
    return graph(f"limit {show(value.threshold)}", graphs.gauge(value.value, value.threshold, GRAPH_CELLS))


def error_rate(label: str, rate: Judged, latest: tuple[int, int]) -> list[str]:
    """An error rate, and how many of the latest invocations it is of."""
    rows = [judged(label, rate, numbers.percent)]
    return [*rows, plain("of the last", numbers.count(sum(latest)))] if sum(latest) else rows


def graph(label: str, drawn: str) -> str:
    """A graph with what it shows to its left."""
    label = text.clip(label, LABEL_CELLS - 1)
    return f"{NO_SIGN} {label}{' ' * (LABEL_CELLS - text.cells(label))}{drawn}"


def course(values: Sequence[float | None], seconds: float) -> list[str]:
    """How a value went over the last so many seconds; nothing where fewer than two are known."""
    if sum(value is not None for value in values) < 2:
        return []
    return [graph(f"last {numbers.rough_span(seconds)}", graphs.sparkline(values, GRAPH_CELLS))]


def window_words(health: Health) -> str:
    """What averages and quantiles are over, as a footer says it."""
    longest = max((len(judged.answers.window_ns) for judged in health.commands), default=0)
    return f"last {longest:,} answers per command" if longest else "no answers yet"
