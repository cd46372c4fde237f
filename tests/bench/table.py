"""One readable table of everything that was measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tests.bench.measure import Pair, Spread


class Row(NamedTuple):
    """One measurement, and what was promised of it."""

    what: str
    ours: str
    theirs: str
    """What it is compared with; empty where it stands alone."""
    judged: str
    """What is held against the bound."""
    bound: str
    verdict: str
    """`kept`, `missed`, or empty where nothing was promised."""
    note: str = ""

    def unjudged(self) -> Row:
        """The same without its bound, which was set for another size or for more repeats."""
        return self._replace(bound="", verdict="")


HEADINGS = Row("measured", "with the monitor", "compared with", "judged", "bound", "", "")


def micro(spread: Spread) -> str:
    """Nanoseconds shown as microseconds."""
    return _shown(spread, 1e3, "us")


def milli(spread: Spread) -> str:
    """Nanoseconds shown as milliseconds."""
    return _shown(spread, 1e6, "ms")


def _shown(spread: Spread, unit_ns: float, unit: str) -> str:
    median, low, high = (value / unit_ns for value in spread)
    return f"{median:.2f} {unit} ({low:.2f} - {high:.2f})"


def beside(
    what: str, pair: Pair, rival: str, bound: float | None, show: Callable[[Spread], str] = micro, note: str = ""
) -> Row:
    """A row of two things side by side, judged by their ratio."""
    ratio = pair.ratio
    judged = f"x {ratio.median:.3f} ({ratio.low:.3f} - {ratio.high:.3f})"
    limit = "" if bound is None else f"x {bound:.2f}"
    return Row(
        what, show(pair.ours), f"{show(pair.theirs)} {rival}", judged, limit, _verdict(ratio.median, bound), note
    )


def fraction(what: str, ours: Spread, theirs: Spread, rival: str, parts: int, note: str = "") -> Row:
    """A row of two things that are far apart, judged by which part of the rival's time ours takes."""
    times = theirs.median / ours.median
    verdict = _verdict(1 / times, 1 / parts)
    return Row(what, milli(ours), f"{milli(theirs)} {rival}", f"1/{times:.1f}", f"1/{parts}", verdict, note)


def growth(what: str, more: Spread, less: Spread, bound: float) -> Row:
    """A row of one thing with more to do beside the same with less."""
    ratio = more.median / less.median
    return Row(what, milli(more), milli(less), f"x {ratio:.3f}", f"x {bound:.2f}", _verdict(ratio, bound))


def alone(what: str, shown: str, value: float, bound: float, unit: str, note: str = "") -> Row:
    """A row of one thing, judged by its own value."""
    return Row(what, shown, "", f"{value:.2f} {unit}", f"{bound:g} {unit}", _verdict(value, bound), note)


def _verdict(value: float, bound: float | None) -> str:
    if bound is None:
        return ""
    return "kept" if value <= bound else "missed"


def table(title: str, rows: Sequence[Row]) -> str:
    """The rows in columns, with the notes below them."""
    columns = list(zip(*((*row[:-1],) for row in (HEADINGS, *rows)), strict=True))
    widths = [max(map(len, column)) for column in columns]
    lines = [_line(row, widths) for row in (HEADINGS, *rows)]
    rule = "-" * max(map(len, lines))
    notes = [f"{row.what}: {row.note}" for row in rows if row.note]
    return (
        "\n".join([title, "Medians; in brackets from the 10th to the 90th percentile.", rule])
        + "\n"
        + "\n".join([lines[0], rule, *lines[1:], rule, *notes, ""])
    )


def _line(row: Row, widths: Sequence[int]) -> str:
    return "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)).rstrip()
