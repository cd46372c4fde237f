"""Commands and cogs over a period: ranked, judged, and compared with the previous period."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from plugin.histogram import Histogram
from plugin.insight import comparison
from plugin.insight.changes import correct_for_multiple_tests
from plugin.insight.dispersion import Steps
from plugin.insight.scales import WELL, Scales
from plugin.model import (
    AnswerTimes,
    Change,
    CommandCourse,
    CommandDelta,
    CommandKey,
    CommandKind,
    CommandTotals,
    ErrorHistory,
    Finding,
    Outcome,
    ReleaseSeen,
    Spans,
)
from plugin.model.command_reviews import CogReview, CogsReview, CommandPast, CommandReview, CommandsReview
from plugin.model.happenings import NOTHING_HAPPENED, Happenings

NOBODY = CommandKey(CommandKind.SLASH, "", None)
Totals = Mapping[CommandKey, CommandTotals]
Deltas = Mapping[CommandKey, CommandDelta]


class Ranking(NamedTuple):
    """The top commands of each list."""

    most_used: Sequence[CommandTotals]
    slowest: Sequence[CommandTotals]
    most_errors: Sequence[CommandTotals]
    most_denied: Sequence[CommandTotals]


def rank(commands: Iterable[CommandTotals], top: int, scales: Scales) -> Ranking:
    """The top commands by invocations, mean answer time, errors and denials, without those that have none."""
    # The store's order is arbitrary; of equal ones, the command with more invocations comes first.
    ordered = sorted(commands, key=lambda totals: (-sum(totals.outcomes), totals.key.name))

    def foremost(value: Callable[[CommandTotals], float]) -> list[CommandTotals]:
        return [totals for totals in sorted(ordered, key=value, reverse=True)[:top] if value(totals)]

    return Ranking(
        foremost(lambda totals: sum(totals.outcomes)),
        foremost(lambda totals: scales.judge_worse(totals.answers, totals.deferred)[0].value or 0),
        foremost(lambda totals: totals.outcomes[Outcome.ERROR]),
        foremost(lambda totals: totals.outcomes[Outcome.DENIED]),
    )


class CommandsAsked(NamedTuple):
    """History's results for one period."""

    totals: Totals
    """Counts of every invoked command."""
    slowest: Deltas
    """The commands that are the slowest in the period."""

    def of(self, key: CommandKey) -> CommandTotals:
        """Counts of one command; zeros if it was not invoked."""
        return self.totals.get(key) or CommandTotals(key, (0, 0, 0, 0), 0)


def review_commands(
    spans: Spans,
    ranking: Ranking,
    now: CommandsAsked,
    before: CommandsAsked | None,
    errors: Sequence[ErrorHistory],
    scales: Scales,
    steps: Mapping[CommandKey, Steps],
) -> CommandsReview:
    """The lists of a ranking; changes are corrected for all that the lists show."""

    def compared(
        totals: CommandTotals, compare: Callable[[CommandTotals, CommandTotals | None, Steps], Change]
    ) -> CommandReview:
        earlier = None if before is None else before.of(totals.key)
        return _reviewed(totals, scales, compare(totals, earlier, steps.get(totals.key, Steps())))

    def timed(totals: CommandTotals) -> CommandReview:
        delta, earlier = now.slowest[totals.key], None if before is None else before.slowest[totals.key]
        review, over = _reviewed(totals, scales), steps.get(totals.key, Steps())
        return review._replace(changes=comparison.answer_changes(delta, earlier, review.deferred, over))

    judged = [_reviewed(totals, scales) for totals in now.totals.values()]
    lists = (
        [compared(totals, comparison.invocations) for totals in ranking.most_used],
        [timed(totals) for totals in ranking.slowest],
        [
            compared(totals, comparison.error_share)._replace(errors=_groups(totals.key, errors))
            for totals in ranking.most_errors
        ],
        [compared(totals, comparison.denied_share) for totals in ranking.most_denied],
    )
    return CommandsReview(
        spans,
        comparison.sums(now.totals.values()),
        len(judged),
        sum(command.response.severity > WELL for command in judged),
        sum(command.error_rate.severity > WELL for command in judged),
        *_held(lists),
    )


def _reviewed(totals: CommandTotals, scales: Scales, *changes: Change) -> CommandReview:
    response, deferred = scales.judge_worse(totals.answers, totals.deferred)
    errors = comparison.judged_errors(totals, scales)
    return CommandReview(totals.key, totals.outcomes, response, errors, changes, deferred=deferred)


def _groups(key: CommandKey, errors: Sequence[ErrorHistory]) -> tuple[ErrorHistory, ...]:
    mine = (group for group in errors if key in group.commands)
    return tuple(sorted(mine, key=lambda group: group.count, reverse=True))


def _held(lists: Sequence[Sequence[CommandReview]]) -> list[tuple[CommandReview, ...]]:
    held = iter(
        correct_for_multiple_tests([change for commands in lists for command in commands for change in command.changes])
    )
    return [
        tuple(command._replace(changes=tuple(next(held) for _ in command.changes)) for command in commands)
        for commands in lists
    ]


def review_cogs(
    spans: Spans, now: Deltas, before: Deltas | None, scales: Scales, steps: Mapping[CommandKey, Steps]
) -> CogsReview:
    """Every cog with invoked commands in the period, with the sums of its commands."""
    grouped, earlier = _by_cog(now.values()), None if before is None else _by_cog(before.values())
    cogs = [
        _cog(name, commands, None if earlier is None else earlier.get(name, ()), scales, _summed_steps(commands, steps))
        for name, commands in grouped.items()
    ]
    held = iter(
        correct_for_multiple_tests(
            [change for cog in cogs for change in (cog.invocations, cog.error_rate, cog.mean_ns)]
        )
    )
    cogs = [cog._replace(invocations=next(held), error_rate=next(held), mean_ns=next(held)) for cog in cogs]
    cogs.sort(key=lambda cog: (-cog.severity, -sum(cog.outcomes), cog.name or ""))
    whole = _summed(list(now.values()))
    return CogsReview(spans, whole.outcomes, comparison.judged_errors(whole, scales), tuple(cogs))


def _by_cog(commands: Iterable[CommandDelta]) -> dict[str | None, list[CommandDelta]]:
    grouped: dict[str | None, list[CommandDelta]] = {}
    for command in commands:
        if any(command.outcomes):
            grouped.setdefault(command.key.cog, []).append(command)
    return grouped


def _cog(
    name: str | None,
    commands: Sequence[CommandDelta],
    earlier: Sequence[CommandDelta] | None,
    scales: Scales,
    steps: Steps,
) -> CogReview:
    now, before = _summed(commands), None if earlier is None else _summed(earlier)
    response, _ = scales.judge_worse(now.answers, now.deferred)
    severity = max(response.severity, comparison.judged_errors(now, scales).severity)
    return CogReview(
        name,
        len(commands),
        now.outcomes,
        severity,
        comparison.invocations(now, before),
        comparison.error_share(now, before, steps),
        comparison.mean_at_once(now, before, steps),
    )


def _summed_steps(commands: Sequence[CommandDelta], steps: Mapping[CommandKey, Steps]) -> Steps:
    """The steps of several commands, unordered, since steps of the same time are summed in any order."""
    mine = [steps[command.key] for command in commands if command.key in steps]
    return Steps([point for of in mine for point in of.now], [point for of in mine for point in of.before])


def _summed(commands: Sequence[CommandDelta]) -> CommandDelta:
    """The sums of several commands without durations, under a key of no command."""
    return CommandDelta(
        NOBODY,
        comparison.sums(commands),
        sum(command.total_ns for command in commands),
        Histogram(),
        Histogram(),
        _pooled([command.answers for command in commands]),
        _pooled([command.deferred for command in commands]),
    )


def _pooled(answers: Sequence[AnswerTimes]) -> AnswerTimes:
    times = Histogram()
    for each in answers:
        times.merge(each.times)
    return AnswerTimes(sum(each.number for each in answers), sum(each.total_ns for each in answers), times)


class CommandAsked(NamedTuple):
    """History's results for one command."""

    now: CommandDelta
    before: CommandDelta | None
    all_time: CommandDelta
    course: CommandCourse
    errors: Sequence[ErrorHistory]
    """Of all commands."""
    releases: Sequence[ReleaseSeen]
    findings: Sequence[Finding]
    steps: Steps
    happened: Happenings = NOTHING_HAPPENED


def review_command(spans: Spans, asked: CommandAsked, scales: Scales) -> CommandPast:
    """One command in detail; changes are corrected for all that are shown."""
    now, before = asked.now, asked.before
    response, deferred = scales.judge_worse(now.answers, now.deferred)
    invocations, errors, denied, *answers = correct_for_multiple_tests(
        [
            comparison.invocations(now, before),
            comparison.error_share(now, before, asked.steps),
            comparison.denied_share(now, before, asked.steps),
            *comparison.answer_changes(now, before, deferred, asked.steps),
        ]
    )
    return CommandPast(
        spans,
        now,
        asked.all_time,
        response,
        comparison.judged_errors(now, scales),
        invocations,
        errors,
        denied,
        tuple(answers),
        asked.course,
        tuple(group for group in asked.errors if now.key in group.commands),
        tuple(release for release in asked.releases if release.last_seen >= spans.start),
        tuple(asked.findings),
        deferred,
        asked.happened,
    )
