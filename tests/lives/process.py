"""One start of one instance of a simulated bot: the monitor's own objects, with clocks that the simulation moves."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any, cast

import hikari

from plugin.corridor.clock import HistoryClock
from plugin.corridor.cutting import Cutter
from plugin.insight.findings import FindingBook
from plugin.insight.uptime import UptimeMeter
from plugin.instrument.shards import Shards
from plugin.metrics import Registry, Samples
from plugin.model import (
    NO_SAMPLE,
    BackgroundSnapshot,
    CommandKey,
    CommandKind,
    ConnectionSnapshot,
    ErrorGroup,
    MonitorState,
    Observation,
    Outcome,
    Place,
    ResourceSample,
    Sample,
    Snapshot,
)
from plugin.settings import Settings
from tests.lives.life import BEGIN, DAY_S, Command, Life, Start
from tests.lives.loops import Machine
from tests.lives.tasks import Piles

MB = 1 << 20
MACHINE_MB = 4096


class Clock:
    """The time of a life, in seconds since its begin."""

    def __init__(self) -> None:
        self.at = 0.0

    def unix_s(self) -> float:
        """Unix time."""
        return BEGIN + self.at

    def ns(self) -> int:
        """Monotonic nanoseconds."""
        return int(self.at * 1e9)


class Shard:
    """A shard as hikari shows it."""

    def __init__(self, shard_id: int) -> None:
        self.id = shard_id
        self.is_connected = True
        self.heartbeat_latency = 0.04
        self.lively = True


class Bot:
    """What `Shards` needs of a bot."""

    def __init__(self, shards: int) -> None:
        self.shards = {shard_id: Shard(shard_id) for shard_id in range(shards)}


def key_of(command: Command) -> CommandKey:
    """What a command is counted under."""
    return CommandKey(CommandKind.SLASH, command.name, command.cog)


class Process:
    """Measures one process of a life."""

    def __init__(self, life: Life, start: Start, clock: Clock, settings: Settings, chance: random.Random) -> None:
        self.start = start
        self.began = clock.at
        self.settings = settings
        self.registry = Registry(settings.window_length, settings.maximum_commands)
        self.samples = Samples(360)
        self.book = FindingBook()
        self.bot = Bot(life.gateway.shards)
        self.shards = Shards(cast("Any", self.bot), clock.ns, clock.unix_s)
        self.uptime = UptimeMeter()
        self.piles = Piles(life.tasks, chance)
        self.machine = Machine(int(settings.loop_block_threshold_ms * 1e6)) if life.halts else None
        history_clock = HistoryClock(clock.unix_s, clock.unix_s)
        self.cutter = Cutter(self.registry, self._observe, tuple, self.book.take, history_clock)
        self._life = life
        self._clock = clock
        self._chance = chance
        self._inventory = [key_of(command) for command in life.commands]
        self._cogs = tuple({command.cog: None for command in life.commands if command.cog})
        self.uptime.start(clock.ns())
        self._connected()

    def invoke(self, key: CommandKey, ended: float, duration_s: float, error: tuple[str, int] | None) -> None:
        """One invocation that ends now."""
        command = self.registry.command(key)
        ended_ns, duration_ns = int(ended * 1e9), int(duration_s * 1e9)
        started_ns = ended_ns - duration_ns
        outcome = Outcome.OK if error is None else Outcome.ERROR
        command.record(outcome, started_ns, ended_ns, ended_ns)
        if error is not None:
            kind, line = error
            place = Place(f"cogs/{key.cog or 'main'}.py", key.name, line)
            command.failed(outcome, ErrorGroup(kind, place, 1, BEGIN + ended, BEGIN + ended))

    def shard_changed(self, shard_id: int, connected: bool) -> None:
        """A shard is lost, or comes back with its session."""
        shard = self.bot.shards[shard_id]
        if shard.is_connected is connected:
            return
        shard.is_connected = connected
        kind = hikari.ShardResumedEvent if connected else hikari.ShardDisconnectedEvent
        self.shards.changed(cast("Any", kind)(app=self.bot, shard=shard))
        self._connected()

    def minute(self, deaf: Sequence[int]) -> None:
        """What happens once a minute: the gateway is heard, a sample is taken."""
        clock = self._clock
        self._hear(deaf)
        self.shards.look()
        self._connected()
        self.piles.minute(clock.at, clock.unix_s())
        memory_mb = self._life.memory.at_mb(clock.at, clock.at - self.began, self._chance)
        resources = ResourceSample(int(memory_mb * MB), memory_mb / MACHINE_MB, self._chance.uniform(0.02, 0.06), 8, 40)
        latency_s = self._chance.uniform(0.035, 0.06)
        lag, running = None, self.piles.running
        if self.machine is not None:
            self.machine.minute()
            lag = self.machine.roll()
        totals, connected = self.registry.totals(), self.uptime.connected_share(clock.ns())
        sample = Sample(clock.unix_s(), resources, latency_s, 40, None, totals, running, 900, lag, connected)
        self.samples.add(sample, clock.at)
        self.cutter.sampled()
        self.registry.cut_recent(clock.at)

    def _observe(self) -> Observation:
        return Observation(self.samples.newest() or NO_SAMPLE, self.connection())

    def _hear(self, deaf: Sequence[int]) -> None:
        gateway, at, chance = self._life.gateway, self._clock.at, self._chance
        rate = gateway.events_a_minute * gateway.rhythm.at(max(0.0, at - 1))
        lively = 1 - math.exp(-rate)
        stays, burst = 1 - 1 / gateway.burst_minutes, gateway.burst_minutes
        begins = min(1.0, lively / max(1e-9, 1 - lively) / burst)
        for shard in self.bot.shards.values():
            if burst > 1:
                heard = shard.lively = chance.random() < (stays if shard.lively else begins)
            else:
                heard = chance.random() < lively
            if heard and shard.is_connected and shard.id not in deaf:
                self.shards.last_event_ns[shard] = int((at - chance.random() * min(60.0, 60 / rate)) * 1e9)

    def _connected(self) -> None:
        self.uptime.update(self._clock.ns(), {shard.id: shard.is_connected for shard in self.bot.shards.values()})

    def snapshot(self) -> Snapshot:
        """All that is known as of now."""
        at = self._clock.unix_s()
        return Snapshot(
            at=at,
            uptime_s=self._clock.at - self.began,
            commands=self.registry.snapshot(self._inventory, BEGIN),
            cogs=self._cogs,
            samples=self.samples.kept(),
            connection=self.connection(),
            findings=self.book.active,
            monitor=MonitorState({}, {}, {}),
            loop=self.machine.snapshot() if self.machine is not None else None,
            recent=self.registry.recent(self._clock.at, BEGIN),
            background=BackgroundSnapshot(self.piles.running, self.piles.snapshot(), ()),
        )

    def connection(self) -> ConnectionSnapshot:
        """Discord's side as of now."""
        return ConnectionSnapshot(self.shards.snapshot(), 40, 9000, None, self.uptime.share(self._clock.ns()))


def days(seconds: float) -> str:
    """A moment of a life, such as `day 3, 14:05`."""
    return f"day {int(seconds // DAY_S)}, {int(seconds // 3600) % 24:02}:{int(seconds // 60) % 60:02}"
