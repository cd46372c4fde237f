"""Measures that the bot's own code declares and feeds: what is declared, and what a reader gets."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, TypeAlias

from plugin.histogram import TICK_NS, Histogram
from plugin.measures import MeasureKind, series_name
from plugin.model import SeriesKind

LONGEST_SERIES_NAME = 300
"""In characters: what both databases can have in a key."""

TOO_LONG = "attributes"
"""The attribute of a series whose own attributes are too long for its name."""

AttributeValue: TypeAlias = str | int | bool
"""What an attribute may be; pages and exports get it as text."""


@dataclass(frozen=True, slots=True)
class OwnMeasure:
    """One declaration."""

    name: str
    """Dotted, such as `economy.transactions`."""
    kind: MeasureKind
    unit: str = "1"
    """In the notation of OpenTelemetry (UCUM): `s`, `By`, `{coin}`."""
    description: str = ""
    attributes: tuple[str, ...] = ()
    """What tells its series apart."""
    maximum_series: int = 100
    """Attribute sets beyond these are counted together, as `(other)`."""
    resolution: float = 1.0
    """Of a histogram: the width of its finest bucket, in its unit."""
    shared: bool = False
    """Of a gauge: every instance of a fleet reports the same value, so that a fleet's is not their sum."""

    @property
    def system(self) -> str:
        """The first part of the name: measures of one system are shown together."""
        return self.name.partition(".")[0]

    @property
    def histogram_ns(self) -> float:
        """The nanoseconds by which a histogram of durations counts one unit of this measure."""
        return TICK_NS / self.resolution

    @property
    def described(self) -> SeriesKind:
        """What its series are, as history keeps it."""
        return SeriesKind(self.unit, self._kind_kept, ",".join(self.attributes))

    @property
    def _kind_kept(self) -> str:
        if self.kind is MeasureKind.HISTOGRAM:
            return f"{self.kind.value}/{self.resolution:g}"
        return f"{self.kind.value}/shared" if self.shared else self.kind.value

    def series_name(self, values: Sequence[str]) -> str:
        """The name of one of its series in history; of what is too long for that, its attributes as one digest."""
        name = series_name(self.name, dict(zip(self.attributes, values, strict=True)))
        if len(name) <= LONGEST_SERIES_NAME:
            return name
        digest = hashlib.blake2b(name.encode(), digest_size=6).hexdigest()
        return series_name(self.name, {TOO_LONG: digest})


class Distribution(NamedTuple):
    """Recorded values. The histogram is shared with other readers: copy it before a change."""

    histogram: Histogram
    """In nanoseconds; `OwnMeasure.histogram_ns` of them are one unit."""
    number: int
    sum: float
    """In the unit of the measure."""

    def since(self, before: Distribution) -> Distribution:
        """The values recorded after `before`."""
        return Distribution(self.histogram.since(before.histogram), self.number - before.number, self.sum - before.sum)

    def quantile(self, quantile: float, measure: OwnMeasure) -> float | None:
        """A quantile (0 to 1) in the unit of the measure, within 1/17 from 8 resolutions up; None when empty."""
        found_ns = self.histogram.quantile_ns(quantile)
        return None if found_ns is None else found_ns / measure.histogram_ns


NO_VALUES = Distribution(Histogram(), 0, 0)


class SeriesReading(NamedTuple):
    """One series of a measure at one moment, or its increase between two."""

    measure: OwnMeasure
    values: tuple[str, ...]
    """In the order of `OwnMeasure.attributes`."""
    value: float | Distribution
    """A counter's total, a gauge's last value, a histogram's distribution."""


class DropReason(Enum):
    """Why a measurement was not counted as it was given."""

    NOT_A_NUMBER = "not a number"
    NOT_FINITE = "NaN or infinite"
    NEGATIVE = "negative"
    TOO_LARGE = "above 1e150"
    WRONG_ATTRIBUTES = "wrong attribute names"
    UNKNOWN_FLOW = "neither faucet, sink nor transfer"
    NO_MEMBER = "member that is no id"
    LOOKS_LIKE_ID = "looks like a user id"
    WRONG_TYPE = "attribute value that is no text, whole number or bool"
    TOO_LONG = "attribute value too long"
    NOT_PRINTABLE = "attribute value that cannot be printed"
    TOO_MANY_SERIES = "too many attribute values"
    PROCESS_FULL = "too many series in this process"

    @property
    def lost(self) -> bool:
        """Whether the measurement was lost; if not, it is counted under `(other)`."""
        return self in _LOST


_LOST = frozenset(
    {
        DropReason.NOT_A_NUMBER,
        DropReason.NOT_FINITE,
        DropReason.NEGATIVE,
        DropReason.TOO_LARGE,
        DropReason.WRONG_ATTRIBUTES,
        DropReason.UNKNOWN_FLOW,
    }
)


class Dropped(NamedTuple):
    """How many measurements of one measure were not counted as given, for one reason."""

    measure: OwnMeasure
    reason: DropReason
    number: int
