"""Rules about the process: shards that are away, an unclean shutdown, and the monitor's own errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from plugin.insight.rule import Look, Rule, alone
from plugin.insight.scales import CRITICAL, WARNING, is_lately
from plugin.model import Finding, Snapshot, Subject, SubjectKind
from plugin.words import lasting, rough_span

CRASH_LOOP, CRASH_LOOP_ENDS_S = 3, 3600
"""So many unclean shutdowns within an hour are critical, until the bot has run for an hour."""
DEATH_LOOKED_AT_S = 86_400
"""For this long after the next start a page warns of an unclean shutdown, so that it is seen after a night."""


BLIP_S = 10.0
"""Shorter outages are normal, since Discord regularly asks bots to reconnect."""


def _away(look: Look) -> Iterator[Finding]:
    shards, at = look.snapshot.connection.shards or (), look.snapshot.at
    for shard in shards:
        lost, back = (shard.away_since, None) if not shard.connected else (shard.last_outage or (None, None))
        if shard.connected and (lost is None or back is None or not is_lately(back, at) or back - lost < BLIP_S):
            continue
        yield Finding(
            "shard_disconnected",
            Subject(SubjectKind.SHARD, str(shard.id)),
            CRITICAL,
            f"shard {shard.id} is not connected" if back is None else f"shard {shard.id} was not connected",
            at if lost is None else lost,
            back,
            evidence=(("shards", len(shards)),),
            look_at="/performance",
        )


def _away_summary(findings: Sequence[Finding], _: float) -> str:
    shards = findings[0].evidence[0][1]
    return f"{len(findings)} of {shards:.0f} shards not connected"


def _death(look: Look) -> Iterator[Finding]:
    history = look.snapshot.monitor.history
    death = None if history is None else history.death
    if history is not None and death is not None and look.snapshot.at - death.back <= DEATH_LOOKED_AT_S:
        loops = death.at_once >= CRASH_LOOP and look.snapshot.at - death.back <= CRASH_LOOP_ENDS_S
        what = f"{death.at_once} unclean shutdowns within an hour" if loops else "unclean shutdown"
        yield Finding(
            "unclean_shutdown",
            Subject(SubjectKind.INSTANCE, history.instance),
            CRITICAL if loops else WARNING,
            f"{what}, down for up to {lasting(death.back - death.last_seen)}",
            death.last_seen,
            death.back,
            evidence=(("in 7 d", death.number),),
            look_at="/health",
        )


def _death_summary(findings: Sequence[Finding], at: float) -> str:
    (death,) = findings
    number = death.evidence[0][1]
    often = f"{number:.0f} in 7 d, " if number > 1 else ""
    ago = rough_span(max(0.0, at - death.since))
    away = lasting((death.until or at) - death.since)
    return f"unclean shutdown {ago} ago ({often}down for up to {away})"


def _errors(look: Look) -> Iterator[Finding]:
    number = sum(look.snapshot.monitor.faults.values())
    if number:
        sentence = f"{number} monitor {'error' if number == 1 else 'errors'}"
        yield _of_monitor("monitor_errors", sentence, look.snapshot, look.snapshot.monitor.faults)


def _dropped(look: Look) -> Iterator[Finding]:
    number = sum(look.snapshot.monitor.dropped.values())
    if number:
        sentence = f"the monitor dropped {number} {'record' if number == 1 else 'records'}"
        yield _of_monitor("monitor_dropped", sentence, look.snapshot, look.snapshot.monitor.dropped)


def _of_monitor(rule: str, sentence: str, snapshot: Snapshot, counts: Mapping[str, int]) -> Finding:
    subject, number = Subject(SubjectKind.MONITOR), sum(counts.values())
    evidence = tuple((part, float(count)) for part, count in counts.items())
    return Finding(rule, subject, WARNING, sentence, snapshot.at, value=number, evidence=evidence, look_at="/health")


SHARD_RULES = (Rule("shard_disconnected", _away, _away_summary, state=True, numbers_only=True),)
DEATH_RULES = (Rule("unclean_shutdown", _death, _death_summary),)
MONITOR_RULES = (
    Rule("monitor_errors", _errors, alone, counts=True),
    Rule("monitor_dropped", _dropped, alone, counts=True),
)
