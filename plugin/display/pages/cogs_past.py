"""The pages of /cogstats over a period: each cog compared with the previous period."""

from __future__ import annotations

from plugin.display import comparison, measures, numbers, text
from plugin.display.book import Book, Chapter, Rows, Section
from plugin.display.marks import sign
from plugin.display.names import CogNames
from plugin.model import Health, Severity, Spans
from plugin.model.past import CogReview, CogsReview

COLUMNS = "    invoked  errors  average"
WIDTHS = (11, 7, 8)
"""Each without its arrow."""

NOTHING = "No commands invoked in this period."
BELOW = "Below each row: the previous period."


def past_cog_pages(review: CogsReview, health: Health, at: float) -> Book:
    """Every cog that was busy in the period, worst first; `at` is the moment of asking, Unix time in seconds."""
    spans, named = review.spans, CogNames(cog.name for cog in review.cogs)
    sections = [
        Section("Overall", [measures.judged("Overall error rate", review.error_rate, numbers.percent)]),
        Section("Cogs, worst first", Rows(lambda cog: _cog(cog, named, spans), review.cogs), COLUMNS),
    ]
    opening = f"{_opening(review, named)}\n{comparison.legend(spans)}" if review.cogs else NOTHING
    return Book([Chapter("Cogs", opening, sections if review.cogs else (), comparison.footer(spans))], health, at)


def _opening(review: CogsReview, named: CogNames) -> str:
    busiest = max(review.cogs, key=lambda cog: sum(cog.outcomes))
    total = sum(review.outcomes)
    shown = "Commands without a cog are" if busiest.name is None else f"`{named(busiest.name)}` is"
    share = f"{numbers.share(sum(busiest.outcomes), total)} of {numbers.plural(total, 'invocation')}"
    troubled = sum(cog.severity > Severity.WELL for cog in review.cogs)
    problem = (
        f"{troubled:,} of {len(review.cogs):,} busy cogs {'has' if troubled == 1 else 'have'} warnings"
        if troubled
        else "All busy cogs are healthy"
    )
    below = "" if review.spans.before is None else f" {BELOW}"
    return f"{problem}.\n{shown} the busiest: {share}.{below}"


def _cog(cog: CogReview, named: CogNames, spans: Spans) -> str:
    changes = (
        (cog.invocations, comparison.count, 11),
        (cog.error_rate, comparison.share, 7),
        (cog.mean_ns, comparison.duration, 8),
    )
    now = [text.right(show(change.after), width) + comparison.arrow(change) for change, show, width in changes]
    lines = [f"{sign(cog.severity)} {named(cog.name, text.LINE_CELLS - 3)}", "".join(now).rstrip()]
    if spans.before is not None:
        lines.append("".join(f"{text.right(show(change.before), width)} " for change, show, width in changes).rstrip())
    return "\n".join(lines)
