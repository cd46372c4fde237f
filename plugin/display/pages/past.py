"""Sections from history: the last update, states of errors, memory growth, all-time counts."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.display import failures, numbers, text
from plugin.display.book import Section
from plugin.display.marks import NO_SIGN, sign
from plugin.model import AnswerSums, CommandSnapshot, Finding, Outcome, Severity
from plugin.model.past import AllTimeCounts, ErrorReview, ErrorState, MemoryGrowth, ReleaseReview

MOST_FINDINGS = 8
MOST_ERRORS = 5
SENTENCE_CELLS = 160
RELEASE_CELLS = 20
INDENT = " " * 3
SAME = "No significant change in any command."
STATES = {
    ErrorState.NEW: (Severity.WARNING, "new"),
    ErrorState.REGRESSED: (Severity.WARNING, "regressed"),
    ErrorState.FIRST_SEEN: (None, "first seen"),
    ErrorState.ONGOING: (None, "ongoing"),
    ErrorState.DISCORDS: (None, "Discord error"),
    ErrorState.GONE: (Severity.WELL, "resolved"),
}


def release_section(review: ReleaseReview | None) -> Section:
    """Changes of commands by the last update."""
    if review is None:
        return Section("", ())
    heading = f"Since {_release(review.release)}, after {_release(review.before)}"
    rows = [_finding(finding) for finding in review.findings]
    began = f"Deployed {numbers.discord_time(review.since)}."
    return Section(heading, text.cut(rows, MOST_FINDINGS) or [SAME], began, code=False)


def _release(name: str) -> str:
    return text.escaped(name, RELEASE_CELLS)


def _finding(finding: Finding) -> str:
    return f"{sign(finding.severity)} {text.unbroken(text.escaped(finding.sentence, SENTENCE_CELLS))}"


def errors_section(errors: Sequence[ErrorReview], since: str, at: float) -> Section:
    """Every error group with its state, worst first."""
    return Section(text.escaped(f"Errors {since}", 40), text.cut([_error(error, at) for error in errors], MOST_ERRORS))


def _error(error: ErrorReview, at: float) -> str:
    severity, word = STATES[error.state]
    head, *place = failures.group_lines(error.type, error.place, error.occurrences, INDENT)
    last = f"last {numbers.ago(at - error.last_seen)}"
    when = [f"{word}, {last}"]
    if error.state is ErrorState.FIRST_SEEN:  # both do not fit into a line
        when = [f"{word} {numbers.ago(at - error.first_seen)}", *([last] if error.occurrences > 1 else [])]
    commands = [f"{INDENT}{text.name(', '.join(error.commands), text.LINE_CELLS - 3)}"] if error.commands else []
    first = f"{NO_SIGN if severity is None else sign(severity)} {head.removeprefix(INDENT)}"
    said = [text.clip(f"{INDENT}{line}", text.LINE_CELLS) for line in when]
    return "\n".join([first, *said, *place, *commands])


def growth_section(growth: MemoryGrowth | None) -> Section:
    """The growth of memory and where it leads."""
    if growth is None:
        return Section("", ())
    severity = Severity.WARNING if growth.crossings else Severity.UNKNOWN
    sentences = text.unbroken(text.escaped(growth.sentences, SENTENCE_CELLS * 2))
    return Section("Trend", [f"{sign(severity)} {sentences}"], code=False)


def ever_section(commands: Sequence[CommandSnapshot], ever: AllTimeCounts | None, now: float) -> Section:
    """Counts since the start beside those of all time."""
    if ever is None or ever.since is None:
        return Section("", ())
    boot = [sum(column) for column in zip(*(command.outcomes for command in commands), strict=True)] or [0] * 4
    if sum(ever.outcomes) <= sum(boot):  # no earlier start adds anything
        return Section("", ())
    answers = [command.answers for command in commands]
    since_start = AnswerSums(sum(of.number for of in answers), sum(of.total_ns for of in answers))
    rows = [
        _pair("commands", numbers.short_count(sum(boot)), numbers.short_count(sum(ever.outcomes))),
        _pair("denied", *(numbers.short_count(counts[Outcome.DENIED]) for counts in (boot, ever.outcomes))),
        _pair("failed", *(numbers.short_count(counts[Outcome.ERROR]) for counts in (boot, ever.outcomes))),
        _pair("error rate", *(_rate(counts) for counts in (boot, ever.outcomes))),
        _pair("average", *(numbers.duration(of.mean_ns) for of in (since_start, ever.answers))),
    ]
    days = numbers.rough_span(max(0, now - ever.since))
    return Section(f"Since start and all time ({days})", rows, _pair("", "start", "all time"))


def _pair(label: str, boot: str, ever: str) -> str:
    return f"{label:<10}{text.right(boot, 10)}{text.right(ever, 10)}"


def _rate(outcomes: Sequence[int]) -> str:
    return numbers.share(outcomes[Outcome.ERROR], outcomes[Outcome.OK] + outcomes[Outcome.ERROR])
