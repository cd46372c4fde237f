"""The process at one moment."""

from __future__ import annotations

import enum
from typing import NamedTuple

from plugin.model.foundation import Place


class Throttled(NamedTuple):
    """How often, and for how long in total, a CPU quota has throttled the process since the first reading."""

    times: int
    seconds: float


class ResourceSample(NamedTuple):
    """One reading of the process."""

    rss_bytes: int | None
    """Resident memory; None if it cannot be read."""
    memory_share: float | None
    """Resident memory as a share of the memory of the machine or container, 0 to 1."""
    cpu_share: float | None
    """CPU time since the previous reading, as a share of one core (2.0 is two full cores); None at the first."""
    threads: int | None
    open_files: int | None
    """Open file descriptors, sockets included (handles on Windows)."""
    throttled: Throttled | None = None
    """By the CPU quota of its container; None if unknown."""


class Holding(enum.Enum):
    """How the event loop was blocked."""

    WAITING = "waiting"
    """By a call that waited, such as `time.sleep` or a query, while other threads could run."""
    COMPUTING = "computing"
    """By a computation during which other threads could run now and then: mostly Python code."""
    LOCKING = "locking"
    """By C code that held the GIL, such as a regular expression."""
    CROWDING = "crowding"
    """By many short steps in a row, none of them long."""
    KEEPING_OUT = "keeping out"
    """By C code in another thread that held the GIL."""


class LoopBlock(NamedTuple):
    """Blocks of the event loop by the same cause, each longer than the setting allows."""

    what: str
    """What was running, for example `/shop buy`, `task refresh prices`, `callback on_tick`; empty if unknown."""
    place: Place | None
    """The innermost line of the bot's own code during the longest block; None if unknown."""
    call: str
    """What that line called, for example `time.sleep`; empty if nothing or unknown."""
    holding: Holding
    count: int  # pyright: ignore[reportIncompatibleMethodOverride] # a tuple's own is of no use here
    total_ns: int
    longest_ns: int
    first_seen: float
    """Unix time in seconds."""
    last_seen: float
    """Unix time in seconds."""


class LoopLag(NamedTuple):
    """How late the event loop ran due callbacks, measured ten times a second over a span of time."""

    p50_ns: int
    p99_ns: int
    longest_ns: int


class LoopSnapshot(NamedTuple):
    """The state of the event loop."""

    lag: LoopLag | None
    """Since the start; None before the first reading."""
    recent: LoopLag | None
    """Over the last sample's interval, or since the start before the first sample."""
    blocks: tuple[LoopBlock, ...]
    """Most recently seen first; empty if stacks cannot be read."""
    threshold_ns: int
    """Longer delays are blocks."""
    pauses: int
    """How often the whole process was suspended or hardly ran, since the machine was suspended or overloaded."""
    paused_ns: int
    """Total duration of the pauses."""


class Sample(NamedTuple):
    """The process at one moment."""

    at: float
    """Unix time in seconds."""
    resources: ResourceSample
    latency_s: float | None
    """Mean heartbeat latency of the connected shards in seconds; None if there is none."""
    guilds: int | None
    messages_seen: int | None
    outcomes: tuple[int, int, int, int]
    """Invocations of all commands since boot, indexed by `Outcome`."""
    tasks: int | None = None
    """Running tasks of the bot's loop, including those of libraries."""
    cache_entries: int | None = None
    """Entries of hikari's cache, of all kinds."""
    loop_lag: LoopLag | None = None
    """Of the event loop since the previous sample; None if it is not watched."""
    connected: float | None = None
    """Share of the shards that were connected, or disconnected for less than a minute, 0 to 1; None without shards."""


NO_SAMPLE = Sample(0.0, ResourceSample(None, None, None, None, None), None, None, None, (0, 0, 0, 0))
"""The sample before the first one is taken."""
