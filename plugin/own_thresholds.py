"""Thresholds of one's own: bounds for single measures, as `[[golem.threshold]]` tables or code give them."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from plugin.measures import measure_of

MOST_THRESHOLDS = 50
LARGEST_LEAST = 10**6
PER_S = {"minute": 60, "hour": 3600, "day": 86_400}
SHORT_PER = {"minute": "min", "hour": "h", "day": "d"}
QUANTILES = {"median": 0.5, "p95": 0.95, "p99": 0.99}
MEAN = "mean"
SEVERITIES = ("critical", "warning")
TABLES = "must be tables, each under a line [[golem.threshold]]"

_OWN_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


class OwnThreshold(NamedTuple):
    """One bound of one measure."""

    measure: str
    """Such as `economy.transactions`."""
    bound: float
    """In the unit of the measure, of a counter for each `per`."""
    below: bool = False
    """Whether values below the bound cross it, not those above."""
    where: tuple[tuple[str, str], ...] = ()
    """Attributes of the series that count; all others are left out. Empty: all series together."""
    per: str = "hour"
    """Of counters and histograms: the time that is judged at once."""
    value: str = MEAN
    """Of histograms: `mean`, `median`, `p95` or `p99`."""
    least: int | None = None
    """Fewer measurements prove nothing; None for the default of the kind of measure."""
    severity: str = "critical"

    @property
    def series(self) -> str:
        """The measure with its attributes: `economy.transactions{kind=daily}`."""
        told = ",".join(f"{name}={value}" for name, value in self.where)
        return f"{self.measure}{{{told}}}" if told else self.measure

    def takes(self, attributes: Mapping[str, str]) -> bool:
        """Whether a series with these attributes counts."""
        return all(attributes.get(name) == value for name, value in self.where)


class ThresholdTables(NamedTuple):
    """What was read, and what is wrong with the rest: one line for each problem."""

    thresholds: tuple[OwnThreshold, ...]
    problems: tuple[str, ...]


def read_thresholds(given: object, place: str) -> ThresholdTables:
    """The thresholds of a list of tables; `place` says in problems where they are from, such as `golem.toml`."""
    if not isinstance(given, list | tuple):
        return ThresholdTables((), (f"threshold in {place}: {TABLES}",))
    tables = cast("Sequence[object]", given)
    found, problems = dict[OwnThreshold, int](), list[str]()
    for number, table in enumerate(tables, 1):
        reading = _Table(table, f"threshold {number} in {place}")
        threshold = reading.threshold()
        problems += reading.problems
        if threshold is None:
            continue
        if threshold in found:
            problems.append(f"{reading.place}: is the same as threshold {found[threshold]}: remove one of them")
        found.setdefault(threshold, number)
    if len(tables) > MOST_THRESHOLDS:
        problems.append(f"threshold in {place}: {len(tables)} are too many: use at most {MOST_THRESHOLDS}")
    return ThresholdTables(tuple(found), tuple(problems))


class _Table:
    """One table, key by key."""

    def __init__(self, table: object, place: str) -> None:
        self.problems: list[str] = []
        self.place = place
        self._keys: Mapping[str, Any] = {}
        if isinstance(table, Mapping):
            self._keys = cast("Mapping[str, Any]", table)
        else:
            self.problems.append(f"{place}: {TABLES}")

    def threshold(self) -> OwnThreshold | None:
        """What the table says; None where anything in it is wrong."""
        if self.problems:
            return None
        for key in self._keys:
            if key not in KEYS:
                near = next(iter(difflib.get_close_matches(str(key), KEYS, n=1)), "")
                hint = f"did you mean {near}?" if near else f"known are {', '.join(KEYS)}"
                self.problems.append(f"{self.place}: {key}: no such key; {hint}")
        measure = self._take("measure", _is_measure, "the name of a measure, such as economy.transactions", None)
        bound, below = self._bound()
        found = OwnThreshold(
            str(measure),
            bound,
            below,
            self._where(),
            self._take("per", PER_S.__contains__, _one_of(PER_S), "hour"),
            self._take("value", (MEAN, *QUANTILES).__contains__, _one_of((MEAN, *QUANTILES)), MEAN),
            self._least(),
            self._take("severity", SEVERITIES.__contains__, _one_of(SEVERITIES), SEVERITIES[0]),
        )
        return None if self.problems else found

    def _take(self, key: str, fits: Callable[[Any], bool], allowed: str, default: object) -> Any:
        if key not in self._keys and default is not None:
            return default
        value = self._keys.get(key)
        if isinstance(value, str) and fits(value):
            return value
        given = f", not {_shown(value)}" if key in self._keys else ""
        self.problems.append(f"{self.place}: {key}: must be {allowed}{given}")
        return default

    def _bound(self) -> tuple[float, bool]:
        given = [key for key in ("above", "below") if key in self._keys]
        if len(given) != 1:
            how = "add one of them" if not given else "leave one out; a threshold each takes both"
            self.problems.append(f"{self.place}: needs either above or below: {how}")
            return 0.0, False
        value = self._keys[given[0]]
        if isinstance(value, int | float) and not isinstance(value, bool) and _is_finite(value):
            return float(value), given[0] == "below"
        self.problems.append(f"{self.place}: {given[0]}: must be a number, not {_shown(value)}")
        return 0.0, False

    def _least(self) -> int | None:
        value = self._keys.get("least")
        if value is None or (type(value) is int and 1 <= value <= LARGEST_LEAST):
            return value
        self.problems.append(
            f"{self.place}: least: must be a whole number from 1 to {LARGEST_LEAST}, not {_shown(value)}"
        )
        return None

    def _where(self) -> tuple[tuple[str, str], ...]:
        value = self._keys.get("where", {})
        if isinstance(value, Mapping):
            found = cast("Mapping[str, object]", value)
            if all(isinstance(each, str | int) for each in found.values()):
                return tuple(sorted((str(name), _text(each)) for name, each in found.items()))
        self.problems.append(f'{self.place}: where: must be attributes with their values, such as {{kind = "daily"}}')
        return ()


KEYS = ("measure", "above", "below", "per", "value", "least", "where", "severity")


def _is_measure(name: str) -> bool:
    return measure_of(name) is not None or bool(_OWN_NAME.fullmatch(name))


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an int beyond floats
        return False


def _one_of(words: Sequence[str] | Mapping[str, object]) -> str:
    return f"one of {', '.join(words)}"


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(value: object) -> str:
    text = repr(value) if not isinstance(value, int) or abs(value) < 10**30 else "a number too long to show"
    return text if len(text) <= 60 else text[:59] + "…"
