"""The page of /performance: the process, the bot and its connection, each against what is wanted of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import partial

from plugin.display import graphs, measures, numbers, text
from plugin.display.book import Book, Chapter, Rows, Section
from plugin.display.marks import sign
from plugin.display.pages.death import death_section
from plugin.display.pages.fleet import fleet_section
from plugin.display.pages.loop import lag_section
from plugin.display.pages.past import ever_section, growth_section
from plugin.display.pages.rest import rest_chapters
from plugin.measures import SHOWN, ShownIn, present
from plugin.model import Alert, Health, Judged, Observation, Outcome, Severity, ShardSnapshot, Snapshot
from plugin.model.past import LatelyPast

MOST_REASONS = 3
MOST_ALERTS = 5
ALERTS_NOTE = "Values as of the last check:"
SHARD_BAR_CELLS = 12
PAST_INDENT = " " * 10


def performance_pages(snapshot: Snapshot, health: Health, past: LatelyPast | None = None) -> Book:
    """The alerts that are active, then how commands do, the connection, the process and every shard.

    With a `past`, the counts of all time stand beside those since the start.
    """
    sections = [
        _alerts(snapshot),
        death_section(snapshot),
        _bot(snapshot, health),
        *([] if past is None else [ever_section(snapshot.commands, past.ever, snapshot.at)]),
        _connection(snapshot, health),
        *([] if past is None else [fleet_section(past.fleet), growth_section(past.growth)]),
        lag_section(snapshot, health),
        _system(snapshot, health),
        _shards(snapshot, health),
    ]
    whole = Chapter("Performance", _opening(health), sections, _footer(health))
    return Book(itertools.chain([whole], rest_chapters(snapshot.rest, health)), health, snapshot.at, MOST_REASONS)


def _opening(health: Health) -> str:
    """What the page shows in yellow although the bot is well."""
    if health.severity > Severity.WELL:
        return ""
    slow = sum(judged.severity > Severity.WELL for judged in health.shards)
    return f"{numbers.plural(slow, 'shard')} above the latency target." if slow else ""


def _footer(health: Health) -> str:
    return f"answer time: {measures.window_words(health)} · counts: since start"


def _alerts(snapshot: Snapshot) -> Section:
    worst_first = sorted(snapshot.alerts, key=_gravity)
    rows = [_alert(alert) for alert in worst_first[: MOST_ALERTS + 1]]
    shown = text.cut(rows, MOST_ALERTS, number=len(worst_first))
    return Section(f"Active alerts ({len(worst_first):,})", shown, ALERTS_NOTE, code=False)


def _gravity(alert: Alert) -> tuple[bool, float]:
    """The process before its commands, then what is furthest beyond its threshold."""
    return alert.subject is not None, -alert.value / (alert.threshold or 1)


def _alert(alert: Alert) -> str:
    rule = text.escaped(alert.rule.replace("_", " ").capitalize(), 20)
    subject = f" {text.inline(alert.subject)}" if alert.subject else ""
    shown, limit = (_amount(value, alert.unit) for value in (alert.value, alert.threshold))
    began = numbers.discord_time(alert.since)
    amounts = text.unbroken(f"{shown}, limit {limit}")
    return f"{sign(Severity.CRITICAL)} {rule}{subject}: {amounts}, began {began}"


def _amount(value: float, unit: str) -> str:
    return numbers.in_unit(unit, value, lambda _: f"{value:,.1f} {text.escaped(unit, 10)}")


def _system(snapshot: Snapshot, health: Health) -> Section:
    if not snapshot.samples:
        return Section("System", ())
    return Section("System", [*_judged(ShownIn.SYSTEM, snapshot, health), *_counts(ShownIn.SYSTEM, snapshot)])


def _judged(section: ShownIn, snapshot: Snapshot, health: Health) -> Iterator[str]:
    """The judged measures of a section; those of the newest sample with their courses over all samples."""
    for measure, shown in SHOWN:
        if shown.section is section and shown.limits is not None:
            yield measures.judged(shown.heading, health.measured[measure.name], partial(numbers.in_unit, shown.unit))
            if shown.charted and shown.now is None:
                values = [measure.value(Observation(sample)) for sample in snapshot.samples]
                yield from measures.course(values, snapshot.at - snapshot.samples[0].at)
            if shown.share is not None and snapshot.samples:
                share = shown.share.read(snapshot.samples[-1])
                yield from [] if share is None else [measures.plain(shown.share.title, numbers.percent(100 * share))]


def _counts(section: ShownIn, snapshot: Snapshot) -> Iterator[str]:
    """The measures of a section that are not judged."""
    for measure, shown in SHOWN:
        if shown.section is section and shown.limits is None:
            yield measures.plain(shown.heading, numbers.in_unit(shown.unit, shown.scaled(present(measure, snapshot))))


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


def _connection(snapshot: Snapshot, health: Health) -> Section:
    connection = snapshot.connection
    rows = [
        measures.plain("Shards connected", _connected(connection.shards)),
        *_judged(ShownIn.CONNECTION, snapshot, health),
        *_returns(connection.shards or ()),
        *_identifies(connection.identifies_left),
        *_counts(ShownIn.CONNECTION, snapshot),
        measures.plain("Members, total", numbers.count(connection.members)),
    ]
    return Section("Connection", rows)


def _connected(shards: tuple[ShardSnapshot, ...] | None) -> str:
    if shards is None:
        return "no gateway"
    return f"{sum(shard.connected for shard in shards):,} of {len(shards):,}"


def _returns(shards: Sequence[ShardSnapshot]) -> list[str]:
    lost = sum(shard.disconnects for shard in shards)
    return [measures.plain("Connections lost", numbers.count(lost))] if lost else []


def _identifies(left: int | None) -> list[str]:
    return [] if left is None else [measures.plain("Logins left today", numbers.count(left))]


def _shards(snapshot: Snapshot, health: Health) -> Section:
    pairs = list(zip(snapshot.connection.shards or (), health.shards, strict=False))
    pairs.sort(key=lambda pair: (pair[0].connected, pair[0].id not in health.deaf, -pair[1].severity, pair[0].id))
    return Section("Shards, worst first", Rows(lambda pair: _shard(*pair, deaf=pair[0].id in health.deaf), pairs))


def _shard(shard: ShardSnapshot, judged: Judged, *, deaf: bool) -> str:
    if deaf:
        judged = judged._replace(severity=max(judged.severity, Severity.WARNING))
    return "\n".join([_latency(shard, judged), *_past(shard, deaf=deaf)])


def _past(shard: ShardSnapshot, *, deaf: bool) -> Iterator[str]:
    if deaf and shard.silence_s is not None:
        yield f"{PAST_INDENT}silent for {numbers.rough_span(shard.silence_s)}"
    if shard.disconnects:
        lost = f"lost {numbers.short_count(shard.disconnects)}x"
        codes = ", ".join(str(code) for code, _ in sorted(shard.close_codes, key=lambda pair: -pair[1]))
        yield PAST_INDENT + text.clip(f"{lost}: {codes}" if codes else lost, text.LINE_CELLS - len(PAST_INDENT))


def _latency(shard: ShardSnapshot, judged: Judged) -> str:
    head = f"{sign(judged.severity)} {shard.id:>5}"
    if not shard.connected:
        return f"{head}  not connected"
    shown = f"{head}{text.right(numbers.milliseconds(judged.value), 9)}"
    if judged.value is None or judged.threshold is None:
        return shown
    return f"{shown} {graphs.gauge(judged.value, judged.threshold, SHARD_BAR_CELLS)}"
