"""The instances of a bot that share a store."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable

from plugin.history import findings, fleet, succession
from plugin.history.succession import Unsettled
from plugin.history.verbs import VerbGroup, whole
from plugin.model import BootSeen, Finding, InstanceSeen, ReleaseSeen, StartSeen, Writer


class FleetVerbs(VerbGroup):
    """What processes tell of themselves, and what is known of all of them."""

    @whole
    async def register(self, writer: Writer, at: float) -> None:
        """Write down that a process has started."""
        await fleet.register(self._database, self._known, writer, at)

    @whole
    async def settle(self, writer: Writer, started: float, now: float, silence_s: float) -> Writer | None:
        """Write down that a process has started, under a name that may be that of a dead instance; the writer with it.

        Only in a file, and only where the name is not given: a server has several hosts. None where it must be seen
        first whether the last instance keeps silent for `silence_s` seconds.
        """
        if writer.given or not self._database.of_one_host:
            await fleet.register(self._database, self._known, writer, started)
            return writer
        with contextlib.suppress(Unsettled):
            return await succession.settle(self._database, self._known, writer, started, now, silence_s)
        return None

    @whole
    async def others(self, writer: Writer, at: float) -> dict[str, float]:
        """When the other starts of a writer's instance that said no goodbye gave their last sign of life, by boot."""
        return await fleet.others(self._database, self._known, writer, at)

    @whole
    async def note_twins(self, writer: Writer, at: float, boots: Iterable[str]) -> None:
        """Remember that a writer and others ran under one name at the same time."""
        await fleet.note_twins(self._database, self._known, writer, at, boots)

    @whole
    async def beat(self, writer: Writer, at: float, shards: tuple[int, ...] = (), status: str = "") -> None:
        """Write down a sign of life, and words that will be its last if no other follows."""
        await fleet.beat(self._database, self._known, writer, at, shards, status)

    @whole
    async def leave(self, writer: Writer, at: float) -> None:
        """Write down a goodbye."""
        await fleet.leave(self._database, self._known, writer, at)

    @whole
    async def open_findings(self, bot: int, instance: str | None) -> tuple[Finding, ...]:
        """Findings without an end, oldest first, for a process that starts again: of its instance only.

        With None as the instance, those about the bot as a program, which every instance of it would find.
        """
        return await findings.standing(self._database, bot, instance)

    @whole
    async def instances(self, bot: int, now: float = math.inf) -> tuple[InstanceSeen, ...]:
        """Every instance of a bot at its last start, the one seen last first; those long gone are forgotten.

        What a clock left that was ahead of `now` counts only where there is nothing else.
        """
        return await fleet.instances(self._database, bot, now)

    @whole
    async def starts(self, bot: int, instance: str | None = None, now: float = math.inf) -> tuple[StartSeen, ...]:
        """The last 1,000 starts of one instance or of all until `now`, oldest first; those long ago are forgotten."""
        return await fleet.starts(self._database, bot, instance, now)

    @whole
    async def boots(self, bot: int, instance: str, now: float = math.inf) -> tuple[BootSeen, ...]:
        """The last 1,000 processes of one instance until `now`, oldest first; those long ago are forgotten."""
        return await fleet.boots(self._database, bot, instance, now)

    @whole
    async def releases(self, bot: int) -> tuple[ReleaseSeen, ...]:
        """Every release of a bot that ran, the one first seen last first."""
        return await fleet.releases(self._database, bot)

    @whole
    async def bots(self) -> tuple[int, ...]:
        """The application ids of every bot that ever wrote, in order."""
        return await fleet.bots(self._database)
