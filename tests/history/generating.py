"""History of a made-up bot, as large as is asked for, put into a store without the detour over every minute."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import NamedTuple

from plugin.histogram import BUCKETS, Histogram, bucket_bounds_ns, bucket_value_ns
from plugin.history import names, rows, schema
from plugin.history.rollups import AT_ONCE_S, GRACE_S
from plugin.history.rows import Row
from plugin.history.schema import COMMANDS, SERIES
from plugin.history.store import Store
from plugin.history.tiers import Tier
from plugin.model import AnswerTimes, Batch, CommandDelta, CommandKey, CommandKind, Retention, SeriesDelta, Writer

WRITER = Writer(900_000_000_000_000_001, "generated", "boot", "1.0.0")
SERIES_NAMES = (
    "memory_bytes",
    "cpu_share",
    "loop_lag_s",
    'shard_latency_s{shard="0"}',
    'shard_latency_s{shard="1"}',
    "guilds",
    "messages",
    "threads",
)
KEPT = Retention()


class _Command(NamedTuple):
    key: CommandKey
    share: float
    """Of all invocations."""
    buckets: tuple[tuple[int, float], ...]
    """Shares of durations by bucket."""
    mean_ns: float


class Generated:
    """A bot with so many commands and so many invocations in so many days, the last of which ends at `end`."""

    def __init__(self, invocations: int, end: int, commands: int = 200, days: int = 30, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self.invocations = invocations
        self.end = end
        self.start = end - days * Tier.DAY
        self._per_second = invocations / (days * Tier.DAY)
        weights = [1 / (rank + 10) for rank in range(commands)]
        self.commands = [self._command(rank, weight / sum(weights)) for rank, weight in enumerate(weights)]

    def batch(self, start: int, sequence: int) -> Batch:
        """What one minute brought."""
        deltas = [self._delta(command, Tier.MINUTE) for command in self.commands]
        series = {name: SeriesDelta(4, 4e8, 0.9e8, 1.1e8) for name in SERIES_NAMES}
        return Batch(start, sequence, tuple(delta for delta in deltas if sum(delta.outcomes)), series, ())

    async def fill(self, store: Store) -> None:
        """Put in minutes, hours and days as far as they are kept: what a store holds that was always kept in order."""
        await store.fleet.register(WRITER, self.start)
        numbers = await store._known.numbers(
            names.COMMANDS, WRITER.bot, (names.command_name(command.key) for command in self.commands)
        )
        closed = (self.end - GRACE_S) // AT_ONCE_S * AT_ONCE_S
        recent = self.end - KEPT.minutes_s
        hours_from = Tier.DAY.floor(self.end - KEPT.hours_s)
        for day in range(Tier.DAY.floor(self.start), self.end, Tier.DAY):
            if day < hours_from:
                await self._put(store, Tier.DAY, list(self._rows(day, Tier.DAY, numbers)), self._series([day]))
                continue
            hours: list[Row] = []
            for hour in range(max(day, self.start), min(day + Tier.DAY, self.end), Tier.HOUR):
                step = Tier.MINUTE if hour >= recent else Tier.HOUR
                found = [
                    row
                    for at in range(hour, min(hour + Tier.HOUR, self.end), step)
                    for row in self._rows(at, step, numbers)
                ]
                if step is Tier.MINUTE:
                    await self._put(store, Tier.MINUTE, found, self._series(range(hour, hour + Tier.HOUR, step)))
                hours += rows.combine(COMMANDS, (row for row in found if row[0] < closed), Tier.HOUR)
            hours = rows.combine(COMMANDS, hours, Tier.HOUR)  # two steps may have minutes of one hour
            await self._put(store, Tier.HOUR, hours, self._series(sorted({row[0] for row in hours})))
            if day + Tier.DAY <= closed:
                days = rows.combine(COMMANDS, hours, Tier.DAY)
                await self._put(store, Tier.DAY, days, self._series([day]))
        marks = {"written": self.end, "hours": closed, "days": Tier.DAY.floor(closed)}
        async with store._database.writing() as connection:
            new = "UPDATE golem_instances SET written_until = :written, hours_until = :hours, days_until = :days"
            await connection.execute(new, marks)
            kept = (WRITER.bot, Tier.HOUR.ceil(recent), hours_from)
            await connection.insert(schema.BOTS, ("bot", "minutes_from", "hours_from"), [kept])

    async def _put(self, store: Store, tier: Tier, commands: list[Row], series: list[Row]) -> None:
        async with store._database.writing() as connection:
            await rows.put(connection, WRITER.bot, COMMANDS, tier, commands)
            await rows.put(connection, WRITER.bot, SERIES, tier, series)

    def _series(self, times: range | list[int]) -> list[Row]:
        return [(at, name, 1, 1, 4, 4e8, 0.9e8, 1.1e8, None, 1.1e8) for at in times for name in SERIES_NAMES]

    def _rows(self, at: int, span_s: int, numbers: dict[names.Name, int]) -> Iterator[Row]:
        for command in self.commands:
            delta = self._delta(command, span_s)
            if sum(delta.outcomes):
                packed = delta.durations.pack(), b"", delta.answers.number, delta.answers.total_ns
                answers = delta.answers.times.pack(), 0, 0, b""
                number = numbers[names.command_name(command.key)]
                yield at, number, 1, 1, *delta.outcomes, delta.total_ns, *packed, *answers

    def _delta(self, command: _Command, span_s: int) -> CommandDelta:
        count = self._round(self._per_second * span_s * command.share)
        durations = self._histogram(command, count)
        judged = durations.total
        errors = self._round(judged * 0.01)
        outcomes = (judged - errors, self._round(judged * 0.02), errors, 0)
        first = self._histogram(command, count)
        answers = AnswerTimes(first.total, int(first.total * command.mean_ns), first)
        return CommandDelta(command.key, outcomes, int(judged * command.mean_ns), durations, first, answers)

    def _histogram(self, command: _Command, count: int) -> Histogram:
        counts = [0] * (command.buckets[-1][0] + 1)
        if count < len(command.buckets):
            shares = [share for _, share in command.buckets]
            for index, _ in self._random.choices(command.buckets, shares, k=count):
                counts[index] += 1
        else:
            for index, share in command.buckets:
                counts[index] = self._round(count * share)
        return Histogram(counts)

    def _round(self, value: float) -> int:
        return int(value + self._random.random())

    def _command(self, rank: int, share: float) -> _Command:
        middle, width = self._random.uniform(math.log(5e6), math.log(8e8)), self._random.uniform(0.3, 0.8)
        density = [
            (
                index,
                (high - low)
                / (low + 1)
                * math.exp(-((math.log(bucket_value_ns(index)) - middle) ** 2) / (2 * width**2)),
            )
            for index in range(BUCKETS)
            for low, high in [bucket_bounds_ns(index)]
        ]
        total = sum(weight for _, weight in density)
        buckets = tuple((index, weight / total) for index, weight in density if weight / total > 1e-5)
        key = CommandKey(CommandKind.SLASH, f"group{rank % 20} command{rank}", f"cog{rank % 20}")
        return _Command(key, share, buckets, math.exp(middle + width**2 / 2))
