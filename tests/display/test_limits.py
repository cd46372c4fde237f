"""Discord's limits and the width of a phone hold whatever the names and numbers are."""

from __future__ import annotations

import dataclasses
import re

import hikari
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin import display
from plugin.display import text
from plugin.model import (
    CommandKind,
    ConnectionSnapshot,
    Denials,
    ErrorGroup,
    MonitorState,
    Period,
    Place,
    Snapshot,
)
from tests.display import builders, past

NAMES = st.one_of(
    st.sampled_from(builders.HOSTILE), st.text(max_size=40), st.text("`*_~|<>@\\\u202e\u0301漢ש𝕬 \n", max_size=200)
)
COUNTS = st.integers(0, 2**63)
TIMES_MS = st.floats(0, 10**9)
NOTE = "history at /var/lib/**bot**/@everyone/golem.db: " + "free some space_" * 20
MENTION = re.compile(r"(?<!\\)(@everyone|@here|<[@#][!&]?\d+>)")


@st.composite
def bots(draw: st.DrawFn) -> Snapshot:
    """Any bot of a few commands, with any names and numbers."""
    commands = tuple(draw(st.lists(_commands(), max_size=3)))
    latencies = st.one_of(st.none(), st.floats(0, 10**6))
    shards = builders.shards(draw(st.lists(latencies, max_size=5)))
    counts = [draw(st.none() | COUNTS) for _ in range(3)]
    connection = ConnectionSnapshot(draw(st.sampled_from((None, shards))), *counts, draw(st.none() | st.floats(0, 1)))
    alerts = tuple(
        builders.over(draw(NAMES), draw(st.none() | NAMES), draw(TIMES_MS), draw(TIMES_MS), draw(NAMES), builders.AT)
        for _ in range(draw(st.integers(0, 3)))
    )
    parts = st.dictionaries(NAMES, COUNTS, max_size=4)
    monitor = MonitorState(draw(parts), draw(parts), draw(st.dictionaries(NAMES, NAMES, max_size=4)))
    return builders.a_snapshot(commands, connection, draw(st.integers(0, 30)), alerts, monitor, draw(TIMES_MS))


@st.composite
def _commands(draw: st.DrawFn):  # a strategy's own type says it
    place = st.none() | st.builds(Place, NAMES, NAMES, st.integers(0, 10**9))
    errors = st.builds(ErrorGroup, NAMES, place, COUNTS, st.floats(0, builders.AT), st.floats(0, builders.AT))
    command = builders.a_command(
        draw(NAMES),
        draw(st.none() | NAMES),
        draw(st.sampled_from(CommandKind)),
        (draw(st.integers(0, 40)), 0, draw(st.integers(0, 5)), 0),
        draw(st.lists(TIMES_MS, max_size=5)),
        tuple(draw(st.lists(errors, max_size=3))),
        tuple(draw(st.lists(st.builds(Denials, NAMES, COUNTS), max_size=4))),
    )
    ok, denied, error, cancelled = (draw(st.just(known) | COUNTS) for known in command.outcomes)
    return command._replace(outcomes=(ok, denied, error, cancelled), in_flight=draw(COUNTS))


def every_page(snapshot: Snapshot) -> list[hikari.Embed]:
    """All pages of all commands."""
    health = builders.a_health(snapshot)
    details = [
        page for judged in health.commands[:20] for page in display.command_detail_pages(snapshot, health, judged)
    ]
    return [
        *display.performance_pages(snapshot, health),
        *display.cog_pages(snapshot, health),
        *display.command_pages(snapshot, health, 25),
        *display.health_pages(snapshot, health),
        *details,
        *_pages_of_the_past(snapshot),
    ]


def _pages_of_the_past(snapshot: Snapshot) -> list[hikari.Embed]:
    """The same over a day beside the day before, over a week that history does not cover twice, and with all time."""
    health = builders.a_health(snapshot)
    spans = [past.spans(instances=3), past.spans(Period.WEEK, compared=False)]
    details = [
        page
        for judged in health.commands[:20]
        for over in spans
        for page in [
            *display.command_detail_pages(snapshot, health, judged, None, past.command_past(judged, over)),
            *display.command_detail_pages(snapshot, health, judged, None, past.all_time_of(judged.command)),
        ]
    ]
    ever = past.all_time(snapshot)
    lists = [
        page
        for over in spans
        for page in [
            *display.command_pages(snapshot, health, 25, past.commands_review(snapshot, 25, over)),
            *display.cog_pages(snapshot, health, past.cogs_review(snapshot, over)),
        ]
    ]
    return [
        *details,
        *lists,
        *display.command_pages(snapshot, health, 25, ever),
        *display.noted(display.cog_pages(snapshot, health, ever), NOTE),
    ]


def assert_within_limits(embed: hikari.Embed) -> None:
    """Length as JavaScript counts it, which is never less than Discord's."""
    title, description = embed.title or "", embed.description or ""
    footer = (embed.footer and embed.footer.text) or ""
    lengths = [len(part.encode("utf-16-le")) // 2 for part in (title, description, footer)]
    assert all(part.strip() for part in (title, description, footer))
    assert lengths[0] <= 256
    assert lengths[1] <= 4096
    assert lengths[2] <= 2048
    assert sum(lengths) <= 6000


def assert_harmless(embed: hikari.Embed) -> None:
    """Fences come in pairs, lines fit, and outside of code nothing mentions anybody."""
    parts = (embed.description or "").split("```")
    assert len(parts) % 2 == 1
    for block in parts[1::2]:
        assert [line for line in block.split("\n") if text.cells(line) > text.LINE_CELLS] == []
    running = re.sub(r"`[^`\n]*`", "", f"{embed.title}\n" + "".join(parts[::2]))
    assert not MENTION.search(running)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(bots())
def test_every_page_keeps_the_limits(snapshot: Snapshot) -> None:
    """No name and no number breaks a limit of Discord, a code block, a line, or mentions anybody."""
    for embed in every_page(snapshot):
        assert_within_limits(embed)
        assert_harmless(embed)


@pytest.mark.parametrize("bot", [builders.empty_bot, builders.small_bot, builders.large_bot])
def test_every_size_of_bot_keeps_the_limits(bot: type[Snapshot]) -> None:
    """A bot with nothing and one with 1,000 commands, 300 cogs and 250 shards keep the limits alike."""
    for embed in every_page(bot()):
        assert_within_limits(embed)
        assert_harmless(embed)


def test_a_large_bot_has_at_most_25_pages() -> None:
    """What does not fit 25 pages is cut, and the last page says how much."""
    snapshot = builders.large_bot()
    pages = display.health_pages(snapshot, builders.a_health(snapshot))
    assert len(pages) == 25
    assert re.search(r"… and \d+ more$", pages[-1].description or "")


def test_the_monitors_own_state_is_never_cut() -> None:
    """However many cogs have a problem, the monitor's own state is on the pages."""
    snapshot = builders.large_bot()
    pages = display.health_pages(snapshot, builders.a_health(snapshot))
    assert any("Monitor" in (page.description or "") for page in pages)


def test_fifty_alerts_are_cut() -> None:
    """The newest alerts are shown, and how many more there are."""
    snapshot = builders.large_bot()
    first = display.performance_pages(snapshot, builders.a_health(snapshot))[0].description or ""
    assert "Active alerts (50)" in first
    assert "… and 45 more" in first


def test_the_number_of_commands_is_kept_within_25() -> None:
    """A wish for too many or too few commands is answered with 25 or 1."""
    snapshot = builders.large_bot()
    health = builders.a_health(snapshot)
    assert "**Top 1**" in (display.command_pages(snapshot, health, 0)[0].description or "")
    assert "**Top 25**" in (display.command_pages(snapshot, health, 999)[0].description or "")


def test_a_page_is_the_same_for_the_same_snapshot() -> None:
    """Pages depend on what is passed in and on nothing else."""
    snapshot = builders.small_bot()
    again = dataclasses.replace(snapshot)
    assert every_page(snapshot) == every_page(again)
