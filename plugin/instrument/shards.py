"""Watches each shard: its silences, why it was disconnected, and how it reconnected."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import hikari

from plugin.instrument.methods import Method, MovedError, leave_no_frame
from plugin.instrument.override import Override
from plugin.instrument.silences import Silences
from plugin.model import ShardSnapshot

CLOSE_FRAME = 8
"""The type of a websocket message that closes the connection and says why (RFC 6455)."""

MOST_CODES = 16
"""At most this many different close codes are counted per shard; Discord has 14, and a proxy may add some."""

LOOK_NS = 50_000_000_000
"""A look sooner after the last one is ignored, since silences are learnt from looks at even intervals."""

TRANSPORT, READ_CLOSE = "_GatewayTransport", "_handle_other_message"


class _ShardRecord:
    """The history of one shard since the first look; times are monotonic nanoseconds."""

    __slots__ = (
        "away",
        "away_since",
        "closes",
        "codes",
        "last_ns",
        "last_outage",
        "looked_ns",
        "silences",
        "stale_s",
        "tallies",
    )

    def __init__(self) -> None:
        self.last_ns = 0
        """The last event as of the latest look."""
        self.looked_ns = 0
        self.silences = Silences()
        self.away = False
        self.away_since: float | None = None
        self.last_outage: tuple[float, float] | None = None
        self.stale_s = math.nan
        self.tallies = [0, 0, 0]
        """Disconnects, resumes, and new sessions."""
        self.codes: dict[int, int] = {}
        self.closes: Override | None = None

    def look(self, last_ns: int, now_ns: int, at: float) -> None:
        """Record whether there was an event since the last look; `last_ns`: the latest event, `at`: Unix time now."""
        # The first event of a new connection comes before hikari reports the shard as back. The time between was no
        # silence.
        if self.away or not self.looked_ns:
            self.silences.interrupt(at)
        elif now_ns - self.looked_ns < LOOK_NS:
            return
        else:
            self.silences.look(at, heard=last_ns != self.last_ns)
        self.last_ns, self.looked_ns = last_ns, now_ns


class Shards:
    """Watches the shards of one bot on the gateway."""

    def __init__(
        self, bot: hikari.GatewayBotAware, clock_ns: Callable[[], int], unix_time: Callable[[], float]
    ) -> None:
        self.last_event_ns: dict[object, int] = {}
        """Time of the latest event by shard; the raw event hook writes it directly, since a call would cost more."""
        self.stopping = False
        """Whether disconnects are the bot's own doing."""
        self._bot = bot
        self._clock_ns = clock_ns
        self._unix_time = unix_time
        self._shards: dict[int, _ShardRecord] = {}
        self._see_codes = False

    def watch_codes(self) -> None:
        """Count the close codes of connections; raises `MovedError` if hikari no longer reads them as expected."""
        from hikari.impl import shard as hikari_shard  # here, so that a hikari without it loses close codes only

        if not callable(getattr(getattr(hikari_shard, TRANSPORT, None), READ_CLOSE, None)):
            raise MovedError(f"{hikari_shard.__name__}.{TRANSPORT} has no {READ_CLOSE}")
        if not hasattr(hikari_shard.GatewayShardImpl, "_ws"):
            raise MovedError("hikari's shards have no _ws")
        self._see_codes = True
        for shard in self._bot.shards.values():
            self._follow_connection(shard)

    def unwatch(self) -> None:
        """Restore every connection."""
        self._see_codes = False
        for known in self._shards.values():
            if known.closes is not None:
                known.closes.undo()
                known.closes = None

    def changed(self, event: hikari.ShardEvent) -> None:
        """Record that a shard was disconnected, or reconnected by a resume or with a new session."""
        known = self._record_of(event.shard.id)
        if isinstance(event, hikari.ShardDisconnectedEvent):
            known.closes = None  # its target is gone with the connection
            known.stale_s = event.shard.heartbeat_latency
            known.away = not self.stopping
            known.away_since = self._unix_time()
            known.tallies[0] += known.away
            return
        if known.away:
            if known.away_since is not None:
                known.last_outage = known.away_since, self._unix_time()
            known.tallies[1 if isinstance(event, hikari.ShardResumedEvent) else 2] += 1
        known.away = False
        known.looked_ns = 0  # the time without a connection was no silence
        if self._see_codes:
            self._follow_connection(event.shard)

    def look(self) -> None:
        """Record which shards have had events; call it about once a minute, since no event signals silence."""
        now_ns, at, shards = self._clock_ns(), self._unix_time(), self._bot.shards.values()
        for gone in self.last_event_ns.keys() - set(shards):  # left from before a restart of the bot
            del self.last_event_ns[gone]
        for shard in shards:
            last_ns = self.last_event_ns.get(shard)
            if last_ns is not None:
                self._record_of(shard.id).look(last_ns, now_ns, at)

    def snapshot(self) -> tuple[ShardSnapshot, ...]:
        """Every shard as of now, by id."""
        self.look()
        return tuple(self._one(shard) for _, shard in sorted(self._bot.shards.items()))

    def _one(self, shard: hikari.api.GatewayShard) -> ShardSnapshot:
        known = self._record_of(shard.id)
        disconnects, resumes, new_sessions = known.tallies
        last_ns = self.last_event_ns.get(shard)
        return ShardSnapshot(
            id=shard.id,
            connected=shard.is_connected,
            latency_s=_latency_s(shard, known),
            silence_s=None if last_ns is None else (self._clock_ns() - last_ns) / 1e9,
            longest_silence_s=known.silences.longest_s(self._unix_time()),
            missed=known.silences.missed,
            disconnects=disconnects,
            resumes=resumes,
            new_sessions=new_sessions,
            away_since=None if shard.is_connected else known.away_since,
            last_outage=known.last_outage,
            close_codes=tuple(known.codes.items()),
        )

    def _record_of(self, shard_id: int) -> _ShardRecord:
        known = self._shards.get(shard_id)
        if known is None:
            known = self._shards[shard_id] = _ShardRecord()
        return known

    def _follow_connection(self, shard: Any) -> None:
        transport, known = shard._ws, self._record_of(shard.id)  # hikari has no public access to it
        if transport is not None and (known.closes is None or known.closes.target is not transport):
            known.closes = Override(transport, {READ_CLOSE: lambda original: _see_close(original, known.codes)})


def _latency_s(shard: hikari.api.GatewayShard, known: _ShardRecord) -> float | None:
    # hikari keeps the latency of the last connection until the first heartbeat of the next one is acknowledged.
    latency_s = shard.heartbeat_latency
    fresh = shard.is_connected and not math.isnan(latency_s) and latency_s != known.stale_s
    return latency_s if fresh else None


def _see_close(original: Method, codes: dict[int, int]) -> Method:
    def handle(transport: object, message: Any) -> Any:
        code = message.data if message.type == CLOSE_FRAME else None
        if isinstance(code, int) and (code in codes or len(codes) < MOST_CODES):
            codes[code] = codes.get(code, 0) + 1
        try:
            return original(transport, message)
        except BaseException as exception:
            leave_no_frame(exception)
            raise

    return handle
