"""Build all instruments of one bot, and attach and remove them."""

from __future__ import annotations

import time
from collections.abc import Callable

import hikari

from plugin.corridor.installation import Installation
from plugin.corridor.inventory import Inventory
from plugin.corridor.task_watch import SCHEDULED, TaskWatch
from plugin.corridor.voice_feed import VOICE, VoiceFeed
from plugin.insight.uptime import UptimeMeter
from plugin.instrument.collections import Collections
from plugin.instrument.containment import Containment
from plugin.instrument.gateway import Gateway
from plugin.instrument.invocations import Invocations
from plugin.instrument.loop import LoopWatch
from plugin.instrument.own_code import loading_file
from plugin.instrument.places import Places
from plugin.instrument.refusals import Refusals
from plugin.instrument.release import working_directory
from plugin.instrument.responses import Responses
from plugin.instrument.rest_calls import RestCalls
from plugin.instrument.rest_hook import watch_requests
from plugin.instrument.scheduled_tasks import Schedule
from plugin.metrics import BlockTable, Handlers, Registry, Routes, Samples
from plugin.settings import Settings

SAMPLES_KEPT = 360
"""Samples kept in memory: six hours at one a minute."""

_REST = "REST calls"
_RESPONSES = "first responses"


class Instruments:
    """The instruments of one bot; none touches the bot before `attach`."""

    def __init__(self, bot: hikari.RESTAware, settings: Settings, inventory: Inventory) -> None:
        self._bot = bot
        self._settings = settings
        self.containment = Containment()
        self.installation = Installation(self.containment)
        part = self.containment.part
        places = Places(working_directory(), loading_file())
        self.invocations = Invocations(
            settings.maximum_in_flight,
            places,
            time.monotonic_ns,
            time.time,
            part("commands"),
            tracks_tasks=settings.loop_watch or settings.stage_watch,
        )
        self.invocations.failures.refusals = Refusals(settings.denied_exceptions)
        self.registry = Registry(settings.window_length, settings.maximum_commands, self.invocations.settle)
        self.blocks = BlockTable()
        self.loop_watch = LoopWatch(
            settings.loop_block_threshold_ms, places, self.invocations.running_in, self.blocks.add, self.containment
        )
        self.handlers = Handlers(settings.window_length)
        self.uptime = UptimeMeter()
        self.samples = Samples(SAMPLES_KEPT)
        self.collections = Collections()
        self.routes = Routes()
        self.rest_calls = RestCalls(part(_REST), self.routes.route, self.routes.refused, clock_ns=time.monotonic_ns)
        self.gateway = Gateway(
            bot,
            part("receipts"),
            self.invocations.receipts,
            self.containment.contain("shards", self._shard_changed),
            time.monotonic_ns,
            time.time,
        )
        self.work: TaskWatch | None = None
        if settings.task_watch:
            self.work = TaskWatch(self.containment, places, time.time, self._schedule(inventory))
        self.voice = VoiceFeed(bot, self.containment, settings, time.monotonic_ns)

    def _schedule(self, inventory: Inventory) -> Schedule | None:
        found = list[Schedule | None]()
        self.attempt(SCHEDULED, lambda: found.append(inventory.schedule()))
        return found[0] if found else None

    def attempt(self, part: str, build: Callable[[], object]) -> bool:
        """Install a part and return whether it worked; a failing part is removed and switched off with the reason."""
        return self.installation.attempt(part, build)

    def attach(self) -> None:
        """Attach every instrument to the bot; a failing one is switched off with the reason."""
        attempt, gateway, installation = self.attempt, self.gateway, self.installation
        if self._settings.stage_watch:
            attempt("stages", self._watch_stages)
        attempt(_REST, self._watch_requests)
        attempt("receipts", lambda: gateway.watch_raw_events(installation.hold))
        attempt("close codes", lambda: gateway.watch_codes(installation.on_removal))
        contain = self.containment.contain
        attempt("identifies", lambda: gateway.watch_identifies(self._bot.rest, contain, installation.hold))
        attempt("shards", lambda: gateway.watch_shards(installation.on_removal))
        if self.work is not None:
            self.work.attach(self._bot, installation)
        if self._settings.voice_watch:
            attempt(VOICE, lambda: self.voice.attach(gateway, installation))

    def shards_changed(self) -> None:
        """Record which shards are connected now."""
        self.uptime.update(time.monotonic_ns(), self.gateway.connected())

    def _shard_changed(self, event: hikari.ShardEvent) -> None:
        self.shards_changed()
        self.gateway.shard_changed(event)
        self.voice.shard_changed(event)

    def _watch_requests(self) -> None:
        rest, hold = self._bot.rest, self.installation.hold
        responses = Responses(self.containment.part(_RESPONSES), self.invocations)
        self.attempt(_RESPONSES, lambda: responses.watch(rest))
        if self._settings.rest_watch:
            self.attempt(_REST, lambda: self.rest_calls.watch(rest, hold))
        if responses.route is not None or self.rest_calls.watching:
            requests = watch_requests(rest, self.rest_calls, responses, time.monotonic_ns)
            hold(_REST if self.rest_calls.watching else _RESPONSES, requests)
            if responses.route is not None and self.rest_calls.watching:
                hold(_RESPONSES, requests)

    def _watch_stages(self) -> None:
        stages = self.invocations.watch_stages(self.containment.part("stages"))
        self.installation.on_removal(stages.slow_responses.stop)
        self.rest_calls.on_finished.append(stages.on_request_end)
        part = self.containment.part("interactions")
        interactions = self.invocations.watch_interactions(stages, self.handlers.handler, part)
        self.installation.on_removal(interactions.stop)
        self.gateway.on_interaction = self.containment.contain(part.name, interactions.on_interaction)
        self.gateway.after_interaction = stages.clear_current
