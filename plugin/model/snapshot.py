"""The state of a bot at one moment, and the monitor's own state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from plugin.model.alerts import AlertingState
from plugin.model.commands import CommandSnapshot
from plugin.model.discord import ConnectionSnapshot, RestSnapshot
from plugin.model.findings import Finding
from plugin.model.process import LoopSnapshot, Sample
from plugin.model.sending import SendingState
from plugin.model.stages import InteractionSnapshot
from plugin.model.tasks import BackgroundSnapshot
from plugin.model.voice import VoiceSnapshot


class Death(NamedTuple):
    """An unclean shutdown, whose cause is unknown."""

    last_seen: float
    """Unix time in seconds of its last heartbeat."""
    back: float
    """Unix time in seconds at which the next process started."""
    words: str
    """Its last status."""
    memory_share: float | None
    """The share of all memory that it had then, 0 to 1; None if unknown."""
    number: int
    """Unclean shutdowns in the last days, including this one."""
    at_once: int = 1
    """Of these, the ones within an hour before the last."""


class HistoryState(NamedTuple):
    """The state of history."""

    where: str
    """Path or address of the database, without password."""
    instance: str
    release: str
    failing_since: float | None
    """Unix time in seconds since which writes have failed; None while they succeed."""
    problem: str | None
    """The cause, in one line that says what to do."""
    waiting: int
    """Minutes that wait to be written."""
    merged_batches: int
    """Minutes that were merged into a neighbour because too many waited; their counts are kept, their times are not."""
    warnings: tuple[str, ...] = ()
    """Problems to look at although history is written."""
    hint: str | None = None
    """How to continue the history of another instance, if this one has none."""
    death: Death | None = None
    """The last unclean shutdown of the instance; None if there was none in the last days."""


class MonitorCost(NamedTuple):
    """The monitor's own cost."""

    processor_ns: Mapping[str, int]
    """CPU time by part, without the cost per invocation."""
    elapsed_ns: int
    """The time over which it was counted."""
    memory_bytes: int
    """Estimated resident memory: measured at loading, the release's usual figures for later growth, and its records."""
    records_bytes: int
    """Estimated share of commands and samples in it."""
    queues: Mapping[str, tuple[int, int]]
    """Size and bound of each queue."""
    command_us: tuple[int, int] | None = None
    """CPU time added to a command that does nothing and to one that answers, as measured for this release."""


@dataclass(frozen=True, slots=True)
class MonitorState:
    """The monitor's own state."""

    faults: Mapping[str, int]
    """Contained errors of the monitor by instrument."""
    dropped: Mapping[str, int]
    """Records that were dropped because a bound was reached, by kind."""
    switched_off: Mapping[str, str]
    """Instruments that are switched off, with the reason."""
    history: HistoryState | None = None
    """None if no history is kept."""
    heartbeat: SendingState | None = None
    """None if no heartbeat is sent."""
    status_message: SendingState | None = None
    """None if there is none."""
    alerting: tuple[AlertingState, ...] = ()
    """By target; empty if alerts go nowhere."""
    reports: tuple[SendingState, ...] = ()
    """By target; empty if no reports are sent."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of a bot at one moment."""

    at: float
    """Unix time in seconds."""
    uptime_s: float
    """Seconds since the bot started, or since loading if the start was not seen."""
    commands: tuple[CommandSnapshot, ...]
    """Every command that the bot has or had, invoked or not."""
    cogs: tuple[str, ...]
    """Loaded cogs, including those without commands."""
    samples: tuple[Sample, ...]
    """Samples of the last hours, oldest first."""
    connection: ConnectionSnapshot
    """As of now, not as of the last sample."""
    findings: tuple[Finding, ...]
    """Open findings, as of the last check."""
    monitor: MonitorState
    rest: RestSnapshot | None = None
    """None if REST calls are not watched."""
    background: BackgroundSnapshot | None = None
    """None if background work is not watched."""
    loop: LoopSnapshot | None = None
    """None if the event loop is not watched."""
    cost: MonitorCost | None = None
    """The monitor's own cost; None if it is not counted."""
    interactions: tuple[InteractionSnapshot, ...] = ()
    """Interactions that call no command, by handler, most first; empty if stages are not watched."""
    voice: VoiceSnapshot | None = None
    """None if voice is not watched."""
    recent: Sequence[float] = ()
    """How the latest invocations of all commands ended, in the form of `CommandSnapshot.recent`."""
