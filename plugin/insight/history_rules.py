"""Rules that need history: new and regressed errors, memory growth, updates, lost instances."""

from __future__ import annotations

from collections.abc import Iterator

from plugin.costs import MEGABYTE
from plugin.insight.scales import CRITICAL, UNKNOWN, WARNING
from plugin.insight.vitals import read_vitals
from plugin.model import Finding, InstanceSeen, Place, Subject, SubjectKind
from plugin.model.past import ErrorReview, ErrorState, Fleet, InstanceState, MemoryGrowth, PastHealth
from plugin.words import failure_in, lasting

ERROR_RULES = {ErrorState.NEW: "new_error", ErrorState.REGRESSED: "regressed_error"}
UPDATE_RULES = ("failing_more", "slower", "failing_less", "faster")
HISTORY_RULES = frozenset({*ERROR_RULES.values(), *UPDATE_RULES, "memory_growth", "instance_lost"})


def history_findings(past: PastHealth) -> Iterator[Finding]:
    """Current findings of all rules that need history."""
    if past.release is not None:
        yield from past.release.findings
    for error in past.errors:
        if error.state in ERROR_RULES:
            yield _error(error)
    if past.growth is not None:
        yield _growth(past.growth)
    yield from (finding for finding in lost_instances(past.fleet) if finding.severity is CRITICAL)


def _error(error: ErrorReview) -> Finding:
    what = failure_in(error.type, error.place)
    word = "new error" if error.state is ErrorState.NEW else "error is back"
    commands = f" ({', '.join(error.commands[:2])})" if error.commands else ""
    return Finding(
        ERROR_RULES[error.state],
        Subject(SubjectKind.ERROR, f"{what.partition(':')[0]}{_function(error.place)}"),
        WARNING,
        f"{word}: {what}{commands}",
        error.first_seen if error.state is ErrorState.NEW else error.last_seen,
        error.last_seen,
        value=error.occurrences,
        look_at="/health",
        everywhere=True,
    )


def _function(place: Place | None) -> str:
    """Without the line, which moves with every release."""
    return f" ({place.function})" if place is not None else ""


def _growth(growth: MemoryGrowth) -> Finding:
    return Finding(
        "memory_growth",
        Subject(SubjectKind.MEASURE, "memory_bytes"),
        WARNING if growth.crossings else UNKNOWN,
        growth.sentences,
        growth.trend.since,
        value=growth.trend.slope * 86_400 / MEGABYTE,
        unit="MB",
        look_at="/health",
    )


def lost_instances(fleet: Fleet) -> Iterator[Finding]:
    """A finding about each instance that ended without a clean shutdown; a warning where others run its shards."""
    for health in fleet.instances:
        if health.life is InstanceState.DEAD:
            seen = health.seen
            yield Finding(
                "instance_lost",
                Subject(SubjectKind.INSTANCE, seen.name),
                health.severity,
                f"{seen.name} {_how(seen)} after {lasting(max(0.0, seen.last_seen - seen.started))}",
                seen.last_seen,
                look_at="/health",
                everywhere=True,
            )


def _how(seen: InstanceSeen) -> str:
    if read_vitals(seen.status).blocked:
        return "fell silent with its event loop blocked"
    return "stopped without a goodbye"
