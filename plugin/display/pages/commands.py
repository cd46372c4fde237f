"""The pages of /commandstats: the commands most used, slowest, failing most, refused most."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence

from plugin.display import failures, graphs, measures, names, numbers, text
from plugin.display.book import Book, Chapter, Rows, Section
from plugin.display.marks import sign
from plugin.display.pages.ever import EVER_NOTE, AllTime, AllTimeLines
from plugin.display.pages.stages import interaction_row, overdue, overdue_line
from plugin.histogram import carries, nearest_rank
from plugin.model import CommandHealth, Health, InteractionSnapshot, Outcome, Severity, Snapshot

MOST_SHOWN = 25
MOST_GROUPS = 2
BAR_CELLS = 10
SINCE_START = "since start"
P95 = 0.95
QUANTILES = (0.5, P95, 0.99)
NOTHING = "–"
QUANTILE_COLUMNS = "     avg     p50    p95    p99"
NO_COMMANDS = "No commands yet. This page will show which are used, slow or failing."
NOT_INVOKED = "No commands invoked since start{}. Run one and check again."


def command_pages(snapshot: Snapshot, health: Health, top_count: int, all_time: AllTime | None = None) -> Book:
    """Four lists of at most `top_count` (1 to 25) commands: most used, slowest, most errors, most refused.

    `all_time` is what history counted; it stands below each command that earlier starts invoked, too.
    """
    top = max(1, min(MOST_SHOWN, top_count))
    invoked = [judged for judged in health.commands if any(judged.command.outcomes)]
    if not invoked:
        before = sum(sum(totals.outcomes) for totals in (all_time or {}).values())
        earlier = f" ({numbers.plural(before, 'invocation')} before)" if before else ""
        opening = NOT_INVOKED.format(earlier) if health.commands else NO_COMMANDS
        return Book([Chapter("Commands", opening, (), SINCE_START)], health, snapshot.at)
    note = EVER_NOTE if all_time else ""
    chapters = _chapters(snapshot, health, invoked, top, AllTimeLines(all_time or {}))
    return Book((chapter._replace(footer=f"{chapter.footer}{note}") for chapter in chapters), health, snapshot.at)


def _chapters(
    snapshot: Snapshot, health: Health, invoked: list[CommandHealth], top: int, ever: AllTimeLines
) -> Iterator[Chapter]:
    yield _most_used(invoked, top, ever)
    yield _slowest(invoked, top, health, ever)
    yield _most_errors(invoked, top, ever)
    yield _most_denied(invoked, top, ever)
    yield from _most_overdue(health, top)
    yield from _interactions(snapshot.interactions, top)


def _most_used(invoked: list[CommandHealth], top: int, ever: AllTimeLines) -> Chapter:
    ranked = _ranked(invoked, top, _invocations)
    total = sum(map(_invocations, invoked))
    most = _invocations(ranked[0])
    rows = [
        "\n".join([_titled(judged, judged.severity), _use(_invocations(judged), total, most), *ever.used(judged)])
        for judged in ranked
    ]
    opening = f"{_inline(ranked[0])} is used most: {numbers.share(most, total)} of {_plural(total)}."
    return _chapter("Most used", f"{opening}{_colours(ranked)}", rows, SINCE_START)


def _use(number: int, total: int, most: int) -> str:
    return f"{numbers.count_in(11, number)}{numbers.share(number, total):>8} {graphs.bar(number, most, BAR_CELLS)}"


def _slowest(invoked: list[CommandHealth], top: int, health: Health, ever: AllTimeLines) -> Chapter:
    ranked = _ranked(invoked, top, _mean_ns)
    if not ranked:
        return _chapter("Slowest", "No command has answered since start.", (), SINCE_START)
    rows = ["\n".join([_counted(judged), *_times(judged), *ever.timed(judged)]) for judged in ranked]
    opening = f"{_inline(ranked[0])} is slowest: {numbers.duration(_mean_ns(ranked[0]))} on average"
    opening = f"{opening}, after deferring." if ranked[0].deferred else f"{opening}."
    slow = sum(judged.response.severity > Severity.WELL for judged in invoked)
    opening = f"{opening} Above target: {slow:,} of {numbers.plural(len(invoked), 'command')}."
    return _chapter("Slowest", opening, rows, f"{measures.window_words(health)} · ok and error", QUANTILE_COLUMNS)


def _counted(judged: CommandHealth) -> str:
    """A command, with the number of its answers where they are few."""
    titled = _titled(judged, judged.response.severity)
    return text.spread(titled, f"last {len(judged.answers.window_ns)}") if _are_few(judged) else titled


def _are_few(judged: CommandHealth) -> bool:
    return not carries(P95, len(judged.answers.window_ns))


def _times(judged: CommandHealth) -> list[str]:
    answers = judged.answers
    window = sorted(answers.window_ns)  # once for all quantiles
    carried = [quantile for quantile in QUANTILES if carries(quantile, len(window))]
    times = [answers.mean_ns, *(window[nearest_rank(quantile, len(window)) - 1] for quantile in carried)]
    shown = [*map(numbers.duration, times), *[NOTHING] * (len(QUANTILES) - len(carried))]
    if _are_few(judged):
        shown[2:] = ["max", numbers.duration(window[-1])]
    line = "".join(text.right(time, width) for time, width in zip(shown, (8, 8, 7, 7), strict=True))
    return [line, measures.DEFERRED_NOTE] if judged.deferred else [line]


def _most_errors(invoked: list[CommandHealth], top: int, ever: AllTimeLines) -> Chapter:
    ranked = _ranked(invoked, top, _errors)
    total = sum(map(_errors, invoked))
    if not ranked:
        return _chapter("Most errors", "No command has failed since start.", (), SINCE_START)
    rows = [_failing(judged, ever) for judged in ranked]
    rate = numbers.share(total, total + sum(judged.command.outcomes[Outcome.OK] for judged in invoked))
    opening = f"{_inline(ranked[0])} fails most: {_errors(ranked[0]):,} of {numbers.plural(total, 'error')}."
    failing = sum(judged.error_rate.severity > Severity.WELL for judged in invoked)
    opening = f"{opening} Error rate above target: {failing:,} of {numbers.plural(len(invoked), 'command')}."
    opening = f"{opening}\nOverall error rate: {rate}."
    return _chapter("Most errors", opening, rows, SINCE_START)


def _failing(judged: CommandHealth, ever: AllTimeLines) -> str:
    command = judged.command
    rate = command.error_rate
    failed = numbers.percent(None if rate is None else 100 * rate)
    groups = heapq.nlargest(MOST_GROUPS + 1, command.errors, key=lambda group: group.count)
    kinds = ["\n".join(failures.error_lines(group)) for group in groups]
    ran = _errors(judged) + command.outcomes[Outcome.OK]
    head = text.spread(f"   {numbers.short_count(_errors(judged))} of {numbers.short_count(ran)} failed", failed)
    shown = text.cut(kinds, MOST_GROUPS, "   … and {:,} more types", len(command.errors))
    return "\n".join([_titled(judged, judged.error_rate.severity), head, *ever.failed(judged), *shown])


def _most_overdue(health: Health, top: int) -> list[Chapter]:
    """Nothing where every first response came in time."""
    ranked = _ranked(list(health.commands), top, _overdue)
    if not ranked:
        return []
    rows = [f"{_titled(judged, judged.severity)}\n{overdue_line(judged.command.stages)}" for judged in ranked]
    opening = f"{_inline(ranked[0])} answers too late most often: {numbers.plural(_overdue(ranked[0]), 'time')}."
    opening = f"{opening} Discord drops interactions that get no response within 3 s."
    return [_chapter("Answered too late", opening, rows, SINCE_START)]


def _interactions(handlers: Sequence[InteractionSnapshot], top: int) -> list[Chapter]:
    """Nothing where there were none."""
    if not handlers:
        return []
    missed = sum(handler.stages.misses.number for handler in handlers)
    opening = "Components, modals and autocomplete, by handler."
    opening = f"{opening} {missed:,} missed the 3 s deadline." if missed else opening
    rows = Rows(interaction_row, handlers[:top])
    return [_chapter("Other interactions", opening, rows, SINCE_START)]


def _overdue(judged: CommandHealth) -> int:
    return overdue(judged.command.stages)


def _most_denied(invoked: list[CommandHealth], top: int, ever: AllTimeLines) -> Chapter:
    ranked = _ranked(invoked, top, _denied)
    if not ranked:
        return _chapter("Most denied", "No invocation was denied since start.", (), SINCE_START)
    rows = [_refused(judged, ever) for judged in ranked]
    opening = f"{_inline(ranked[0])} is denied most: {_denied(ranked[0]):,} of {_plural(_invocations(ranked[0]))}."
    note = "Denied: a failed check, a cooldown or a bad argument, not a bug."
    return _chapter("Most denied", f"{opening}{_colours(ranked)}\n{note}", rows, SINCE_START)


def _refused(judged: CommandHealth, ever: AllTimeLines) -> str:
    denials = judged.command.denials
    reasons = [failures.denial_line(group) for group in denials[: MOST_GROUPS + 1]]
    share = numbers.share(_denied(judged), _invocations(judged))
    denied, invoked = map(numbers.short_count, (_denied(judged), _invocations(judged)))
    head = text.spread(f"   {denied} of {invoked} denied", share)
    shown = text.cut(reasons, MOST_GROUPS, "   … and {:,} more reasons", len(denials))
    return "\n".join([_titled(judged, judged.severity), head, *ever.refused(judged), *shown])


def _chapter(title: str, opening: str, rows: Sequence[str], footer: str, header: str = "") -> Chapter:
    return Chapter(title, opening, [Section(f"Top {len(rows)}", rows, header)], footer)


def _ranked(
    commands: Sequence[CommandHealth], top: int, value: Callable[[CommandHealth], float]
) -> list[CommandHealth]:
    """The commands with the highest values above 0, highest first; equal ones as they came."""
    values = list(map(value, commands))
    order = sorted(range(len(values)), key=values.__getitem__, reverse=True)
    return [commands[index] for index in order[:top] if values[index]]


def _colours(commands: Sequence[CommandHealth]) -> str:
    """What the colours of a list say that is not about colours."""
    troubled = sum(judged.severity > Severity.WELL for judged in commands)
    return f" Slow or failing: {troubled:,} of the {len(commands):,} shown." if troubled else ""


def _invocations(judged: CommandHealth) -> int:
    return sum(judged.command.outcomes)


def _mean_ns(judged: CommandHealth) -> float:
    return judged.answers.mean_ns or 0


def _errors(judged: CommandHealth) -> int:
    return judged.command.outcomes[Outcome.ERROR]


def _denied(judged: CommandHealth) -> int:
    return judged.command.outcomes[Outcome.DENIED]


def _titled(judged: CommandHealth, severity: Severity) -> str:
    return f"{sign(severity)} {names.short_label(judged.command.key, text.LINE_CELLS - 3)}"


def _inline(judged: CommandHealth) -> str:
    return names.inline_label(judged.command.key)


def _plural(number: int) -> str:
    return numbers.plural(number, "invocation")
