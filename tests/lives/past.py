"""The history of a simulated bot: the monitor's own writer and store, on SQLite in a temporary directory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from plugin.corridor.history_writer import Beat, HistoryWriter
from plugin.history.store import Store
from plugin.model import Retention, Scope, Writer
from tests.lives.life import BEGIN, Start
from tests.lives.process import Clock, Process

T = TypeVar("T")
BOT = 4711


class Archive:
    """What one process writes, and what it is asked; a `Past` as pages of history want it."""

    def __init__(self, process: Process, directory: Path, clock: Clock, beat_s: float, boot: int) -> None:
        start = process.start
        writer = Writer(BOT, start.instance, f"boot{boot}", start.release)
        self._process = process
        self._clock = clock
        self._writer = HistoryWriter(str(directory / "golem.db"), writer, Retention(), "", clock.unix_s, beat_s)

    async def ask(self, question: Callable[[Store], Awaitable[T]]) -> T:
        """The answer of the store."""
        await self._drain()
        assert self._writer.store is not None
        return await question(self._writer.store)

    async def flush(self) -> None:
        """Write what is counted by now."""
        process = self._process
        process.cutter.collect()
        batch, at = process.cutter.cut()
        self._writer.put(batch, Beat(at, tuple(process.bot.shards), ""))
        await self._drain()

    def scope(self, fleet: bool = False) -> Scope:
        """The bot's, or this instance's."""
        return Scope(BOT, None if fleet else self._process.start.instance)

    async def maintain(self) -> None:
        """Roll up and prune what is due."""
        while await self._writer.maintain(1):
            pass
        self._raise()

    async def end(self, next_start: Start | None) -> None:
        """Say goodbye, or crash."""
        if next_start is None or not next_start.crashed:
            await self.flush()
            await self._writer.leave(30)
        await self._writer.close()

    async def _drain(self) -> None:
        await self._writer.drain()
        self._raise()

    def _raise(self) -> None:
        if self._writer.problem is not None:
            raise self._writer.problem


__all__ = ["BEGIN", "BOT", "Archive"]
