"""Query history for the pages of /performance and /health, and judge the results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from plugin.corridor.happenings import happened, happened_among
from plugin.corridor.last_update import daily_errors, update_errors, update_findings
from plugin.corridor.look_back import HistorySource, LookBack, PageContext, look_back
from plugin.corridor.memory_growth import memory_growth
from plugin.corridor.periods import DAY_S, HOUR_S, MINUTE_S, begin, block_step_s, course_step_s, spans, totals
from plugin.corridor.watched_instances import CONNECTED, instances_of
from plugin.history.store import Store
from plugin.insight.absences import running
from plugin.insight.availability import availability
from plugin.insight.comparison import sums
from plugin.insight.errors import review_errors
from plugin.insight.fleet import judge_fleet
from plugin.insight.outages import ended, outages
from plugin.insight.scales import Scales
from plugin.insight.spans import SpanRows, review_span
from plugin.insight.updates import last_update
from plugin.measures import TOLD, Measure, Shown
from plugin.model import (
    NO_ANSWERS,
    ActivityCourse,
    AnswerSums,
    AnswerTimes,
    HistoryAnswer,
    Scope,
    SeriesCourse,
    Spans,
)
from plugin.model.happenings import Happenings
from plugin.model.past import (
    AllTimeCounts,
    Fleet,
    PastHealth,
    ReleaseReview,
    Running,
    SinceStartPast,
    SpanPast,
    SpanReview,
)
from plugin.settings import Settings

MESSAGES = "messages"
NO_ACTIVITY = ActivityCourse(MINUTE_S, ())
Told = Sequence[tuple[Measure, Shown]]


async def performance(past: HistorySource, back: LookBack, context: PageContext) -> HistoryAnswer[SpanPast]:
    """A bot over a period, compared with the previous one."""

    async def question(store: Store, scope: Scope) -> SpanPast:
        over = await spans(store, scope, back)
        starts = await store.fleet.starts(scope.bot, now=context.now)
        findings = await store.reading.findings(scope, over.start, over.end)
        scales = Scales.of(context.settings, context.memory_limit_bytes)
        instances = await instances_of(store, scope, over, context)
        return SpanPast(
            await span_review(
                store, scope, over, await happened_among(store, scope, over, starts, findings, context.now), context
            ),
            await memory_growth(store, past.scope(), starts, context),
            await _fleet(store, scope, context),
            await _running(store, scope, over, scales, context),
            outages(
                ended(findings, instances.ends, over.start),
                [down for _, one in instances.watched for down in one.downtimes],
                over,
            ),
            availability(instances.watched, over.start, over.end, scales.measured[CONNECTED]),
        )

    return await look_back(past, back.fleet, question)


async def span_review(
    store: Store, scope: Scope, over: Spans, happened: Happenings, context: PageContext, told: Told = TOLD
) -> SpanReview:
    """The numbers of a period beside those of the previous one; `told` are the measures whose levels are read."""
    kept = await _kept(store, scope, over, course_step_s(over), context.settings, told)
    before = None if over.before is None else await _before(store, scope, over, over.before, context.settings, told)
    activity = await store.reading.activity(scope, over.start, over.end, block_step_s(over))
    kept = kept._replace(steps=activity.points)
    scales = Scales.of(context.settings, context.memory_limit_bytes)
    return review_span(over, kept, before, activity, scales, happened, told)


async def since_start(past: HistorySource, back: LookBack, context: PageContext) -> HistoryAnswer[SinceStartPast]:
    """Values over the last period and counts of all time, to show beside counts since the start."""

    async def question(store: Store, scope: Scope) -> SinceStartPast:
        over = await spans(store, scope, back)
        starts = await store.fleet.starts(scope.bot, now=context.now)
        series = await _series(store, scope, over, course_step_s(over), context.settings, TOLD)
        kept = SpanRows(series, None, (0, 0, 0, 0), NO_ANSWERS)
        scales, marked = (
            Scales.of(context.settings, context.memory_limit_bytes),
            await happened(store, scope, over, context.now),
        )
        return SinceStartPast(
            review_span(over, kept, None, NO_ACTIVITY, scales, marked),
            await _all_time(store, scope),
            await memory_growth(store, scope, starts, context),
            await _fleet(store, scope, context),
        )

    return await look_back(past, False, question)


async def health(past: HistorySource, fleet: bool, context: PageContext) -> HistoryAnswer[PastHealth]:
    """Changes by the last update, states of errors, memory growth, and the fleet.

    Updates and errors are of all instances, since they run the same program.
    """

    async def question(store: Store, scope: Scope) -> PastHealth:
        now, release = int(context.now), None
        starts = await store.fleet.starts(scope.bot, now=context.now)
        update = last_update(starts)
        if update is None:
            errors = await daily_errors(store, scope.bot, now)
        else:
            findings = await update_findings(store, scope.bot, update, now)
            release = ReleaseReview(update.release, update.since, update.before, tuple(findings))
            errors = await update_errors(store, scope.bot, update, now)
        return PastHealth(
            release,
            review_errors(*errors),
            "in the last 24 h" if update is None else f"since {update.release}",
            await memory_growth(store, past.scope(), starts, context),
            await _fleet(store, scope, context),
        )

    return await look_back(past, fleet, question)


async def _running(store: Store, scope: Scope, over: Spans, scales: Scales, context: PageContext) -> Running | None:
    """The uptime of a single instance; None if history has its starts not as far back as its counts."""
    if scope.instance is None:
        return None
    boots = await store.fleet.boots(scope.bot, scope.instance, context.now)
    known = max(over.start, over.since or over.start)
    if not boots or min(boot.started for boot in boots) > known + DAY_S:
        return None
    scale = scales.measured["connected_share"]
    return running(boots, over.start, context.now, scale, context.settings.flush_interval_s)


async def _kept(store: Store, scope: Scope, over: Spans, step_s: int, settings: Settings, told: Told) -> SpanRows:
    commands = await totals(store, scope, over)
    messages = await store.reading.values(scope, over.start, over.end, MESSAGES)
    return SpanRows(
        await _series(store, scope, over, step_s, settings, told),
        None if messages is None else messages.sum,
        sums(commands),
        AnswerTimes(
            *_added(command.answers for command in commands),
            await store.reading.answers(scope, begin(over), over.end),
        ),
        _added(command.deferred for command in commands),
    )


async def _before(store: Store, scope: Scope, over: Spans, before: int, settings: Settings, told: Told) -> SpanRows:
    step_s = course_step_s(over)
    if step_s > MINUTE_S:  # coarser steps are enough if only the median is shown
        step_s = max(step_s, HOUR_S)
    activity = await store.reading.activity(scope, before, over.start, block_step_s(over))
    kept = await _kept(store, scope, over._replace(start=before, end=over.start), step_s, settings, told)
    return kept._replace(steps=activity.points)


async def _series(
    store: Store, scope: Scope, over: Spans, step_s: int, settings: Settings, told: Told
) -> Mapping[str, SeriesCourse]:
    # The sum over instances is known once each of them has sampled and written.
    often_s = 2 * max(settings.sample_interval_s, settings.flush_interval_s)
    each_s = int(-(-often_s // MINUTE_S) * MINUTE_S)
    wholes = [measure.name for measure, _ in told if measure.adds_up and scope.instance is None]
    others = [measure.name for measure, _ in told if measure.name not in wholes]
    found = await store.reading.series(scope, over.start, over.end, others, step_s)
    added = await store.reading.added(scope, over.start, over.end, wholes, step_s, each_s) if wholes else ()
    return dict(zip([*others, *wholes], [*found, *added], strict=True))


async def _all_time(store: Store, scope: Scope) -> AllTimeCounts:
    commands, releases = await store.reading.all_time(scope), await store.fleet.releases(scope.bot)
    since = min((release.first_seen for release in releases), default=None)
    return AllTimeCounts(since, sums(commands), _added(command.answers for command in commands))


def _added(answers: Iterable[AnswerSums]) -> AnswerSums:
    number, total_ns = map(sum, zip((0, 0), *answers, strict=True))
    return AnswerSums(number, total_ns)


async def _fleet(store: Store, scope: Scope, context: PageContext) -> Fleet:
    beat_s = max(MINUTE_S, context.settings.flush_interval_s)
    return judge_fleet(await store.fleet.instances(scope.bot, context.now), context.now, beat_s)
