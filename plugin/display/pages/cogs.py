"""The pages of /cogstats: which cogs are busy, which of them fail, and why."""

from __future__ import annotations

import heapq
from operator import add

from plugin.display import graphs, measures, numbers, text
from plugin.display.book import Book, Chapter, Rows, Section
from plugin.display.marks import sign
from plugin.display.names import CogNames
from plugin.display.pages.ever import EVER_NOTE, AllTime
from plugin.model import AnswerSums, CogHealth, CommandTotals, Health, Severity, Snapshot

MOST_ACTIVE = 5
BAR_CELLS = 9
COLUMNS = "     invoked  errors  average"
NO_COGS = "No cogs loaded and no commands invoked since start. This page will show which cogs are busy and which fail."


def cog_pages(snapshot: Snapshot, health: Health, all_time: AllTime | None = None) -> Book:
    """The most active cogs, then every cog with its error rate and what is wrong with it, worst first.

    `all_time` is what history counted; it stands below each cog that earlier starts invoked, too.
    """
    ever, named = _by_cog(all_time or {}), CogNames(cog.name for cog in health.cogs)
    rows = Rows(lambda cog: _cog(cog, named, ever.get(cog.name)), health.cogs)
    sections = [
        _overall(snapshot, health),
        _most_active(health, named),
        Section("All cogs, worst first", rows, COLUMNS),
    ]
    if not health.cogs:
        sections = []
    footer = f"{_footer(health)}{EVER_NOTE if all_time else ''}"
    return Book([Chapter("Cogs", _opening(health, named), sections, footer)], health, snapshot.at)


def _by_cog(all_time: AllTime) -> dict[str | None, CommandTotals]:
    """The sums of each cog, under the key of any of its commands."""
    summed: dict[str | None, CommandTotals] = {}
    for key, totals in all_time.items():
        known = summed.get(key.cog)
        if known is not None:
            ok, denied, error, cancelled = map(add, known.outcomes, totals.outcomes)
            answers = AnswerSums(*map(add, known.answers, totals.answers))
            totals = CommandTotals(key, (ok, denied, error, cancelled), known.total_ns + totals.total_ns, answers)
        summed[key.cog] = totals
    return summed


def _footer(health: Health) -> str:
    return f"average: {measures.window_words(health)} · counts: since start"


def _opening(health: Health, named: CogNames) -> str:
    if not health.cogs:
        return NO_COGS
    cogs = [cog for cog in health.cogs if cog.name is not None]
    total = sum(map(_invocations, health.cogs))
    if not total:
        return f"{numbers.plural(len(cogs), 'cog')}, no commands invoked since start."
    busiest = max(health.cogs, key=_invocations)
    shown = "Commands without a cog are" if busiest.name is None else f"`{named(busiest.name)}` is"
    share = f"{numbers.share(_invocations(busiest), total)} of {numbers.plural(total, 'invocation')}"
    return f"{_verdict(cogs, health)}\n{shown} the busiest: {share}."


def _verdict(cogs: list[CogHealth], health: Health) -> str:
    """How many cogs have a problem; the commands that belong to none are no cog, and told apart."""
    loose = any(cog.name is None and cog.severity > Severity.WELL for cog in health.cogs)
    troubled = sum(cog.severity > Severity.WELL for cog in cogs)
    if not cogs:
        return f"The bot has no cogs; its commands {'have warnings' if loose else 'are healthy'}."
    if not troubled:
        return f"No cog has warnings{', but commands without a cog do' if loose else ''}."
    verb = "has" if troubled == 1 else "have"
    ending = ", and so do commands without a cog" if loose else ""
    return f"{troubled:,} of {numbers.plural(len(cogs), 'cog')} {verb} warnings{ending}."


def _overall(snapshot: Snapshot, health: Health) -> Section:
    loaded = set(snapshot.cogs)
    gone = sum(cog.name is not None and cog.name not in loaded for cog in health.cogs)
    rows = [
        measures.plain("Loaded cogs", numbers.count(len(loaded))),
        *([measures.plain("no longer loaded", numbers.count(gone))] if gone else []),
        *measures.error_rate("Overall error rate", health.error_rate_percent, health.latest),
    ]
    return Section("Overall", rows)


def _most_active(health: Health, named: CogNames) -> Section:
    active = [cog for cog in heapq.nlargest(MOST_ACTIVE, health.cogs, key=_invocations) if _invocations(cog)]
    most = _invocations(active[0]) if active else 0
    total = sum(map(_invocations, health.cogs))
    return Section("Most active", [_active(cog, named, most, total) for cog in active])


def _active(cog: CogHealth, named: CogNames, most: int, total: int) -> str:
    number = _invocations(cog)
    bar = graphs.bar(number, most, BAR_CELLS)
    return f"{_titled(cog, named)}\n{numbers.count_in(12, number)}{numbers.share(number, total):>8} {bar}"


def _titled(cog: CogHealth, named: CogNames) -> str:
    return f"{sign(cog.severity)} {named(cog.name, text.LINE_CELLS - 3)}"


def _ever(cog: CogHealth, totals: CommandTotals | None) -> list[str]:
    if totals is None or sum(totals.outcomes) <= _invocations(cog):
        return []
    ok, _, errors, _ = totals.outcomes
    average = numbers.duration(totals.answers.mean_ns)
    counted = numbers.count_in(8, sum(totals.outcomes))
    return [f"all {counted}{numbers.share(errors, ok + errors):>8}{text.right(average, 9)}"]


def _cog(cog: CogHealth, named: CogNames, totals: CommandTotals | None) -> str:
    ok, _, errors, _ = cog.outcomes
    failed = numbers.share(errors, ok + errors)
    average = numbers.duration(cog.mean_ns)
    values = f"{numbers.count_in(12, _invocations(cog))}{failed:>8}{text.right(average, 9)}"
    if not _invocations(cog):
        values = "   not invoked since start" if cog.commands else "   no commands"
    reasons = text.wrapped(cog.reasons[0], indent="   ", lines=2) if cog.reasons else []
    return "\n".join([_titled(cog, named), values, *_ever(cog, totals), *reasons])


def _invocations(cog: CogHealth) -> int:
    return sum(cog.outcomes)
