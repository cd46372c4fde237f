"""All problems of a bot, as short phrases."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from operator import itemgetter

from plugin.costs import MEGABYTE
from plugin.insight.budget import DEADLINE_RULES
from plugin.insight.commands import Trouble, error_troubles, failures, phrase, slow_troubles
from plugin.insight.discord import DISCORD_RULES
from plugin.insight.loop import LOOP_RULES
from plugin.insight.process import DEATH_RULES, MONITOR_RULES, SHARD_RULES
from plugin.insight.rule import Look, Reason, findings_of, reasons_of
from plugin.insight.scales import CRITICAL, LIMIT_SHARE, MEMORY, WARNING, WELL, memory_limit_bytes
from plugin.insight.task_rules import TASK_RULES
from plugin.insight.voice_rules import VOICE_RULES
from plugin.measures import JUDGED
from plugin.model import Finding, Health, Judged, Snapshot
from plugin.words import amount, percent

RULES = (
    *SHARD_RULES,
    *DEATH_RULES,
    *DISCORD_RULES,
    *DEADLINE_RULES,
    *TASK_RULES,
    *LOOP_RULES,
    *MONITOR_RULES,
    *VOICE_RULES,
)
"""All rules about a judged snapshot; thresholds (`thresholds`) and history (`history_rules`) have their own."""


def kept_findings(health: Health, snapshot: Snapshot) -> tuple[Finding, ...]:
    """Current findings, in the order of `RULES`."""
    return tuple(findings_of(RULES, Look(snapshot, health)))


def troubles_of(health: Health, snapshot: Snapshot) -> list[Reason]:
    """Severity and phrase of all problems, worst first, then the most serious kind."""
    found = [
        *reasons_of(SHARD_RULES, health.findings, snapshot.at),
        *_slow_shards(health),
        *reasons_of(DEATH_RULES, health.findings, snapshot.at),
        *_values(health, snapshot),
        *reasons_of(DISCORD_RULES, health.findings, snapshot.at),
        *_cogs(health),
        *_commands(health),
        *reasons_of(
            (*DEADLINE_RULES, *TASK_RULES, *LOOP_RULES, *MONITOR_RULES, *VOICE_RULES), health.findings, snapshot.at
        ),
    ]
    standing = [finding for finding in snapshot.findings if finding.threshold is not None]
    if standing and not found:
        found = [_alerts(len(standing))]
    return sorted(found, key=lambda reason: reason[0], reverse=True)


def _slow_shards(health: Health) -> Iterator[Reason]:
    slow = [judged for judged in health.shards if judged.value is not None and judged.severity is CRITICAL]
    if slow and health.measured["latency_s"].severity is not CRITICAL:
        of = f"({len(slow)} of {len(health.shards)} shards)"
        yield CRITICAL, f"{_value('worst shard latency', max(slow), 'ms')} {of}"


def _values(health: Health, snapshot: Snapshot) -> Iterator[Reason]:
    rate = health.error_rate_percent
    if rate.severity > WELL:
        yield rate.severity, f"error rate {failures(rate, health.latest)}"
    for what, judged, unit in (
        ("average answer time", health.response_ms, "ms"),
        ("average answer time after deferring", health.deferred_ms, "ms"),
        *((shown.phrase, health.measured[measure.name], shown.unit) for measure, shown, _ in JUDGED),
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
    if len(health.cogs) == 1:  # its sums are those of the whole
        return
    critical = [cog for cog in health.cogs if cog.severity is CRITICAL]
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
    # A threshold that was crossed minutes ago may not show in values over the whole time.
    return WARNING, f"{number} active {'alert' if number == 1 else 'alerts'}"
