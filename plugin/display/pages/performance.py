"""The pages of /performance: the process, the bot and its connection; since start, or over a period."""

from __future__ import annotations

import itertools

from plugin.display import measures, numbers
from plugin.display.book import Book, Chapter, Section
from plugin.display.pages.active_alerts import alerts_section
from plugin.display.pages.connection import connection_section, shards_section
from plugin.display.pages.death import death_section
from plugin.display.pages.fleet import fleet_section
from plugin.display.pages.loop import lag_section
from plugin.display.pages.measured import count_rows, judged_rows
from plugin.display.pages.past import ever_section, growth_section
from plugin.display.pages.period import period_chapter
from plugin.display.pages.rest import rest_chapters
from plugin.measures import ShownIn
from plugin.model import Health, Judged, Outcome, Severity, Snapshot
from plugin.model.past import SinceStartPast, SpanPast

MOST_REASONS = 3


def performance_pages(snapshot: Snapshot, health: Health, past: SinceStartPast | SpanPast | None = None) -> Book:
    """The active alerts, then how commands do, the connection, the process and every shard.

    With a `SinceStartPast`, counts of all time are beside those since the start; with a `SpanPast`, the numbers are
    those of its period, each beside that of the previous period.
    """
    if isinstance(past, SpanPast):
        return Book([period_chapter(past)], health, snapshot.at)
    sections = [
        alerts_section(snapshot),
        death_section(snapshot),
        _bot(snapshot, health),
        *([] if past is None else [ever_section(snapshot.commands, past.ever, snapshot.at)]),
        connection_section(snapshot, health),
        *([] if past is None else [fleet_section(past.fleet), growth_section(past.growth)]),
        lag_section(snapshot, health),
        _system(snapshot, health),
        shards_section(snapshot, health),
    ]
    whole = Chapter("Performance", _opening(health), sections, _footer(health))
    return Book(itertools.chain([whole], rest_chapters(snapshot.rest, health)), health, snapshot.at, MOST_REASONS)


def _opening(health: Health) -> str:
    """What the page shows in yellow although the bot is healthy."""
    if health.severity > Severity.WELL:
        return ""
    slow = sum(judged.severity > Severity.WELL for judged in health.shards)
    return f"{numbers.plural(slow, 'shard')} above the latency target." if slow else ""


def _footer(health: Health) -> str:
    return f"answer time: {measures.window_words(health)} · counts: since start"


def _system(snapshot: Snapshot, health: Health) -> Section:
    if not snapshot.samples:
        return Section("System", ())
    return Section("System", [*judged_rows(ShownIn.SYSTEM, snapshot, health), *count_rows(ShownIn.SYSTEM, snapshot)])


def _bot(snapshot: Snapshot, health: Health) -> Section:
    outcomes = [sum(column) for column in zip(*(c.outcomes for c in snapshot.commands), strict=True)] or [0] * 4
    rows = [
        *measures.error_rate("Error rate", health.error_rate_percent, health.latest),
        measures.judged("Average answer time", health.response_ms, numbers.milliseconds),
        *_deferred(health.deferred_ms),
        measures.plain("Commands invoked", numbers.count(sum(outcomes))),
        measures.plain("of these denied", numbers.count(outcomes[Outcome.DENIED])),
        measures.plain("Messages seen", numbers.count(snapshot.connection.messages_seen)),
        measures.plain("Running for", numbers.span(snapshot.uptime_s)),
    ]
    return Section("Bot", rows)


def _deferred(judged: Judged) -> list[str]:
    return [] if judged.value is None else [measures.judged(measures.AFTER_DEFERRING, judged, numbers.milliseconds)]
