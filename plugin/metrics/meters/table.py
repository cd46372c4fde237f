"""The series of one measure by attribute values, within bounds."""

from __future__ import annotations

import dataclasses
import operator
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import Any, ClassVar, Generic, TypeVar, cast

from plugin.measures import OTHERS, MeasureKind
from plugin.metrics.meters.drops import Drops
from plugin.metrics.meters.series import Nowhere, Series
from plugin.metrics.meters.texts import text_of
from plugin.own_measures import Dropped, DropReason, OwnMeasure, SeriesReading

LOCK = threading.RLock()
"""Held while anything is declared or a series is made; never while a number is added."""

SEPARATOR = "\0"
"""Between the values in the key of a series; no value has it, as it cannot be printed."""

join_values = SEPARATOR.join
"""The key of a series. Fails for what is no text, and runs no code of the bot, whatever class of text it is given."""

S = TypeVar("S", bound=Series)


class SeriesTable(ABC, Generic[S]):
    """A measure with its series."""

    __slots__ = ("_drops", "_has_room", "_known", "_names", "_number", "_pick", "measure")

    kind: ClassVar[MeasureKind]
    word: ClassVar[str]
    """What messages call it."""

    def __init__(self, measure: OwnMeasure, has_room: Callable[[], bool]) -> None:
        """`has_room` tells whether the process takes another series."""
        self.measure = measure
        self._has_room = has_room
        self._drops = Drops()
        self._known: dict[str, S] = {}
        self._number = len(measure.attributes)
        self._names: Set[str] = frozenset(measure.attributes)
        self._pick = _picker(measure.attributes)

    def labels(self, **attributes: Any) -> S:
        """The series with these attributes, to be kept where the same are used often (Prometheus's `labels`)."""
        return self._series(attributes)

    def __len__(self) -> int:
        return len(self._known)

    def __repr__(self) -> str:
        return f"<{self.word} {self.measure.name}>"

    def read(self) -> Iterator[SeriesReading]:
        """Every series with its value, one by one, so that the reader may pause."""
        for key, series in list(self._known.items()):
            value = series.read()
            if value is not None:
                yield SeriesReading(self.measure, tuple(key.split(SEPARATOR)[: self._number]), value)

    def drop(self, reason: DropReason) -> None:
        """Count a measurement that its caller found wrong."""
        self._drops.count(reason)

    def drops(self) -> Iterator[Dropped]:
        """Measurements that were not counted as given, by reason."""
        return self._drops.read(self.measure)

    def widen(self, maximum_series: int) -> None:
        """Take more series from now on, if that is more."""
        if maximum_series > self.measure.maximum_series:
            self.measure = dataclasses.replace(self.measure, maximum_series=maximum_series)

    def reset(self) -> None:
        """Begin anew, in a process that was forked."""
        self._drops.reset()
        self._reset_series()

    def _reset_series(self) -> None:
        for series in list(self._known.values()):
            series.reset()

    @abstractmethod
    def _new(self) -> S:
        """A series without any measurement."""

    def _series(self, attributes: Mapping[str, Any]) -> S:
        """The series of these attributes, made where it is missing; never raises."""
        if attributes.keys() != self._names:
            return cast("S", Nowhere(self._drops))
        key = _key([self._text(attributes[name]) for name in self.measure.attributes])
        known = self._known.get(key)
        if known is not None:
            return known
        with LOCK:
            return self._made(key)

    def _text(self, value: object) -> str:
        text = text_of(value)
        if isinstance(text, str):
            return text
        self._drops.count(text)
        return OTHERS

    def _made(self, key: str) -> S:
        rest = _key([OTHERS] * self._number)
        if key not in self._known and key != rest:
            if len(self._known) - (rest in self._known) >= self.measure.maximum_series:
                self._drops.count(DropReason.TOO_MANY_SERIES)
                key = rest
            elif not self._has_room():
                self._drops.count(DropReason.PROCESS_FULL)
                key = rest
        return self._known.get(key) or self._known.setdefault(key, self._new())


def _key(texts: list[str]) -> str:
    # A single value is in its key twice: of one name, `itemgetter` would return the bare value, not a tuple of it.
    return join_values(texts * 2 if len(texts) == 1 else texts)


def _picker(names: tuple[str, ...]) -> Callable[[Any], Iterable[str]]:
    """A C function from attributes to the texts of a key."""
    if not names:
        return tuple
    return cast("Callable[[Any], tuple[str, ...]]", operator.itemgetter(*(names * 2 if len(names) == 1 else names)))
