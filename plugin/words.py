"""Formats values and names of commands for the log and the pages."""

from __future__ import annotations

import datetime
import re

from plugin.costs import MEGABYTE
from plugin.model import CommandKey, CommandKind, ErrorGroup, Place

ALMOST_ALL = 99.95
"""From here on, one decimal would round to 100 %, which is reserved for the whole."""

MOST_DIGITS = 6
PARAMETER = re.compile(r"\{[^{}]*\}")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SLASH = CommandKind.SLASH


def unresolved(sentence: str) -> str:
    """The sentence of a finding while it stood; that of a threshold becomes another when it ends."""
    return sentence.removeprefix("resolved: ").removesuffix(".")


def label(key: CommandKey) -> str:
    """`/shop buy`; for other kinds, the name with its kind: `ping (prefix)`, `listener on_message`."""
    kind, name, _ = key
    if kind is SLASH:
        return f"/{name}"
    return name if kind is CommandKind.BACKGROUND else f"{name} ({kind.value})"


def failure(error: ErrorGroup) -> str:
    """`KeyError in cogs/shop.py:40`."""
    return failure_in(error.type, error.place)


def failure_in(type: str, place: Place | None) -> str:
    """The same of a qualified name of an exception class and the place where it was raised."""
    kind = type.rpartition(".")[2]
    return kind if place is None else f"{kind} in {place.file}:{place.line}"


def function(qualified: str) -> str:
    """The name of a function without its enclosing functions: `Shop.restock`."""
    return qualified.rpartition("<locals>.")[2]


def titled(noun: str, name: str) -> str:
    """`task restock`; a name that already begins with the noun, such as the pseudonym `task 2`, stays."""
    return name if name.startswith(f"{noun} ") else f"{noun} {name}"


def route_label(route: str) -> str:
    """A route of Discord's API without its parameters: `POST /channels/…/messages`."""
    return PARAMETER.sub("…", route)


def amount(value: float, unit: str, *, beside: float | None = None) -> str:
    """A value in `ms`, `MB`, `%` or without a unit, with enough decimals to differ from the value beside it."""
    show = SHOWN.get(unit, whole)
    shown = show(value)
    if beside is None or value == beside or (unit and _plainly_apart(value, beside)) or shown != show(beside):
        return shown
    return _finely(value, beside, unit)


def _plainly_apart(value: float, beside: float) -> bool:
    """Whether two values with a unit, up to a minute, differ by more than rounding; saves formatting both."""
    return 1 <= value < 59_500 and beside >= 1 and not 0.89 * beside <= value <= 1.12 * beside


def _finely(value: float, beside: float, unit: str) -> str:
    scale, unit = _magnitude(beside, unit)
    value, beside = value / scale, beside / scale
    digits = 1
    while digits < MOST_DIGITS and round(value, digits) == round(beside, digits):
        digits += 1
    return f"{f'{value:,.{digits}f}'.rstrip('0').rstrip('.')} {unit}".rstrip()


def _magnitude(value: float, unit: str) -> tuple[float, str]:
    if unit == "ms" and value >= 999.5:
        return 1000, "s"
    if unit == "MB" and value >= 999.5:
        return 1024, "GB"
    return 1, unit


def milliseconds(value: float) -> str:
    """A duration in milliseconds, in a suitable unit: `450 µs`, `4.2 ms`, `142 ms`, `3.2 s`, `12 min`."""
    if value < 0.9995:
        return f"{value * 1000:.0f} µs"
    if value < 999.5:
        return f"{three_digits(value)} ms"
    return f"{three_digits(value / 1000)} s" if value < 59_500 else rough_span(value / 1000)


def megabytes(value: float) -> str:
    """An amount of memory in megabytes: `4.2 MB`, `212 MB`, `1.3 GB`."""
    if value < 999.5:
        return f"{three_digits(value)} MB"
    return f"{f'{value / 1024:,.1f}'.removesuffix('.0')} GB"


def whole(value: float) -> str:
    """A count, with thousands separators."""
    return f"{value:,.0f}"


def percent(value: float) -> str:
    """A percentage, 0 to 100 or more; a small one is never shown as 0, nor almost all as 100."""
    if 0 < value < 0.1:
        return "<0.1 %"
    if ALMOST_ALL <= value < 100:
        return ">99.9 %"
    return f"{value:,.0f} %" if value >= 100 else f"{f'{value:.1f}'.removesuffix('.0')} %"


def counted(value: float, unit: str) -> str:
    """A value of an own measure in a sentence, by its unit as OpenTelemetry writes it: `1,204 coins`, `3.2 s`."""
    if unit == "s":
        return milliseconds(value * 1000)
    if unit == "ms":
        return milliseconds(value)
    if unit == "By":
        return megabytes(value / MEGABYTE) if value >= 100 << 10 else f"{plain(value / 1024)} kB"
    if unit == "%":
        return percent(value)
    noun = noun_of(unit) if value != 1 else noun_of(unit).removesuffix("s")
    return f"{plain(value)} {noun or ('' if unit == '1' else unit)}".rstrip()


def noun_of(unit: str) -> str:
    """What is counted in a unit, such as `coins` in `{coin}`; empty for what is measured."""
    return f"{unit.strip('{}').replace('_', ' ')}s" if unit.startswith("{") else ""


def plain(value: float) -> str:
    """A number with the decimals that it takes: `0.04`, `3.5`, `142`, `12,340`."""
    if abs(value) >= 9.95 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 0.95 else f"{value:.2g}"


SHOWN = {"ms": milliseconds, "MB": megabytes, "%": percent}


def three_digits(value: float) -> str:
    """A number below 1,000: `0.4`, `3`, `9.9`, `142`."""
    return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}".removesuffix(".0")


def rough_span(seconds: float) -> str:
    """A length of time, rounded: `42 s`, `12 min`, `4.2 h`, `12 d`."""
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    if seconds < 3570:
        return f"{seconds / 60:.0f} min"
    return f"{three_digits(seconds / 3600)} h" if seconds < 171_000 else f"{seconds / 86400:,.0f} d"


def lasting(seconds: float) -> str:
    """A length of time, rounded down to its largest whole unit: `25 min`."""
    for length, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds // length:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"


def day(at: float, now: float) -> str:
    """The day of a Unix time in seconds, in UTC: `12 Nov`, with the year if it is not the current one."""
    moment, present = (datetime.datetime.fromtimestamp(seconds, datetime.UTC) for seconds in (at, now))
    shown = f"{moment.day} {MONTHS[moment.month - 1]}"
    return shown if moment.year == present.year else f"{shown} {moment.year}"
