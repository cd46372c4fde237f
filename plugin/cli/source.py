"""The history that a command reads, as the settings name it or `--database` says."""

from __future__ import annotations

import argparse
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from plugin.cli.output import CommandError
from plugin.corridor.archive import HistoryUnavailable
from plugin.history import StoreError
from plugin.history.store import Store, open_store
from plugin.model import Scope
from plugin.settings import Settings
from plugin.settings_source import SettingsError, load

T = TypeVar("T")


class StoreSource:
    """One bot's history in an open store, as pages ask for it."""

    def __init__(self, store: Store, bot: int, instance: str | None) -> None:
        self.store = store
        self.bot = bot
        self._instance = instance

    async def ask(self, question: Callable[[Store], Awaitable[T]]) -> T:
        """The answer of the store; raises HistoryUnavailable."""
        try:
            return await question(self.store)
        except StoreError as problem:
            raise HistoryUnavailable(str(problem)) from problem

    async def flush(self) -> None:
        """Only the bot itself knows of more than is written."""

    def scope(self, fleet: bool = False) -> Scope:
        """That of one instance, or of all."""
        return Scope(self.bot, None if fleet else self._instance)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that say whose history is read."""
    parser.add_argument("--database", metavar="ADDRESS", help="path or postgresql://…; default: the setting database")
    parser.add_argument("--bot", type=int, metavar="ID", help="application id, where the database has several bots")
    parser.add_argument("--instance", metavar="NAME", help="one instance; default: all instances together")


def settings() -> Settings:
    """The settings of this folder and environment; raises CommandError."""
    try:
        return load()
    except SettingsError as problem:
        raise CommandError(str(problem)) from None


@asynccontextmanager
async def history(given: argparse.Namespace, known: Settings) -> AsyncGenerator[StoreSource]:
    """The history that the arguments name; nothing is created or changed; raises CommandError."""
    address = given.database or known.database
    if not address:
        raise CommandError("no history is kept (setting database); name one with --database")
    try:
        async with await open_store(address, as_it_is=True) as store:
            bot = _bot(await store.fleet.bots(), given.bot)
            await _check_instance(store, bot, given.instance)
            yield StoreSource(store, bot, given.instance)
    except StoreError as problem:
        raise CommandError(str(problem)) from None


async def _check_instance(store: Store, bot: int, wanted: str | None) -> None:
    if wanted is None:
        return
    names = sorted({seen.name for seen in await store.fleet.instances(bot)})
    if wanted not in names:
        raise CommandError(f"no instance {wanted} of this bot; it has {', '.join(names) or 'none'}")


def _bot(bots: tuple[int, ...], wanted: int | None) -> int:
    if wanted is not None and wanted in bots:
        return wanted
    known = ", ".join(map(str, bots))
    if wanted is not None:
        raise CommandError(f"no bot {wanted} in this database; it has {known or 'none'}")
    if len(bots) != 1:
        raise CommandError(f"choose a bot with --bot: {known}" if bots else "no bot has written to this database yet")
    return bots[0]
