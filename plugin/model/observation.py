"""The values that measures are read from, at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from plugin.model.discord import ConnectionSnapshot, RestSnapshot
from plugin.model.process import NO_SAMPLE, Sample
from plugin.model.tasks import BackgroundSnapshot

NO_CONNECTION = ConnectionSnapshot(None, None, None, None, None)
NOTHING: Mapping[str, float] = MappingProxyType({})


class LoopCounts(NamedTuple):
    """Counts of the event loop since the start."""

    blocks: int
    """Blocks that were longer than the setting allows."""
    blocked_ns: int
    pauses: int
    """How often the whole process was suspended."""
    paused_ns: int


class Observation(NamedTuple):
    """The newest sample, the connection, and counts since the start; None and missing keys mean unknown."""

    sample: Sample = NO_SAMPLE
    connection: ConnectionSnapshot = NO_CONNECTION
    in_flight: int | None = None
    """Invocations that have begun and not ended."""
    rest: RestSnapshot | None = None
    loop: LoopCounts | None = None
    background: BackgroundSnapshot | None = None
    misses: Mapping[str, float] = NOTHING
    """Missed deadlines by kind: `late`, `rejected`, `unanswered`."""
    interactions: Mapping[str, float] = NOTHING
    """Interactions that have ended, by kind."""
    cached: Mapping[str, float] = NOTHING
    """Entries of hikari's cache by kind."""
    collections: Mapping[str, float] = NOTHING
    """Runs of Python's garbage collector by generation."""
    processor_ns: Mapping[str, float] = NOTHING
    """Processor time of the monitor by part, in nanoseconds."""
    faults: Mapping[str, float] = NOTHING
    """Errors of the monitor by part."""
    dropped: Mapping[str, float] = NOTHING
    """Records that were dropped because a bound was reached, by kind."""
