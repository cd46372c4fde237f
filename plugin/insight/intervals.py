"""What an interval says: the values that thresholds are held against, from one look to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import sub
from typing import NamedTuple

from plugin.insight.scales import NS_PER_MS, memory_limit_bytes, memory_mb, memory_threshold_mb
from plugin.model import CommandKey, Snapshot
from plugin.settings import Settings


class Reading(NamedTuple):
    """One value over an interval."""

    rule: str
    key: CommandKey | None
    """The command it is about; None for the whole process."""
    value: float | None
    """None where the interval says nothing."""
    threshold: float
    unit: str
    firm: bool = True
    """Whether the evidence is enough to raise or clear an alert."""


class Counters(NamedTuple):
    """What a command has counted during an interval."""

    ok: int
    errors: int
    answers: int
    answers_ns: int
    deferred: int
    deferred_ns: int


NOTHING = Counters(0, 0, 0, 0, 0, 0)


class Intervals:
    """Remembers the counters of the look before, and so knows what each interval added."""

    def __init__(self) -> None:
        self._before: dict[CommandKey, Counters] | None = None

    def read(self, now: float, snapshot: Snapshot, settings: Settings) -> Iterator[Reading]:
        """The values of the interval that ends now, in Unix seconds; a command that was not invoked has none.

        The first look, and one at which a counter went backwards, are a fresh start: they say nothing of commands.
        """
        yield _memory(snapshot, settings)
        yield _cpu(now, snapshot, settings)
        added = self._added(snapshot)
        yield _error_rate(None, _sum(added), settings)
        for key, counters in added.items():
            yield _error_rate(key, counters, settings)
            yield from _answers(key, counters, settings)

    def _added(self, snapshot: Snapshot) -> dict[CommandKey, Counters]:
        before = self._before
        now = {
            key: Counters(outcomes[0], outcomes[2], *answers[:2], *deferred[:2])
            for key, outcomes, _, answers, deferred, *_ in snapshot.commands
        }
        self._before = now
        if before is None:
            return {}
        added: dict[CommandKey, Counters] = {}
        for key, counters in now.items():
            known = before.get(key, NOTHING)
            if counters != known:  # most commands are not invoked in most intervals
                added[key] = Counters(*map(sub, counters, known))
        if any(min(counters) < 0 for counters in added.values()):
            return {}
        return {key: counters for key, counters in added.items() if any(counters)}


def _sum(added: Mapping[CommandKey, Counters]) -> Counters:
    return Counters(*map(sum, zip(NOTHING, *added.values(), strict=True)))


def _memory(snapshot: Snapshot, settings: Settings) -> Reading:
    return Reading(
        "memory", None, memory_mb(snapshot), memory_threshold_mb(settings, memory_limit_bytes(snapshot)), "MB"
    )


def _cpu(now: float, snapshot: Snapshot, settings: Settings) -> Reading:
    # Where samples are as rare as looks, the newest may be a little older than the interval.
    recent = [sample for sample in snapshot.samples if sample.at > now - settings.judge_interval_s]
    shares = [sample.resources.cpu_share for sample in recent or snapshot.samples[-1:]]
    known = [share for share in shares if share is not None]
    value = round(100 * sum(known) / len(known), 9) if known else None
    return Reading("cpu", None, value, settings.cpu_threshold_percent, "%")


def _error_rate(key: CommandKey | None, counters: Counters, settings: Settings) -> Reading:
    judged = counters.ok + counters.errors
    value = 100 * counters.errors / judged if judged else None
    firm = judged >= settings.minimum_invocations
    return Reading("error_rate", key, value, settings.error_rate_threshold_percent, "%", firm)


def _answers(key: CommandKey, counters: Counters, settings: Settings) -> Iterator[Reading]:
    for rule, number, total_ns, threshold_ms in (
        ("slow_command", counters.answers, counters.answers_ns, settings.slow_command_threshold_ms),
        ("slow_deferred_answer", counters.deferred, counters.deferred_ns, settings.deferred_answer_threshold_ms),
    ):
        if number:
            firm = number >= settings.minimum_invocations
            yield Reading(rule, key, total_ns / number / NS_PER_MS, threshold_ms, "ms", firm)
