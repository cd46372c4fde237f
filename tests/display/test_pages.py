"""What single pages say, where a golden page alone would not tell why."""

from __future__ import annotations

import dataclasses

import hikari
import pytest

from plugin import display
from plugin.display.book import PAGE_LINES, Chapter, Section, bind
from plugin.display.marks import MARKS
from plugin.model import CommandKind, ConnectionSnapshot, Severity, Snapshot
from tests.display import builders


def _text(pages: list[hikari.Embed]) -> str:
    return "\n".join(map(display.terminal, pages))


def _of(snapshot: Snapshot) -> str:
    return _text(display.performance_pages(snapshot, builders.a_health(snapshot)))


def test_unknown_is_not_zero() -> None:
    """What is not known is said to be unknown."""
    shown = _of(builders.empty_bot())
    assert "Guilds              unknown" in shown
    assert "Messages seen       unknown" in shown


@pytest.mark.parametrize("severity", Severity, ids=lambda severity: severity.name)
def test_a_severity_has_a_colour_a_sign_and_a_word(severity: Severity) -> None:
    """Colour is never the only thing that tells."""
    snapshot = builders.small_bot()
    health = builders.a_health(snapshot)._replace(severity=severity)
    page = display.performance_pages(snapshot, health)[0]
    mark = MARKS[severity]
    assert page.colour == mark.colour
    assert (page.title or "").startswith(mark.sign)
    assert mark.verdict in (page.description or "")


def test_a_bot_without_gateway_says_so() -> None:
    """A bot that only answers HTTP has no shards to show."""
    assert "no gateway" in _of(builders.empty_bot())


def test_shards_that_are_down_come_first() -> None:
    """Of 250 shards the five that are not connected are on top of the list."""
    shown = _of(builders.large_bot())
    shards = shown[shown.index("Shards, worst first") :].split("\n")[1:6]
    assert all("not connected" in line for line in shards)


def test_the_window_is_named_by_its_length() -> None:
    """The footer says how many invocations an average is over at most."""
    command = builders.a_command(outcomes=(30, 0, 0, 0), times_ms=(5,))
    assert "last 30 invocations of each" in _of(builders.a_snapshot((command,)))


def test_since_start_is_told_from_the_window() -> None:
    """Exact values of the window stand beside the histogram's, with its error."""
    snapshot = builders.small_bot()
    shown = _text(display.command_detail_pages(snapshot, builders.a_health(snapshot).commands[0]))
    assert "p95         310 ms    ~ 318 ms" in shown
    assert "± 5.9 %" in shown


def test_a_prefix_command_has_no_first_response() -> None:
    """Discord's deadline concerns interactions only."""
    snapshot = builders.a_snapshot(
        (builders.a_command("ping", kind=CommandKind.PREFIX, outcomes=(3, 0, 0, 0), times_ms=(1,)),)
    )
    shown = _text(display.command_detail_pages(snapshot, builders.a_health(snapshot).commands[0]))
    assert "First response" not in shown


def test_only_the_faults_that_happened_are_listed() -> None:
    """A part of the monitor that counts zero faults is not named."""
    monitor = dataclasses.replace(builders.empty_bot().monitor, faults={"rest": 0, "gateway": 2})
    snapshot = builders.a_snapshot(monitor=monitor)
    shown = _text(display.health_pages(snapshot, builders.a_health(snapshot)))
    assert "gateway" in shown
    assert "rest" not in shown


def test_a_section_that_fits_one_page_is_not_torn() -> None:
    """A section that does not fit below another begins on the next page."""
    sections = [Section(name, [f"{name} {n}" for n in range(30)]) for name in ("one", "two")]
    pages = bind([Chapter("title", "opening", sections, "footer", Severity.WELL)], 0)
    assert ["one 29" in (page.description or "") for page in pages] == [True, False]
    assert ["two 0" in (page.description or "") for page in pages] == [False, True]


def test_a_long_section_repeats_its_columns() -> None:
    """Every page of a list has the heading and the names of the columns."""
    rows = [f"row {n}" for n in range(3 * PAGE_LINES)]
    pages = bind([Chapter("title", "opening", [Section("list", rows, "columns")], "footer", Severity.WELL)], 0)
    assert len(pages) > 3
    assert all("**list**\n```\ncolumns" in (page.description or "") for page in pages)
    shown = "\n".join(page.description or "" for page in pages)
    assert all(f"\n{row}\n" in shown for row in rows)


def test_members_are_written_with_separators() -> None:
    """Large numbers are read at a glance."""
    snapshot = builders.a_snapshot(connection=ConnectionSnapshot((), 1, 48_123_456, None, None))
    assert "48,123,456" in _of(snapshot)


def test_a_terminal_shows_fields_too() -> None:
    """A page with fields is drawn with them, and an escaped sign is shown as itself."""
    embed = hikari.Embed(title="T", colour=0x123456).add_field("na\\*me", "**value** `code` <t:0:R>")
    assert display.terminal(embed) == "│ T [#123456]\n│ na*me\n│ value code just now"
