"""Query history for a report."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.corridor.bot_history import span_review
from plugin.corridor.command_history import commands_review
from plugin.corridor.happenings import happened_among
from plugin.corridor.last_update import Window, error_span
from plugin.corridor.look_back import HistorySource, LookBack, PageContext, look_back
from plugin.corridor.periods import MINUTE_S, block_step_s, spans
from plugin.corridor.watched_instances import CONNECTED, WatchedInstances, instances_of
from plugin.history.findings import MOST_FINDINGS
from plugin.history.store import Store
from plugin.insight.availability import availability
from plugin.insight.errors import Since, Span, review_errors
from plugin.insight.outages import ended
from plugin.insight.report import ReportRows, make_report
from plugin.insight.scales import Scales
from plugin.insight.updates import deployments
from plugin.measures import REPORTED
from plugin.model import CommandTotals, HistoryAnswer, Outcome, Scope, Spans
from plugin.model.past import ErrorReview
from plugin.model.report import Report

MOST_COMPARED = 100
"""Commands of each list that are compared with the previous period."""


async def report(
    past: HistorySource, back: LookBack, context: PageContext, patience_s: float | None = None
) -> HistoryAnswer[Report]:
    """What a bot did over a period that ends at `back.now`, beside the previous one.

    `context.now` is the present, and `patience_s` how long the reader waits; None for as long as it takes.
    """

    async def question(store: Store, scope: Scope) -> Report:
        asked = await spans(store, scope, back)
        over, rounded_s = await _rounded(store, scope, asked)
        instances = await instances_of(store, scope, over, context)
        if scope.instance is None:
            over = over._replace(instances=len(instances.watched))
        return make_report(await _rows(store, scope, over, instances, context))._replace(rounded_s=rounded_s)

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
    store: Store, scope: Scope, over: Spans, instances: WatchedInstances, context: PageContext
) -> ReportRows:
    findings = await store.reading.findings(scope, over.start, over.end, MOST_FINDINGS)
    starts = await store.fleet.starts(scope.bot, now=context.now)
    marked = await happened_among(store, scope, over, starts, findings, context.now)
    scale = Scales.of(context.settings).measured[CONNECTED]
    before = None if over.before is None else await store.reading.totals(scope, over.before, over.start)
    return ReportRows(
        scope,
        await span_review(store, scope, over, marked, context, REPORTED),
        await commands_review(store, scope, over, MOST_COMPARED, context.settings),
        before,
        await _errors(store, scope, over),
        ended(findings, instances.ends, over.start),
        instances.lost,
        [down for _, one in instances.watched for down in one.downtimes],
        availability(instances.watched, over.start, over.end, scale),
        [one for one in deployments(starts) if over.start <= one.at < over.end],
        len(instances.watched) > 1,
    )


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
