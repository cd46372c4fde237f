"""The corridor: builds the rooms of one bot's monitor, wires them, starts and stops them."""

from __future__ import annotations

import functools
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, TypeVar

import hikari

from plugin.corridor.cutting import Cutter
from plugin.corridor.drawing import Drawing
from plugin.corridor.history_review import HistoryReview
from plugin.corridor.installation import UNLOAD
from plugin.corridor.instruments import Instruments
from plugin.corridor.inventory import Inventory
from plugin.corridor.keeping import Keeper
from plugin.corridor.lost_instances import LostInstances
from plugin.corridor.minutes import Minutes, history_clock
from plugin.corridor.own_series import OwnSeries
from plugin.corridor.sampling import Sampler
from plugin.corridor.snapshots import Snapshots
from plugin.corridor.sources import Sources
from plugin.corridor.steps import in_steps
from plugin.corridor.telling import Telling
from plugin.corridor.tie import tie_of
from plugin.corridor.voice_feed import VOICE
from plugin.instrument.containment import Instrument
from plugin.instrument.methods import Method
from plugin.instrument.override import Override
from plugin.metrics import CommandMetrics
from plugin.model import (
    CommandKey,
    Finding,
    Health,
    HistoryAnswer,
    Scope,
    Snapshot,
)
from plugin.settings import Settings

if TYPE_CHECKING:
    from plugin.corridor.alerts.alerts import Alerts
    from plugin.corridor.member_counts import MemberCounts
    from plugin.corridor.threshold_watch import ThresholdWatch
    from plugin.history.store import Store
    from plugin.insight.pseudonyms import Pseudonyms
    from plugin.model.past import PastHealth

T = TypeVar("T")


class Monitor:
    """Measures one bot. Bots reach theirs with `plugin.monitor_of(bot)`; after an unload it is inert."""

    def __init__(self, bot: hikari.RESTAware, settings: Settings, inventory: Inventory) -> None:
        self.settings = settings
        self._of = instruments = Instruments(bot, settings, inventory)
        self._containment, self._installation = instruments.containment, instruments.installation
        for table, problems in settings.refused_rules.items():
            self._containment.leave_out(table, "; ".join(problems))
        self.invocations, self.rest_calls = instruments.invocations, instruments.rest_calls
        self.drawing = Drawing(self._containment, settings.charts)
        self._snapshots = Snapshots(instruments, inventory, settings)
        self._inventory = inventory
        self._active = True
        self._last: Snapshot | None = None
        self._sampler = self._snapshots.sampler = self._new_sampler()
        self._minutes = self._snapshots.minutes = self._new_minutes(bot)
        self._keeper = self._snapshots.keeper = self._new_keeper(bot.rest)
        self._sampler.begun = self._keeper.begun
        self._sampler.left_open = lambda: self._of.voice.go_on(self._keeper.take_left_open())
        self._members: MemberCounts | None = None
        self._telling = self._snapshots.telling = self._new_telling(bot.rest)
        self._review = HistoryReview(
            self._ask_history,
            self._sampler.hold,
            self._containment,
            self._ask_systems,
            LostInstances(lambda: self._sampler.findings),
            settings.flush_interval_s,
        )

    def _new_sampler(self) -> Sampler:
        of = self._of
        sampler = Sampler(
            of.gateway,
            of.samples,
            of.registry.totals,
            of.loop_watch.roll,
            self.snapshot_in_steps,
            self._containment,
            self.settings,
        )
        sampler.work = of.work
        sampler.connected = lambda: of.uptime.connected_share(time.monotonic_ns())
        sampler.before.append(self._installation.look)
        sampler.before.append(lambda: of.registry.cut_recent(time.monotonic()))
        sampler.before.append(self._containment.contain(VOICE, of.voice.prepare))
        return sampler

    def _new_minutes(self, bot: object) -> Minutes:
        of, snapshots = self._of, self._snapshots
        own = self.own = OwnSeries(bot, lambda: self._keeper.bot, waits=bool(self.settings.database))
        snapshots.own = own
        own.before = self._containment.contain(VOICE, of.voice.prepare)
        cutter = Cutter(
            of.registry, snapshots.observe, of.blocks.newest, self._sampler.changed_findings, history_clock(), own
        )
        self._sampler.after = cutter.sampled
        minutes = Minutes(cutter, self._containment, self.settings.flush_interval_s)
        minutes.before.append(self._count_members)
        if self.settings.thresholds:
            self._watch_thresholds(minutes, own)
        return minutes

    async def _count_members(self) -> None:
        if self._members is None and self.own.counters():
            from plugin.corridor.member_counts import MemberCounts  # here, since few bots tell who is active

            self._members = MemberCounts(self.own.counters, self if self.settings.database else None, self._containment)
        if self._members is not None:
            self._members.start()

    def _watch_thresholds(self, minutes: Minutes, own: OwnSeries) -> None:
        from plugin.corridor.rules import watch_rules  # here, since few bots have any

        watch = watch_rules(self.settings.thresholds, self._of, self._inventory, self._sampler, own, self._instance)
        minutes.subscribe("thresholds", watch.take)
        minutes.after.append(functools.partial(self._judge_thresholds, watch))

    async def _judge_thresholds(self, watch: ThresholdWatch) -> None:
        with self.containing("thresholds"):
            await watch.judge()

    def _instance(self) -> str:
        """The name of this process in its fleet."""
        return self._keeper.instance

    def _new_keeper(self, rest: hikari.api.RESTClient) -> Keeper:
        def busy() -> bool:
            return bool(self.invocations.in_flight or self._of.registry.in_flight())

        keeper = Keeper(rest, self._minutes, self._snapshots.last_words, busy, self._containment, self.settings)
        keeper.before_exit = self.invocations.abandon
        return keeper

    def _new_telling(self, rest: hikari.api.RESTClient) -> Telling:
        return Telling(
            Sources(
                rest,
                self.settings,
                self._of.registry,
                self._sampler,
                self._keeper,
                self,
                lambda: self.pseudonyms,
                self.drawing,
                self.look,
                self._snapshots.wellness,
            ),
            self._containment,
        )

    async def _ask_history(self) -> tuple[HistoryAnswer[PastHealth], float]:
        from plugin.corridor.bot_history import PageContext, health
        from plugin.insight.scales import memory_limit_of

        now, limit = time.time(), memory_limit_of(self._of.samples.newest())
        return await health(self, False, PageContext(now, self.settings, limit)), now

    async def _ask_systems(self, now: float) -> Sequence[Finding] | None:
        from plugin.corridor.bot_history import PageContext
        from plugin.corridor.system_history import instance_step_s
        from plugin.corridor.system_review import system_findings

        return await system_findings(self, now, instance_step_s(PageContext(now, self.settings, None)))

    @property
    def active(self) -> bool:
        """Whether this monitor measures; False after an unload."""
        return self._active

    def command(self, key: CommandKey) -> CommandMetrics:
        """What invocations of a command are recorded in."""
        return self._of.registry.command(key)

    def attach(self) -> None:
        """Put every instrument into the bot; one that fails is off, with the reason."""
        self._of.attach()
        self.attempt("history", self._keeper.tell)

    def detach(self) -> None:
        """Take every instrument out again and keep what is known by now."""
        if not self._active:
            return
        self._active = False
        with self.containing(UNLOAD):
            self._sampler.stop()
        with self.containing(UNLOAD):
            self._of.loop_watch.stop()
        with self.containing(UNLOAD):
            self._of.voice.stop()
        with self.containing(UNLOAD):
            self.drawing.close()
        self._stop_asking()
        self._minutes.stop()
        with self.containing(UNLOAD):
            self._keeper.end()
        with self.containing(UNLOAD):
            self._last = self.snapshot()
        if not self._last:  # what the bot has cannot be told any more, but what it used can
            self._snapshots.inventory = Inventory()
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
        self._snapshots.start()
        self._of.gateway.stopping(False)
        self._of.uptime.start(time.monotonic_ns())
        self._of.shards_changed()
        self._of.voice.start()
        self._sampler.start()
        self._keeper.start()
        self._minutes.start()
        self._telling.start()
        if self.settings.database:
            self._review.start()
        if self.settings.loop_watch:
            self._of.loop_watch.start()

    @property
    def alerts(self) -> Alerts | None:
        """What tells people of incidents; None where nobody is told."""
        return self._telling.alerts

    def know_application(self, application: int) -> None:
        """Take the application id from who knows it before the start, so that history need not ask for it."""
        self._keeper.bot = application

    async def stop(self) -> None:
        """End the background work; the bot stops, but may start again."""
        self._of.gateway.stopping(True)
        self._sampler.stop()
        self.invocations.stop()
        self._of.loop_watch.stop()
        with self.containing(VOICE):
            self._of.voice.stop()
        self.drawing.stop()
        self._stop_asking()
        self._minutes.stop()
        await self._keeper.stop()

    def _stop_asking(self) -> None:
        self._review.stop()
        self._telling.stop()
        if self._members is not None:
            self._members.stop()

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
            self._of.shards_changed()
            await self._sampler.tick()

    def snapshot(self) -> Snapshot:
        """All that is known as of now; after an unload, as of then."""
        return self._last or self._snapshots.take()

    async def snapshot_in_steps(self) -> Snapshot:
        """The same, with guilds counted anew, made in steps that are short however many commands there are."""
        taken = await self._snapshots.take_in_steps()
        return self._last or taken

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

    def health(self, snapshot: Snapshot | None = None) -> Health:
        """A snapshot, by default that of now, held against thresholds and targets."""
        from plugin.insight.health import judge

        return judge(snapshot or self.snapshot(), self.settings)


def monitor_of(bot: object) -> Monitor | None:
    """The monitor that measures a bot (or a Lightbulb client's bot); None where the extension is not loaded."""
    tie = tie_of(bot)
    return None if tie is None else tie.monitor
