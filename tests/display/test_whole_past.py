"""What history adds to /performance and /health, and the fleet: written down in `golden/`, and within all limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC

import hikari
import pytest

from plugin import display
from plugin.model import Health, HistoryState, Snapshot
from tests.display import builders, pasts, test_golden
from tests.display.test_limits import assert_harmless, assert_within_limits

Draw = Callable[[Snapshot, Health], list[hikari.Embed]]

SIZES = {
    "empty": (pasts.empty_health(), pasts.empty_lately(), None),
    "small": (pasts.small_health(), pasts.small_lately(), pasts.KEPT),
    "large": (pasts.large_health(), pasts.large_lately(), pasts.AWAY),
}


MOMENTS = {"small": pasts.a_night(), "large": pasts.a_hostile_night(), "empty": pasts.a_quiet_hour()}


def drawings(size: str, state: HistoryState | None) -> dict[str, Draw]:
    """The pages that history adds to, or makes."""
    past, lately, _ = SIZES[size]

    def health(snapshot: Snapshot, health: Health) -> list[hikari.Embed]:
        monitor = replace(snapshot.monitor, history=state)
        return display.health_pages(replace(snapshot, monitor=monitor), health, past)

    return {
        "performance_with_past": lambda snapshot, health: display.performance_pages(snapshot, health, lately),
        "performance_of_period": lambda snapshot, health: display.performance_pages(
            snapshot, health, pasts.a_span_past(lately.review, lately)
        ),
        "health_with_past": health,
        "timeline": lambda snapshot, health: display.timeline_pages(MOMENTS[size], UTC, health, snapshot.at),
        "fleet": lambda snapshot, health: display.fleet_pages(past, health, snapshot.at),
    }


SHOWN = [(size, page, draw) for size, (*_, state) in SIZES.items() for page, draw in drawings(size, state).items()]


@pytest.mark.parametrize(("size", "page", "draw"), SHOWN, ids=[f"{size}-{page}" for size, page, _ in SHOWN])
def test_a_page_looks_as_written_down(size: str, page: str, draw: Draw) -> None:
    """Every page of every bot is drawn exactly as its golden file says."""
    test_golden.test_a_page_looks_as_written_down(size, page, draw)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", [None, pasts.KEPT, pasts.AWAY, pasts.MENDED], ids=["off", "kept", "away", "mended"])
def test_every_past_keeps_the_limits(size: str, state: HistoryState | None) -> None:
    """What history tells, of a fleet of 64 instances too, keeps the limits wherever it stands."""
    bot = test_golden.BOTS[size]()
    for draw in drawings(size, state).values():
        for embed in draw(bot, builders.a_health(bot)):
            assert_within_limits(embed)
            assert_harmless(embed)
