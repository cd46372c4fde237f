"""The connection to Discord: raw events, shards, guilds. Values that intents, cache or mode rule out are None."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import hikari

from plugin.instrument.caches import cached
from plugin.instrument.containment import Instrument
from plugin.instrument.identifies import Identifies
from plugin.instrument.methods import Method, leave_no_frame
from plugin.instrument.override import Override
from plugin.instrument.receipts import MAXIMUM_RECEIPTS, Receipts
from plugin.instrument.shards import Shards
from plugin.model import ConnectionSnapshot

_MESSAGE_INTENTS = hikari.Intents.GUILD_MESSAGES | hikari.Intents.DM_MESSAGES
_GUILDS_A_STEP = 200
_COMMAND = int(hikari.InteractionType.APPLICATION_COMMAND)

IDENTIFIES = "identifies"

ShardEvents = (hikari.ShardReadyEvent, hikari.ShardResumedEvent, hikari.ShardDisconnectedEvent)


class Gateway:
    """Watches one bot's gateway; for a bot without one it watches nothing."""

    def __init__(
        self,
        bot: hikari.RESTAware,
        part: Instrument,
        receipts: Receipts,
        on_shard_event: Callable[[hikari.ShardEvent], object],
        clock_ns: Callable[[], int],
        unix_time: Callable[[], float],
    ) -> None:
        self.identifies = Identifies(clock_ns)
        self._bot = bot if isinstance(bot, hikari.GatewayBotAware) else None
        self.shards = None if self._bot is None else Shards(self._bot, clock_ns, unix_time)
        self._clock_ns = clock_ns
        self._part = part
        self._receipts = receipts
        self._on_shard_event = on_shard_event
        self._messages = 0
        self._guilds: int | None = None
        self._members: int | None = None
        self._sees_events = False
        self.on_interaction: Callable[[Any], object] | None = None
        """Called with the payload of every interaction that calls no command, before hikari; must not raise."""
        self.after_interaction: Callable[[], object] = _do_nothing
        """Called after hikari has handled the payload, if `on_interaction` returned something true."""
        self._watching: dict[str, Callable[[Any, Any, int], object]] = {}
        self._watching_part: Instrument | None = None

    def watch_raw_events(self, hold: Callable[[str, Override], object]) -> None:
        """See every raw event before hikari handles it.

        An event listener instead would make hikari deserialise messages that the bot does not need. Raises `MovedError`
        if hikari no longer passes its events through this method.
        """
        if self._bot is not None:
            hold(self._part.name, Override(self._bot.event_manager, {"consume_raw_event": self._replace}))
            self._sees_events = True

    def watch_events(self, part: Instrument, events: Mapping[str, Callable[[Any, Any, int], object]]) -> None:
        """Hand raw events to a part, by their names: the shard, the payload, and monotonic nanoseconds."""
        self._watching.update(events)
        self._watching_part = part

    def watch_shards(self, on_detach: Callable[[Callable[[], object]], object]) -> None:
        """Subscribe to connects and disconnects of shards; `on_detach` gets the function that unsubscribes."""
        if self._bot is not None:
            on_detach(self._unsubscribe)
            for event in ShardEvents:
                self._bot.event_manager.subscribe(event, self._on_shard)

    def watch_identifies(
        self,
        rest: object,
        contain: Callable[[str, Callable[..., object]], Callable[..., object]],
        hold: Callable[[str, Override], object],
    ) -> None:
        """Read how many identifies are left; raises `MovedError` if hikari no longer fetches that as expected."""
        if self._bot is not None:
            hold(IDENTIFIES, self.identifies.watch(rest, contain(IDENTIFIES, self.identifies.note_limit)))

    def watch_codes(self, on_detach: Callable[[Callable[[], object]], object]) -> None:
        """Read the codes with which Discord closes connections; raises `MovedError` if hikari no longer shows them."""
        if self.shards is not None:
            on_detach(self.shards.unwatch)
            self.shards.watch_codes()

    def _unsubscribe(self) -> None:
        if self._bot is not None:
            for event in ShardEvents:
                if self._on_shard in self._bot.event_manager.get_listeners(event, polymorphic=False):
                    self._bot.event_manager.unsubscribe(event, self._on_shard)

    def stopping(self, stopping: bool) -> None:
        """Set whether the bot is stopping, so that its own disconnects are not counted."""
        if self.shards is not None:
            self.shards.stopping = stopping

    async def _on_shard(self, event: hikari.ShardEvent) -> None:
        self._on_shard_event(event)

    def shard_changed(self, event: hikari.ShardEvent) -> None:
        """Record a connect or disconnect of a shard."""
        if isinstance(event, hikari.ShardReadyEvent):
            self.identifies.identified()
        if self.shards is not None:
            self.shards.changed(event)

    def _replace(self, original: Method) -> Method:
        receipts, part, clock_ns = self._receipts, self._part, self._clock_ns
        last_event_ns = self.shards.last_event_ns if self.shards is not None else {}
        watching = self._watching.get

        def consume_raw_event(manager: object, event_name: str, shard: object, payload: Any) -> None:
            now_ns = last_event_ns[shard] = clock_ns()
            tracked, take = None, watching(event_name)
            if take is not None:
                try:
                    take(shard, payload, now_ns)
                except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
                    self._watching_failed(fault)
            elif event_name == "MESSAGE_CREATE":
                self._messages += 1
            elif event_name == "INTERACTION_CREATE":
                try:
                    interaction_id = int(payload["id"]) if payload["type"] == _COMMAND else 0
                except (LookupError, TypeError, ValueError):
                    interaction_id = 0  # malformed; hikari reports it
                if interaction_id and part.on:
                    try:
                        receipts[interaction_id] = now_ns
                        if len(receipts) > MAXIMUM_RECEIPTS:
                            receipts.forget_oldest()
                    except Exception as fault:  # noqa: BLE001 # as above
                        part.fault(fault)
                elif self.on_interaction is not None:
                    tracked = self.on_interaction(payload)
            try:
                original(manager, event_name, shard, payload)
            except BaseException as exception:
                leave_no_frame(exception)
                raise
            finally:
                if tracked:
                    self.after_interaction()

        return consume_raw_event

    def _watching_failed(self, fault: Exception) -> None:
        part = self._watching_part
        if part is not None:
            part.fault(fault)
            if not part.on:
                self._watching.clear()

    def connected(self) -> dict[int, bool]:
        """Which shards of this process are connected, by id."""
        if self._bot is None:
            return {}
        return {shard_id: shard.is_connected for shard_id, shard in self._bot.shards.items()}

    def snapshot(self, uptime_share: float | None) -> ConnectionSnapshot:
        """The connection as of now; `uptime_share`, measured elsewhere, is the share of time with shards connected."""
        bot = self._bot
        if bot is None or self.shards is None:
            return ConnectionSnapshot(None, None, None, None, None)
        return ConnectionSnapshot(
            self.shards.snapshot(),
            self._guilds,
            self._members,
            self._messages if self._sees_events and bot.intents & _MESSAGE_INTENTS else None,
            uptime_share,
            *self.identifies.left(),
        )

    def cached(self) -> Mapping[str, int]:
        """Entries of hikari's cache by kind; empty where they cannot be counted."""
        return cached(self._bot)

    async def count_guilds(self) -> None:
        """Count guilds and members for the next snapshots; in short steps, since hikari copies each guild."""
        bot = self._bot
        if bot is None or not bot.intents & hikari.Intents.GUILDS:
            return
        if not bot.cache.settings.components & hikari.api.CacheComponents.GUILDS:
            return
        available = bot.cache.get_available_guilds_view()
        members: int | None = 0
        for counted, guild_id in enumerate(list(available), 1):
            guild = bot.cache.get_guild(guild_id)
            if guild is not None and members is not None:
                members = None if guild.member_count is None else members + guild.member_count
            if counted % _GUILDS_A_STEP == 0:
                await asyncio.sleep(0)
        self._guilds, self._members = len(available) + len(bot.cache.get_unavailable_guilds_view()), members


def _do_nothing() -> None:
    """Do nothing."""
