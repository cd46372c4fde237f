"""The time of the monitor, moved by a test: a week passes in seconds, while asyncio and hikari keep the real one."""

from __future__ import annotations

import functools
import importlib
import time
from collections.abc import Iterator
from typing import Any

from plugin.corridor import keeping
from plugin.corridor.bot_measures import measures_for
from plugin.corridor.clock import HistoryClock
from plugin.metrics.systems import ActivityBook, EconomyBook
from plugin.metrics.systems.activity import ActivityMeasures
from plugin.metrics.systems.economy import EconomyMeasures

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
MONDAY = 1_700_438_400.0
"""Unix time in seconds of the begin of a day."""
MODULES = (
    "plugin.monitor",
    *(
        f"plugin.corridor.{name}"
        for name in ("instruments", "member_counts", "minutes", "sampling", "snapshots", "voice_feed")
    ),
)


class MovedTime:
    """Stands still until it is moved; in place of the module `time`, whose other functions it has, too."""

    def __init__(self, now_s: float = MONDAY) -> None:
        self.now_s = now_s
        self._looks = 0

    def time(self) -> float:
        return self.now_s

    def monotonic(self) -> float:
        """What comes later is later, by a microsecond at least."""
        self._looks += 1
        return self.now_s + self._looks / 1e6

    def monotonic_ns(self) -> int:
        return int(self.now_s * 1e9)

    def forward(self, seconds: float) -> None:
        """Let so much time pass at once."""
        self.now_s += seconds

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    def places(self) -> Iterator[tuple[Any, str, Any]]:
        """Where the monitor takes its time from, and what is put there."""
        for name in MODULES:
            yield importlib.import_module(name), "time", self
        monitor = importlib.import_module("plugin.monitor")
        yield monitor, "history_clock", lambda: HistoryClock(self.time, self.monotonic)
        yield keeping, "Archive", functools.partial(keeping.Archive, clock_s=self.time)

    def of_meters(self, bot: object = None) -> None:
        """Give it to the meters of a bot, or of the process; before these are declared."""
        own = measures_for(bot)
        economy, activity = EconomyMeasures(own, "{coin}"), ActivityMeasures(own, "{point}")
        own.book(EconomyBook, lambda: EconomyBook(economy, self.time, self.monotonic))
        own.book(ActivityBook, lambda: ActivityBook(activity, {"message": 60.0}, self.time))
