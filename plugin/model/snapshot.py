"""All that is known of a bot at one moment, and the monitor's own state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from plugin.model.commands import CommandSnapshot
from plugin.model.discord import ConnectionSnapshot, RestSnapshot
from plugin.model.findings import Finding
from plugin.model.heartbeat import HeartbeatState
from plugin.model.process import LoopSnapshot, Sample
from plugin.model.stages import InteractionSnapshot
from plugin.model.tasks import BackgroundSnapshot
from plugin.model.voice import VoiceSnapshot


class Death(NamedTuple):
    """The end of a process that said no goodbye to history: what ended it is not known."""

    last_seen: float
    """Unix time in seconds of its last sign of life."""
    back: float
    """Unix time in seconds at which the next process started."""
    words: str
    """What it last said about itself."""
    memory_share: float | None
    """How much of all memory there is it had then, 0 to 1; None where that is not known."""
    number: int
    """How many deaths there were in the last days, this one included."""


class HistoryState(NamedTuple):
    """How it stands with what is kept in a database."""

    where: str
    """Its path, or its address without password."""
    instance: str
    release: str
    failing_since: float | None
    """Unix time in seconds since which nothing could be written; None while all is well."""
    problem: str | None
    """Why, in one line that says what to do."""
    waiting: int
    """How many minutes wait to be written."""
    merged_batches: int
    """How many minutes were added to a neighbour because too much waited: they are kept, but not when they were."""
    warnings: tuple[str, ...] = ()
    """What somebody should look at although history is kept."""
    hint: str | None = None
    """How to go on with the past of another instance, where this one has none."""
    death: Death | None = None
    """How the instance last died; None where it did not within some days."""


class MonitorCost(NamedTuple):
    """What the monitor itself costs."""

    processor_ns: Mapping[str, int]
    """Processor time by part; what each invocation adds is in none."""
    elapsed_ns: int
    """Since when it is counted."""
    memory_bytes: int
    """Resident memory, about: measured while it was loaded, as usual for what came later, and its records."""
    records_bytes: int
    """The part of it that commands and samples take, an estimate."""
    queues: Mapping[str, tuple[int, int]]
    """How much is in each, and how much may be."""
    command_us: tuple[int, int] | None = None
    """Processor time added to a command that does nothing and to one that answers, as this release was measured."""


@dataclass(frozen=True, slots=True)
class MonitorState:
    """The monitor's own state."""

    faults: Mapping[str, int]
    """Contained faults of the monitor by the instrument they happened in."""
    dropped: Mapping[str, int]
    """What was not kept because a bound was reached, by what."""
    switched_off: Mapping[str, str]
    """Instruments that are off, each with the reason."""
    history: HistoryState | None = None
    """None where no history is kept."""
    heartbeat: HeartbeatState | None = None
    """None where none is sent."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that is known of a bot at one moment."""

    at: float
    """Unix time in seconds."""
    uptime_s: float
    """Seconds since the bot started, or since loading if the start was not seen."""
    commands: tuple[CommandSnapshot, ...]
    """Every command that the bot has or had, invoked or not."""
    cogs: tuple[str, ...]
    """Loaded cogs, those without commands included."""
    samples: tuple[Sample, ...]
    """The samples of the last hours, oldest first; the last one is the newest."""
    connection: ConnectionSnapshot
    """As of now, not of the last sample."""
    findings: tuple[Finding, ...]
    """Those that stand, as of the last check."""
    monitor: MonitorState
    rest: RestSnapshot | None = None
    """None where REST calls are not watched."""
    background: BackgroundSnapshot | None = None
    """None where it is not watched."""
    loop: LoopSnapshot | None = None
    """None where the event loop is not watched."""
    cost: MonitorCost | None = None
    """Of the monitor itself; None where it is not counted."""
    interactions: tuple[InteractionSnapshot, ...] = ()
    """Those that call no command, by handler, most first; none where stages are not watched."""
    voice: VoiceSnapshot | None = None
    """None where voice is not watched."""
    recent: Sequence[float] = ()
    """How the latest invocations of all commands together ended, as `CommandSnapshot.recent`."""
