"""The pages of one command: how it ends, how long it takes, what goes wrong in it."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator, Mapping, Sequence

from plugin.display import failures, graphs, measures, names, numbers, text
from plugin.display.book import Book, Chapter, Section
from plugin.display.marks import NO_SIGN, sign
from plugin.display.pages.stages import budget_section, misses_section
from plugin.histogram import RELATIVE_ERROR, Histogram, bucket_value_ns, carries
from plugin.model import (
    DEADLINE_NS,
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

QUANTILES = (0.5, 0.95, 0.99)
Answered = RecentAnswers | AnswerTimes

BAR_CELLS = 9
MOST_CLASSES = 12
SENTENCE_CELLS = 300
NOTHING = "–"
CLASS_ENDS_NS = tuple(step * 10**power for power in range(3, 13) for step in (1, 2, 5))
"""Where the classes of the distribution end: 1, 2, 5 µs and so on."""

VERDICTS = {
    Severity.UNKNOWN: "cannot be judged yet",
    Severity.WELL: "is healthy",
    Severity.WARNING: "has warnings",
    Severity.CRITICAL: "has problems",
}
FOOTER = f"last {{}} answers (ok and error): exact · since start: percentiles ± {100 * RELATIVE_ERROR:.1f} %"


def command_detail_pages(
    snapshot: Snapshot,
    health: Health,
    command_health: CommandHealth,
    budget: Budget | None = None,
    all_time: CommandDelta | None = None,
) -> Book:
    """Everything that is known of one command.

    The budget tells where the time until the first response goes, `all_time` is what history counted of it.
    """
    command = command_health.command
    sections = [
        _in_short(command_health),
        _all_time(command_health, all_time),
        outcomes_section(command.outcomes, [in_flight(command.in_flight)]),
        *_times(command_health),
        first_responses_section(
            command.first_responses, "since start", command.stages.misses.refused if command.stages else 0
        ),
        budget_section(budget),
        misses_section(command.stages),
        distribution_section(command_health.answers.times, "since start"),
        Section("Errors, newest first", [_error(group, snapshot.at) for group in command.errors]),
        denials_section(command),
    ]
    if not (any(command.outcomes) or command.in_flight):
        sections = [_all_time(command_health, all_time)]
    severity = _severity(command_health)
    head = f"{opening(command, severity, all_time)}{_said(budget)}"
    title = text.escaped(names.command_label(command.key), text.LINE_CELLS)
    answers = command_health.answers.window_ns
    footer = FOOTER.format(len(answers)) if answers else "since start"
    return Book([Chapter(title, head, sections, footer)], health, snapshot.at)


def opening(command: CommandSnapshot, severity: Severity, all_time: CommandDelta | None) -> str:
    """Whether a command is well, where it belongs, and when it was last invoked."""
    cog = "No cog" if command.key.cog is None else f"Cog {text.inline(command.key.cog)}"
    last = (
        _silence(0 if all_time is None else sum(all_time.outcomes))
        if command.last_invoked is None
        else f"last invoked {numbers.discord_time(command.last_invoked)}"
    )
    return f"{sign(severity)} {names.inline_label(command.key)} {VERDICTS[severity]}.\n{cog}, {last}."


def _severity(judged: CommandHealth) -> Severity:
    """Of what is judged; a command is not called well while a value beyond its target is not proven to be so."""
    doubtful = any(
        value.value is not None and value.severity is Severity.UNKNOWN for value in (judged.response, judged.error_rate)
    )
    return Severity.UNKNOWN if doubtful and judged.severity is Severity.WELL else judged.severity


def _silence(before: int) -> str:
    """What the process alone cannot tell is whether a command was ever invoked."""
    return f"not invoked since start{f' ({before:,} times before)' if before else ''}"


def _said(budget: Budget | None) -> str:
    return "" if budget is None else f"\n{text.escaped(budget.sentence, SENTENCE_CELLS)}."


def _in_short(judged: CommandHealth) -> Section:
    command = judged.command
    ran = command.outcomes[Outcome.OK] + command.outcomes[Outcome.ERROR]
    times = times_in_short(
        command.answers, command.deferred, judged.response, judged.deferred, command.total_ns / ran if ran else None
    )
    rate = measures.error_rate("Error rate", judged.error_rate, judged.latest)
    return Section("Summary", [*times, *rate])


def times_in_short(
    answers: Answered, late: Answered, judged: Judged, deferred: bool, ran_for_ns: float | None
) -> list[str]:
    """How long answers took, those after a defer (the judged ones where `deferred`) apart, and how long it ran."""
    return [
        *_answers_in("Answer time", answers, None if deferred else judged),
        *_answers_in(measures.AFTER_DEFERRING, late, judged if deferred else None),
        measures.plain("Duration", numbers.duration(ran_for_ns)),
    ]


def _answers_in(label: str, answers: Answered, judged: Judged | None) -> list[str]:
    if judged is not None:
        return [measures.judged(label, judged, numbers.milliseconds)]
    return [measures.plain(label, numbers.duration(answers.mean_ns))] if answers.number else []


def outcomes_section(outcomes: tuple[int, int, int, int], further: Sequence[str] = ()) -> Section:
    """How invocations ended, each outcome with its bar."""
    rows = [_counted(outcome.name.lower(), outcomes[outcome], sum(outcomes)) for outcome in Outcome]
    return Section("Outcomes", [*rows, *further])


def in_flight(number: int) -> str:
    """How many invocations run."""
    return f"{NO_SIGN} {'in flight':<9}{numbers.count_in(9, number)}"


def side_by_side(columns: Mapping[str, CommandDelta], deferred: bool) -> Section:
    """Two or three spans of time beside each other, by what heads their columns: answers after a defer, or others."""

    def times(of: CommandDelta) -> AnswerTimes:
        return of.deferred if deferred else of.answers

    def quantile_of(quantile: float) -> Callable[[CommandDelta], str]:
        return lambda of: _known(times(of).times.carried_ns(quantile))

    shown: Sequence[tuple[str, Callable[[CommandDelta], str]]] = (
        ("invoked", lambda of: numbers.count_in(7, sum(of.outcomes)).strip()),
        ("errors", lambda of: numbers.share(of.outcomes[Outcome.ERROR], _ran(of)) if _ran(of) else NOTHING),
        ("duration", lambda of: _known(of.total_ns / _ran(of) if _ran(of) else None)),
        ("average", lambda of: _known(times(of).mean_ns)),
        *((name, quantile_of(quantile)) for name, quantile in zip(("p50", "p95", "p99"), QUANTILES, strict=True)),
    )
    rows = [_beside(label, [show(of) for of in columns.values()]) for label, show in shown]
    return Section("Comparison", rows, _beside("", list(columns)))


def _beside(label: str, values: Sequence[str]) -> str:
    width = (text.LINE_CELLS - 8) // len(values)
    return f"{label:<8}{''.join(text.right(value, width) for value in values)}"


def _known(time_ns: float | None) -> str:
    return NOTHING if time_ns is None else numbers.duration(time_ns)


def _ran(of: CommandDelta) -> int:
    return of.outcomes[Outcome.OK] + of.outcomes[Outcome.ERROR]


def since_start(command: CommandSnapshot) -> CommandDelta:
    """What was counted since the start, to be put beside what history counted."""
    counts = command.key, command.outcomes, command.total_ns, command.durations, command.first_responses
    return CommandDelta(*counts, command.answers.since_boot, command.deferred.since_boot)


def _all_time(judged: CommandHealth, all_time: CommandDelta | None) -> Section:
    command = judged.command
    if all_time is None or all_time.outcomes == command.outcomes:
        return Section("Comparison", ())
    return side_by_side({"since start": since_start(command), "all time": all_time}, judged.deferred)


def _counted(label: str, number: int, total: int) -> str:
    return f"{NO_SIGN} {label:<9}{numbers.count_in(9, number)} {graphs.bar(number, total, BAR_CELLS - 1)}".rstrip()


def _times(judged: CommandHealth) -> Iterator[Section]:
    command = judged.command
    yield _answers("Answer time", command.answers)
    yield _answers("Answer time after deferring", command.deferred)


def _answers(heading: str, answers: RecentAnswers) -> Section:
    window = answers.window_ns
    if not window:
        return Section(heading, ())
    exact = [answers.quantile_ns(at) if carries(at, len(window)) else None for at in QUANTILES]
    overall = [answers.times.carried_ns(at) for at in QUANTILES]
    named = zip(("p50", "p95", "p99"), exact, overall, strict=True)
    rows = [
        _row("average", answers.mean_ns, numbers.duration(answers.total_ns / answers.number)),
        _row("shortest", min(window)),
        *(
            _row(label, last, NOTHING if since is None else f"~ {numbers.duration(since)}")
            for label, last, since in named
        ),
        _row("longest", max(window)),
    ]
    return Section(heading, rows, _row_of_text("", f"last {len(window):,}", "since start"))


def _row(label: str, last_ns: float | None, since_start: str = "") -> str:
    return _row_of_text(label, NOTHING if last_ns is None else numbers.duration(last_ns), since_start)


def _row_of_text(label: str, last: str, since_start: str) -> str:
    return f"{label:<8}{text.right(last, 10)}{text.right(since_start, 12)}".rstrip()


def first_responses_section(times: Histogram, over: str, refused: int = 0) -> Section:
    """Times to the first response over a span, of the time that Discord gives, and how many came too late to count."""
    high = ("p95", 0.95) if carries(0.95, times.total) else ("max", 1.0)
    rows = [_first_response(label, times.quantile_ns(at)) for label, at in (("p50", 0.5), high)]
    if refused:
        rows.append(text.spread("expired (10062)", numbers.count(refused)))
    return Section(f"First response, {over} (limit 3 s)", [row for row in rows if row])


def _first_response(label: str, time_ns: int | None) -> str:
    if time_ns is None:
        return ""
    return f"{label}{text.right(numbers.duration(time_ns), 9)}  {graphs.gauge(time_ns, DEADLINE_NS, 16)}"


def distribution_section(durations: Histogram, over: str) -> Section:
    """How the times to the answer are distributed over a span of time."""
    classes = _classes(durations)
    most = max((number for _, number in classes), default=0)
    rows = [
        f"< {numbers.duration(end_ns):<8}{numbers.count_in(9, number)} {graphs.bar(number, most, 10)}".rstrip()
        for end_ns, number in classes
    ]
    return Section(f"Distribution, {over}", rows)


def _classes(durations: Histogram) -> list[tuple[int, int]]:
    """End in nanoseconds and count of each class from the first to the last in use, the lowest ones put together."""
    counts = [0] * len(CLASS_ENDS_NS)
    for index, count in enumerate(durations.counts):
        counts[min(bisect.bisect_right(CLASS_ENDS_NS, bucket_value_ns(index)), len(counts) - 1)] += count
    used = [index for index, count in enumerate(counts) if count]
    if not used:
        return []
    first = max(used[0], used[-1] - MOST_CLASSES + 1)
    lowest = sum(counts[: first + 1])
    return list(zip(CLASS_ENDS_NS[first:], [lowest, *counts[first + 1 : used[-1] + 1]], strict=False))


def _error(group: ErrorGroup, at: float) -> str:
    where = [f"  in {text.name(group.place.function, text.LINE_CELLS - 5)}"] if group.place else []
    last, first = numbers.ago(at - group.last_seen), numbers.ago(at - group.first_seen)
    when = last if group.count == 1 else f"{last}, first {first}"
    return "\n".join([*failures.error_lines(group, indent=""), *where, text.clip(f"  {when}", text.LINE_CELLS)])


def denials_section(command: CommandSnapshot) -> Section:
    """Why invocations were refused."""
    return Section("Denied because of", [failures.denial_line(denials) for denials in command.denials])
