"""One table of rules, key by key: values that fit, and one sentence about each that does not."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

LONGEST_NAME = 60
LONGEST_S = 30 * 86_400.0
"""The longest `for` and `keep_firing_for`."""
DURATION = 'a time from 1 second to 30 days, such as 90, "5m" or "1h30m"'

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_SPAN = re.compile(r"(?:\d{1,9}[smhd])+")


class Keys:
    """The keys of one table."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.problems: list[str] = []
        self._given = given

    def __contains__(self, key: str) -> bool:
        return key in self._given

    def __getitem__(self, key: str) -> Any:
        return self._given[key]

    def refuse(self, problem: str) -> None:
        """Add a problem, such as `above: must be a number`."""
        self.problems.append(problem)

    def only(self, known: Iterable[str], strange: Callable[[str], str]) -> None:
        """Refuse every other key; `strange` says why a key of other tables does not fit, or returns nothing."""
        names = tuple(known)
        for key in self._given:
            if key not in names:
                near = hint(str(key), names, "known are")
                self.refuse(f"{key}: {strange(key) or f'no such key; {near}'}")

    def word(self, key: str, allowed: Iterable[str], default: str) -> str:
        """One of a few words."""
        words = tuple(allowed)
        return self.text(key, words.__contains__, f"one of {', '.join(words)}", default)

    def text(self, key: str, fits: Callable[[str], object], allowed: str, default: str | None = None) -> str:
        """Text that fits; without a default it is needed."""
        value = self._given.get(key)
        if key not in self._given and default is not None:
            return default
        if isinstance(value, str) and fits(value):
            return value
        self.refuse(f"{key}: must be {allowed}{f', not {shown(value)}' if key in self._given else ''}")
        return default or ""

    def name(self, key: str, example: str) -> str:
        """A short name, or empty where none is given."""
        return self.text(key, _is_name, f"a name, such as {example}", "")

    def number(self, key: str) -> float:
        """A finite number."""
        value = self._given.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool) and _is_finite(value):
            return float(value)
        self.refuse(f"{key}: must be a number, not {shown(value)}")
        return 0.0

    def whole(self, key: str, low: int, high: int) -> int | None:
        """A whole number within bounds; None where none is given."""
        value = self._given.get(key)
        if key not in self._given or (type(value) is int and low <= value <= high):
            return value
        self.refuse(f"{key}: must be a whole number from {low} to {high}, not {shown(value)}")
        return None

    def duration_s(self, key: str) -> float:
        """A time in seconds, given so or as `5m`; 0 where none is given."""
        value = self._given.get(key)
        if key not in self._given:
            return 0.0
        found = _seconds(value)
        if found is None:
            self.refuse(f"{key}: must be {DURATION}, not {shown(value)}")
        return found or 0.0

    def where(self) -> tuple[tuple[str, str], ...]:
        """Attributes with their values."""
        value = self._given.get("where", {})
        if isinstance(value, Mapping):
            found = cast("Mapping[str, object]", value)
            if all(isinstance(each, str | int) for each in found.values()):
                return tuple(sorted((str(name), _text(each)) for name, each in found.items()))
        self.refuse('where: must be attributes with their values, such as {kind = "daily"}')
        return ()


def hint(typed: str, known: Iterable[str], otherwise: str) -> str:
    """`did you mean above?`, or all that is known."""
    names = list(known)
    near = difflib.get_close_matches(typed.lower(), names, n=3, cutoff=0.6)
    return f"did you mean {' or '.join(near)}?" if near else f"{otherwise} {', '.join(names)}"


def shown(value: object) -> str:
    """A value as it was given, cut where it is long."""
    text = repr(value) if not isinstance(value, int) or abs(value) < 10**30 else "a number too long to show"
    return text if len(text) <= 60 else text[:59] + "…"


def _seconds(value: object) -> float | None:
    found: float | None = None
    if isinstance(value, int | float) and not isinstance(value, bool):
        found = float(value) if _is_finite(value) else None
    elif isinstance(value, str) and _SPAN.fullmatch(value.replace(" ", "")):
        found = float(sum(int(number) * _SECONDS[unit] for number, unit in re.findall(r"(\d+)([smhd])", value)))
    return found if found is not None and 1 <= found <= LONGEST_S else None


def _is_name(value: str) -> bool:
    return 0 < len(value) <= LONGEST_NAME and value.isprintable() and value == value.strip()


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an int beyond floats
        return False


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
