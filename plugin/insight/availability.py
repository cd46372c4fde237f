"""The share of a period in which a bot was there for its users: a process ran, and its shards were connected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from plugin.insight.absences import absences, is_silent
from plugin.insight.scales import Threshold
from plugin.model import BootSeen, SeriesDelta
from plugin.model.past import Availability, InstanceState


class InstanceProcesses(NamedTuple):
    """History of one instance until the end of a period."""

    name: str
    shards: Sequence[int]
    """Those of its last heartbeat."""
    boots: Sequence[BootSeen]
    """At least one."""
    connected: SeriesDelta | None
    """Samples of `connected_share` in the period."""
    state: InstanceState
    """At the end of the period."""

    @property
    def last(self) -> BootSeen:
        """Its last process."""
        return max(self.boots, key=lambda boot: boot.last_seen)


def state_at(boots: Sequence[BootSeen], end: float, now: float, beat_s: float) -> InstanceState:
    """The state of an instance at a time until now, by its processes until then."""
    last = max(boots, key=lambda boot: boot.last_seen)
    if last.last_seen >= end:
        return InstanceState.RUNS
    if last.left is not None:
        return InstanceState.LEFT
    return InstanceState.DEAD if is_silent(last.last_seen, min(end, now), beat_s) else InstanceState.RUNS


class Downtime(NamedTuple):
    """A time without a process of an instance."""

    instance: str
    start: float
    """Unix time in seconds; after an unclean shutdown, half a heartbeat after the last one."""
    end: float | None
    """Unix time in seconds; None if it lasted beyond the period."""
    unclean: bool
    status: str
    """The last status before it."""


class Watch(NamedTuple):
    """The span of time in which an instance should have run, and when it did not; in Unix seconds."""

    start: float
    end: float
    downtimes: tuple[Downtime, ...]

    @property
    def seconds(self) -> float:
        """Its length."""
        return max(0.0, self.end - self.start)

    def without_process_s(self, unclean: bool) -> float:
        """The time without a process after unclean, or after clean, shutdowns."""
        return sum(inside_s(one, self.start, self.end) for one in self.downtimes if one.unclean is unclean)


def inside_s(down: Downtime, start: float, end: float) -> float:
    """The part of a downtime that lies between two times."""
    return max(0.0, min(end if down.end is None else down.end, end) - max(down.start, start))


def watch(
    life: InstanceProcesses, lives: Sequence[InstanceProcesses], start: float, end: float, beat_s: float
) -> Watch | None:
    """One of the instances from `start` to `end`, with a heartbeat every `beat_s` seconds; None if it was not needed.

    It counts from its first known start on, and until it was replaced.
    """
    until = _replaced(life, lives)
    begin, over = max(start, min(boot.started for boot in life.boots)), end if until is None else min(end, until)
    found = [
        one for one in _downtimes(life, until, beat_s) if one.start < over and (one.end is None or one.end > begin)
    ]
    return Watch(begin, over, tuple(found)) if begin < over else None


def _downtimes(life: InstanceProcesses, replaced: float | None, beat_s: float) -> Iterator[Downtime]:
    for absence in absences(life.boots):
        begun = absence.likely_start(beat_s)
        yield Downtime(life.name, begun, absence.end, absence.is_death, absence.ended.status)
    last = life.last
    if life.state is not InstanceState.RUNS:
        begun = last.last_seen + (beat_s / 2 if last.left is None else 0)
        yield Downtime(life.name, begun, replaced, last.left is None, last.status)


def _replaced(life: InstanceProcesses, lives: Sequence[InstanceProcesses]) -> float | None:
    """Unix time in seconds from which an instance was not needed; None if it runs, or nothing has replaced it.

    That is when others ran all of its shards. One that shut down cleanly, and whose shards nobody runs, is not needed
    if another instance outlived it.
    """
    if life.state is InstanceState.RUNS:
        return None
    ended = life.last.last_seen
    others = [other for other in lives if other.name != life.name]
    begins = [_run_from(shard, others, ended) for shard in life.shards]
    known = [begin for begin in begins if begin is not None]
    if known and len(known) == len(begins):
        return max(known)
    outlived = any(other.last.last_seen > ended for other in others)
    return ended if life.state is InstanceState.LEFT and outlived else None


def _run_from(shard: int, others: Sequence[InstanceProcesses], ended: float) -> float | None:
    """Unix time in seconds of the first process after another one ended that is of an instance with its shard."""
    return min(
        (
            max(boot.started, ended)
            for other in others
            if shard in other.shards
            for boot in other.boots
            if boot.last_seen > ended
        ),
        default=None,
    )


def availability(
    watched: Sequence[tuple[InstanceProcesses, Watch]], start: float, end: float, scale: Threshold
) -> Availability | None:
    """The mean over all instances between two times; None if none of them was watched."""
    whole_s = sum(one.seconds for _, one in watched)
    if not whole_s:
        return None
    length_s = end - max(start, min(one.start for _, one in watched))
    share = length_s / whole_s
    down_s, stopped_s = (share * sum(one.without_process_s(unclean) for _, one in watched) for unclean in (True, False))
    disconnected_s = share * sum(_disconnected_s(life, one) for life, one in watched)
    percent = 100 * (1 - (down_s + stopped_s + disconnected_s) / length_s)
    budget_s = (1 - scale.target / 100) * length_s
    return Availability(scale.judge(percent), length_s, budget_s, down_s, stopped_s, disconnected_s)


def _disconnected_s(life: InstanceProcesses, watch: Watch) -> float:
    if life.connected is None or not life.connected.count:
        return 0.0
    running_s = watch.seconds - watch.without_process_s(True) - watch.without_process_s(False)
    return running_s * max(0.0, 1 - life.connected.sum / life.connected.count)
