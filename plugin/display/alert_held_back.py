"""The message about incidents that are not told, since too many were."""

from __future__ import annotations

from plugin.display.marks import MARKS
from plugin.model import Notice, Severity


def held_back_notice(number: int, limit: int, id: str, *, plain: bool = False) -> Notice:
    """What is said of `number` incidents that wait, since `limit` were told within an hour; `id` is of the message.

    `plain` is without Discord's markdown.
    """
    mark = f"more incidents {id}"
    if number:
        sign, colour, _ = MARKS[Severity.WARNING]
        title = f"{sign} and {number:,} more {'incident' if number == 1 else 'incidents'}"
        text = f"No more than {limit} new messages an hour are sent. See {'/health' if plain else '`/health`'}."
    else:
        sign, colour, _ = MARKS[Severity.WELL]
        title, text = f"{sign} No more incidents", "Those that were held back are over, or have messages of their own."
    return Notice(mark, title, text, int(colour), mark, kind="warning" if number else "success")
