"""Numbers as text, with a unit of fitting magnitude; "unknown" for None."""

from __future__ import annotations

from collections.abc import Callable

from plugin import words
from plugin.costs import MEGABYTE
from plugin.words import rough_span as rough_span

UNKNOWN = "unknown"
DASH = "–"
KILOBYTES = 100 << 10
"""From here on amounts of memory are in megabytes."""
MS = 1_000_000
"""Nanoseconds in a millisecond."""


def count(number: int | None) -> str:
    """A count with thousands separators."""
    return UNKNOWN if number is None else f"{number:,}"


def count_in(width: int, number: int) -> str:
    """A count at the right edge of `width` cells (at least 6), rounded only if it does not fit."""
    exact = f"{number:,}"
    return f"{exact if len(exact) <= width else _rounded(number):>{width}}"


def short_count(number: int) -> str:
    """A count in at most nine cells."""
    return count_in(9, number).lstrip()


def _rounded(number: int) -> str:
    for thousands, unit in enumerate("kMGT", 1):
        if number < 999.5 * 1000**thousands:
            return f"{words.three_digits(number / 1000**thousands)} {unit}"
    return f"{number:.0e}"


def percent(value: float | None) -> str:
    """A percentage (0 to 100 or more); never rounds a small value to 0 or almost all to 100."""
    return UNKNOWN if value is None else words.percent(value)


def share(part: int, whole: int) -> str:
    """One count as a percentage of another."""
    return percent(100 * part / whole if whole else None)


def duration(ns: float | None) -> str:
    """A duration in nanoseconds, short: `450 µs`, `4.2 ms`, `142 ms`, `3.2 s`, `12 min`."""
    return UNKNOWN if ns is None else words.milliseconds(ns / MS)


def milliseconds(value: float | None) -> str:
    """A duration in milliseconds, written like any other."""
    return UNKNOWN if value is None else words.milliseconds(value)


def megabytes(value: float | None) -> str:
    """An amount of memory in megabytes: `4.2 MB`, `212 MB`, `1.3 GB`."""
    return UNKNOWN if value is None else words.megabytes(value)


def in_unit(unit: str, value: float | None, otherwise: Callable[[int | None], str] = count) -> str:
    """A value in the display unit of a measure; `otherwise` writes plain counts."""
    show = words.SHOWN.get(unit)
    if show is None:
        return otherwise(None if value is None else round(value))
    return UNKNOWN if value is None else show(value)


def of_unit(unit: str) -> Callable[[float | None], str]:
    """Writes values of own measures in at most eight cells, by their unit as OpenTelemetry writes it."""
    return lambda value: DASH if value is None else f"{'-' if value < 0 else ''}{_own(abs(value), unit)}"


def _own(value: float, unit: str) -> str:
    if unit == "s":
        return duration(value * 1000 * MS)
    if unit == "By":
        return words.megabytes(value / MEGABYTE) if value >= KILOBYTES else f"{words.plain(value / 1024)} kB"
    if unit == "%":
        return words.percent(value)
    return words.plain(value) if value < 999_999.5 else _four_digits(value)


def _four_digits(value: float) -> str:
    for thousands, unit in enumerate("MGTPE", 2):
        scaled = value / 1000**thousands
        if scaled < 999.95:
            return f"{scaled:.{4 - len(str(int(scaled)))}f} {unit}"
    return f"{value:.0e}"


def span(seconds: float) -> str:
    """A span of time in its two largest units: `42 s`, `12 min`, `4 h 12 min`, `3 d 4 h`."""
    minutes = int(seconds) // 60
    hours, days = minutes // 60, minutes // 1440
    if not minutes:
        return f"{max(0, int(seconds))} s"
    if not hours:
        return f"{minutes} min"
    if not days:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{days:,} d {hours % 24} h" if hours % 24 else f"{days:,} d"


def ago(seconds: float) -> str:
    """An age in one unit: `just now`, `42 s ago`, `3 min ago`, `5 d ago`."""
    for limit_s, unit_s, unit in ((60, 1, "s"), (3600, 60, "min"), (86400, 3600, "h")):
        if seconds < limit_s:
            return f"{int(seconds // unit_s)} {unit} ago" if seconds >= 5 else "just now"
    return f"{int(seconds // 86400):,} d ago"


def discord_time(at: float) -> str:
    """A time (Unix seconds) that Discord shows as "3 minutes ago" and keeps up to date."""
    return f"<t:{int(at)}:R>"


def date_time(at: float) -> str:
    """A date and time (Unix seconds), which Discord shows in the reader's time zone."""
    return f"<t:{int(at)}:f>"


def clock_time(at: float) -> str:
    """The same without the date."""
    return f"<t:{int(at)}:t>"


def plural(number: int, noun: str) -> str:
    """`1 command`, `1,204 commands`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
