"""The chapters of /commandstats, one per list, with or without a previous period."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plugin.display import comparison, graphs, measures, names, numbers, text
from plugin.display.book import Chapter, Section
from plugin.display.comparison import Column
from plugin.display.marks import sign
from plugin.display.pages.command_lists import SINCE_START, CommandRow, Lists
from plugin.model import Outcome, Severity, Spans

BAR_CELLS = 10
TIMES = (("avg", 8), ("p50", 8), ("p95", 7), ("p99", 7))
USE_COLUMNS = "{:>12}     before  share"
DENIED_NOTE = "Denied: a failed check, a cooldown or a bad argument, not a bug."


def list_chapters(lists: Lists) -> Iterator[Chapter]:
    """A chapter per list, made one at a time."""
    yield _most_used(lists)
    yield _slowest(lists)
    yield _most_errors(lists)
    yield _most_denied(lists)


def _most_used(lists: Lists) -> Chapter:
    rows, spans = lists.used(), lists.spans
    total, most = sum(lists.outcomes), sum(rows[0].command.outcomes)
    drawn = [_drawn(row, row.command.severity, _use(row, spans, total, most)) for row in rows]
    opening = f"{_inline(rows[0])} is used most: {numbers.share(most, total)} of {_plural(total)}."
    header = "" if spans is None or spans.before is None else USE_COLUMNS.format(comparison.SHORT[spans.period])
    return _chapter("Most used", f"{opening}{_colours(rows)}", drawn, lists, header)


def _use(row: CommandRow, spans: Spans | None, total: int, most: int) -> str:
    number, (change,) = sum(row.command.outcomes), row.changes
    share = numbers.share(number, total)
    if spans is None or spans.before is None:
        return f"{numbers.count_in(11, number)}{share:>8} {graphs.bar(number, most, BAR_CELLS)}"
    before = numbers.count_in(10, int(change.before or 0))
    return f"{numbers.count_in(11, number)}{comparison.arrow(change)}{before}{share:>8}"


def _slowest(lists: Lists) -> Chapter:
    rows, spans = lists.slowest(), lists.spans
    if not rows:
        return _chapter("Slowest", f"No command has answered {_when(spans)}.", (), lists)
    drawn = [_drawn(row, row.command.response.severity, _times(row, spans)) for row in rows]
    after = ", after deferring" if rows[0].command.deferred else ""
    opening = f"{_inline(rows[0])} is slowest: {comparison.duration(rows[0].changes[0].after)} on average{after}."
    opening = f"{opening} Above target: {lists.slow:,} of {numbers.plural(lists.commands, 'command')}."
    if spans is not None and spans.before is not None:
        opening = f"{opening} {comparison.BELOW}"
    chapter = _chapter("Slowest", opening, drawn, lists, comparison.heads(TIMES, spans))
    return chapter._replace(footer=lists.times_footer)


def _times(row: CommandRow, spans: Spans | None) -> str:
    columns = [
        Column(change, comparison.duration, width) for change, (_, width) in zip(row.changes, TIMES, strict=True)
    ]
    if row.few:
        columns[2] = columns[2]._replace(show=_max)
    times = comparison.columns(columns, spans)
    return f"{times}\n{measures.DEFERRED_NOTE}" if row.command.deferred else times


def _max(value: float | None) -> str:
    """The name of the longest time, in the place of the p95."""
    del value
    return "max"


def _most_errors(lists: Lists) -> Chapter:
    rows, (ok, _, errors, _) = lists.failed(), lists.outcomes
    if not rows:
        return _chapter("Most errors", f"No command has failed {_when(lists.spans)}.", (), lists)
    drawn = [_drawn(row, row.command.error_rate.severity, _failed(row, lists.spans)) for row in rows]
    most = rows[0].command.outcomes[Outcome.ERROR]
    opening = f"{_inline(rows[0])} fails most: {most:,} of {numbers.plural(errors, 'error')}."
    opening = f"{opening} Error rate above target: {lists.failing:,} of {numbers.plural(lists.commands, 'command')}."
    opening = f"{opening}\nOverall error rate: {numbers.share(errors, ok + errors)}."
    return _chapter("Most errors", opening, drawn, lists, _header(lists.spans))


def _most_denied(lists: Lists) -> Chapter:
    rows = lists.denied()
    if not rows:
        return _chapter("Most denied", f"No invocation was denied {_when(lists.spans)}.", (), lists)
    drawn = [_drawn(row, row.command.severity, _denied(row, lists.spans)) for row in rows]
    outcomes = rows[0].command.outcomes
    opening = f"{_inline(rows[0])} is denied most: {outcomes[Outcome.DENIED]:,} of {_plural(sum(outcomes))}."
    return _chapter("Most denied", f"{opening}{_colours(rows)}\n{DENIED_NOTE}", drawn, lists, _header(lists.spans))


def _failed(row: CommandRow, spans: Spans | None) -> str:
    ok, _, errors, _ = row.command.outcomes
    return _share(row, errors, ok + errors, "failed", spans)


def _denied(row: CommandRow, spans: Spans | None) -> str:
    outcomes = row.command.outcomes
    return _share(row, outcomes[Outcome.DENIED], sum(outcomes), "denied", spans)


def _share(row: CommandRow, part: int, whole: int, verb: str, spans: Spans | None) -> str:
    (change,) = row.changes
    if spans is None or spans.before is None:
        counted = f"   {numbers.short_count(part)} of {numbers.short_count(whole)} {verb}"
        return text.spread(counted, comparison.share(change.after))
    return comparison.line(f"   {comparison.count_in(5)(part)} {verb}", change, comparison.share, spans)


def _header(spans: Spans | None) -> str:
    return "" if spans is None else comparison.header(spans)


def _when(spans: Spans | None) -> str:
    return SINCE_START if spans is None else "in this period"


def _drawn(row: CommandRow, severity: Severity, shown: str) -> str:
    """A command with its numbers, and the number of answers if they are few."""
    titled = f"{sign(severity)} {names.short_label(row.command.key, text.LINE_CELLS - 3)}"
    if row.few:
        titled = text.spread(titled, f"last {row.few}")
    return "\n".join([titled, shown, *row.further])


def _chapter(title: str, opening: str, rows: Sequence[str], lists: Lists, header: str = "") -> Chapter:
    legend = "" if lists.spans is None else f"\n{comparison.legend(lists.spans)}"
    return Chapter(title, f"{opening}{legend}", [Section(f"Top {len(rows)}", rows, header)], lists.footer)


def _colours(rows: Sequence[CommandRow]) -> str:
    """How many of the listed commands are slow or failing, as text for screen readers."""
    troubled = sum(row.command.severity > Severity.WELL for row in rows)
    return f" Slow or failing: {troubled:,} of the {len(rows):,} shown." if troubled else ""


def _inline(row: CommandRow) -> str:
    return names.inline_label(row.command.key)


def _plural(number: int) -> str:
    return numbers.plural(number, "invocation")
