"""The pages of one command: outcomes, times and errors; since start or over a period."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.display import comparison, failures, graphs, measures, names, numbers, text
from plugin.display.book import Book, Chapter, Section
from plugin.display.marks import NO_SIGN, sign
from plugin.display.pages.answer_times import answers_section, distribution_section, first_responses_section
from plugin.display.pages.command_course import course_section
from plugin.display.pages.side_by_side import all_time_section, changes_section, period_section
from plugin.display.pages.stages import budget_section, misses_section
from plugin.histogram import RELATIVE_ERROR
from plugin.model import (
    AnswerTimes,
    Budget,
    CommandDelta,
    CommandHealth,
    CommandSnapshot,
    ErrorGroup,
    Health,
    Judged,
    Outcome,
    RecentAnswers,
    Severity,
    Snapshot,
)
from plugin.model.command_reviews import CommandPast

BAR_CELLS = 8
SENTENCE_CELLS = 300
VERDICTS = {
    Severity.UNKNOWN: "cannot be judged yet",
    Severity.WELL: "is healthy",
    Severity.WARNING: "has warnings",
    Severity.CRITICAL: "has problems",
}
NOT_INVOKED = "Not invoked in this period."
SINCE_START = "since start"
FOOTER = f"last {{}} answers (ok and error): exact · since start: percentiles ± {100 * RELATIVE_ERROR:.1f} %"


def command_detail_pages(
    snapshot: Snapshot,
    health: Health,
    command_health: CommandHealth,
    budget: Budget | None = None,
    past: CommandPast | CommandDelta | None = None,
) -> Book:
    """All numbers of one command.

    The budget is the time per stage until the first response. With a `CommandPast` the numbers are those of its period,
    compared with the previous one; a `CommandDelta` has the counts of all time.
    """
    if isinstance(past, CommandPast):
        chapter = _of_period(command_health.command, past, snapshot.at)
    else:
        chapter = _since_start(command_health, budget, past, snapshot.at)
    return Book([chapter], health, snapshot.at)


def _since_start(judged: CommandHealth, budget: Budget | None, all_time: CommandDelta | None, at: float) -> Chapter:
    command, stages = judged.command, judged.command.stages
    sections = [
        Section("Summary", [*_times(judged, command), *_rate(judged, judged.latest)]),
        all_time_section(judged, all_time),
        _outcomes(command.outcomes, [_counted("in flight", command.in_flight)]),
        answers_section("Answer time", command.answers),
        answers_section("Answer time after deferring", command.deferred),
        first_responses_section(command.first_responses, SINCE_START, stages.misses.refused if stages else 0),
        budget_section(budget),
        misses_section(stages),
        distribution_section(judged.answers.times, SINCE_START),
        Section("Errors, newest first", [_error(group, at) for group in command.errors]),
        _denials(command),
    ]
    if not (any(command.outcomes) or command.in_flight):
        sections = [all_time_section(judged, all_time)]
    said = "" if budget is None else f"\n{text.escaped(budget.sentence, SENTENCE_CELLS)}."
    answers = judged.answers.window_ns
    footer = FOOTER.format(len(answers)) if answers else SINCE_START
    return Chapter(_title(command), f"{_opening(command, judged, all_time)}{said}", sections, footer)


def _of_period(command: CommandSnapshot, past: CommandPast, at: float) -> Chapter:
    spans, over = past.spans, comparison.over(past.spans)
    findings = ["\n".join(text.wrapped(finding.sentence, lines=4)) for finding in past.findings]
    errors = ["\n".join(failures.history_lines(group, spans, at, "", function=True)) for group in past.groups]
    sections = [
        Section(f"Summary, {over}", [*_times(past, past.now), *_rate(past)]),
        changes_section(past),
        period_section(command, past),
        course_section(past, at),
        Section("Since the last release", findings),
        _outcomes(past.now.outcomes),
        first_responses_section(past.now.first_responses, over),
        distribution_section(past.times.times, over),
        Section(f"Errors, {over}", errors),
    ]
    head = comparison.legend(spans)
    if not any(past.now.outcomes):
        sections, head = [period_section(command, past)], NOT_INVOKED
    head = f"{_opening(command, past, past.all_time)}\n{head}"
    return Chapter(_title(command), head, [*sections, _denials(command)], comparison.footer(spans))


def _title(command: CommandSnapshot) -> str:
    return text.escaped(names.command_label(command.key), text.LINE_CELLS)


def _opening(command: CommandSnapshot, judged: CommandHealth | CommandPast, all_time: CommandDelta | None) -> str:
    """Whether a command is healthy, its cog, and its last invocation."""
    severity = _severity(judged)
    cog = "No cog" if command.key.cog is None else f"Cog {text.inline(command.key.cog)}"
    before = 0 if all_time is None else sum(all_time.outcomes)
    last = f"not invoked since start{f' ({before:,} times before)' if before else ''}"
    if command.last_invoked is not None:
        last = f"last invoked {numbers.discord_time(command.last_invoked)}"
    return f"{sign(severity)} {names.inline_label(command.key)} {VERDICTS[severity]}.\n{cog}, {last}."


def _severity(judged: CommandHealth | CommandPast) -> Severity:
    """Its severity; UNKNOWN, not healthy, while a value beyond its target is not significant."""
    values = judged.response, judged.error_rate
    doubtful = any(value.value is not None and value.severity is Severity.UNKNOWN for value in values)
    worst = max(value.severity for value in values)
    return Severity.UNKNOWN if doubtful and worst is Severity.WELL else worst


def _times(judged: CommandHealth | CommandPast, counted: CommandSnapshot | CommandDelta) -> list[str]:
    """Answer times, those after a defer apart, and durations."""
    ran = counted.outcomes[Outcome.OK] + counted.outcomes[Outcome.ERROR]
    response, deferred = judged.response, judged.deferred
    return [
        *_answers("Answer time", counted.answers, None if deferred else response),
        *_answers(measures.AFTER_DEFERRING, counted.deferred, response if deferred else None),
        measures.plain("Duration", numbers.duration(counted.total_ns / ran if ran else None)),
    ]


def _answers(label: str, answers: RecentAnswers | AnswerTimes, judged: Judged | None) -> list[str]:
    if judged is not None:
        return [measures.judged(label, judged, numbers.milliseconds)]
    return [measures.plain(label, numbers.duration(answers.mean_ns))] if answers.number else []


def _rate(judged: CommandHealth | CommandPast, latest: tuple[int, int] = (0, 0)) -> list[str]:
    return measures.error_rate("Error rate", judged.error_rate, latest)


def _outcomes(outcomes: tuple[int, int, int, int], further: Sequence[str] = ()) -> Section:
    """Invocations by outcome, with bars."""
    total = sum(outcomes)
    rows = [
        f"{_counted(outcome.name.lower(), number)} {graphs.bar(number, total, BAR_CELLS)}".rstrip()
        for outcome, number in zip(Outcome, outcomes, strict=True)
    ]
    return Section("Outcomes", [*rows, *further])


def _counted(label: str, number: int) -> str:
    return f"{NO_SIGN} {label:<9}{numbers.count_in(9, number)}"


def _error(group: ErrorGroup, at: float) -> str:
    last, first = numbers.ago(at - group.last_seen), numbers.ago(at - group.first_seen)
    when = last if group.count == 1 else f"{last}, first {first}"
    return "\n".join([*failures.error_lines(group, "", function=True), text.clip(f"  {when}", text.LINE_CELLS)])


def _denials(command: CommandSnapshot) -> Section:
    """Reasons of denials since start."""
    return Section("Denied because of", [failures.denial_line(denials) for denials in command.denials])
