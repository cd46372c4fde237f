"""The scheduled monitor: samples the process each minute and judges the thresholds every five."""

from __future__ import annotations

import asyncio
import importlib
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from plugin.corridor.loop_task import LoopTask
from plugin.corridor.steps import in_steps
from plugin.corridor.task_watch import TaskWatch
from plugin.instrument.containment import Containment
from plugin.instrument.gateway import Gateway
from plugin.instrument.installed import find_installed
from plugin.instrument.meter import Meter
from plugin.instrument.resources import UNKNOWN, Resources
from plugin.instrument.threads import Worker
from plugin.metrics import Samples
from plugin.model import Finding, LoopLag, ResourceSample, Sample, Snapshot, Standing
from plugin.settings import Settings

if TYPE_CHECKING:
    from plugin.insight.findings import FindingBook

_logger = logging.getLogger(__name__)

_PART = "samples"
_PROCESS = "memory and CPU"


class Sampler:
    """Keeps `samples` growing and `findings` up to date while it runs."""

    def __init__(
        self,
        gateway: Gateway,
        samples: Samples,
        totals: Callable[[], tuple[int, int, int, int]],
        loop_lag: Callable[[], LoopLag | None],
        snapshot: Callable[[], Awaitable[Snapshot]],
        containment: Containment,
        settings: Settings,
    ) -> None:
        self.meter = Meter()
        """What sampling and judging cost, in whatever thread."""
        self.work: TaskWatch | None = None
        """Looked at with every sample."""
        self.connected: Callable[[], float | None] = lambda: None
        """Tells the share of the shards that are connected."""
        self.before: list[Callable[[], object]] = []
        """Called before every sample."""
        self.after: Callable[[], object] = lambda: None
        """Called after every sample, before it is judged."""
        self.begun: Callable[[], Awaitable[object]] = _nothing
        """Awaited before the first check: history may know findings that stood before this start."""
        self.left_open: Callable[[], Iterable[Finding]] = lambda: ()
        """Returns, once, the findings that stood when the process before this one ended."""
        self.cached: Mapping[str, int] = {}
        """Entries of hikari's cache by kind, as of the last sample; empty where they cannot be counted."""
        self._gateway = gateway
        self._samples = samples
        self._totals = totals
        self._loop_lag = loop_lag
        self._snapshot = snapshot
        self._containment = containment
        self._settings = settings
        self._resources = Resources()
        self._book: FindingBook | None = None
        self._judged_at: float | None = None
        self._judged = False
        self._checks = 0
        self._thread: Worker | None = None
        self._prepared = False
        self._task = LoopTask("golem sampler", self._run)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Those that stand, as of the last check."""
        return () if self._book is None else self._book.active

    @property
    def standing(self) -> Standing | None:
        """The same, or None before the first check, when nothing is known to stand or not."""
        return None if self._book is None or not self._judged else Standing(self._book.active, self._checks)

    @property
    def findings_dropped(self) -> int:
        """How many were left out because too many stood."""
        return 0 if self._book is None else self._book.dropped

    def kept(self) -> tuple[Sample, ...]:
        """The samples in memory, oldest first."""
        return self._samples.kept()

    def changed_findings(self) -> tuple[Finding, ...]:
        """Those that began, changed or ended since the last call."""
        return () if self._book is None else self._book.take()

    def hold(self, rules: Collection[str], found: Iterable[Finding], now: float) -> Collection[Finding]:
        """Take everything that rules beside those of a snapshot find as of now (Unix seconds); returns what changed."""
        return () if self._book is None else self._book.hold(rules, found, now)

    def start(self) -> None:
        """Begin to sample on the running loop; nothing where it runs already."""
        self._task.start()

    def stop(self) -> None:
        """End at once; a sample under way is dropped."""
        self._task.stop()
        self._judged = False
        if self._thread is not None:
            self._thread.end()
            self._thread = None

    async def tick(self) -> None:
        """Take one sample; judge where the interval has passed since the last judgement."""
        if self._thread is None:
            # A thread of our own, since the loop's default threads outlive an unload.
            self._thread = Worker("sampler")
        for look in self.before:
            look()
        resources = await self._thread.call(self.meter.timed(self._look))
        await self._gateway.count_guilds()
        if self.work is not None:
            await self.work.look()
        self.cached = self._gateway.cached()
        self._samples.add(self._sample(resources), _elapsed_s())
        self.after()
        await self._judge_if_due(time.monotonic())

    def _look(self) -> ResourceSample:
        if not self._prepared:
            self._prepared = True
            self._containment.contain(_PART, _prepare)()
        return self._containment.contain(_PROCESS, self._look_at_process)() or UNKNOWN

    def _look_at_process(self) -> ResourceSample | None:
        try:
            return self._resources.sample()
        except ImportError as missing:
            self._containment.fail(_PROCESS, missing)
            return None

    def _sample(self, resources: ResourceSample) -> Sample:
        connection = self._gateway.snapshot(None)
        latencies = [shard.latency_s for shard in connection.shards or () if shard.latency_s is not None]
        latency_s = sum(latencies) / len(latencies) if latencies else None
        return Sample(
            time.time(),
            resources,
            latency_s,
            connection.guilds,
            connection.messages_seen,
            self._totals(),
            None if self.work is None else self.work.running,
            sum(self.cached.values()) if self.cached else None,
            self._loop_lag(),
            self.connected(),
        )

    async def _judge_if_due(self, now: float) -> None:
        # Half a sample early counts as due, so that a tick that comes a little soon does not wait for the next.
        slack = self._settings.sample_interval_s / 2
        if self._judged_at is not None and now - self._judged_at < self._settings.judge_interval_s - slack:
            return
        self._judged_at = now
        from plugin.insight.findings import FindingBook
        from plugin.insight.health import judging
        from plugin.insight.thresholds import THRESHOLD_WORDS

        if self._book is None:
            await self.begun()
            self._book = FindingBook()
        self._book.adopt(self.left_open())
        snapshot = await self._snapshot()
        health = await in_steps(judging(snapshot, self._settings))
        for finding in await in_steps(self._book.updating(snapshot, health, self._settings)):
            if finding.rule in THRESHOLD_WORDS:
                level = logging.WARNING if finding.until is None else logging.INFO
                _logger.log(level, "%s", finding.sentence)
        self._judged = True
        self._checks += 1

    async def _run(self) -> None:
        due = time.monotonic()
        while _PART not in self._containment.switched_off:
            with self._containment.containing(_PART):
                await self.meter.metered(self.tick())
            due = max(due + self._settings.sample_interval_s, time.monotonic())
            await asyncio.sleep(due - time.monotonic())


async def _nothing() -> None:
    """Awaited where no history is kept."""


def _prepare() -> None:
    """Do in the sampler's thread, before the first sample, what would hold the loop at its first use."""
    find_installed()
    importlib.import_module("plugin.insight.findings")


def _elapsed_s() -> float:
    """Seconds since whatever moment, those included that the machine was suspended for, where the platform tells."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)
