"""Books of findings that are full."""

from __future__ import annotations

from plugin.insight.findings import FindingBook
from plugin.insight.health import judge
from plugin.settings import Settings
from tests.insight.snapshots import command, snapshot

LARGEST_BOOK = 50
"""What is promised."""


def test_what_finds_no_room_in_either_book_is_counted() -> None:
    """Fifty thresholds are open at most: one of the slow commands finds no room, at every look."""
    book, settings = FindingBook(), Settings()
    taken = snapshot(*(command(f"c{n}", ok=100, mean_ms=2900) for n in range(LARGEST_BOOK + 1)))
    for looks in (1, 2, 3):
        book.update(taken, judge(taken, settings), settings)
        assert len([finding for finding in book.active if finding.threshold is not None]) == LARGEST_BOOK
        assert book.dropped == looks
