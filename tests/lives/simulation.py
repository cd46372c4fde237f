"""Lets a bot live: hands every invocation, minute and look to the processes of a life, in order."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from plugin.settings import Settings
from tests.lives.diary import Diary, Said
from tests.lives.life import BEGIN, DAY_S, HOUR_S, MINUTE_S, Command, Errors, Halt, Life, Start
from tests.lives.past import Archive
from tests.lives.process import Clock, Process, key_of
from tests.lives.tasks import draw
from tests.lives.voices import IN_MEMORY, VOICES, Heard

CLUMP_S = 240.0
"""Failures of one clump come within this time."""


class Event(NamedTuple):
    """Something that happens at a moment of the life."""

    at: float
    order: int
    """What comes first at the same moment."""
    number: int
    happen: Callable[[], Awaitable[None] | None]


class Simulation:
    """One life with one seed."""

    def __init__(self, life: Life, seed: int, directory: Path) -> None:
        self._life = life
        self._directory = directory
        self._chance = random.Random(f"{life.name} {seed}")
        self._clock = Clock()
        self._diary = Diary()
        self._settings = Settings(**life.settings)
        self._history = any(voice not in IN_MEMORY for voice in life.asks)
        self._running: dict[str, Process] = {}
        self._archives: dict[str, Archive] = {}
        self._boots = 0
        self._numbers = 0

    async def live(self) -> list[Said]:
        """Live it from begin to end; returns all that was said."""
        for hour in range(int(self._life.seconds // HOUR_S)):
            for event in sorted(self._events(hour * HOUR_S), key=lambda event: event[:3]):
                self._clock.at = event.at
                waits = event.happen()
                if waits is not None:
                    await waits
        for instance in list(self._archives):
            await self._end(instance, None)
        return self._diary.close()

    def _events(self, begin: int) -> Iterator[Event]:
        life, end = self._life, begin + HOUR_S
        for start in life.starts:
            at = start.day * DAY_S
            if begin <= at < end:
                yield self._event(at, 0, partial(self._start, start))
            if begin <= at - start.gap_s < end:
                yield self._event(at - start.gap_s, 0, partial(self._end, start.instance, start))
        for command in life.commands:
            yield from self._invocations(command, begin)
        yield from self._gateway(begin)
        for halt in life.halts:
            if begin <= halt.day * DAY_S < end:
                yield self._event(halt.day * DAY_S, 1, partial(self._halt, halt))
        for at in range(begin, end, MINUTE_S):
            yield self._event(at, 2, self._minute)
        if self._history:
            for at in range(begin, end, int(life.write_every_s)):
                yield self._event(at, 3, self._write)
        for voice, every_s in life.asks.items():
            if end > life.asks_from * DAY_S or voice in IN_MEMORY:
                first = -(-begin // int(every_s)) * int(every_s)
                for at in range(first, end, int(every_s)):
                    yield self._event(at, 4, partial(self._hear, voice))

    def _event(self, at: float, order: int, happen: Callable[[], Awaitable[None] | None]) -> Event:
        self._numbers += 1
        return Event(at, order, self._numbers, happen)

    def _invocations(self, command: Command, begin: int) -> Iterator[Event]:
        life, chance = self._life, self._chance
        rate = command.per_day / 24 * life.rhythm.at(begin)
        slower = 1.0
        for spell in life.spells:
            if spell.holds(begin, command.name):
                rate, slower = rate * spell.busier, slower * spell.slower
        errors = [one for one in command.errors if one.begin * DAY_S <= begin < one.end * DAY_S]
        clean = max(0.0, 1 - sum(one.share for one in errors))
        for _ in range(draw(chance, rate * clean)):
            yield self._invocation(command, begin + chance.random() * HOUR_S, slower, None)
        for one in errors:
            for _ in range(draw(chance, rate * one.share / one.clump)):
                at = begin + chance.random() * HOUR_S
                for n in range(one.clump):
                    within = min(begin + HOUR_S - 1e-3, at + n * CLUMP_S / one.clump)
                    yield self._invocation(command, within, slower, one)

    def _invocation(self, command: Command, at: float, slower: float, error: Errors | None) -> Event:
        duration_s = command.latency.draw_ms(self._chance) * slower / 1000
        failure = None if error is None else (error.type, error.line)
        return self._event(at, 1, partial(self._invoke, command, at, duration_s, failure))

    def _invoke(self, command: Command, at: float, duration_s: float, failure: tuple[str, int] | None) -> None:
        running = list(self._running.values())
        if running:
            process = running[0] if len(running) == 1 else self._chance.choice(running)
            process.invoke(key_of(command), at, duration_s, failure)

    def _gateway(self, begin: int) -> Iterator[Event]:
        gateway, chance = self._life.gateway, self._chance
        for shard in range(gateway.shards) if gateway.resumes_a_day else ():
            for _ in range(draw(chance, gateway.resumes_a_day / 24)):
                at = begin + chance.random() * (HOUR_S - gateway.resume_s)
                yield self._event(at, 1, partial(self._shard, shard, False))
                yield self._event(at + gateway.resume_s, 1, partial(self._shard, shard, True))
        for outage in gateway.outages:
            for day, connected in ((outage.begin, False), (outage.end, True)):
                if begin <= day * DAY_S < begin + HOUR_S:
                    for shard in range(gateway.shards) if outage.shards is None else outage.shards:
                        yield self._event(day * DAY_S, 1, partial(self._shard, shard, connected))

    def _shard(self, shard: int, connected: bool) -> None:
        for process in self._running.values():
            process.shard_changed(shard, connected)

    def _halt(self, halt: Halt) -> None:
        for process in self._running.values():
            if process.machine is not None:
                (process.machine.block if halt.blocked else process.machine.pause)(halt.seconds)

    def _minute(self) -> None:
        day = self._clock.at / DAY_S
        deaf = [
            shard
            for away in self._life.gateway.deaf
            if away.begin <= day < away.end
            for shard in (range(self._life.gateway.shards) if away.shards is None else away.shards)
        ]
        for process in self._running.values():
            process.minute(deaf)

    async def _start(self, start: Start) -> None:
        await self._end(start.instance, start)
        self._boots += 1
        process = Process(self._life, start, self._clock, self._settings, self._chance)
        self._running[start.instance] = process
        if self._history:
            archive = Archive(process, self._directory, self._clock, self._life.write_every_s, self._boots)
            self._archives[start.instance] = archive
            await archive.flush()

    async def _end(self, instance: str, next_start: Start | None) -> None:
        self._running.pop(instance, None)
        archive = self._archives.pop(instance, None)
        if archive is not None:
            await archive.end(next_start)

    async def _write(self) -> None:
        for archive in self._archives.values():
            await archive.flush()
            await archive.maintain()

    async def _hear(self, voice: str) -> None:
        if not self._running or (voice not in IN_MEMORY and self._clock.at < self._life.asks_from * DAY_S):
            return
        instance, process = next(iter(self._running.items()))
        heard = Heard(process, self._archives.get(instance), BEGIN + self._clock.at)
        claims = await VOICES[voice](heard)
        self._diary.hear(voice, self._clock.at, self._boots, claims)
