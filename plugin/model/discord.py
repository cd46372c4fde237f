"""Discord's side at one moment: REST, gateway, shards."""

from __future__ import annotations

import enum
from typing import NamedTuple

from plugin.histogram import Histogram


class LimitScope(enum.IntEnum):
    """The rate limit that a 429 is about."""

    USER = 0
    """The bot's own limit for one bucket."""
    GLOBAL = 1
    """The bot's own limit for all its requests."""
    SHARED = 2
    """A limit shared with others; Discord does not count it against the bot."""


class RecentCalls(NamedTuple):
    """Calls of one route in the last ten minutes."""

    calls: int
    wait_ns: int
    """Total time spent waiting for rate limits in nanoseconds."""
    limited: int
    """Responses of 429, of any scope."""
    failed: int
    """Requests that got a 5xx or no response."""


class RouteSnapshot(NamedTuple):
    """Calls of one route of Discord's REST API since the start.

    A call is what the bot asked for; it may take several requests, since hikari retries.
    """

    route: str
    """Method and template, such as `POST /channels/{channel}/messages`; never contains ids or tokens."""
    calls: int
    """Ended calls."""
    failed: int
    """Calls that ended with an exception, including cancellation."""
    in_flight: int
    latencies: Histogram
    """Durations of all calls, with retries but without the wait for rate limits."""
    total_ns: int
    """Sum of these durations in nanoseconds."""
    waited: int
    """Calls that waited for a rate limit, in hikari's buckets or because of a 429."""
    wait_ns: int
    """Sum of these waits in nanoseconds."""
    longest_wait_ns: int
    rate_limited: tuple[int, int, int]
    """Responses of 429, indexed by `LimitScope`."""
    refused: int
    """Responses of 4xx except 429."""
    server_errors: int
    """Responses of 5xx."""
    unanswered: int
    """Requests without a response: no connection, or a timeout."""
    retries: int
    """Requests after the first one of each call."""
    recent: RecentCalls


BANNED_AT = 10_000
"""Invalid requests in ten minutes at which Discord temporarily bans an address."""


class RestSnapshot(NamedTuple):
    """A bot's calls to Discord's REST API."""

    routes: tuple[RouteSnapshot, ...]
    """Most called first."""
    invalid_requests: int
    """Responses of 401, 403 and 429 (except of shared limits) in the last ten minutes."""
    invalid_since_start: int = 0
    """The same since the start."""


class ShardSnapshot(NamedTuple):
    """One shard at one moment."""

    id: int
    connected: bool
    latency_s: float | None
    """Heartbeat latency in seconds; None while not connected, and until the first heartbeat of a connection."""
    silence_s: float | None = None
    """Seconds since the last event; None before the first, or if events are not seen."""
    longest_silence_s: float = 0
    """The longest earlier silence that lasted into this hour of the day, in seconds; older ones weigh less."""
    missed: float = 0
    """How many times this silence should have ended by now, from the usual silences of the hours it spans."""
    disconnects: int = 0
    """Lost connections, without those that the bot closed itself."""
    resumes: int = 0
    """Reconnects that resumed the session, so that no event was missed."""
    new_sessions: int = 0
    """Reconnects with a new session, which required an identify."""
    away_since: float | None = None
    """Unix time in seconds at which the connection was lost; None while connected, or if it was not seen."""
    last_outage: tuple[float, float] | None = None
    """Begin and end of the last outage in Unix seconds, or None."""
    close_codes: tuple[tuple[int, int], ...] = ()
    """Discord's close codes, each with its count; most lost connections have none."""


class ConnectionSnapshot(NamedTuple):
    """The connection to Discord; None means unknown (no gateway, cache or intent), never zero."""

    shards: tuple[ShardSnapshot, ...] | None
    """None for a bot without a gateway."""
    guilds: int | None
    members: int | None
    messages_seen: int | None
    uptime_share: float | None
    """Mean share of time that shards were connected, over the last 24 h or since the start, 0 to 1."""
    identifies_left: int | None = None
    """Identifies left today; None if the bot has not queried it."""
    identifies_total: int | None = None
    """Identifies allowed per day."""
