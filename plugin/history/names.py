"""Numbers for names, so that rows need not repeat them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from plugin.history import schema
from plugin.history.engine import Connection, Database, Lock
from plugin.model import CommandKey, CommandKind

_LONGEST_NAME = 300
_MOST_REMEMBERED = 20_000

Name = tuple[str, ...]


class _Dictionary(NamedTuple):
    table: schema.Table
    number: str
    """The column of the number."""
    name: tuple[str, ...]
    """The columns that make up the name."""


COMMANDS = _Dictionary(schema.COMMAND_NAMES, "command", ("kind", "name", "cog"))
INSTANCES = _Dictionary(schema.INSTANCES, "instance", ("name",))
RELEASES = _Dictionary(schema.RELEASES, "release", ("name",))
SERIES = _Dictionary(schema.SERIES_NAMES, "series", ("name", "unit", "kind", "attribute"))
ERROR_GROUPS = _Dictionary(schema.ERROR_GROUPS, "error_group", ("type", "file", "function"))


class Names:
    """Numbers by name and names by number, cached once they are in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._numbers: dict[tuple[str, int, Name], int] = {}
        self._names: dict[tuple[str, int, int], Name] = {}
        self._learnt_over = 0

    def refresh(self) -> int:
        """Drop names cached over earlier connections; returns the number of connections so far."""
        if self._database.connections != self._learnt_over:
            self.forget()
            self._learnt_over = self._database.connections
        return self._learnt_over

    def forget(self) -> None:
        """Empty the cache, since the database may have been replaced by another."""
        self._numbers.clear()
        self._names.clear()

    async def numbers(
        self, dictionary: _Dictionary, bot: int, names: Iterable[Name], others: Mapping[str, Any] | None = None
    ) -> dict[Name, int]:
        """The number of each name, assigned now if it has none; `others` are further columns of new rows."""
        self.refresh()
        wanted = set(names)
        known = self._remembered(dictionary, bot, wanted)
        missing = sorted(wanted - known.keys())
        if missing:
            async with self._database.writing() as connection:
                found = await self._assign(connection, dictionary, bot, missing, others or {})
            self._remember(dictionary, bot, found)
            known |= found
        return known

    async def existing(
        self, connection: Connection, dictionary: _Dictionary, bot: int, names: Iterable[Name]
    ) -> dict[Name, int]:
        """The number of each name that has one."""
        self.refresh()
        wanted = set(names)
        known = self._remembered(dictionary, bot, wanted)
        if wanted - known.keys():
            stored = await self._stored(connection, dictionary, bot)
            known = {name: stored[name] for name in wanted & stored.keys()}
        return known

    async def names(
        self, connection: Connection, dictionary: _Dictionary, bot: int, numbers: Iterable[int]
    ) -> dict[int, Name]:
        """The name of each number."""
        self.refresh()
        wanted = set(numbers)
        key = dictionary.table.name, bot
        if any((*key, number) not in self._names for number in wanted):
            stored = await self._stored(connection, dictionary, bot)
            self._remember(dictionary, bot, stored)
            by_number = {number: name for name, number in stored.items()}
            return {number: by_number[number] for number in wanted if number in by_number}
        return {number: self._names[*key, number] for number in wanted}

    async def all(self, connection: Connection, dictionary: _Dictionary, bot: int) -> list[Name]:
        """Every name that has a number, in the order of the numbers."""
        stored = await self._stored(connection, dictionary, bot)
        return sorted(stored, key=stored.__getitem__)

    async def _assign(
        self,
        connection: Connection,
        dictionary: _Dictionary,
        bot: int,
        names: list[Name],
        others: Mapping[str, Any],
    ) -> dict[Name, int]:
        await connection.lock(Lock.NAME)
        stored = await self._stored(connection, dictionary, bot)
        free = max(stored.values(), default=0) + 1
        new = {name: number for number, name in enumerate((name for name in names if name not in stored), free)}
        if new:
            columns = ("bot", dictionary.number, *dictionary.name, *others)
            rows = [(bot, number, *name, *others.values()) for name, number in new.items()]
            await connection.insert(dictionary.table, columns, rows)
        return {name: new.get(name) or stored[name] for name in names}

    async def _stored(self, connection: Connection, dictionary: _Dictionary, bot: int) -> dict[Name, int]:
        columns = ", ".join((dictionary.number, *dictionary.name))
        rows = await connection.rows(f"SELECT {columns} FROM {dictionary.table.name} WHERE bot = :bot", {"bot": bot})
        return {row[1:]: row[0] for row in rows}

    def _remembered(self, dictionary: _Dictionary, bot: int, names: set[Name]) -> dict[Name, int]:
        key = dictionary.table.name, bot
        return {name: self._numbers[*key, name] for name in names if (*key, name) in self._numbers}

    def _remember(self, dictionary: _Dictionary, bot: int, numbers: Mapping[Name, int]) -> None:
        if len(self._numbers) + len(numbers) > _MOST_REMEMBERED:
            self.forget()
        for name, number in numbers.items():
            self._numbers[dictionary.table.name, bot, name] = number
            self._names[dictionary.table.name, bot, number] = name


def clean(name: str, longest: int = _LONGEST_NAME) -> str:
    """A text that both databases can store: no NUL, no lone surrogate, at most `longest` characters."""
    if name.isascii() and len(name) <= longest and "\0" not in name:
        return name
    return name.replace("\0", "").encode("utf-8", "replace").decode()[:longest]


def command_name(key: CommandKey) -> Name:
    """The name of a command in the dictionary."""
    return key.kind.value, clean(key.name), clean(key.cog or "")


def command_key(name: Name) -> CommandKey:
    """The command of a name in the dictionary."""
    kind, qualified, cog = name
    return CommandKey(CommandKind(kind), qualified, cog or None)
