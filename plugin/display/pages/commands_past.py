"""The pages of /commandstats over a period: each list beside the same span before it."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.display import comparison, failures, graphs, measures, names, numbers, text
from plugin.display.book import Book, Chapter, Section
from plugin.display.marks import sign
from plugin.model import Health, Outcome, Severity, Spans
from plugin.model.past import CommandReview, CommandsReview

MOST_GROUPS = 2
BAR_CELLS = 10
WIDTHS = (8, 7, 7, 7)
"""Of mean, median, 95th and 99th percentile, each with its arrow."""

QUANTILE_COLUMNS = "    avg     p50    p95    p99"
USE_COLUMNS = "{:>12}     before  share"
NOTHING = "No commands invoked in this period."
NOT_MEASURED = "No answers measured in this period. Older versions of the monitor did not measure them."
BELOW = "Below each row: the previous period."


def past_command_pages(review: CommandsReview, health: Health, at: float) -> Book:
    """Four lists: most used, slowest, most errors, most refused; `at` is the moment of asking, Unix time in seconds."""
    if not review.most_used:
        return Book([Chapter("Commands", NOTHING, (), comparison.footer(review.spans))], health, at)
    return Book([_most_used(review), _slowest(review), _most_errors(review, at), _most_denied(review)], health, at)


def _most_used(review: CommandsReview) -> Chapter:
    commands, spans = review.most_used, review.spans
    total, most = sum(review.outcomes), sum(commands[0].outcomes)
    rows = [f"{_titled(command, command.severity)}\n{_use(command, spans, total, most)}" for command in commands]
    opening = f"{_inline(commands[0])} is used most: {numbers.share(most, total)} of {_plural(total)}."
    header = "" if spans.before is None else USE_COLUMNS.format(comparison.SHORT[spans.period])
    return _chapter("Most used", f"{opening}{_colours(commands)}", rows, spans, header)


def _use(command: CommandReview, spans: Spans, total: int, most: int) -> str:
    number, (change,) = sum(command.outcomes), command.changes
    share = numbers.share(number, total)
    if spans.before is None:
        return f"{numbers.count_in(11, number)}{share:>8} {graphs.bar(number, most, BAR_CELLS)}"
    before = numbers.count_in(10, int(change.before or 0))
    return f"{numbers.count_in(11, number)}{comparison.arrow(change)}{before}{share:>8}"


def _slowest(review: CommandsReview) -> Chapter:
    commands, spans = review.slowest, review.spans
    if not commands:
        return _chapter("Slowest", NOT_MEASURED, (), spans)
    rows = [f"{_titled(command, command.response.severity)}\n{_times(command, spans)}" for command in commands]
    slowest = comparison.duration(commands[0].changes[0].after)
    opening = f"{_inline(commands[0])} is slowest: {slowest} on average"
    opening = f"{opening}, after deferring." if commands[0].deferred else f"{opening}."
    opening = f"{opening} Above target: {review.slow:,} of {numbers.plural(review.commands, 'command')}."
    opening = opening if spans.before is None else f"{opening} {BELOW}"
    return _chapter("Slowest", opening, rows, spans, QUANTILE_COLUMNS)


def _times(command: CommandReview, spans: Spans) -> str:
    changes = list(zip(command.changes, WIDTHS, strict=True))
    now = [
        text.right(comparison.duration(change.after), width - 1) + comparison.arrow(change) for change, width in changes
    ]
    note = f"\n{measures.DEFERRED_NOTE}" if command.deferred else ""
    if spans.before is None:
        return "".join(now).rstrip() + note
    before = [f"{text.right(comparison.duration(change.before), width - 1)} " for change, width in changes]
    return f"{''.join(now).rstrip()}\n{''.join(before).rstrip()}{note}"


def _most_errors(review: CommandsReview, at: float) -> Chapter:
    commands, spans = review.most_errors, review.spans
    if not commands:
        return _chapter("Most errors", "No command failed in this period.", (), spans)
    rows = [_failing(command, spans, at) for command in commands]
    total = review.outcomes[Outcome.ERROR]
    most = commands[0].outcomes[Outcome.ERROR]
    opening = f"{_inline(commands[0])} fails most: {most:,} of {numbers.plural(total, 'error')}."
    opening = f"{opening} Error rate above target: {review.failing:,} of {numbers.plural(review.commands, 'command')}."
    return _chapter("Most errors", opening, rows, spans, comparison.header(spans))


def _failing(command: CommandReview, spans: Spans, at: float) -> str:
    number = command.outcomes[Outcome.ERROR]
    label = f"  {numbers.count_in(6, number).lstrip()} {'error' if number == 1 else 'errors'}"
    kinds = ["\n".join(failures.history_lines(group, spans, at)) for group in command.errors[: MOST_GROUPS + 1]]
    shown = text.cut(kinds, MOST_GROUPS, "   … and {:,} more types", len(command.errors))
    head = comparison.line(label, command.changes[0], comparison.share, spans)
    return "\n".join([_titled(command, command.error_rate.severity), head, *shown])


def _most_denied(review: CommandsReview) -> Chapter:
    commands, spans = review.most_denied, review.spans
    if not commands:
        return _chapter("Most denied", "No invocation was denied in this period.", (), spans)
    rows = [f"{_titled(command, command.severity)}\n{_refused(command, spans)}" for command in commands]
    denied, invoked = commands[0].outcomes[Outcome.DENIED], sum(commands[0].outcomes)
    opening = f"{_inline(commands[0])} is denied most: {denied:,} of {_plural(invoked)}.{_colours(commands)}"
    return _chapter("Most denied", opening, rows, spans, comparison.header(spans))


def _refused(command: CommandReview, spans: Spans) -> str:
    label = f"  {numbers.count_in(6, command.outcomes[Outcome.DENIED]).lstrip()} denied"
    return comparison.line(label, command.changes[0], comparison.share, spans)


def _chapter(title: str, opening: str, rows: Sequence[str], spans: Spans, header: str = "") -> Chapter:
    section = Section(f"Top {len(rows)}", rows, header)
    return Chapter(title, f"{opening}\n{comparison.legend(spans)}", [section], comparison.footer(spans))


def _colours(commands: Sequence[CommandReview]) -> str:
    """What the colours of a list say that is not about colours."""
    troubled = sum(command.severity > Severity.WELL for command in commands)
    return f" Slow or failing: {troubled:,} of the {len(commands):,} shown." if troubled else ""


def _titled(command: CommandReview, severity: Severity) -> str:
    return f"{sign(severity)} {names.short_label(command.key, text.LINE_CELLS - 3)}"


def _inline(command: CommandReview) -> str:
    return names.inline_label(command.key)


def _plural(number: int) -> str:
    return numbers.plural(number, "invocation")
