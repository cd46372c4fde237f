"""Take snapshots of a bot and of the monitor's own state."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING

from plugin import costs
from plugin.corridor.instruments import Instruments
from plugin.corridor.inventory import Inventory
from plugin.corridor.keeping import Keeper
from plugin.corridor.minutes import Minutes
from plugin.corridor.own_series import OwnSeries
from plugin.corridor.sampling import Sampler
from plugin.model import (
    NO_SAMPLE,
    CommandSnapshot,
    ConnectionSnapshot,
    LoopCounts,
    LoopLag,
    MonitorCost,
    MonitorState,
    Observation,
    Snapshot,
)
from plugin.settings import Settings

if TYPE_CHECKING:
    from plugin.corridor.telling import Telling

_COMMANDS_A_STEP = 100


class Snapshots:
    """Reads every instrument of one bot."""

    sampler: Sampler
    minutes: Minutes
    keeper: Keeper
    own: OwnSeries
    telling: Telling

    def __init__(self, instruments: Instruments, inventory: Inventory, settings: Settings) -> None:
        """What runs beside the instruments reads snapshots itself, and is set once it is built."""
        self.inventory = inventory
        self._instruments = instruments
        self._settings = settings
        self._began_ns = time.monotonic_ns()
        self._started = False

    def start(self) -> None:
        """Count the uptime from now on, at the first start of the bot."""
        if not self._started:
            self._began_ns, self._started = time.monotonic_ns(), True

    def take(self) -> Snapshot:
        """The state as of now."""
        return self._whole(self._instruments.registry.snapshot(self.inventory.commands(), _unix_offset_s()))

    async def take_in_steps(self) -> Snapshot:
        """The same, with guilds counted again, in short steps, however many commands there are."""
        registry = self._instruments.registry
        await self._instruments.gateway.count_guilds()
        inventory = self.inventory.commands()
        await asyncio.sleep(0)
        silent, invoked = registry.uninvoked(inventory), list[CommandSnapshot]()
        unix_offset_s = _unix_offset_s()
        for number, command in enumerate(registry.commands(), 1):
            invoked.append(command.snapshot(unix_offset_s))
            if number % _COMMANDS_A_STEP == 0:
                await asyncio.sleep(0)
        await asyncio.sleep(0)
        return self._whole((*invoked, *silent))

    def observe(self) -> Observation:
        """The values that measures are read from."""
        of, watched = self._instruments, self._settings.loop_watch
        pauses, paused_ns = of.loop_watch.pauses
        return Observation(
            of.samples.newest() or NO_SAMPLE,
            of.gateway.snapshot(None),
            of.invocations.in_flight,
            rest=of.routes.snapshot(time.monotonic_ns()) if of.rest_calls.watching else None,
            loop=LoopCounts(of.blocks.count, of.blocks.total_ns, pauses, paused_ns) if watched else None,
            background=None if of.work is None else of.work.snapshot(),
            misses=of.registry.misses(),
            interactions=of.handlers.ended(),
            cached=self.sampler.cached,
            collections=of.collections.since_start(),
            processor_ns=self._processor_ns(),
            faults=of.containment.faults,
            dropped=self._dropped(),
        )

    def wellness(self) -> tuple[ConnectionSnapshot, LoopLag | None]:
        """The state of the connection and of the event loop."""
        of = self._instruments
        return of.gateway.snapshot(None), of.loop_watch.recent()

    def last_words(self) -> tuple[tuple[int, ...], str]:
        """The shards and the status of the process, for every heartbeat."""
        from plugin.insight.last_words import last_words  # here, since a bot that starts has no last words yet
        from plugin.insight.vitals import vital_words

        of = self._instruments
        alerts = sum(finding.threshold is not None for finding in self.sampler.findings)
        first = vital_words(of.gateway.snapshot(None), time.time(), self._settings.flush_interval_s)
        return tuple(of.gateway.connected()), last_words(of.samples.newest(), alerts, of.registry.running(), first)

    def _whole(self, commands: tuple[CommandSnapshot, ...]) -> Snapshot:
        of, now_ns, now = self._instruments, time.monotonic_ns(), time.time()
        return Snapshot(
            at=now,
            uptime_s=(now_ns - self._began_ns) / 1e9,
            commands=commands,
            cogs=tuple(self.inventory.cogs()),
            samples=of.samples.kept(),
            connection=of.gateway.snapshot(of.uptime.share(now_ns)),
            findings=self.sampler.findings,
            monitor=self._state(),
            interactions=of.handlers.snapshot(),
            recent=of.registry.recent(now_ns / 1e9, now - now_ns / 1e9),
            rest=of.routes.snapshot(now_ns) if of.rest_calls.watching else None,
            background=None if of.work is None else of.work.snapshot(),
            voice=of.voice.snapshot(),
            cost=self._cost(),
            loop=of.loop_watch.snapshot(of.blocks.newest()) if self._settings.loop_watch else None,
        )

    def _state(self) -> MonitorState:
        containment, telling = self._instruments.containment, self.telling
        return MonitorState(
            faults=dict(containment.faults),
            dropped=self._dropped(),
            switched_off=dict(containment.switched_off),
            history=self.keeper.state,
            heartbeat=telling.heartbeat.state,
            status_message=None if telling.status_message is None else telling.status_message.state,
            alerting=() if telling.alerts is None else telling.alerts.states,
            reports=() if telling.reports is None else telling.reports.states,
        )

    def _dropped(self) -> dict[str, int]:
        of = self._instruments
        dropped = {
            "commands": of.registry.overflowed,
            "invocations in flight": of.invocations.evicted,
            "interactions in flight": of.invocations.interactions_dropped,
            "deferred answers": of.invocations.pending_answers.dropped,
            "findings": self.sampler.findings_dropped,
            "REST routes": of.routes.overflowed,
            "REST calls in flight": of.rest_calls.dropped,
            "errors of history": self.minutes.dropped,
            **({} if of.work is None else of.work.dropped()),
            "loop blocks": of.blocks.dropped,
            **of.voice.dropped(),
            **self.own.dropped(),
        }
        return {what: count for what, count in dropped.items() if count}

    def _processor_ns(self) -> dict[str, int]:
        return {"watchdog": self._instruments.loop_watch.processor_ns, "sampler": self.sampler.meter.processor_ns}

    def _cost(self) -> MonitorCost:
        of = self._instruments
        samples = (sys.getsizeof(one) + sys.getsizeof(one.resources) for one in of.samples.kept())
        records = of.registry.memory_bytes() + sum(samples)
        return MonitorCost(
            self._processor_ns(),
            time.monotonic_ns() - self._began_ns,
            costs.memory_bytes(self._settings.database) + records,
            records,
            {"invocations in flight": (of.invocations.in_flight, self._settings.maximum_in_flight)},
            costs.COMMAND_US.get(self.inventory.line),
        )


def _unix_offset_s() -> float:
    """The offset from monotonic seconds to Unix time."""
    return time.time() - time.monotonic_ns() / 1e9
