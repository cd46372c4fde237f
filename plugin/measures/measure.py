"""What a measure is: one record says how a value is read, stored, judged, shown, charted and compared."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from plugin.model import Observation, Sample, Snapshot

MOST_SERIES = 64
"""Series of one measure that are told apart, unless it says otherwise."""

OTHERS = "(other)"
"""The attribute value that counts of further series are added to."""


class MeasureKind(Enum):
    """How the values of a series add up over time, in the words of OpenTelemetry."""

    GAUGE = "gauge"
    COUNTER = "counter"
    """Only grows; history stores the increase."""
    HISTOGRAM = "histogram"
    """How often values occurred, by size."""


class ShownIn(Enum):
    """A section of the page since start."""

    SYSTEM = "System"
    CONNECTION = "Connection"


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """The settings that judge a measure, in the unit in which it is shown."""

    threshold: str
    """Beyond it a value is critical."""
    target: str = ""
    """Up to it a value is healthy; empty: up to `target_share` of the threshold."""
    higher_is_better: bool = False
    target_share: float = 0.8
    """Without a target of its own a value is healthy up to this share of the threshold."""
    only_warns: bool = False
    """Whether a value beyond the threshold is a warning, since something else judges its effect."""
    alert: str = ""
    """The rule of the alert that is raised beyond the threshold, such as `memory`; empty: none."""
    alert_on_mean: bool = False
    """Whether the alert is about the mean since the last check instead of the newest value."""


@dataclass(frozen=True, slots=True)
class Share:
    """What part of a whole a value is, shown below it."""

    title: str
    read: Callable[[Sample], float | None]
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How a measure is shown: its titles and unit, where, and the settings that judge it."""

    title: str
    """In at most 10 cells."""
    unit: str = ""
    """`MB`, `%`, `ms`; empty for a plain count."""
    factor: float = 1.0
    """Multiplies the measure's value to get the shown unit."""
    long_title: str = ""
    """Of its chart and on the page since start, if not the same."""
    phrase: str = ""
    """What a sentence calls it; empty where no sentence does."""
    charted: bool = True
    """Whether a judged measure gets a sparkline and a chart."""
    limits: LimitSettings | None = None
    """None: not judged."""
    section: ShownIn | None = None
    """Where the page since start shows its present value; None: not there."""
    now: Callable[[Snapshot], float | None] | None = None
    """Its present value, if not that of the newest sample."""
    share: Share | None = None
    over_period: bool = True
    """Whether the page over a period shows it."""

    @property
    def heading(self) -> str:
        """The title where there is room."""
        return self.long_title or self.title

    def scaled(self, value: float | None) -> float | None:
        """A value of the measure in the shown unit."""
        return None if value is None else value * self.factor


Value = float | None
"""None is unknown."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One value, or with an attribute one value for each of its values."""

    name: str
    """As history keeps it."""
    unit: str
    """In the notation of OpenTelemetry (UCUM): `By`, `s`, `1` for a share, `{task}` for a count of tasks."""
    standard: str
    """OpenTelemetry's name where it has one, else ours in its manner."""
    read: Callable[[Observation], Value | Mapping[str, Value]]
    """Its value, or with an attribute its values by those of the attribute. Gauges are read with every sample, counters
    with every cut."""
    kind: MeasureKind = MeasureKind.GAUGE
    attribute: str = ""
    """Such as `shard`; empty where there is one series."""
    most: int = MOST_SERIES
    """At most this many series; counts of further ones are added up as `(other)`, further gauges are left out."""
    adds_up: bool = False
    """A fleet's value is the sum of its instances, not their mean."""
    shown: Shown | None = None
    """None: on no page."""
    mean: bool = False
    """Compare periods by the mean instead of the median, without a test of significance."""
    explains: str = ""
    """Its name in "… grew with it" when memory grows; empty if it cannot explain that."""

    def values(self, seen: Observation) -> Iterable[tuple[str, Value]]:
        """The value of every series, by the value of the attribute; that is empty where there is one."""
        found = self.read(seen)
        return found.items() if isinstance(found, Mapping) else (("", found),)

    def value(self, seen: Observation) -> Value:
        """Its value; None for a measure with an attribute."""
        found = self.read(seen)
        return found if found is None or isinstance(found, (int, float)) else None

    @property
    def prometheus(self) -> str:
        """Its name in Prometheus's manner: underscores, the base unit, `_total` behind a counter.

        As OpenTelemetry's specification of its compatibility with Prometheus has it.
        """
        name = re.sub(r"[^a-z0-9_]+", "_", self.standard)
        unit = _PROMETHEUS_UNITS.get(self.unit, "")
        named = name if not unit or name.endswith(unit) else f"{name}_{unit}"
        return f"{named}_total" if self.kind is MeasureKind.COUNTER else named


_PROMETHEUS_UNITS = {"By": "bytes", "s": "seconds", "1": "ratio"}


def series_name(measure: str, attributes: Mapping[str, str]) -> str:
    """The name of one series, in Prometheus's notation: `rest_calls{route="GET /gateway"}`."""
    if not attributes:
        return measure
    told = ",".join(f'{attribute}="{_escaped(value)}"' for attribute, value in attributes.items())
    return f"{measure}{{{told}}}"


def parsed_series(name: str) -> tuple[str, dict[str, str]]:
    """The measure and the attributes of a series, by its name."""
    measure, _, told = name.partition("{")
    return measure, {attribute: _UNESCAPED.sub(_unescape, value) for attribute, value in _TOLD.findall(told)}


_TOLD = re.compile(r'([^=,{}"]+)="((?:[^"\\]|\\.)*)"')
_UNESCAPED = re.compile(r"\\(.)")


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _unescape(found: re.Match[str]) -> str:
    return "\n" if found[1] == "n" else found[1]
