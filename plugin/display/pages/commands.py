"""The pages of /commandstats: the commands most used, slowest, failing or denied most."""

from __future__ import annotations

from collections.abc import Iterator

from plugin.display import numbers
from plugin.display.book import Book, Chapter
from plugin.display.pages.command_chapters import list_chapters
from plugin.display.pages.command_lists import SINCE_START, Lists, lists_of_period, lists_since_start
from plugin.display.pages.ever import AllTime
from plugin.display.pages.late import late_chapters
from plugin.model import Health, Snapshot
from plugin.model.command_reviews import CommandsReview

MOST_SHOWN = 25
NO_COMMANDS = "No commands yet. This page will show which are used, slow or failing."
NOT_INVOKED = "No commands invoked since start{}. Run one and check again."
NOTHING = "No commands invoked in this period."


def command_pages(
    snapshot: Snapshot, health: Health, top_count: int, past: CommandsReview | AllTime | None = None
) -> Book:
    """Four lists of at most `top_count` (1 to 25) commands: most used, slowest, most errors, most denied.

    With a review the numbers are those of its period, each beside that of the previous period. Commands that earlier
    starts invoked too have their counts of all time below.
    """
    if isinstance(past, CommandsReview):
        lists = lists_of_period(past, snapshot.at)
        nothing = Chapter("Commands", NOTHING, (), lists.footer)
        return Book(list_chapters(lists) if past.most_used else [nothing], health, snapshot.at)
    top = max(1, min(MOST_SHOWN, top_count))
    invoked = [judged for judged in health.commands if any(judged.outcomes)]
    if not invoked:
        before = sum(sum(totals.outcomes) for totals in (past or {}).values())
        earlier = f" ({numbers.plural(before, 'invocation')} before)" if before else ""
        opening = NOT_INVOKED.format(earlier) if health.commands else NO_COMMANDS
        return Book([Chapter("Commands", opening, (), SINCE_START)], health, snapshot.at)
    lists = lists_since_start(invoked, health, top, past or {})
    return Book(_with_late(lists, snapshot, health, top), health, snapshot.at)


def _with_late(lists: Lists, snapshot: Snapshot, health: Health, top: int) -> Iterator[Chapter]:
    yield from list_chapters(lists)
    yield from late_chapters(snapshot, health, top, lists.footer)
