"""All measures of one's own: those of the process, and those of each bot that has some to itself."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Protocol, TypeVar, cast

from plugin.metrics.meters.folding import unlock
from plugin.metrics.meters.rules import MOST_SERIES
from plugin.metrics.meters.table import LOCK, SeriesTable
from plugin.own_measures import Dropped, OwnMeasure, SeriesReading

MOST_MEASURES = 1_000
"""Of all bots of a process together."""

T = TypeVar("T", bound=SeriesTable[Any])
B = TypeVar("B", bound="SystemBook")


class SystemBook(Protocol):
    """Follows a system of the bot and feeds several measures of it."""

    system: ClassVar[str]
    """The first part of the names of these measures."""

    def post(self) -> None:
        """Bring gauges up to date: they are about to be read."""
        ...

    def reset(self) -> None:
        """Begin anew, in a process that was forked."""
        ...


class OwnMeasures:
    """Measures that are read together, by name."""

    def __init__(self) -> None:
        self._tables: dict[str, SeriesTable[Any]] = {}
        self._books: dict[type[Any], Any] = {}
        self.generation = 0
        """Grows where all counts begin at zero again: in a process that was forked."""
        with LOCK:
            _EVERYWHERE.add(self)

    def declare(self, kind: type[T], measure: OwnMeasure) -> T:
        """The measure, made where it is not declared yet; ValueError where it is declared as something else."""
        with LOCK:
            known = self._known(kind, measure)
            if known is None:
                known = self._tables[_flat(measure.name)] = kind(measure, _has_room)
            known.widen(measure.maximum_series)
            return known

    def book(self, kind: type[B], make: Callable[[], B]) -> B:
        """The only book of its kind here, made where it is missing; it is posted before every reading."""
        with LOCK:
            found = self._books.get(kind)
            return cast("B", found if found is not None else self._books.setdefault(kind, make()))

    def books(self) -> list[SystemBook]:
        """Everything that feeds measures by itself."""
        return list(self._books.values())

    def declared(self) -> list[OwnMeasure]:
        """Every declaration."""
        return [table.measure for table in list(self._tables.values())]

    def read(self, system: str | None = None) -> Iterator[SeriesReading]:
        """Every series that has a value, of one system or of all, one by one, so that the reader may pause.

        Those that a book feeds are of one moment, so that they agree.
        """
        books = [book for book in self.books() if system in (None, book.system)]
        for book in books:
            book.post()
        systems = {book.system for book in books}
        tables = [table for table in self.tables() if system in (None, table.measure.system)]
        yield from [reading for table in tables if table.measure.system in systems for reading in table.read()]
        for table in tables:
            if table.measure.system not in systems:
                yield from table.read()

    def drops(self) -> Iterator[Dropped]:
        """Measurements that were not counted as given."""
        for table in list(self._tables.values()):
            yield from table.drops()

    def tables(self) -> list[SeriesTable[Any]]:
        """Every measure with its series."""
        return list(self._tables.values())

    def find(self, name: str) -> SeriesTable[Any] | None:
        """The measure of this name, or of one that reads the same where dots are written as `_`."""
        return self._tables.get(_flat(name))

    def begin_anew(self) -> None:
        """Let every series begin at zero, in a process that was forked."""
        self.generation += 1
        for table in self.tables():
            table.reset()
        for book in self.books():
            book.reset()

    def _known(self, kind: type[T], measure: OwnMeasure) -> T | None:
        found = self.find(measure.name)
        if found is not None:
            _compare(kind, measure, found)
            return cast("T", found)
        everywhere = list(_EVERYWHERE)
        read_with_it = everywhere if self is PROCESS else (PROCESS,)
        if any(registry.find(measure.name) is not None for registry in read_with_it):
            raise ValueError(
                f"{measure.name} is declared for one bot and for every bot of the process: "
                "say bot=… in every declaration, or in none"
            )
        if sum(len(registry.tables()) for registry in everywhere) >= MOST_MEASURES:
            raise ValueError(f"{measure.name}: a process takes {MOST_MEASURES:,} measures; use an attribute instead")
        return None


_EVERYWHERE: weakref.WeakSet[OwnMeasures] = weakref.WeakSet()

PROCESS = OwnMeasures()
"""Measures of no bot in particular: every monitor of the process reads them."""


def _flat(name: str) -> str:
    """How Prometheus writes a name: two that differ only there would become one."""
    return name.replace(".", "_")


def _compare(kind: type[SeriesTable[Any]], measure: OwnMeasure, found: SeriesTable[Any]) -> None:
    known = found.measure
    if (type(found), _told(known)) != (kind, _told(measure)):
        raise ValueError(
            f"{_described(found.word, known)} is already declared; "
            f"{_described(kind.word, measure)} needs another name, or the same kind, unit and attributes"
        )


def _told(measure: OwnMeasure) -> tuple[object, ...]:
    return measure.name, measure.unit, frozenset(measure.attributes), measure.resolution, measure.shared


def _described(word: str, measure: OwnMeasure) -> str:
    by = f" by {', '.join(measure.attributes)}" if measure.attributes else ""
    return f"{word} {measure.name} (unit {measure.unit}{by})"


def _has_room() -> bool:
    return sum(len(table) for registry in list(_EVERYWHERE) for table in registry.tables()) < MOST_SERIES


def _begin_anew() -> None:
    """In a child process: it counts for itself, from zero, and nobody reads it but a monitor of its own."""
    unlock()
    for registry in list(_EVERYWHERE):
        registry.begin_anew()


def _at_fork(register: Callable[..., object]) -> None:
    register(before=LOCK.acquire, after_in_parent=LOCK.release, after_in_child=LOCK.release)
    register(after_in_child=_begin_anew)


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    _at_fork(os.register_at_fork)
