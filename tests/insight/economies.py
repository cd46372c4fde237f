"""Simulated economies: money in a database, and what each instance of a bot counts and says of it, minute by minute."""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

from plugin.metrics.systems.supply import Supply
from plugin.model import SupplyMinute

MINUTE, HOUR, DAY = 60, 3600, 86_400
BEGIN = 1_700_438_400


@dataclass
class Habits:
    """How a bot with an economy is written and used."""

    instances: int = 1
    per_minute: float = 3.0
    """Transactions by day; a tenth of it by night."""
    said_every_s: float = 300.0
    read_s: float = 0.0
    """How long reading the supply takes at most, while transactions go on."""
    late_s: float = 0.0
    """How long after the money moved a transaction is counted at most."""
    late_share: float = 1.0
    skew_s: float = 0.0
    """By how much clocks of instances differ at most."""
    net_per_day: float = 0.0
    dupes: dict[float, int] = field(default_factory=dict)
    """Money that appears, or is missing, by the time since the begin in seconds."""


class _Instance:
    def __init__(self, name: str, skew_s: float) -> None:
        self.name = name
        self.skew_s = skew_s
        self.supply = Supply()
        self.made = self.burned = 0.0
        self.readings = 0


class SimulatedEconomy:
    """An economy whose every transaction is known."""

    def __init__(self, habits: Habits, seed: int) -> None:
        self._habits = habits
        self._chance = random.Random(seed)
        self._instances = [
            _Instance(f"bot-{number}", self._chance.uniform(-habits.skew_s, habits.skew_s))
            for number in range(habits.instances)
        ]
        self._total = 100_000
        self._order = count()
        self._queue: list[tuple[float, int, Callable[[float], None]]] = []
        self._minutes: list[SupplyMinute] = []

    def run(self, days: float) -> list[SupplyMinute]:
        """Every minute of every instance."""
        self._at(self._pause(0), self._transact)
        self._at(self._chance.uniform(0, self._habits.said_every_s), self._say)
        for at, amount in self._habits.dupes.items():
            self._at(at, lambda _, amount=amount: self._appear(amount))
        for number, instance in enumerate(self._instances):
            self._at(MINUTE + instance.skew_s + 0.01 * number, lambda now, one=instance: self._cut(one, now))
        while self._queue[0][0] < days * DAY:
            at, _, act = heapq.heappop(self._queue)
            act(at)
        return sorted(self._minutes)

    def _at(self, at: float, act: Callable[[float], None]) -> None:
        heapq.heappush(self._queue, (at, next(self._order), act))

    def _pause(self, now: float) -> float:
        awake = 0.55 - 0.45 * math.cos(2 * math.pi * (now / DAY))
        return now + self._chance.expovariate(self._habits.per_minute * max(awake, 0.05) / MINUTE)

    def _appear(self, amount: int) -> None:
        self._total += amount

    def _transact(self, now: float) -> None:
        self._at(self._pause(now), self._transact)
        amount = int(self._chance.lognormvariate(3.5, 1)) + 1
        made = self._chance.random() < 0.5
        self._total += amount if made else -amount
        one = self._chance.choice(self._instances)
        late = self._chance.random() < self._habits.late_share
        counted = now + (self._chance.uniform(0, self._habits.late_s) if late else 0.0)

        def take(at: float) -> None:
            one.supply.flow(at, amount if made else 0, 0 if made else amount)
            one.made += amount if made else 0
            one.burned += 0 if made else amount

        self._at(counted, take)

    def _say(self, now: float) -> None:
        self._at(now + self._habits.said_every_s, self._say)
        total, one = self._total, self._chance.choice(self._instances)
        self._at(now + self._chance.uniform(0, self._habits.read_s), lambda at: one.supply.said(at, total, 5.0))

    def _cut(self, one: _Instance, now: float) -> None:
        self._at(now + MINUTE, lambda at: self._cut(one, at))
        bounds = one.supply.checked(now)
        if one.supply.readings == one.readings:
            bounds = None
        one.readings = one.supply.readings
        at = BEGIN + round(now - one.skew_s) // MINUTE * MINUTE - MINUTE
        self._minutes.append(SupplyMinute(at, one.name, one.made, one.burned, *(bounds or (None, None))))
        one.made = one.burned = 0.0


def looks(minutes: list[SupplyMinute], every_s: int = 900) -> Iterator[tuple[int, list[SupplyMinute]]]:
    """What each look into history finds: the last day, up to a minute before."""
    begins = sorted({minute.at for minute in minutes})
    for now in range(begins[0] + HOUR, begins[-1], every_s):
        yield now, [minute for minute in minutes if now - DAY <= minute.at < now - 2 * MINUTE]
