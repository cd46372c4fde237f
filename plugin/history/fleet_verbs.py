"""Verbs about the instances that share a store."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable, Sequence

from plugin.history import alert_actions, alerts, findings, fleet, members, succession
from plugin.history.succession import Unsettled
from plugin.history.verbs import VerbGroup, shielded
from plugin.model import (
    AlertKept,
    BootSeen,
    Finding,
    InstanceSeen,
    MemberPeriod,
    ReleaseSeen,
    SaltedSketch,
    StartSeen,
    Writer,
)
from plugin.model.alert_actions import AlertAction


class FleetVerbs(VerbGroup):
    """Record starts, heartbeats and shutdowns of processes, and list them."""

    @shielded
    async def register(self, writer: Writer, at: float) -> None:
        """Record the start of a process."""
        await fleet.register(self._database, self._known, writer, at)

    @shielded
    async def settle(self, writer: Writer, started: float, now: float, silence_s: float) -> Writer | None:
        """Record the start of a process, which may take over the name of a dead instance; returns the writer to use.

        Names are taken over only in a file, since a server has several hosts, and only if none was configured. Returns
        None, with nothing recorded, until the last instance has been silent for `silence_s` seconds.
        """
        if writer.given or not self._database.of_one_host:
            await fleet.register(self._database, self._known, writer, started)
            return writer
        with contextlib.suppress(Unsettled):
            return await succession.settle(self._database, self._known, writer, started, now, silence_s)
        return None

    @shielded
    async def others(self, writer: Writer, at: float) -> dict[str, float]:
        """Last heartbeats, by boot, of other processes of the writer's instance that did not shut down cleanly."""
        return await fleet.others(self._database, self._known, writer, at)

    @shielded
    async def note_twins(self, writer: Writer, at: float, boots: Iterable[str]) -> None:
        """Record that a writer and other boots ran under one name at the same time."""
        await fleet.note_twins(self._database, self._known, writer, at, boots)

    @shielded
    async def beat(self, writer: Writer, at: float, shards: tuple[int, ...] = (), status: str = "") -> None:
        """Record a heartbeat, with a status that becomes the last status if no other follows."""
        await fleet.beat(self._database, self._known, writer, at, shards, status)

    @shielded
    async def note_status(self, writer: Writer, at: float, status: str) -> None:
        """Record a status without a heartbeat: the process is alive, and its event loop does not move."""
        await fleet.note_status(self._database, self._known, writer, at, status)

    @shielded
    async def leave(self, writer: Writer, at: float) -> None:
        """Record a clean shutdown."""
        await fleet.leave(self._database, self._known, writer, at)

    @shielded
    async def open_findings(self, bot: int, instance: str | None) -> tuple[Finding, ...]:
        """Findings without an end, oldest first, for a process that restarts: those of its instance only.

        With None as the instance, the findings about the bot as a program, which every instance of it makes.
        """
        return await findings.still_open(self._database, bot, instance)

    @shielded
    async def alerts(self, bot: int, target: str) -> tuple[AlertKept, ...]:
        """Every alert that was told at a target and is not resolved."""
        return await alerts.told(self._database, bot, target)

    @shielded
    async def keep_alert(self, bot: int, alert: AlertKept, stale: float) -> tuple[AlertKept, bool]:
        """Write an alert, and return it as it is kept: unchanged where another owner confirmed it since `stale`.

        Also returns whether it was there before.
        """
        return await alerts.keep(self._database, bot, alert, stale)

    @shielded
    async def drop_alert(self, bot: int, alert: AlertKept) -> None:
        """Delete an alert that was resolved, if it is still its owner's."""
        await alerts.drop(self._database, bot, alert)

    @shielded
    async def alert_actions(self, bot: int, now: float) -> tuple[AlertAction, ...]:
        """What people did with alerts, as far as it holds at a moment in Unix seconds, oldest first."""
        return await alert_actions.done(self._database, bot, now)

    @shielded
    async def keep_alert_action(self, bot: int, action: AlertAction) -> None:
        """Write something that somebody did with an alert; once, however often it is written."""
        await alert_actions.keep(self._database, bot, action)

    @shielded
    async def members(self, bot: int, periods: Sequence[MemberPeriod]) -> tuple[SaltedSketch, ...]:
        """The salt of each period, made where there is none, and the members that all processes counted in it."""
        return await members.salted(self._database, bot, periods)

    @shielded
    async def instances(self, bot: int, now: float = math.inf) -> tuple[InstanceSeen, ...]:
        """Every instance of a bot at its last start, most recently seen first; long gone ones are deleted.

        Starts by a clock that was ahead of `now` count only if an instance has no other.
        """
        return await fleet.instances(self._database, bot, now)

    @shielded
    async def starts(self, bot: int, instance: str | None = None, now: float = math.inf) -> tuple[StartSeen, ...]:
        """The last 1,000 starts of one instance or of all until `now`, oldest first."""
        return await fleet.starts(self._database, bot, instance, now)

    @shielded
    async def boots(self, bot: int, instance: str, now: float = math.inf) -> tuple[BootSeen, ...]:
        """The last 1,000 processes of one instance until `now`, oldest first."""
        return await fleet.boots(self._database, bot, instance, now)

    @shielded
    async def releases(self, bot: int) -> tuple[ReleaseSeen, ...]:
        """Every release of a bot that ran, newest first."""
        return await fleet.releases(self._database, bot)

    @shielded
    async def bots(self) -> tuple[int, ...]:
        """The application ids of all bots in the database, sorted."""
        return await fleet.bots(self._database)
