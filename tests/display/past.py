"""What history told of the bots in `builders`, built by hand: for every test that needs something to look back on."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.display.pages.side_by_side import since_start
from plugin.histogram import Histogram
from plugin.model import (
    AnswerSums,
    AnswerTimes,
    Change,
    ChangeVerdict,
    CommandCourse,
    CommandDelta,
    CommandHealth,
    CommandKey,
    CommandPoint,
    CommandSnapshot,
    CommandTotals,
    ErrorHistory,
    Finding,
    Period,
    RecentAnswers,
    ReleaseSeen,
    Severity,
    Snapshot,
    Spans,
    Subject,
    SubjectKind,
)
from plugin.model.command_reviews import CogReview, CogsReview, CommandPast, CommandReview, CommandsReview
from plugin.model.happenings import Happenings, IncidentSpan, Occurrence
from tests.display import builders

DAY_S = 86_400
END = int(builders.AT) // 60 * 60 + 60
HIDDEN = Change(None, None, None, ChangeVerdict.UNKNOWN)


def spans(
    period: Period = Period.DAY, *, compared: bool = True, since_s: int = 90 * DAY_S, instances: int | None = None
) -> Spans:
    """A span that ends at the moment of every snapshot."""
    start = END - (period.seconds or since_s)
    return Spans(period, start, END, 2 * start - END if compared else None, END - since_s, instances)


def a_change(index: int, after: float | None, over: Spans) -> Change:
    """One of three kinds in turn: more, less, and no more than noise."""
    if over.before is None or after is None:
        return HIDDEN._replace(after=after)
    factor, verdict = ((0.4, ChangeVerdict.WORSE), (1.0, ChangeVerdict.SAME), (2.5, ChangeVerdict.BETTER))[index % 3]
    return Change(after * factor, after, 0.001, verdict)


def a_review(index: int, judged: CommandHealth, over: Spans, *values: float | None) -> CommandReview:
    """A command that did in the period what the snapshot says of it."""
    changes = tuple(a_change(index + number, value, over) for number, value in enumerate(values))
    key, outcomes = judged.command.key, judged.command.outcomes
    return CommandReview(key, outcomes, judged.response, judged.error_rate, changes, deferred=judged.deferred)


def commands_review(snapshot: Snapshot, top: int, over: Spans) -> CommandsReview:
    """The lists of a period, from the commands of a snapshot."""
    invoked = [judged for judged in builders.a_health(snapshot).commands if any(judged.command.outcomes)]

    def foremost(value: int) -> list[tuple[int, CommandHealth]]:
        ranked = sorted(invoked, key=lambda judged: judged.command.outcomes[value], reverse=True)
        return list(enumerate([judged for judged in ranked if judged.command.outcomes[value]][:top]))

    slowest = sorted(invoked, key=lambda judged: judged.answers.mean_ns or 0, reverse=True)[:top]
    return CommandsReview(
        over,
        builders.sums(judged.command for judged in invoked),
        len(invoked),
        2,
        1,
        tuple(a_review(n, judged, over, sum(judged.command.outcomes)) for n, judged in foremost(0)),
        tuple(a_review(n, judged, over, *_times(judged.answers)) for n, judged in enumerate(slowest)),
        tuple(
            a_review(n, judged, over, judged.command.error_rate)._replace(errors=groups(judged.command, over))
            for n, judged in foremost(2)
        ),
        tuple(
            a_review(n, judged, over, judged.command.outcomes[1] / judged.command.invocations)
            for n, judged in foremost(1)
        ),
    )


def _times(answers: RecentAnswers) -> tuple[float | None, ...]:
    return answers.mean_ns, *(answers.quantile_ns(quantile) for quantile in (0.5, 0.95, 0.99))


def groups(command: CommandSnapshot, over: Spans) -> tuple[ErrorHistory, ...]:
    """The errors of a command; every second one is new in the period."""
    return tuple(
        ErrorHistory(
            group.type,
            group.place,
            group.count,
            over.start + 3600 if number % 2 else over.start - 5 * DAY_S,
            group.last_seen,
            "1.4.2" if number % 2 else "1.3.0",
            "1.4.2",
            (command.key, *[CommandKey(command.key.kind, "other", None)] * (number % 2)),
        )
        for number, group in enumerate(command.errors)
    )


def cogs_review(snapshot: Snapshot, over: Spans) -> CogsReview:
    """The cogs of a snapshot in the period."""
    health = builders.a_health(snapshot)
    cogs = [
        CogReview(
            cog.name,
            cog.commands,
            cog.outcomes,
            cog.severity,
            a_change(n, sum(cog.outcomes), over),
            a_change(n + 1, cog.outcomes[2] / max(1, cog.outcomes[0] + cog.outcomes[2]), over),
            a_change(n + 2, cog.mean_ns, over),
        )
        for n, cog in enumerate(health.cogs)
        if any(cog.outcomes)
    ]
    return CogsReview(over, builders.sums(snapshot.commands), health.error_rate_percent, tuple(cogs))


def command_past(judged: CommandHealth, over: Spans, findings: Sequence[Finding] = ()) -> CommandPast:
    """One command in detail: busy in waves, with a release in the middle of the period."""
    command = judged.command
    ran = command.outcomes[0] + command.outcomes[2]
    now = since_start(command)
    answers = judged.answers.since_boot
    ok, denied, error, cancelled = (3 * count for count in command.outcomes)
    thrice = (AnswerTimes(3 * of.number, 3 * of.total_ns, _thrice(of.times)) for of in (now.answers, now.deferred))
    everything = _thrice(command.durations), Histogram(), *thrice
    step_s = 900
    count = (END - over.start) // step_s
    points = tuple(
        CommandPoint(over.start - over.start % step_s + n * step_s, (n % 7, 0, 0, 0), answers, answers)
        for n in range(count)
        if ran and n % 7
    )
    return CommandPast(
        over,
        now,
        CommandDelta(command.key, (ok, denied, error, cancelled), 3 * command.total_ns, *everything),
        judged.response,
        judged.error_rate,
        a_change(0, command.invocations, over),
        a_change(1, command.error_rate, over),
        a_change(2, command.outcomes[1] / command.invocations if command.invocations else None, over),
        tuple(a_change(n, value, over) for n, value in enumerate(_times(judged.answers))),
        CommandCourse(step_s, points),
        groups(command, over),
        (ReleaseSeen("1.4.2", END - (END - over.start) / 2, END), ReleaseSeen("1.3.0", over.start - DAY_S, END)),
        tuple(findings),
        judged.deferred,
        Happenings(
            (Occurrence(END - (END - over.start) / 2, "1.4.2"),),
            (IncidentSpan(END - 3600, None, Severity.CRITICAL),),
        ),
    )


def _thrice(histogram: Histogram) -> Histogram:
    whole = Histogram()
    for _ in range(3):
        whole.merge(histogram)
    return whole


def a_finding(command: CommandKey) -> Finding:
    """The last release made a command slower."""
    return a_difference("slower", f"/{command.name}", f"/{command.name}: p95 1.9 s → 4.8 s since 1.4.2")


def a_difference(rule: str, command: str, sentence: str) -> Finding:
    """A change since the last release; what became less or faster is good."""
    severity = Severity.WELL if rule in ("failing_less", "faster") else Severity.WARNING
    return Finding(rule, Subject(SubjectKind.COMMAND, command), severity, sentence, builders.AT - DAY_S)


def all_time(snapshot: Snapshot) -> dict[CommandKey, CommandTotals]:
    """Three times what was counted since the start; of every third command no more than since the start."""
    found: dict[CommandKey, CommandTotals] = {}
    for number, command in enumerate(snapshot.commands):
        times = 1 if number % 3 == 2 else 3
        ok, denied, error, cancelled = (times * count for count in command.outcomes)
        sums = (AnswerSums(times * of.number, times * of.total_ns) for of in (command.answers, command.deferred))
        found[command.key] = CommandTotals(command.key, (ok, denied, error, cancelled), times * command.total_ns, *sums)
    return found


def all_time_of(command: CommandSnapshot) -> CommandDelta:
    """One command since the first batch."""
    return command_past(builders.a_command_health(command), spans()).all_time
