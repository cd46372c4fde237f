"""Query history for a report."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.corridor.bot_history import Happened, span_review
from plugin.corridor.command_history import commands_review
from plugin.corridor.last_update import Window, error_span
from plugin.corridor.look_back import HistorySource, LookBack, PageContext, look_back
from plugin.corridor.periods import MINUTE_S, block_step_s, spans
from plugin.history.findings import MOST_FINDINGS
from plugin.history.store import Store
from plugin.insight.availability import InstanceProcesses, Watch, availability, state_at, watch
from plugin.insight.errors import Since, Span, review_errors
from plugin.insight.fleet import judge_fleet
from plugin.insight.history_rules import lost_instances
from plugin.insight.outages import outages
from plugin.insight.report import ReportRows, make_report
from plugin.insight.scales import CRITICAL, Scales
from plugin.insight.updates import deployments
from plugin.measures import REPORTED
from plugin.model import CommandTotals, Finding, FindingKept, HistoryAnswer, InstanceSeen, Outcome, Scope, Spans
from plugin.model.past import ErrorReview
from plugin.model.report import Report

MOST_COMPARED = 100
"""Commands of each list that are compared with the previous period."""
MOST_INSTANCES = 50
CONNECTED = "connected_share"

Watched = Sequence[tuple[InstanceProcesses, Watch]]


async def report(
    past: HistorySource, back: LookBack, context: PageContext, patience_s: float | None = None
) -> HistoryAnswer[Report]:
    """What a bot did over a period that ends at `back.now`, beside the previous one.

    `context.now` is the present, and `patience_s` how long the reader waits; None for as long as it takes.
    """

    async def question(store: Store, scope: Scope) -> Report:
        asked = await spans(store, scope, back)
        over, rounded_s = await _rounded(store, scope, asked)
        instances = await store.fleet.instances(scope.bot, context.now)
        watched = await _watched(store, scope, over, instances, context)
        if scope.instance is None:
            over = over._replace(instances=len(watched))
        return make_report(await _rows(store, scope, over, instances, watched, context))._replace(rounded_s=rounded_s)

    return await look_back(past, back.fleet, question, patience_s)


async def _rounded(store: Store, scope: Scope, asked: Spans) -> tuple[Spans, int]:
    """The period as history can count it, and the seconds of the rows to which it was rounded; 0 if it was not."""
    steps_s = [(await store.reading.activity(scope, at, at, MINUTE_S)).step_s for at in (asked.start, asked.end)]
    start, end = (at - at % step_s for at, step_s in zip((asked.start, asked.end), steps_s, strict=True))
    if (start, end) == (asked.start, asked.end) or start >= end:
        return asked, 0
    before = None if asked.before is None else 2 * start - end
    return asked._replace(start=start, end=end, before=before), int(max(steps_s))


async def _rows(
    store: Store, scope: Scope, over: Spans, instances: Sequence[InstanceSeen], watched: Watched, context: PageContext
) -> ReportRows:
    findings = await store.reading.findings(scope, over.start, over.end, MOST_FINDINGS)
    starts = await store.fleet.starts(scope.bot, now=context.now)
    happened = Happened(starts, outages(findings, over))
    scale = Scales.of(context.settings).measured[CONNECTED]
    before = None if over.before is None else await store.reading.totals(scope, over.before, over.start)
    mine = [seen for seen in instances if scope.instance in (None, seen.name)]
    return ReportRows(
        scope,
        await span_review(store, scope, over, happened, context, REPORTED),
        await commands_review(store, scope, over, MOST_COMPARED, context.settings),
        before,
        await _errors(store, scope, over),
        _since_known(findings, over),
        _lost(mine, over, context),
        [down for _, one in watched for down in one.downtimes],
        availability(watched, over.start, over.end, scale),
        [one for one in deployments(starts) if over.start <= one.at < over.end],
        len(watched) > 1,
    )


def _since_known(findings: Sequence[FindingKept], over: Spans) -> list[FindingKept]:
    return [kept for kept in findings if kept.finding.until is None or kept.finding.until >= over.start]


async def _errors(store: Store, scope: Scope, over: Spans) -> Sequence[ErrorReview]:
    """The errors of the period beside those of the previous one; what was first seen in the period may be new."""
    activity = await store.reading.activity(scope, over.start, over.end, block_step_s(over))
    earlier = await store.reading.totals(scope, min(over.since or over.start, over.start), over.start)
    before = Span(0, ())
    if over.before is not None:
        before = await error_span(store, Window(scope, over.before, over.start))
    after = await error_span(store, Window(scope, over.start, over.end))
    since = Since(float(over.start), False, _ran(earlier), activity)
    return review_errors(before, after, since)


def _ran(totals: Sequence[CommandTotals]) -> int:
    return sum(command.outcomes[Outcome.OK] + command.outcomes[Outcome.ERROR] for command in totals)


def _lost(instances: Sequence[InstanceSeen], over: Spans, context: PageContext) -> list[Finding]:
    """Findings about instances that were lost in the period, or before it without others to run their shards."""
    found = lost_instances(judge_fleet(instances, context.now, _beat_s(context)))
    known = (one for one in found if one.since < over.end)
    return [one for one in known if one.since >= over.start or one.severity is CRITICAL]


def _beat_s(context: PageContext) -> float:
    return max(MINUTE_S, context.settings.flush_interval_s)


async def _watched(
    store: Store, scope: Scope, over: Spans, instances: Sequence[InstanceSeen], context: PageContext
) -> Watched:
    """The instances of the scope that should have run in the period."""
    newest = {seen.name: seen for seen in reversed(instances)}  # processes of one name are one instance
    lives = [await _life(store, scope.bot, over, seen, context) for seen in [*newest.values()][-MOST_INSTANCES:]]
    known = [life for life in lives if life is not None]
    mine = [life for life in known if scope.instance in (None, life.name)]
    watched = [watch(life, known, over.start, over.end, context.settings.flush_interval_s) for life in mine]
    return [(life, one) for life, one in zip(mine, watched, strict=True) if one is not None]


async def _life(
    store: Store, bot: int, over: Spans, seen: InstanceSeen, context: PageContext
) -> InstanceProcesses | None:
    boots = [boot for boot in await store.fleet.boots(bot, seen.name, context.now) if boot.started < over.end]
    if not boots:
        return None
    connected = await store.reading.values(Scope(bot, seen.name), over.start, over.end, CONNECTED)
    state = state_at(boots, over.end, context.now, _beat_s(context))
    return InstanceProcesses(seen.name, seen.shards, boots, connected, state)
