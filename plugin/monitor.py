"""The corridor: builds the rooms of one bot's monitor, wires them, starts and stops them."""

from __future__ import annotations

import asyncio
import functools
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, TypeVar

import hikari

from plugin import costs
from plugin.corridor.cutting import Cutter
from plugin.corridor.drawing import Drawing
from plugin.corridor.history_review import HistoryReview
from plugin.corridor.installation import UNLOAD, Installation
from plugin.corridor.keeping import Keeper
from plugin.corridor.minutes import Minutes, history_clock
from plugin.corridor.sampling import Sampler
from plugin.corridor.steps import in_steps
from plugin.corridor.task_watch import SCHEDULED, TaskWatch
from plugin.corridor.tie import tie_of
from plugin.insight.uptime import UptimeMeter
from plugin.instrument.collections import Collections
from plugin.instrument.containment import Containment, Instrument
from plugin.instrument.gateway import Gateway
from plugin.instrument.invocations import Invocations
from plugin.instrument.loop import LoopWatch
from plugin.instrument.methods import Method
from plugin.instrument.override import Override
from plugin.instrument.own_code import loading_file
from plugin.instrument.places import Places
from plugin.instrument.refusals import Refusals
from plugin.instrument.release import working_directory
from plugin.instrument.responses import Responses
from plugin.instrument.rest_calls import RestCalls
from plugin.instrument.rest_hook import watch_requests
from plugin.instrument.scheduled_tasks import Schedule
from plugin.metrics import BlockTable, CommandMetrics, Handlers, Registry, Routes, Samples
from plugin.model import (
    NO_SAMPLE,
    CommandKey,
    CommandSnapshot,
    Health,
    HistoryAnswer,
    LoopCounts,
    MonitorCost,
    MonitorState,
    Observation,
    Scope,
    Snapshot,
)
from plugin.settings import Settings

if TYPE_CHECKING:
    from plugin.history.store import Store
    from plugin.insight.pseudonyms import Pseudonyms
    from plugin.model.past import PastHealth

SAMPLES_KEPT = 360
"""How many samples are kept in memory: six hours of one a minute."""

T = TypeVar("T")

_COMMANDS_A_STEP = 100

_REST = "REST calls"
_RESPONSES = "first responses"


class Inventory:
    """What a bot has, whether it was used or not; an adapter knows how to ask its line of Lightbulb."""

    line = 0
    """Of Lightbulb."""

    def commands(self) -> Sequence[CommandKey]:
        """Every command of the bot but the monitor's own."""
        return ()

    def cogs(self) -> Sequence[str]:
        """Every loaded cog but the monitor itself."""
        return ()

    def schedule(self) -> Schedule | None:
        """The scheduled tasks of the bot; None where there is no way to tell."""
        return None


class Monitor:
    """Measures one bot. Bots reach theirs with `plugin.monitor_of(bot)`; after an unload it is inert."""

    def __init__(self, bot: hikari.RESTAware, settings: Settings, inventory: Inventory) -> None:
        self.settings = settings
        self._inventory = inventory
        self._bot = bot
        self._rest = bot.rest
        self._containment = Containment()
        self.drawing = Drawing(self._containment, settings.charts)
        places = Places(working_directory(), loading_file())
        self.invocations = Invocations(
            settings.maximum_in_flight,
            places,
            time.monotonic_ns,
            time.time,
            self.part("commands"),
            tracks_tasks=settings.loop_watch or settings.stage_watch,
        )
        self.invocations.failures.refusals = Refusals(settings.denied_exceptions)
        self._registry = Registry(settings.window_length, settings.maximum_commands, self.invocations.settle)
        self._blocks = BlockTable()
        self._loop_watch = LoopWatch(
            settings.loop_block_threshold_ms, places, self.invocations.running_in, self._blocks.add, self._containment
        )
        self._handlers = Handlers(settings.window_length)
        self._uptime = UptimeMeter()
        self._samples = Samples(SAMPLES_KEPT)
        self._collections = Collections()
        self._installation = Installation(self._containment)
        self._loaded_ns = time.monotonic_ns()
        self._started_ns: int | None = None
        self._active = True
        self._last: Snapshot | None = None
        self._routes = Routes()
        self.rest_calls = RestCalls(
            self.part(_REST), self._routes.route, self._routes.refused, clock_ns=time.monotonic_ns
        )
        contain = self._containment.contain
        self._gateway = Gateway(
            bot,
            self.part("receipts"),
            self.invocations.receipts,
            contain("shards", self._shard_changed),
            time.monotonic_ns,
            time.time,
        )
        self._work: TaskWatch | None = None
        if settings.task_watch:
            self._work = TaskWatch(self._containment, places, time.time, self._schedule())
        self._sampler = self._new_sampler()
        self._minutes = self._new_minutes()
        self._keeper = self._new_keeper()
        self._sampler.begun, self._sampler.left_open = self._keeper.begun, self._keeper.take_left_open
        self._review = HistoryReview(self._ask_history, self._sampler.hold, self._containment)

    def _schedule(self) -> Schedule | None:
        found = list[Schedule | None]()
        self.attempt(SCHEDULED, lambda: found.append(self._inventory.schedule()))
        return found[0] if found else None

    def _new_sampler(self) -> Sampler:
        sampler = Sampler(
            self._gateway,
            self._samples,
            self._registry.totals,
            self._loop_watch.roll,
            self.snapshot_in_steps,
            self._containment,
            self.settings,
        )
        sampler.work = self._work
        sampler.connected = lambda: self._uptime.connected_share(time.monotonic_ns())
        return sampler

    def _new_minutes(self) -> Minutes:
        cutter = Cutter(
            self._registry, self._observe, self._blocks.newest, self._sampler.changed_findings, history_clock()
        )
        self._sampler.after = cutter.sampled
        return Minutes(cutter, self._containment, self.settings.flush_interval_s)

    def _observe(self) -> Observation:
        watched = self.settings.loop_watch
        pauses, paused_ns = self._loop_watch.pauses
        return Observation(
            self._samples.newest() or NO_SAMPLE,
            self._gateway.snapshot(None),
            self.invocations.in_flight,
            rest=self._routes.snapshot(time.monotonic_ns()) if self.rest_calls.watching else None,
            loop=LoopCounts(self._blocks.count, self._blocks.total_ns, pauses, paused_ns) if watched else None,
            background=None if self._work is None else self._work.snapshot(),
            misses=self._registry.misses(),
            interactions=self._handlers.ended(),
            cached=self._sampler.cached,
            collections=self._collections.since_start(),
            processor_ns=self._processor_ns(),
            faults=self._containment.faults,
            dropped=self._dropped(),
        )

    def _new_keeper(self) -> Keeper:
        keeper = Keeper(
            self._rest,
            self._minutes,
            self._status,
            lambda: bool(self.invocations.in_flight or self._registry.in_flight()),
            self._containment,
            self.settings,
        )
        keeper.before_exit = self.invocations.abandon
        return keeper

    async def _ask_history(self) -> tuple[HistoryAnswer[PastHealth], float]:
        from plugin.corridor.bot_history import PageContext, health
        from plugin.insight.scales import memory_limit_of

        now, limit = time.time(), memory_limit_of(self._samples.newest())
        return await health(self, False, PageContext(now, self.settings, limit)), now

    def _status(self) -> tuple[tuple[int, ...], str]:
        from plugin.insight.last_words import last_words  # here, since a bot that starts has no last words yet

        words = last_words(
            self._samples.newest(),
            sum(finding.threshold is not None for finding in self._sampler.findings),
            self._registry.running(),
        )
        return tuple(self._gateway.connected()), words

    @property
    def active(self) -> bool:
        """Whether this monitor measures; False after an unload."""
        return self._active

    def command(self, key: CommandKey) -> CommandMetrics:
        """What invocations of a command are recorded in."""
        return self._registry.command(key)

    def attach(self) -> None:
        """Put every instrument into the bot; one that fails is off, with the reason."""
        attempt, gateway = self.attempt, self._gateway
        if self.settings.stage_watch:
            attempt("stages", self._watch_stages)
        attempt(_REST, self._watch_requests)
        attempt("receipts", lambda: gateway.watch_raw_events(self.hold))
        attempt("close codes", lambda: gateway.watch_codes(self.on_detach))
        attempt("identifies", lambda: gateway.watch_identifies(self._rest, self.contain, self.hold))
        attempt("shards", lambda: gateway.watch_shards(self.on_detach))
        work = self._work
        if work is not None:
            work.attach(self._bot, self._installation)
        self._sampler.before.append(self._installation.look)
        self._sampler.before.append(lambda: self._registry.look(time.monotonic()))
        attempt("history", self._keeper.tell)

    def _watch_requests(self) -> None:
        responses = Responses(self.part(_RESPONSES), self.invocations)
        self.attempt(_RESPONSES, lambda: responses.watch(self._rest))
        if self.settings.rest_watch:
            self.attempt(_REST, lambda: self.rest_calls.watch(self._rest, self.hold))
        if responses.route is not None or self.rest_calls.watching:
            requests = watch_requests(self._rest, self.rest_calls, responses, time.monotonic_ns)
            self.hold(_REST if self.rest_calls.watching else _RESPONSES, requests)
            if responses.route is not None and self.rest_calls.watching:
                self.hold(_RESPONSES, requests)

    def detach(self) -> None:
        """Take every instrument out again and keep what is known by now."""
        if not self._active:
            return
        self._active = False
        with self.containing(UNLOAD):
            self._sampler.stop()
        with self.containing(UNLOAD):
            self._loop_watch.stop()
        with self.containing(UNLOAD):
            self.drawing.close()
        self._review.stop()
        self._minutes.stop()
        with self.containing(UNLOAD):
            self._keeper.end()
        with self.containing(UNLOAD):
            self._last = self.snapshot()
        if not self._last:  # what the bot has cannot be told any more, but what it used can
            self._inventory = Inventory()
            self._last = self.snapshot()
        self._installation.remove()

    def on_detach(self, undo: Callable[[], object]) -> None:
        """Call something at `detach`, the latest first."""
        self._installation.on_removal(undo)

    def override(self, part: str, target: object, replacements: Mapping[str, Callable[[Method], Method]]) -> None:
        """Replace methods of an object until `detach`; the part is off where a library has moved them."""
        self.attempt(part, lambda: self.hold(part, Override(target, replacements)))

    def hold(self, part: str, override: Override) -> None:
        """Keep an override until `detach`; where other code takes it out, the part is off and says so."""
        self._installation.hold(part, override)

    def attempt(self, part: str, build: Callable[[], object]) -> bool:
        """Put a part in, and say whether it is; one that fails is taken out again, and off with the reason."""
        return self._installation.attempt(part, build)

    def contain(self, part: str, function: Callable[..., object]) -> Callable[..., object]:
        """The function, but what it raises is counted as a fault of the monitor instead."""
        return self._containment.contain(part, function)

    def part(self, part: str) -> Instrument:
        """A part of the monitor, for those that contain its faults in place."""
        return self._containment.part(part)

    def containing(self, part: str) -> AbstractContextManager[None]:
        """Counts what a block raises as a fault of the monitor instead."""
        return self._containment.containing(part)

    def switch_off(self, part: str, reason: str) -> None:
        """Switch a part of the monitor off and say why in `/health`."""
        self._containment.switch_off(part, reason)

    def start(self) -> None:
        """Begin the background work; the bot has started. Needs the running loop of the bot."""
        if not self._active:
            return
        now_ns = time.monotonic_ns()
        if self._started_ns is None:
            self._started_ns = now_ns
        self._gateway.stopping(False)
        self._uptime.start(now_ns)
        self._uptime.update(now_ns, self._gateway.connected())
        self._sampler.start()
        self._keeper.start()
        self._minutes.start()
        if self.settings.database:
            self._review.start()
        if self.settings.loop_watch:
            self._loop_watch.start()

    def know_application(self, application: int) -> None:
        """Take the application id from who knows it before the start, so that history need not ask for it."""
        self._keeper.bot = application

    async def stop(self) -> None:
        """End the background work; the bot stops, but may start again."""
        self._gateway.stopping(True)
        self._sampler.stop()
        self.invocations.stop()
        self._loop_watch.stop()
        self.drawing.stop()
        self._review.stop()
        self._minutes.stop()
        await self._keeper.stop()

    async def stopped(self) -> None:
        """Close history, once it has all that was counted, as soon as no command is in flight."""
        await self._keeper.stopped()

    async def leave(self) -> None:
        """Close history with what was counted by now."""
        await self._keeper.leave()

    async def flush(self) -> None:
        """Write what is counted by now into history; returns when it is written, or cannot be written now."""
        await self._keeper.flush()

    async def begun(self) -> None:
        """Wait a moment for what history knows of the time before this start, so that every page tells it."""
        await self._keeper.begun()

    async def ask(self, question: Callable[[Store], Awaitable[T]]) -> T:
        """What history answers to a question, which is asked in a thread of its own.

        Raises HistoryUnavailable, whose text is one sentence for an operator, where there is none or it is away.
        """
        return await self._keeper.ask(question)

    def scope(self, fleet: bool = False) -> Scope:
        """Whose history to ask for: that of this instance, or of all of the bot; raises HistoryUnavailable."""
        return self._keeper.scope(fleet)

    async def tick(self) -> None:
        """Take a sample now, and judge the thresholds if that is due; nothing after an unload."""
        if self._active:
            self._shards_changed()
            await self._sampler.tick()

    def snapshot(self) -> Snapshot:
        """All that is known as of now; after an unload, as of then."""
        if self._last is not None:
            return self._last
        return self._snapshot(self._registry.snapshot(self._inventory.commands(), _unix_offset_s()))

    async def snapshot_in_steps(self) -> Snapshot:
        """The same, with guilds counted anew, made in steps that are short however many commands there are."""
        await self._gateway.count_guilds()
        inventory = self._inventory.commands()
        await asyncio.sleep(0)
        silent, invoked = self._registry.silent(inventory), list[CommandSnapshot]()
        unix_offset_s = _unix_offset_s()
        for number, command in enumerate(self._registry.commands(), 1):
            invoked.append(command.snapshot(unix_offset_s))
            if number % _COMMANDS_A_STEP == 0:
                await asyncio.sleep(0)
        await asyncio.sleep(0)
        return self._last or self._snapshot((*invoked, *silent))

    @functools.cached_property
    def pseudonyms(self) -> Pseudonyms:
        """The neutral names of what readers see no details of."""
        from plugin.insight.pseudonyms import Pseudonyms

        return Pseudonyms()

    async def look(self, details: bool = True) -> tuple[Snapshot, Health]:
        """A snapshot and what it is worth, made in short steps; without `details`, for those who may see none."""
        from plugin.insight.discretion import withholding
        from plugin.insight.health import judging

        snapshot = await self.snapshot_in_steps()
        if not details:
            snapshot = await in_steps(withholding(snapshot, self.pseudonyms))
        return snapshot, await in_steps(judging(snapshot, self.settings))

    def _snapshot(self, commands: tuple[CommandSnapshot, ...]) -> Snapshot:
        now_ns, now = time.monotonic_ns(), time.time()
        started_ns = self._loaded_ns if self._started_ns is None else self._started_ns
        return Snapshot(
            at=now,
            uptime_s=(now_ns - started_ns) / 1e9,
            commands=commands,
            cogs=tuple(self._inventory.cogs()),
            samples=self._samples.kept(),
            connection=self._gateway.snapshot(self._uptime.share(now_ns)),
            findings=self._sampler.findings,
            monitor=self._state(),
            interactions=self._handlers.snapshot(),
            recent=self._registry.recent(now_ns / 1e9, now - now_ns / 1e9),
            rest=self._routes.snapshot(now_ns) if self.rest_calls.watching else None,
            background=None if self._work is None else self._work.snapshot(),
            cost=self._cost(),
            loop=self._loop_watch.snapshot(self._blocks.newest()) if self.settings.loop_watch else None,
        )

    def health(self, snapshot: Snapshot | None = None) -> Health:
        """A snapshot, by default that of now, held against thresholds and targets."""
        from plugin.insight.health import judge

        return judge(snapshot or self.snapshot(), self.settings)

    def _dropped(self) -> dict[str, int]:
        dropped = {
            "commands": self._registry.overflowed,
            "invocations in flight": self.invocations.evicted,
            "interactions in flight": self.invocations.interactions_dropped,
            "deferred answers": self.invocations.pending_answers.dropped,
            "findings": self._sampler.findings_dropped,
            "REST routes": self._routes.overflowed,
            "REST calls in flight": self.rest_calls.dropped,
            "error groups of history": self._minutes.dropped,
            **({} if self._work is None else self._work.dropped()),
            "loop blocks": self._blocks.dropped,
        }
        return {what: count for what, count in dropped.items() if count}

    def _processor_ns(self) -> dict[str, int]:
        return {"watchdog": self._loop_watch.processor_ns, "sampler": self._sampler.meter.processor_ns}

    def _state(self) -> MonitorState:
        return MonitorState(
            faults=dict(self._containment.faults),
            dropped=self._dropped(),
            switched_off=dict(self._containment.switched_off),
            history=self._keeper.state,
        )

    def _cost(self) -> MonitorCost:
        began_ns = self._loaded_ns if self._started_ns is None else self._started_ns
        records = self._registry.memory_bytes()
        records += sum(sys.getsizeof(one) + sys.getsizeof(one.resources) for one in self._samples.kept())
        return MonitorCost(
            self._processor_ns(),
            time.monotonic_ns() - began_ns,
            costs.memory_bytes(self.settings.database) + records,
            records,
            {"invocations in flight": (self.invocations.in_flight, self.settings.maximum_in_flight)},
            costs.COMMAND_US.get(self._inventory.line),
        )

    def _shard_changed(self, event: hikari.ShardEvent) -> None:
        self._shards_changed()
        self._gateway.shard_changed(event)

    def _shards_changed(self) -> None:
        self._uptime.update(time.monotonic_ns(), self._gateway.connected())

    def _watch_stages(self) -> None:
        stages = self.invocations.watch_stages(self.part("stages"))
        self.on_detach(stages.slow_responses.stop)
        self.rest_calls.on_finished.append(stages.on_request_end)
        part = self.part("interactions")
        interactions = self.invocations.watch_interactions(stages, self._handlers.handler, part)
        self.on_detach(interactions.stop)
        self._gateway.on_interaction = self.contain(part.name, interactions.on_interaction)
        self._gateway.after_interaction = stages.clear_current


def _unix_offset_s() -> float:
    """What turns monotonic seconds into Unix time."""
    return time.time() - time.monotonic_ns() / 1e9


def monitor_of(bot: object) -> Monitor | None:
    """The monitor that measures a bot (or a Lightbulb client's bot); None where the extension is not loaded."""
    tie = tie_of(bot)
    return None if tie is None else tie.monitor
