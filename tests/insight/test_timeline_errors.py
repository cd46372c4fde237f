"""Errors of a window: when they are told to have come, and where."""

from __future__ import annotations

import pytest

from plugin.insight.timeline import timeline
from plugin.model import (
    HELD_THE_LOOP,
    CommandKey,
    CommandKind,
    ErrorCourse,
    ErrorHistory,
    ErrorPoint,
    Place,
    Severity,
)
from plugin.model.timeline import MomentPast, MomentWindow, TimelineEntry

NOON = 1_699_963_200
PLACE = Place("shop.py", "buy", 9)
BUY, SELL, FEED = (CommandKey(CommandKind.SLASH, name, None) for name in ("buy", "sell", "feed"))


def told(
    kind: str, first_seen: float, *points: tuple[int, CommandKey, int], place: Place | None = PLACE
) -> TimelineEntry:
    """What is told of one error group, with failures at seconds after noon, of a quarter of an hour."""
    kept = tuple(ErrorPoint(NOON + at, key, count) for at, key, count in points)
    group = ErrorHistory(kind, place, 99, NOON + first_seen, NOON + 900, "1", "1", (BUY,))
    window = MomentWindow(NOON + 450, NOON, NOON + 900)
    past = MomentPast(
        window, {"one": ()}, (), (ErrorCourse(group, kept),), (), (), (), (), NOON - 90_000, NOON + 5030, 60
    )
    (entry,) = timeline(past).entries
    return entry


@pytest.mark.parametrize(
    ("first_seen", "since", "text"),
    [
        pytest.param(150, 150, "new error: KeyError in shop.py:9 in /buy, 3 times", id="within a minute"),
        pytest.param(90, 120, "new error: KeyError in shop.py:9 in /buy, 3 times", id="before it"),
        pytest.param(-900, 120, "error: KeyError in shop.py:9 in /buy, 3 times", id="long before"),
        pytest.param(900, 120, "error: KeyError in shop.py:9 in /buy, 3 times", id="after the window"),
    ],
)
def test_an_error_is_told_from_its_first_failure(first_seen: float, since: float, text: str) -> None:
    """A new one from when it was first seen, which is within the minute that has it; to the end of its last minute."""
    entry = told("KeyError", first_seen, (120, BUY, 1), (240, BUY, 2))
    assert entry == TimelineEntry(NOON + since, Severity.WARNING, text, NOON + 300)


def test_two_commands_of_an_error_are_named() -> None:
    """The first two, each once; failures outside of the window do not count."""
    entry = told(
        "KeyError", -900, (-60, FEED, 7), (0, BUY, 1), (60, BUY, 1), (60, SELL, 1), (120, FEED, 1), (900, BUY, 9)
    )
    assert entry.text == "error: KeyError in shop.py:9 in /buy, /sell, 4 times"
    assert (entry.at, entry.until) == (NOON, NOON + 180)


@pytest.mark.parametrize(
    ("count", "place", "text"),
    [
        (1, PLACE, "event loop blocked by /buy at shop.py:9"),
        (2, PLACE, "event loop blocked by /buy at shop.py:9, 2 times"),
        (1, None, "event loop blocked by /buy"),
    ],
)
def test_a_block_is_told_with_what_held_the_loop(count: int, place: Place | None, text: str) -> None:
    """By the command, and where in the code if that is known."""
    assert told(HELD_THE_LOOP, 60, (60, BUY, count), place=place).text == text
