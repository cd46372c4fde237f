"""One series of each kind of measure: takes numbers, and never raises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from plugin.metrics.meters.drops import Drops
from plugin.metrics.meters.folding import MOST_UNFOLDED, Folded
from plugin.metrics.meters.numbers import LARGEST, checked
from plugin.own_measures import NO_VALUES, Distribution, DropReason

T = TypeVar("T")


class Series(Protocol):
    """What all kinds share."""

    def read(self) -> float | Distribution | None:
        """The value at this moment; None where there is none yet."""
        ...

    def reset(self) -> None:
        """Begin anew, in a process that was forked."""
        ...


class _Added(Folded[T]):
    """A series of values from 0 up."""

    __slots__ = ("_drops",)

    def __init__(self, drops: Drops) -> None:
        super().__init__()
        self._drops = drops

    def _append_odd(self, value: object) -> None:
        number = checked(value)
        if isinstance(number, DropReason):
            self._drops.count(number)
        else:
            self._append(number)


class CounterSeries(_Added[float]):
    """One series of a counter."""

    __slots__ = ()

    def add(self, amount: float = 1) -> None:
        """Add an amount from 0 up; anything else is dropped, and the drop is counted."""
        kind = type(amount)  # compared by `is`, since a class of the bot may refuse to be hashed
        if (kind is int or kind is float) and 0 <= amount < LARGEST:
            items = self._items
            items.append(amount)
            if len(items) > MOST_UNFOLDED:
                self._fold()
        else:
            self._append_odd(amount)

    def _folded(self, items: Sequence[float]) -> float:
        return sum(items)


class HistogramSeries(_Added[Distribution]):
    """One series of a histogram."""

    __slots__ = ("_unit_ns",)

    def __init__(self, drops: Drops, unit_ns: float) -> None:
        super().__init__(drops)
        self._unit_ns = unit_ns

    def record(self, value: float) -> None:
        """Record a value from 0 up, in the measure's unit; anything else is dropped, and the drop is counted."""
        kind = type(value)  # compared by `is`, since a class of the bot may refuse to be hashed
        if (kind is int or kind is float) and 0 <= value < LARGEST:
            items = self._items
            items.append(value)
            if len(items) > MOST_UNFOLDED:
                self._fold()
        else:
            self._append_odd(value)

    def record_all(self, values: Sequence[float]) -> None:
        """Record many values, which the caller knows to be from 0 up: they are folded together."""
        self._items.extend(values)
        if len(self._items) > MOST_UNFOLDED:
            self._fold()

    def _folded(self, items: Sequence[Any]) -> Distribution:
        if len(items) < 2:
            return items[0] if items else NO_VALUES
        known: Distribution = items[0]
        values: Sequence[float] = items[1:]
        histogram, unit_ns = known.histogram.copy(), self._unit_ns
        for value in values:
            histogram.record(int(value * unit_ns))
        return Distribution(histogram, known.number + len(values), known.sum + sum(values))


class GaugeSeries:
    """One series of a gauge."""

    __slots__ = ("_drops", "_value")

    def __init__(self, drops: Drops) -> None:
        self._drops = drops
        self._value: float | None = None

    def set(self, value: float) -> None:
        """Set the present value; what is no finite number is dropped, and the drop is counted."""
        kind = type(value)
        if (kind is int or kind is float) and -LARGEST < value < LARGEST:
            self._value = value
        else:
            number = checked(value, negative=True)
            if isinstance(number, DropReason):
                self._drops.count(number)
            else:
                self._value = number

    def read(self) -> float | None:
        """The last value; None where none was set."""
        return self._value

    def reset(self) -> None:
        """Begin anew, in a process that was forked."""
        self._value = None


class Nowhere:
    """Takes the place of a series where the attribute names are wrong: counts each measurement as dropped."""

    __slots__ = ("_drops",)

    def __init__(self, drops: Drops) -> None:
        self._drops = drops

    def add(self, amount: object = 1) -> None:
        """Drop it."""
        self._drops.count(DropReason.WRONG_ATTRIBUTES)

    set = record = add
