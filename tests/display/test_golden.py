"""What the pages look like, written down in `golden/`; `GOLDEN_WRITE=1` writes them anew, for a reader to approve."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import hikari
import pytest

from plugin import display
from plugin.insight.budget import budget_of
from plugin.insight.systems import review_system
from plugin.model import Finding, Health, Period, Snapshot, SystemPast
from tests.display import builders, past, system_pasts
from tests.insight import systems

GOLDEN = Path(__file__).parent / "golden"
WRITE = "GOLDEN_WRITE"
BOTS = {"empty": builders.empty_bot, "small": builders.small_bot, "large": builders.large_bot}


def _detail(index: int) -> Callable[[Snapshot, Health], list[hikari.Embed]]:
    def draw(snapshot: Snapshot, health: Health) -> list[hikari.Embed]:
        judged = health.commands[index]
        return display.command_detail_pages(snapshot, health, judged, budget_of(judged.command))

    return draw


PAGES: dict[str, Callable[[Snapshot, Health], list[hikari.Embed]]] = {
    "performance": display.performance_pages,
    "cogs": display.cog_pages,
    "commands": lambda snapshot, health: display.command_pages(snapshot, health, 10),
    "health": display.health_pages,
}


def _past_detail(
    index: int, over: Period, *, compared: bool = True
) -> Callable[[Snapshot, Health], list[hikari.Embed]]:
    def draw(snapshot: Snapshot, health: Health) -> list[hikari.Embed]:
        judged = health.commands[index]
        spans = past.spans(over, compared=compared)
        told = past.command_past(judged, spans, [past.a_finding(judged.command.key)])
        return display.command_detail_pages(snapshot, health, judged, None, told)

    return draw


PAST: dict[str, Callable[[Snapshot, Health], list[hikari.Embed]]] = {
    "commands_past": lambda snapshot, health: display.command_pages(
        snapshot, health, 10, past.commands_review(snapshot, 10, past.spans(instances=3))
    ),
    "cogs_past": lambda snapshot, health: display.cog_pages(
        snapshot, health, past.cogs_review(snapshot, past.spans(Period.WEEK))
    ),
}
OTHERS: list[tuple[str, str, Callable[[Snapshot, Health], list[hikari.Embed]]]] = [
    (
        "small",
        "commands_ever",
        lambda snapshot, health: display.command_pages(snapshot, health, 10, past.all_time(snapshot)),
    ),
    ("small", "cogs_ever", lambda snapshot, health: display.cog_pages(snapshot, health, past.all_time(snapshot))),
    (
        "small",
        "detail_ever",
        lambda snapshot, health: display.command_detail_pages(
            snapshot, health, health.commands[1], None, past.all_time_of(health.commands[1].command)
        ),
    ),
    (
        "small",
        "commands_young",
        lambda snapshot, health: display.command_pages(
            snapshot, health, 10, past.commands_review(snapshot, 10, past.spans(compared=False, since_s=7200))
        ),
    ),
    ("small", "detail_past", _past_detail(1, Period.DAY)),
    ("small", "detail_past_all", _past_detail(1, Period.ALL, compared=False)),
    ("small", "detail_past_never_invoked", _past_detail(5, Period.DAY)),
    ("large", "detail_past", _past_detail(11, Period.DAY)),
]
SHOWN = [(bot, page, draw) for bot in BOTS for page, draw in {**PAGES, **PAST}.items()] + [
    *OTHERS,
    ("small", "detail", _detail(1)),
    ("small", "detail_of_prefix_command", _detail(2)),
    ("small", "detail_never_invoked", _detail(5)),
    ("large", "detail", _detail(11)),
]


def _system(told: SystemPast, findings: Sequence[Finding] = ()) -> Callable[[Snapshot, Health], list[hikari.Embed]]:
    return lambda _, health: display.system_pages(told, review_system(told), health, builders.AT, findings)


SHOWN += [
    ("empty", "system", _system(systems.a_past())),
    ("small", "system", _system(systems.a_small_economy())),
    ("small", "system_since_start", _system(systems.since_start(systems.a_small_economy()))),
    ("large", "system", _system(systems.a_large_economy(), systems.findings())),
    *(("small", name, _system(make())) for name, make in system_pasts.SYSTEMS.items()),
    *(
        ("small", f"{name}_since_start", _system(system_pasts.lived(make())))
        for name, make in system_pasts.SYSTEMS.items()
    ),
]


@pytest.mark.parametrize(("bot", "page", "draw"), SHOWN, ids=[f"{bot}-{page}" for bot, page, _ in SHOWN])
def test_a_page_looks_as_written_down(
    bot: str, page: str, draw: Callable[[Snapshot, Health], list[hikari.Embed]]
) -> None:
    """Every page of every bot is drawn exactly as its golden file says."""
    snapshot = BOTS[bot]()
    drawn = "\n\n".join(map(display.terminal, _ends(draw(snapshot, builders.a_health(snapshot))))) + "\n"
    file = GOLDEN / f"{bot}_{page}.txt"
    if os.environ.get(WRITE):
        file.write_text(drawn, "utf-8")
    assert drawn == file.read_text("utf-8")


def _ends(pages: list[hikari.Embed]) -> list[hikari.Embed]:
    """The first and the last pages: what lies between looks like them."""
    return pages if len(pages) <= 5 else [*pages[:2], pages[-1]]
