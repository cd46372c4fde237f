"""Discord's side at one moment: REST, gateway, shards."""

from __future__ import annotations

import enum
from typing import NamedTuple

from plugin.histogram import Histogram


class LimitScope(enum.IntEnum):
    """Whose rate limit a 429 is of."""

    USER = 0
    """The bot's own, of one bucket."""
    GLOBAL = 1
    """The bot's own, of all its requests."""
    SHARED = 2
    """One that others use up too; Discord does not hold it against the bot."""


class RecentCalls(NamedTuple):
    """What happened on one route in the last ten minutes."""

    calls: int
    wait_ns: int
    """Sum of the times spent waiting for rate limits in nanoseconds."""
    limited: int
    """Answers of 429, of any scope."""
    failed: int
    """Requests that Discord failed: answers of 5xx, and those without an answer."""


class RouteSnapshot(NamedTuple):
    """Calls of one route of Discord's REST API since the start.

    A call is what the bot asked for; it may take several requests, since hikari tries again.
    """

    route: str
    """Method and template, such as `POST /channels/{channel}/messages`: never with ids or tokens."""
    calls: int
    """Those that have ended."""
    failed: int
    """Those that ended with an exception, a cancellation included."""
    in_flight: int
    latencies: Histogram
    """Durations of all calls without the time waited for rate limits, retries included."""
    total_ns: int
    """Sum of these durations in nanoseconds."""
    waited: int
    """Calls that waited for a rate limit, in hikari's buckets or because of a 429."""
    wait_ns: int
    """Sum of these waits in nanoseconds."""
    longest_wait_ns: int
    rate_limited: tuple[int, int, int]
    """Answers of 429, indexed by `LimitScope`."""
    refused: int
    """Answers of 400 to 499 but 429."""
    server_errors: int
    """Answers of 500 and more."""
    unanswered: int
    """Requests without an answer: no connection, or none in time."""
    retries: int
    """Requests after the first of their call."""
    recent: RecentCalls


BANNED_AT = 10_000
"""Invalid requests in ten minutes for which Discord bans an address for a while."""


class RestSnapshot(NamedTuple):
    """A bot's calls to Discord's REST API."""

    routes: tuple[RouteSnapshot, ...]
    """Most called first."""
    invalid_requests: int
    """Answers of 401, 403 and 429 (but of a shared limit) in the last ten minutes."""
    invalid_since_start: int = 0
    """The same since the start."""


class ShardSnapshot(NamedTuple):
    """One shard at one moment."""

    id: int
    connected: bool
    latency_s: float | None
    """Heartbeat latency in seconds; None while not connected, and until the first heartbeat of a connection."""
    silence_s: float | None = None
    """Seconds since the last event; None before the first, or where events are not seen."""
    longest_silence_s: float = 0
    """The longest silence of before that lasted into this hour of the day, in seconds; old ones count for less."""
    missed: float = 0
    """How often this silence should have ended, by what is known of the hours that it has lasted through."""
    disconnects: int = 0
    """Connections that were lost, but for those that the bot ended itself."""
    resumes: int = 0
    """Returns with the session of before: nothing was missed."""
    new_sessions: int = 0
    """Returns with a new session, for which the shard had to identify."""
    away_since: float | None = None
    """Unix time in seconds of the loss of its connection; None while connected, and where that was not seen."""
    last_outage: tuple[float, float] | None = None
    """Begin and end in Unix seconds of the last time without a connection; None where there was none."""
    close_codes: tuple[tuple[int, int], ...] = ()
    """Codes that Discord closed connections with, each with how often; most losses have none."""


class ConnectionSnapshot(NamedTuple):
    """What is known of Discord's side; None is unknown (no gateway, no cache, no intent), never zero."""

    shards: tuple[ShardSnapshot, ...] | None
    """None for a bot without a gateway."""
    guilds: int | None
    members: int | None
    messages_seen: int | None
    uptime_share: float | None
    """Share of the last 24 h, or since the start, in which shards were connected on average, 0 to 1."""
    identifies_left: int | None = None
    """How often shards may still identify today; None where the bot was not seen to ask."""
    identifies_total: int | None = None
    """How often they may in a day."""
