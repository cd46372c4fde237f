"""What a declaration must keep to, by the rules of OpenTelemetry; each error names what to change."""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence
from typing import TypeGuard, cast

from plugin.measures import MEASURES, MeasureKind
from plugin.own_measures import OwnMeasure

LONGEST_NAME = 100
LONGEST_DESCRIPTION = 200
MOST_ATTRIBUTES = 8
MOST_SERIES = 5_000
"""Of all measures of a process together."""

_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]*")
_DIGITS = re.compile(r"\d{17}")
_TERM = r"(\d+|10\*-?\d+|[A-Za-z%']{1,4}-?\d?(\{[!-z|~]+\})?|\{[!-z|~]+\})"
_UNIT = re.compile(rf"/?{_TERM}([./]{_TERM})*")
_LONGEST_UNIT = 63
_TAKEN = {"self", "amount", "value", "bot"}
_MEANT = {
    "": "1",
    "seconds": "s",
    "second": "s",
    "sec": "s",
    "milliseconds": "ms",
    "minutes": "min",
    "hours": "h",
    "days": "d",
    "bytes": "By",
    "byte": "By",
    "mb": "MBy",
    "percent": "%",
    "count": "1",
}

RESERVED = frozenset(name.partition(".")[0] for measure in MEASURES for name in (measure.name, measure.standard)) | {
    "golem"
}
"""First parts of names that are the monitor's own."""


def checked_measure(
    kind: MeasureKind,
    name: object,
    unit: object,
    description: object,
    attributes: object,
    maximum_series: object,
    resolution: object,
    shared: object = False,
) -> OwnMeasure:
    """The declaration, if it keeps to the rules; else ValueError or TypeError."""
    name = check_name(name)
    unit = check_unit(name, unit)
    if not isinstance(description, str) or len(description) > LONGEST_DESCRIPTION:
        raise ValueError(f"{name}: the description is a text of at most {LONGEST_DESCRIPTION} characters")
    return OwnMeasure(
        name,
        kind,
        unit,
        description,
        check_attributes(name, attributes),
        check_maximum(name, maximum_series),
        check_resolution(name, resolution, unit),
        check_shared(name, shared),
    )


def check_name(name: object) -> str:
    """The name, if it is one of OpenTelemetry's form within a system; else ValueError or TypeError."""
    if not isinstance(name, str):
        raise TypeError(f"the name of a measure is text, not {type(name).__name__}")
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"{name!r} is no name of a measure: use small letters, digits and _, with a system before the dot, "
            "such as 'economy.transactions'"
        )
    if len(name) > LONGEST_NAME:
        raise ValueError(f"{name[:30]!r}… has {len(name)} characters: use at most {LONGEST_NAME}")
    if _DIGITS.search(name):
        raise ValueError(f"{name!r} holds what looks like a user id: no id may be part of a name")
    system = name.partition(".")[0]
    if system in RESERVED:
        raise ValueError(f"{name!r}: names that begin with '{system}.' are the monitor's own; begin with another word")
    return name


def check_unit(name: str, unit: object) -> str:
    """The unit, if it is in the notation of UCUM; else ValueError."""
    if isinstance(unit, str) and len(unit) <= _LONGEST_UNIT and _UNIT.fullmatch(unit) and unit.lower() not in _MEANT:
        return unit
    meant = _MEANT.get(unit.lower()) if isinstance(unit, str) else None
    if meant is None:
        counted = re.sub(r"[^a-z_]", "", unit.lower()) if isinstance(unit, str) else ""
        meant = f"{{{counted or 'coin'}}}"
    raise ValueError(
        f"{name}: {unit!r} is no unit of UCUM: use {meant!r} (1 for plain numbers, s, By, {{coin}} for coins)"
    )


def check_attributes(name: str, attributes: object) -> tuple[str, ...]:
    """The names of attributes, if each can be a keyword of a call; else ValueError or TypeError."""
    if isinstance(attributes, str):
        raise TypeError(f"{name}: attributes are a tuple of names: attributes=({attributes!r},)")
    names = tuple(cast("Sequence[object]", attributes)) if isinstance(attributes, Sequence) else (None,)
    if not _all_text(names):
        raise TypeError(f"{name}: attributes are a tuple of names, such as attributes=('kind',)")
    for attribute in names:
        if not _ATTRIBUTE.fullmatch(attribute) or keyword.iskeyword(attribute) or attribute in _TAKEN:
            raise ValueError(
                f"{name}: {attribute!r} is no name of an attribute: use small letters, digits and _, and no word of "
                f"Python or of the call ({', '.join(sorted(_TAKEN))})"
            )
        if _DIGITS.search(attribute):
            raise ValueError(f"{name}: {attribute!r} holds what looks like a user id: no id may be part of a name")
    if len(set(names)) < len(names) or len(names) > MOST_ATTRIBUTES:
        raise ValueError(f"{name}: name each attribute once, and at most {MOST_ATTRIBUTES} of them, not {names}")
    return names


def _all_text(names: tuple[object, ...]) -> TypeGuard[tuple[str, ...]]:
    return all(isinstance(found, str) for found in names)


def check_maximum(name: str, maximum_series: object) -> int:
    """How many series a measure may have, if that is possible; else ValueError."""
    if type(maximum_series) is int and 1 <= maximum_series <= MOST_SERIES:
        return maximum_series
    raise ValueError(f"{name}: maximum_series is a whole number from 1 to {MOST_SERIES:,}, not {maximum_series!r}")


def check_shared(name: str, shared: object) -> bool:
    """Whether every instance reports the same value, if that is said by a bool; else TypeError."""
    if isinstance(shared, bool):
        return shared
    raise TypeError(f"{name}: shared is True or False, not {shared!r}")


def check_resolution(name: str, resolution: object, unit: str) -> float:
    """The width of the finest bucket; None chooses 1 for what is counted and 1/1000 for what is measured."""
    if resolution is None:
        return 1.0 if unit == "By" or unit.startswith("{") else 0.001
    if isinstance(resolution, int | float) and resolution is not True and 1e-12 <= resolution <= 1e12:
        return float(resolution)
    raise ValueError(f"{name}: resolution is a number from 1e-12 to 1e12, not {resolution!r}")
