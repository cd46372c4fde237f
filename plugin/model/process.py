"""The process at one moment."""

from __future__ import annotations

import enum
from typing import NamedTuple

from plugin.model.foundation import Place


class Throttled(NamedTuple):
    """How often, and for how long in all, a CPU quota has kept the process from running since the first look."""

    times: int
    seconds: float


class ResourceSample(NamedTuple):
    """One look at the process."""

    rss_bytes: int | None
    """Resident memory; None where the process cannot be looked at."""
    memory_share: float | None
    """Resident memory as a share of what the machine (or its container) has, 0 to 1."""
    cpu_share: float | None
    """CPU time used since the look before, as a share of one core (2.0 is two full cores); None at the first look."""
    threads: int | None
    open_files: int | None
    """Open file descriptors, sockets included (handles on Windows)."""
    throttled: Throttled | None = None
    """By the CPU quota of its container; None where there is no telling."""


class Holding(enum.Enum):
    """How something held the event loop."""

    WAITING = "waiting"
    """In a call that waited, such as `time.sleep` or a query, while other threads could run."""
    COMPUTING = "computing"
    """In a computation during which other threads could run now and then: mostly Python code."""
    LOCKING = "locking"
    """In C code that kept Python's lock to itself, such as a regular expression."""
    CROWDING = "crowding"
    """In many short steps, one after another; none of them held it for long."""
    KEEPING_OUT = "keeping out"
    """In another thread, in C code that kept Python's lock to itself."""


class LoopBlock(NamedTuple):
    """Times at which the same thing held the event loop for longer than the setting allows."""

    what: str
    """What ran: a command such as `/shop buy`, `task refresh prices`, `callback on_tick`; empty where unknown."""
    place: Place | None
    """The innermost line of the bot's own code, with the line of the longest time; None where unknown."""
    call: str
    """What that line called, such as `time.sleep`; empty where it called nothing, or where it cannot be told."""
    holding: Holding
    count: int  # pyright: ignore[reportIncompatibleMethodOverride] # a tuple's own is of no use here
    total_ns: int
    longest_ns: int
    first_seen: float
    """Unix time in seconds."""
    last_seen: float
    """Unix time in seconds."""


class LoopLag(NamedTuple):
    """How late the event loop came to what was due, over a span of time; looked at ten times a second."""

    p50_ns: int
    p99_ns: int
    longest_ns: int


class LoopSnapshot(NamedTuple):
    """What is known of the event loop."""

    lag: LoopLag | None
    """Since the start; None before the first look."""
    recent: LoopLag | None
    """Over the last sample's interval, or since the start before the first sample."""
    blocks: tuple[LoopBlock, ...]
    """Last seen first; none are found where no stack can be read."""
    threshold_ns: int
    """What holds the loop longer is a block."""
    pauses: int
    """How often the whole process stood still, or hardly ran: the machine was suspended or overloaded."""
    paused_ns: int
    """For how long in all."""


class Sample(NamedTuple):
    """What the sampler saw at one moment."""

    at: float
    """Unix time in seconds."""
    resources: ResourceSample
    latency_s: float | None
    """Mean heartbeat latency of the connected shards in seconds; None where there is none."""
    guilds: int | None
    messages_seen: int | None
    outcomes: tuple[int, int, int, int]
    """Invocations of all commands since boot, indexed by `Outcome`."""
    tasks: int | None = None
    """Tasks of the bot's loop that have not ended, those of libraries included."""
    cache_entries: int | None = None
    """What hikari's cache holds of every kind together."""
    loop_lag: LoopLag | None = None
    """Of the event loop since the sample before; None where it is not watched."""
    connected: float | None = None
    """The share of the shards that were connected, or away for less than a minute, 0 to 1; None without shards."""


NO_SAMPLE = Sample(0.0, ResourceSample(None, None, None, None, None), None, None, None, (0, 0, 0, 0))
"""Before the first one was taken."""
