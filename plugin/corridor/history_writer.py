"""Write history: open the database, write batches, check that they stay there, roll up and prune."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from plugin.corridor.instance_names import Twins, hint
from plugin.history import MissingDriver, NotAStore, StoreAddressError, StoreError, StoreUnavailable
from plugin.metrics.batches import Backlog
from plugin.model import Batch, Death, Finding, HistoryState, Retention, Writer
from plugin.words import lasting

if TYPE_CHECKING:
    from plugin.history.store import Store

_logger = logging.getLogger(__name__)

STEPS_AT_ONCE = 50
"""Hours or days that are rolled up before writing continues."""

TOLD_S = 86_400.0
"""How long a page mentions repaired damage."""

BEATS_MISSED = 2.5
"""Missed heartbeats after which another process counts as dead."""


_BOOTS_HERE: set[str] = set()
"""Boots of this process: if history missed the shutdown of one of them, nothing died."""


class Beat(NamedTuple):
    """A heartbeat for history."""

    at: float
    """Unix time in seconds."""
    shards: tuple[int, ...]
    status: str


class HistoryWriter:
    """Writes the history of one process; all methods but those marked are for the history thread."""

    def __init__(
        self,
        address: str,
        writer: Writer,
        retention: Retention,
        shown: str,
        clock_s: Callable[[], float],
        beat_s: float,
    ) -> None:
        """`beat_s` is the interval of heartbeats of this process and others."""
        self._address = address
        self._writer = writer
        _BOOTS_HERE.add(writer.boot)
        self._retention = retention
        self._shown = shown
        self._clock_s = clock_s
        self._started = clock_s()
        self._waiting = Backlog()
        self._beat: Beat | None = None
        self._status = ""
        self._drains: asyncio.Lock | None = None
        self._failing_since: float | None = None
        self._hopeless = False
        self._maintained_at = 0.0
        self._silence_s = BEATS_MISSED * beat_s
        self.settled = False
        """Whether the start is recorded under a definite name."""
        self._leaving = False
        self._found: tuple[float, str] | None = None
        self._twins = Twins()
        self._hint: str | None = None
        self._death: Death | None = None
        self._left_open: tuple[Finding, ...] = ()
        self.store: Store | None = None
        self.problem: StoreError | None = None

    @property
    def instance(self) -> str:
        """The name under which it writes; for any thread."""
        return self._writer.instance

    @property
    def state(self) -> HistoryState:
        """The state of history; for any thread."""
        now = self._clock_s()
        found = self._found[1] if self._found is not None and now - self._found[0] < TOLD_S else None
        twins = self._twins.warning(self._writer.instance, now - self._silence_s)
        return HistoryState(
            self._shown,
            self._writer.instance,
            self._writer.release,
            self._failing_since,
            None if self.problem is None else str(self.problem),
            len(self._waiting),
            self._waiting.merged,
            tuple(filter(None, (found, twins))),
            self._hint,
            self._death,
        )

    def take_left_open(self) -> tuple[Finding, ...]:
        """Return, once, the findings that were open when the previous process ended; for any thread."""
        left_open, self._left_open = self._left_open, ()
        return left_open

    def put(self, batch: Batch, beat: Beat) -> None:
        """Queue a batch and a heartbeat for the next `drain`."""
        self._beat = beat
        if not self._hopeless:
            self._waiting.put(batch)

    async def drain(self) -> None:
        """Write what waits, as far as the database accepts it now."""
        self._drains = self._drains or asyncio.Lock()
        async with self._drains:
            if self._hopeless:
                return
            try:
                await self._write()
            except NotAStore as damage:
                await self._mend(damage)
            except StoreError as problem:
                self._failed(problem)
            else:
                self._recovered()

    async def maintain(self, every_s: float) -> bool:
        """Roll up and prune if due; True if there is more to do."""
        store, now = self.store, self._clock_s()
        if store is None or self.problem is not None or 0 <= now - self._maintained_at < every_s:
            return False
        self._maintained_at = now
        try:
            for _ in range(STEPS_AT_ONCE):
                if not await store.writing.roll_up(int(now)):
                    break
            else:
                self._maintained_at = 0.0  # continue after the next write
                return True
            # One step at a time is enough, finest tier first: under a clock that is years ahead, minutes go for the
            # better part of an hour before anything goes that is not kept in a coarser tier, too.
            await store.writing.prune(self._writer.bot, int(now), self._retention)
        except NotAStore as damage:
            await self._mend(damage)
        except StoreError as problem:
            self._failed(problem)
        return False

    async def note_block(self, blocked_s: float) -> None:
        """Record that the bot's event loop has been blocked for so long; only `put` brings heartbeats."""
        if self.store is None or not self.settled or self.problem is not None:
            return
        from plugin.insight.vitals import blocked  # here, since few bots ever need it

        try:
            await self.store.fleet.note_status(self._writer, self._clock_s(), blocked(self._status, blocked_s))
        except StoreError as problem:
            self._failed(problem)

    async def leave(self, patience_s: float) -> None:
        """Write what waits and record the shutdown; logs a WARNING if that takes more than some seconds."""
        self._leaving = True
        try:
            async with asyncio.timeout(patience_s):
                await self.drain()
                if self.store is not None and self.problem is None:
                    await self.store.fleet.leave(self._writer, self._clock_s())
        except (StoreError, TimeoutError) as problem:
            self.problem = self.problem or StoreUnavailable(f"history at {self._shown} did not answer")
            _logger.debug("clean shutdown not recorded: %s", problem)
        if self._waiting:
            since = time.strftime("%H:%M", time.gmtime(self._waiting.first().start))
            _logger.warning("%s; counts since %s UTC are lost", self.problem, since)

    async def close(self) -> None:
        """Close the database."""
        if self.store is not None:
            await self.store.close()

    async def _write(self) -> None:
        if self.store is None:
            from plugin.history.store import open_store  # imported in this thread

            self.store = await open_store(self._address)
        else:
            await self._verify(self.store)
        if not self.settled and not await self._settle(self.store):
            return
        while self._waiting:
            batch = self._waiting.first()
            await self.store.writing.write(self._writer, batch)
            self._waiting.written(batch)
        beat, self._beat = self._beat, None
        if beat is not None:
            await self.store.fleet.beat(self._writer, *beat)
            self._status = beat.status
            await self._look_for_twins(self.store, beat.at)

    async def _settle(self, store: Store) -> bool:
        """Record the start; False while the name is not definite."""
        own, now = self._writer, self._clock_s()
        silence_s = 0 if self._leaving else self._silence_s
        settled = await store.fleet.settle(own, self._started, now, silence_s)
        if settled is None:
            return False
        self._writer = settled
        boots = await store.fleet.boots(settled.bot, settled.instance, now)
        from plugin.insight.absences import last_death  # imported in the history thread

        self._left_open = (
            *await store.fleet.open_findings(settled.bot, settled.instance),
            *await store.fleet.open_findings(settled.bot, None),
        )
        self._death, self.settled = last_death(boots, _BOOTS_HERE, now), True
        if settled.instance != own.instance:
            _logger.info("history continues under the previous host name, %s", settled.instance)
        elif not own.given:
            self._hint = hint(own, await store.fleet.instances(own.bot), now - self._silence_s)
            if self._hint is not None:
                _logger.info("%s", self._hint)
        return True

    async def _look_for_twins(self, store: Store, at: float) -> None:
        found = self._twins.look(await store.fleet.others(self._writer, at), at)
        if found:
            await store.fleet.note_twins(self._writer, at, found)
            if self._twins.are_news:
                _logger.warning("%s", self._twins.warning(self._writer.instance, at))

    async def _mend(self, damage: NotAStore) -> None:
        # At the start a foreign file is left alone; later a file that was ours is set aside.
        try:
            if self.store is None:
                raise damage
            await self._verify(self.store, damaged=True)
            await self._write()
        except StoreError as problem:
            self._failed(problem)
        else:
            self._recovered()

    async def _verify(self, store: Store, *, damaged: bool = False) -> None:
        found = await store.writing.verify(damaged)
        if found is not None:
            _logger.warning("%s", found)
            self._found = self._clock_s(), found
            self._waiting.requeue_written()
            if self.settled:
                await store.fleet.register(self._writer, self._started)

    def _failed(self, problem: StoreError) -> None:
        if self._failing_since is None:
            self._failing_since = self._clock_s()
            _logger.warning("%s; buffering in memory", problem)
        elif type(problem) is not type(self.problem):
            _logger.warning("%s", problem)
        self.problem = problem
        self._hopeless = isinstance(problem, MissingDriver | StoreAddressError)

    def _recovered(self) -> None:
        since, self._failing_since, self.problem = self._failing_since, None, None
        if since is not None:
            _logger.info("history at %s is available again after %s", self._shown, lasting(self._clock_s() - since))
