"""Asyncio tasks of a simulated bot, counted by the monitor's own groups."""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Sequence

from plugin.instrument.task_groups import Group
from plugin.model import Place, TaskGroupSnapshot
from tests.lives.life import DAY_S, Tasks


class Piles:
    """The tasks of one process."""

    def __init__(self, kinds: Sequence[Tasks], chance: random.Random) -> None:
        self._kinds = [(kind, Group(kind.name, Place("cogs/work.py", kind.name, 5)), list[float]()) for kind in kinds]
        self._chance = chance

    @property
    def running(self) -> int:
        """How many have not ended."""
        return sum(group.running for _, group, _ in self._kinds)

    def minute(self, at: float, unix_s: float) -> None:
        """Let tasks end and begin, and look at them."""
        for kind, group, ends in self._kinds:
            while ends and ends[0] <= at:
                heapq.heappop(ends)
                group.finished += 1
            if kind.begin <= at / DAY_S < kind.end:
                for _ in range(draw(self._chance, kind.per_minute * kind.rhythm.at(at))):
                    stays = self._chance.random() < kind.stay_share
                    heapq.heappush(ends, math.inf if stays else at + self._chance.expovariate(1 / kind.lasts_s))
            group.running = len(ends)
            group.course.add(unix_s, group.running)

    def snapshot(self) -> tuple[TaskGroupSnapshot, ...]:
        """A copy of every group."""
        return tuple(group.snapshot() for _, group, _ in self._kinds)


def draw(chance: random.Random, mean: float) -> int:
    """How often something happens that happens so often on average (Poisson; Knuth, and for many the normal law)."""
    if mean > 60:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    bound, product, count = math.exp(-mean), chance.random(), 0
    while product > bound:
        product *= chance.random()
        count += 1
    return count
