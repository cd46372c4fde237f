"""What is wrong with the whole, in short phrases."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from operator import itemgetter

from plugin.insight.budget import deadline_phrases
from plugin.insight.commands import Trouble, error_troubles, failures, phrase, slow_troubles
from plugin.insight.discord import discord_troubles
from plugin.insight.loop import held_loop
from plugin.insight.scales import CRITICAL, LIMIT_SHARE, MEGABYTE, MEMORY, WARNING, WELL, memory_limit_bytes
from plugin.insight.tasks import background_troubles
from plugin.measures import JUDGED
from plugin.model import Health, Judged, Severity, Snapshot
from plugin.words import amount, lasting, percent, rough_span

DEATH_LOOKED_AT_S = 86_400
"""How long after the next start a death is a reason to look: until somebody has slept and read of it."""

Reason = tuple[Severity, str]


def troubles_of(health: Health, snapshot: Snapshot) -> list[Reason]:
    """Severity and phrase of all that is not well, worst first; the gravest kind first among the equally bad."""
    found = [
        *_shards(health, snapshot),
        *_death(snapshot),
        *_values(health, snapshot),
        *discord_troubles(snapshot),
        *_cogs(health),
        *_commands(health),
        *((WARNING, phrase) for phrase in deadline_phrases(snapshot.commands)),
        *background_troubles(health, snapshot.at),
        *held_loop(snapshot),
        *_monitor(snapshot),
    ]
    if snapshot.alerts and not found:
        found = [_alerts(len(snapshot.alerts))]
    return sorted(found, key=lambda reason: reason[0], reverse=True)


def _shards(health: Health, snapshot: Snapshot) -> Iterator[Reason]:
    shards = snapshot.connection.shards or ()
    away = sum(not shard.connected for shard in shards)
    if away:
        yield CRITICAL, f"{away} of {len(shards)} shards not connected"
    slow = [judged for judged in health.shards if judged.value is not None and judged.severity is CRITICAL]
    if slow and health.measured["latency_s"].severity is not CRITICAL:
        yield CRITICAL, f"{_value('worst shard latency', max(slow), 'ms')} ({len(slow)} of {len(shards)} shards)"


def _values(health: Health, snapshot: Snapshot) -> Iterator[Reason]:
    rate = health.error_rate_percent
    if rate.severity > WELL:
        yield rate.severity, f"error rate {failures(rate, health.latest)}"
    for what, judged, unit in (
        ("average answer time", health.response_ms, "ms"),
        ("average answer time after deferring", health.deferred_ms, "ms"),
        *((shown.phrase, health.measured[measure.name], shown.unit) for measure, shown, _ in JUDGED),
        ("event loop lag", health.loop_lag_ms, "ms"),
    ):
        if judged.severity > WELL:
            why = _limit(judged, snapshot) if judged is health.measured[MEMORY] else ""
            yield judged.severity, f"{_value(what, judged, unit)}{why}"


def _limit(memory_mb: Judged, snapshot: Snapshot) -> str:
    """Why memory is critical below the setting."""
    limit_bytes = memory_limit_bytes(snapshot)
    if memory_mb.severity is not CRITICAL or limit_bytes is None or memory_mb.threshold is None:
        return ""
    limited = math.isclose(memory_mb.threshold, LIMIT_SHARE * limit_bytes / MEGABYTE)
    return f" ({percent(100 * LIMIT_SHARE)} of total)" if limited else ""


def _value(what: str, judged: Judged, unit: str) -> str:
    critical = judged.severity is CRITICAL
    bound = (judged.threshold if critical else judged.target) or 0
    value = amount(judged.value or 0, unit, beside=bound)
    return f"{what} {value}, {'limit' if critical else 'target'} {amount(bound, unit)}"


def _cogs(health: Health) -> Iterator[Reason]:
    critical = [cog for cog in health.cogs if cog.severity is CRITICAL]
    if not critical or len(health.cogs) == 1:  # the sums of the only one are those of the whole
        return
    named = [cog for cog in critical if cog.name is not None]
    if named:
        which = f"cog {named[0].name} has" if len(named) == 1 else f"{len(named)} cogs have"
        example = "" if len(named) == 1 else f", for example {named[0].name}"
        yield WARNING, f"{which} problems{example}: {named[0].reasons[0]}"
    for cog in critical:
        if cog.name is None:
            yield WARNING, f"commands without a cog have problems: {cog.reasons[0]}"


def _commands(health: Health) -> Iterator[Reason]:
    for adjective, troubles in (
        ("failing", error_troubles(health.commands, above=WARNING)),
        ("slow", slow_troubles(health.commands, above=WARNING)),
    ):
        if troubles:
            yield WARNING, _counted(adjective, troubles)


def _counted(adjective: str, troubles: Sequence[Trouble]) -> str:
    first = phrase(max(troubles, key=itemgetter(0, 1)))
    return (
        f"{len(troubles)} {adjective} commands, worst {first}" if len(troubles) > 1 else f"{adjective} command: {first}"
    )


def _alerts(number: int) -> Reason:
    # What crossed a threshold a few minutes ago may hide in the values of the whole time.
    return WARNING, f"{number} active {'alert' if number == 1 else 'alerts'}"


def _death(snapshot: Snapshot) -> Iterator[Reason]:
    history = snapshot.monitor.history
    death = None if history is None else history.death
    if death is not None and snapshot.at - death.back <= DEATH_LOOKED_AT_S:
        number = f"{death.number} in 7 d, " if death.number > 1 else ""
        ago, away = rough_span(max(0.0, snapshot.at - death.last_seen)), lasting(death.back - death.last_seen)
        yield WARNING, f"unclean shutdown {ago} ago ({number}down for up to {away})"


def _monitor(snapshot: Snapshot) -> Iterator[Reason]:
    faults, dropped = sum(snapshot.monitor.faults.values()), sum(snapshot.monitor.dropped.values())
    if faults:
        yield WARNING, f"{faults} monitor {'error' if faults == 1 else 'errors'}"
    if dropped:
        yield WARNING, f"the monitor dropped {dropped} {'record' if dropped == 1 else 'records'}"
