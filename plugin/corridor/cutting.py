"""Make a batch of everything that was counted since the last cut."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator

from plugin.corridor.clock import HistoryClock
from plugin.corridor.own_series import SERIES_A_STEP, OwnSeries
from plugin.metrics import Registry
from plugin.metrics.command import CommandMetrics
from plugin.metrics.new_failures import NewFailures, other_failures
from plugin.metrics.series import SeriesBuffer
from plugin.model import NO_KINDS, Batch, CommandDelta, ErrorDelta, Finding, LoopBlock, Observation

MINUTE_S = 60
COMMANDS_A_STEP = 50


class Cutter:
    """Makes batches of all counts and samples."""

    def __init__(
        self,
        registry: Registry,
        observe: Callable[[], Observation],
        blocks: Callable[[], Iterable[LoopBlock]],
        findings: Callable[[], tuple[Finding, ...]],
        clock: HistoryClock,
        own: OwnSeries | None = None,
    ) -> None:
        self._registry = registry
        self._observe = observe
        self._blocks = blocks
        self._findings = findings
        self._clock = clock
        self._own = own
        self._new_failures = NewFailures()
        self._series = SeriesBuffer()
        self._commands: list[CommandDelta] = []
        self._errors: list[ErrorDelta] = []
        """Parts of an unfinished cut, here and above, since a cut may be cancelled midway."""
        self._sequence = 0
        self.dropped = 0
        """Errors that were dropped because their command had too many error groups in one minute."""

    def sampled(self) -> None:
        """Read the gauges for the next cut, after a new sample."""
        self._series.sampled(self._observe())

    def collect(self) -> None:
        """Collect the counts of every command for the next cut."""
        for command in self._registry.commands():
            self._collect(command)
        for _ in self._collecting_own():
            pass

    async def collect_in_steps(self) -> None:
        """The same, in short steps, however many commands there are."""
        for number, command in enumerate(self._registry.commands(), 1):
            self._collect(command)
            if number % COMMANDS_A_STEP == 0:
                await asyncio.sleep(0)
        for number, _ in enumerate(self._collecting_own(), 1):
            if number % SERIES_A_STEP == 0:
                await asyncio.sleep(0)

    def cut(self) -> tuple[Batch, float]:
        """Everything since the previous batch, with what was collected; and the Unix time now."""
        seen = self._observe()
        self._errors += self._new_failures.since(other_failures(seen.background, self._blocks()))
        self._series.counted(seen)
        start, end = self._clock.interval()
        self._sequence += 1
        series, commands, errors = dict(self._series.take()), tuple(self._commands), tuple(self._errors)
        kinds, members = NO_KINDS, ()
        if self._own is not None:
            own, kinds = self._own.take()
            series.update(own)
            members = self._own.members()
        self._commands, self._errors = [], []
        minute = int(start // MINUTE_S * MINUTE_S)
        return Batch(minute, self._sequence, commands, series, errors, self._findings(), kinds, members), end

    def _collecting_own(self) -> Iterator[None]:
        return iter(()) if self._own is None else self._own.collecting()

    def _collect(self, command: CommandMetrics) -> None:
        errors, dropped = command.cut_errors()
        self.dropped += dropped
        self._errors += errors
        delta = command.cut()
        if delta is not None:
            self._commands.append(delta)
