"""The report of a period, concluded from reviews and findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from plugin.insight.availability import Downtime, inside_s
from plugin.insight.history_rules import ERROR_RULES, UPDATE_RULES
from plugin.insight.own_releases import OWN_CHANGE
from plugin.insight.scales import CRITICAL, WARNING, WELL
from plugin.insight.updates import Deployment
from plugin.model import Change, ChangeVerdict, CommandTotals, Finding, FindingKept, Outcome, Scope, Spans
from plugin.model.command_reviews import CommandReview, CommandsReview
from plugin.model.past import Availability, ErrorReview, ErrorState, SpanReview
from plugin.model.report import (
    FailingCommand,
    Failures,
    ReleaseChange,
    Report,
    ReportedIncident,
    SlowerCommand,
    Usage,
)
from plugin.words import unresolved

MOST_COMMANDS = 5
MOST_GROUPS = 5
MOST_INCIDENTS = 10
MOST_RELEASES = 5
MOST_FIRST = 3

WHATS = ("average", "median", "p95", "p99")
"""The numbers of `CommandReview.changes` in the list of the slowest."""
MOST_TELLING = ("p95", "median", "average", "p99")

RELEASE_RULES = frozenset({*UPDATE_RULES, OWN_CHANGE})
"""Rules whose findings the report shows below a release."""
SHOWN_ELSEWHERE = RELEASE_RULES | {*ERROR_RULES.values(), "unclean_shutdown", "instance_lost"}
"""Rules whose findings are no incidents: releases, errors and downtimes are shown from more exact records."""
NEW = (ErrorState.NEW, ErrorState.REGRESSED, ErrorState.FIRST_SEEN)

UNCLEAN = "down after an unclean shutdown"
STOPPED = "stopped, not started since"


class ReportRows(NamedTuple):
    """Everything that a report is concluded from."""

    scope: Scope
    review: SpanReview
    commands: CommandsReview
    before: Sequence[CommandTotals] | None
    """Commands of the previous period; None if history does not cover it."""
    errors: Sequence[ErrorReview]
    findings: Sequence[FindingKept]
    """Those that were open at any time of the period."""
    lost: Sequence[Finding]
    """Instances that were lost at the end of the period."""
    downtimes: Sequence[Downtime]
    availability: Availability | None
    deployments: Sequence[Deployment]
    """Those of the period, oldest first."""
    several: bool
    """Whether there is more than one instance, so that incidents name theirs."""


def make_report(rows: ReportRows) -> Report:
    """The report; lists are bounded, and say how many entries were left out."""
    spans = rows.review.spans
    incidents = _incidents(rows, spans)
    releases = [_release(one, rows.findings) for one in rows.deployments]
    return Report(
        rows.scope.bot,
        rows.scope.instance,
        rows.review,
        _usage(rows.commands),
        _slower(rows.commands)[:MOST_COMMANDS],
        _failures(rows, spans),
        tuple(incidents[:MOST_INCIDENTS]),
        max(0, len(incidents) - MOST_INCIDENTS),
        rows.availability,
        tuple(releases[-MOST_RELEASES:]),
        max(0, len(releases) - MOST_RELEASES),
        _first(chain(rows.lost, (kept.finding for kept in rows.findings)), spans),
    )


def _usage(commands: CommandsReview) -> Usage:
    grown = [one for one in commands.most_used if _rose(one.changes[0])]
    grown.sort(key=lambda one: -(one.changes[0].difference or 0))
    return Usage(commands.commands, commands.most_used[:MOST_COMMANDS], tuple(grown[:MOST_COMMANDS]))


def _rose(change: Change) -> bool:
    return change.holds and (change.difference or 0) > 0


def _slower(commands: CommandsReview) -> tuple[SlowerCommand, ...]:
    found = [slower for review in commands.slowest for slower in _slower_command(review)]
    return tuple(sorted(found, key=lambda one: -(one.change.ratio or 0)))


def _slower_command(review: CommandReview) -> Iterator[SlowerCommand]:
    worse = {
        what: change
        for what, change in zip(WHATS, review.changes, strict=True)
        if change.verdict is ChangeVerdict.WORSE
    }
    what = next((what for what in MOST_TELLING if what in worse), None)
    if what is not None:
        yield SlowerCommand(review.key, what, worse[what], review.deferred)


def _failures(rows: ReportRows, spans: Spans) -> Failures:
    # Where history began in the period, every error is seen for the first time, which says nothing.
    new_states = NEW if spans.since is not None and spans.since < spans.start else NEW[:2]
    present = [error for error in rows.errors if error.state is not ErrorState.GONE]
    new = [error for error in present if error.state in new_states]
    frequent = sorted((error for error in present if error not in new), key=lambda error: -error.occurrences)
    rising = [
        FailingCommand(review.key, review.changes[0])
        for review in rows.commands.most_errors
        if review.changes[0].verdict is ChangeVerdict.WORSE
    ]
    rising.sort(key=lambda one: -(one.change.difference or 0))
    before = None if rows.before is None else sum(command.outcomes[Outcome.ERROR] for command in rows.before)
    return Failures(
        rows.commands.outcomes[Outcome.ERROR],
        before,
        tuple(rising[:MOST_COMMANDS]),
        tuple(new[:MOST_GROUPS]),
        tuple(frequent[:MOST_GROUPS]),
        max(0, len(new) - MOST_GROUPS) + max(0, len(frequent) - MOST_GROUPS),
    )


def _incidents(rows: ReportRows, spans: Spans) -> list[ReportedIncident]:
    found = [*_of_findings(rows, spans), *_of_downtimes(rows, spans)]
    return sorted(found, key=lambda one: (-one.severity, -one.seconds, one.begin))


def _of_findings(rows: ReportRows, spans: Spans) -> Iterator[ReportedIncident]:
    for finding, instance in rows.findings:
        if finding.severity <= WELL or finding.rule in SHOWN_ELSEWHERE:
            continue
        seconds = max(0.0, _end(finding, spans) - max(finding.since, spans.start))
        end = None if _goes_on(finding, spans) else finding.until
        named = instance or "" if rows.several else ""
        yield ReportedIncident(finding.severity, finding.since, end, seconds, unresolved(finding.sentence), named)


def _of_downtimes(rows: ReportRows, spans: Spans) -> Iterator[ReportedIncident]:
    for down in rows.downtimes:
        if not down.unclean and down.end is not None:  # a restart
            continue
        status = f"; last status: {down.status}" if down.unclean and down.status else ""
        yield ReportedIncident(
            CRITICAL if down.unclean else WARNING,
            down.start,
            down.end,
            inside_s(down, spans.start, spans.end),
            f"{UNCLEAN}{status}" if down.unclean else STOPPED,
            down.instance if rows.several else "",
        )


def _end(finding: Finding, spans: Spans) -> float:
    return spans.end if finding.until is None else min(finding.until, spans.end)


def _goes_on(finding: Finding, spans: Spans) -> bool:
    return finding.until is None or finding.until > spans.end


def _release(deployed: Deployment, findings: Iterable[FindingKept]) -> ReleaseChange:
    mine = [
        kept.finding
        for kept in findings
        if kept.finding.rule in RELEASE_RULES and int(kept.finding.since) // 60 == int(deployed.at) // 60
    ]
    mine.sort(key=lambda finding: -finding.severity)
    return ReleaseChange(deployed.at, deployed.release, deployed.before, tuple(mine[:MOST_COMMANDS]))


def _first(findings: Iterable[Finding], spans: Spans) -> tuple[Finding, ...]:
    """The worst finding of each rule: those that go on before those that are over, then the longest first."""

    def gravity(finding: Finding) -> tuple[bool, int, float]:
        return not _goes_on(finding, spans), -finding.severity, finding.since - _end(finding, spans)

    worst: dict[str, Finding] = {}
    for finding in sorted(findings, key=gravity):
        if finding.severity > WELL:
            worst.setdefault(finding.rule, finding)
    return tuple(worst.values())[:MOST_FIRST]
