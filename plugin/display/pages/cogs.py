"""The pages of /cogstats: busy and failing cogs, with reasons; since start or over a period."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from operator import add
from typing import TypeVar

from plugin.display import comparison, graphs, measures, numbers, text
from plugin.display.book import Book, Chapter, Rows, Section
from plugin.display.comparison import Column, alone
from plugin.display.marks import sign
from plugin.display.names import CogNames
from plugin.display.pages.ever import EVER_NOTE, AllTime
from plugin.model import AnswerSums, Change, CogHealth, CommandTotals, Health, Severity, Snapshot, Spans, error_rate
from plugin.model.command_reviews import CogReview, CogsReview

MOST_ACTIVE = 5
BAR_CELLS = 9
COUNT_CELLS = 12
COLUMNS = (("invoked", COUNT_CELLS), ("errors", 8), ("average", 9))
ALL_TIME = "all "
NO_COGS = "No cogs loaded and no commands invoked since start. This page will show which cogs are busy and which fail."
NOTHING = "No commands invoked in this period."

Cog = CogHealth | CogReview
T = TypeVar("T", bound=Cog)


def cog_pages(snapshot: Snapshot, health: Health, past: CogsReview | AllTime | None = None) -> Book:
    """Every cog with its error rate and answer time, worst first; since start also the most active, and reasons.

    With a review the numbers are those of its period, each above that of the previous period. Cogs that earlier starts
    invoked too have their counts of all time below.
    """
    chapter = _of_period(past) if isinstance(past, CogsReview) else _since_start(snapshot, health, past or {})
    return Book([chapter], health, snapshot.at)


def _since_start(snapshot: Snapshot, health: Health, all_time: AllTime) -> Chapter:
    cogs, ever, named = health.cogs, _by_cog(all_time), CogNames(cog.name for cog in health.cogs)
    rate = measures.error_rate("Overall error rate", health.error_rate_percent, health.latest)
    sections = [
        Section("Overall", [*_loaded(snapshot, health), *rate]),
        _most_active(health, named),
        _list(cogs, lambda cog: _cog_since_start(cog, named, ever.get(cog.name)), None),
    ]
    opening = NO_COGS
    if cogs and not sum(map(_invocations, cogs)):
        loaded = sum(cog.name is not None for cog in cogs)
        opening = f"{numbers.plural(loaded, 'cog')}, no commands invoked since start."
    elif cogs:
        opening = _opening(cogs, "cog", named)
    footer = f"average: {measures.window_words(health)} · counts: since start{EVER_NOTE if all_time else ''}"
    return Chapter("Cogs", opening, sections if cogs else (), footer)


def _of_period(review: CogsReview) -> Chapter:
    cogs, spans, named = review.cogs, review.spans, CogNames(cog.name for cog in review.cogs)
    sections = [
        Section("Overall", [measures.judged("Overall error rate", review.error_rate, numbers.percent)]),
        _list(cogs, lambda cog: "\n".join([_titled(cog, named), _of(cog, spans)]), spans),
    ]
    opening = NOTHING
    if cogs:
        below = "" if spans.before is None else f" {comparison.BELOW}"
        opening = f"{_opening(cogs, 'busy cog', named)}{below}\n{comparison.legend(spans)}"
    return Chapter("Cogs", opening, sections if cogs else (), comparison.footer(spans))


def _opening(cogs: Sequence[Cog], noun: str, named: CogNames) -> str:
    busiest, total = max(cogs, key=_invocations), sum(map(_invocations, cogs))
    shown = "Commands without a cog are" if busiest.name is None else f"`{named(busiest.name)}` is"
    share = f"{numbers.share(_invocations(busiest), total)} of {numbers.plural(total, 'invocation')}"
    return f"{_verdict(cogs, noun)}\n{shown} the busiest: {share}."


def _verdict(cogs: Sequence[Cog], noun: str) -> str:
    """How many cogs have problems; commands without a cog are mentioned separately."""
    number = sum(cog.name is not None for cog in cogs)
    troubled = sum(cog.name is not None and cog.severity > Severity.WELL for cog in cogs)
    loose = any(cog.name is None and cog.severity > Severity.WELL for cog in cogs)
    if not number:
        return f"No {noun}s; commands without a cog {'have warnings' if loose else 'are healthy'}."
    if not troubled:
        return f"No {noun} has warnings{', but commands without a cog do' if loose else ''}."
    verb = "has" if troubled == 1 else "have"
    ending = ", and so do commands without a cog" if loose else ""
    return f"{troubled:,} of {numbers.plural(number, noun)} {verb} warnings{ending}."


def _loaded(snapshot: Snapshot, health: Health) -> list[str]:
    loaded = set(snapshot.cogs)
    gone = sum(cog.name is not None and cog.name not in loaded for cog in health.cogs)
    return [
        measures.plain("Loaded cogs", numbers.count(len(loaded))),
        *([measures.plain("no longer loaded", numbers.count(gone))] if gone else []),
    ]


def _most_active(health: Health, named: CogNames) -> Section:
    active = [cog for cog in heapq.nlargest(MOST_ACTIVE, health.cogs, key=_invocations) if _invocations(cog)]
    most = _invocations(active[0]) if active else 0
    total = sum(map(_invocations, health.cogs))
    return Section("Most active", [_active(cog, named, most, total) for cog in active])


def _active(cog: CogHealth, named: CogNames, most: int, total: int) -> str:
    number = _invocations(cog)
    bar = graphs.bar(number, most, BAR_CELLS)
    return f"{_titled(cog, named)}\n{numbers.count_in(COUNT_CELLS, number)}{numbers.share(number, total):>8} {bar}"


def _list(cogs: Sequence[T], draw: Callable[[T], str], spans: Spans | None) -> Section:
    return Section("Cogs, worst first", Rows(draw, cogs), comparison.heads(COLUMNS, spans))


def _titled(cog: Cog, named: CogNames) -> str:
    return f"{sign(cog.severity)} {named(cog.name, text.LINE_CELLS - 3)}"


def _of(cog: CogReview, spans: Spans) -> str:
    return _numbers((cog.invocations, cog.error_rate, cog.mean_ns), spans)


def _numbers(changes: tuple[Change, Change, Change], spans: Spans | None = None, cells: int = COUNT_CELLS) -> str:
    invocations, rate, mean_ns = changes
    row = (
        Column(invocations, comparison.count_in(cells - 1), cells),
        Column(rate, comparison.share, 8),
        Column(mean_ns, comparison.duration, 9),
    )
    return comparison.columns(row, spans)


def _cog_since_start(cog: CogHealth, named: CogNames, totals: CommandTotals | None) -> str:
    values = _numbers((alone(_invocations(cog)), alone(error_rate(cog.outcomes)), alone(cog.mean_ns)))
    if not _invocations(cog):
        values = "   not invoked since start" if cog.commands else "   no commands"
    reasons = text.wrapped(cog.reasons[0], indent="   ", lines=2) if cog.reasons else []
    return "\n".join([_titled(cog, named), values, *_ever(cog, totals), *reasons])


def _ever(cog: CogHealth, totals: CommandTotals | None) -> list[str]:
    if totals is None or sum(totals.outcomes) <= _invocations(cog):
        return []
    changes = alone(sum(totals.outcomes)), alone(error_rate(totals.outcomes)), alone(totals.answers.mean_ns)
    return [f"{ALL_TIME}{_numbers(changes, cells=COUNT_CELLS - len(ALL_TIME))}"]


def _by_cog(all_time: AllTime) -> dict[str | None, CommandTotals]:
    """The totals of each cog, under the key of any of its commands."""
    summed: dict[str | None, CommandTotals] = {}
    for key, totals in all_time.items():
        known = summed.get(key.cog)
        if known is not None:
            ok, denied, error, cancelled = map(add, known.outcomes, totals.outcomes)
            answers = AnswerSums(*map(add, known.answers, totals.answers))
            totals = CommandTotals(key, (ok, denied, error, cancelled), known.total_ns + totals.total_ns, answers)
        summed[key.cog] = totals
    return summed


def _invocations(cog: Cog) -> int:
    return sum(cog.outcomes)
