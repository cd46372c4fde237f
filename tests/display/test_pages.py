"""What single pages say, where a golden page alone would not tell why."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import hikari
import pytest

from plugin import display
from plugin.display.book import PAGE_LINES, Book, Chapter, Rows, Section
from plugin.display.marks import MARKS
from plugin.insight.health import judge
from plugin.model import (
    CommandKind,
    CommandSnapshot,
    CommandTotals,
    ConnectionSnapshot,
    Severity,
    Snapshot,
    Throttled,
)
from plugin.settings import Settings
from tests.display import builders, past
from tests.insight import snapshots

WELL = judge(snapshots.snapshot(), Settings())


def _text(pages: Sequence[hikari.Embed]) -> str:
    return "\n".join(map(display.terminal, pages))


def _of(snapshot: Snapshot) -> str:
    return _text(display.performance_pages(snapshot, builders.a_health(snapshot)))


def test_unknown_is_not_zero() -> None:
    """What is not known is said to be unknown."""
    shown = _of(builders.empty_bot())
    assert "Guilds              unknown" in shown
    assert "Messages seen       unknown" in shown


@pytest.mark.parametrize(("throttled", "shown"), [(None, 0), (Throttled(0, 0.0), 0), (Throttled(12, 3.4), 1)], ids=str)
def test_a_cpu_quota_that_throttles_is_named_beside_the_pauses(throttled: Throttled | None, shown: int) -> None:
    """One line tells how often and how long a container's quota kept the bot from running; none where it did not."""
    snapshot = builders.small_bot()
    *earlier, last = snapshot.samples
    last = last._replace(resources=last.resources._replace(throttled=throttled))
    page = _of(dataclasses.replace(snapshot, samples=(*earlier, last)))
    assert len([line for line in page.splitlines() if "CPU throttled" in line and "12×, 3.4 s" in line]) == shown
    assert page.count("throttled") == shown


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
    """The footer says how many answers an average is over at most."""
    command = builders.a_command(outcomes=(30, 0, 0, 0), times_ms=(5,))
    assert "last 30 answers per command" in _of(builders.a_snapshot((command,)))


def _detail(snapshot: Snapshot) -> Sequence[hikari.Embed]:
    """The pages of the first command."""
    health = builders.a_health(snapshot)
    return display.command_detail_pages(snapshot, health, health.commands[0])


def test_since_start_is_told_from_the_window() -> None:
    """Exact values of the window stand beside the histogram's, with its error."""
    snapshot = builders.small_bot()
    shown = _text(_detail(snapshot))
    assert "p95         310 ms    ~ 318 ms" in shown
    assert "± 5.9 %" in shown


def test_a_prefix_command_has_no_first_response() -> None:
    """Discord's deadline concerns interactions only."""
    snapshot = builders.a_snapshot(
        (builders.a_command("ping", kind=CommandKind.PREFIX, outcomes=(3, 0, 0, 0), times_ms=(1,)),)
    )
    shown = _text(_detail(snapshot))
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
    pages = Book([Chapter("title", "opening", sections, "footer")], WELL, 0)
    assert ["one 29" in (page.description or "") for page in pages] == [True, False]
    assert ["two 0" in (page.description or "") for page in pages] == [False, True]


def test_a_long_section_repeats_its_columns() -> None:
    """Every page of a list has the heading and the names of the columns."""
    rows = [f"row {n}" for n in range(3 * PAGE_LINES)]
    pages = Book([Chapter("title", "opening", [Section("list", rows, "columns")], "footer")], WELL, 0)
    assert len(pages) > 3
    assert all("**list**\n```\ncolumns" in (page.description or "") for page in pages)
    shown = "\n".join(page.description or "" for page in pages)
    assert all(f"\n{row}\n" in shown for row in rows)


def test_rows_that_no_page_holds_are_not_drawn() -> None:
    """Of very many rows those are drawn that 25 pages hold, and the last page counts the others."""
    drawn: list[int] = []

    def draw(number: int) -> str:
        drawn.append(number)
        return f"row {number}"

    pages = Book([Chapter("title", "", [Section("list", Rows(draw, range(10_000)))], "")], WELL, 0)
    shown = sum((page.description or "").count("row ") for page in pages)
    assert shown <= len(drawn) <= shown + PAGE_LINES
    assert (pages[-1].description or "").endswith(f"… and {10_000 - shown:,} more")


def _cogs(*commands: CommandSnapshot) -> str:
    snapshot = builders.a_snapshot(commands)
    return _text(display.cog_pages(snapshot, builders.a_health(snapshot)))


def test_commands_without_a_cog_are_no_cog() -> None:
    """They have a row of their own, and are told apart where cogs are counted."""
    well = builders.a_command("a", "one", outcomes=(9, 0, 0, 0), times_ms=(1,))
    failing = builders.a_command("b", None, outcomes=(1, 0, 9, 0), times_ms=(1,))
    assert "No cog has warnings, but commands without a cog do." in _cogs(well, failing)
    assert "1 of 1 cog has warnings." in _cogs(well._replace(key=failing.key), failing._replace(key=well.key))
    assert "No cogs; commands without a cog have warnings." in _cogs(failing)
    assert "(no cog)" in _cogs(failing)


def test_a_cog_that_was_unloaded_is_counted_apart() -> None:
    """Commands of a cog that is gone are still there, and the cog is not among those that are loaded."""
    snapshot = dataclasses.replace(builders.small_bot(), cogs=("general", "moderation"))
    shown = _text(display.cog_pages(snapshot, builders.a_health(snapshot)))
    assert "   Loaded cogs               2" in shown
    assert "   no longer loaded          1" in shown


def test_a_list_is_coloured_by_what_it_is_about() -> None:
    """A failing command is not red among the slowest, nor a slow one among those that fail."""
    failing = builders.a_command("failing", outcomes=(10, 0, 10, 0), times_ms=(1,))
    slow = builders.a_command("slow", outcomes=(9999, 0, 1, 0), times_ms=(2000,))
    snapshot = builders.a_snapshot((failing, slow))
    _, slowest, errors, _ = map(display.terminal, display.command_pages(snapshot, builders.a_health(snapshot), 5))
    assert "🔴 /slow" in slowest and "🟢 /failing" in slowest
    assert "🟢 /slow" in errors and "🔴 /failing" in errors


def test_alerts_of_the_process_come_first() -> None:
    """An alert of the process comes before those of commands, and of these the one furthest beyond comes first."""
    alerts = [builders.over("slow_command", name, value, 1000, "ms") for name, value in (("/a", 1100), ("/b", 5000))]
    shown = _of(builders.a_snapshot(findings=(*alerts, builders.over("cpu", None, 81, 80, "%"))))
    assert "Values as of the last check:" in shown
    assert [line.split(":")[0] for line in shown.split("\n") if "limit" in line] == [
        "│ 🔴 Cpu",
        "│ 🔴 Slow command /b",
        "│ 🔴 Slow command /a",
    ]


def test_members_are_written_with_separators() -> None:
    """Large numbers are read at a glance."""
    snapshot = builders.a_snapshot(connection=ConnectionSnapshot((), 1, 48_123_456, None, None))
    assert "48,123,456" in _of(snapshot)


def test_a_terminal_shows_fields_too() -> None:
    """A page with fields is drawn with them, and an escaped sign is shown as itself."""
    embed = hikari.Embed(title="T", colour=0x123456).add_field("na\\*me", "**value** `code` <t:0:R>")
    assert display.terminal(embed) == "│ T [#123456]\n│ na*me\n│ value code just now"


@pytest.mark.parametrize(
    ("number", "title", "times"),
    [
        (3, "🟢 /buy                 last 3", "10 ms   10 ms    max  10 ms"),
        (19, "🟢 /buy                last 19", "10 ms   10 ms    max  10 ms"),
        (20, "🟢 /buy\n", "10 ms   10 ms  10 ms      –"),
        (100, "🟢 /buy\n", "10 ms   10 ms  10 ms  10 ms"),
    ],
)
def test_a_quantile_of_few_answers_is_not_shown(number: int, title: str, times: str) -> None:
    """With fewer than 20 the longest is shown, and of how many; p99 takes 100."""
    command = builders.a_command("buy", outcomes=(number, 0, 0, 0), times_ms=(10,))
    snapshot = builders.a_snapshot((command,))
    slowest = display.terminal(display.command_pages(snapshot, builders.a_health(snapshot), 5)[1])
    assert title in slowest and times in slowest


def test_what_failed_is_told_of_how_many() -> None:
    """A rate never stands without what it is a rate of."""
    command = builders.a_command("buy", outcomes=(2, 3, 1, 0), times_ms=(10,))
    snapshot = builders.a_snapshot((command,))
    shown = _text(display.command_pages(snapshot, builders.a_health(snapshot), 5))
    assert "   1 of 3 failed        33.3 %" in shown
    assert "   3 of 6 denied          50 %" in shown


@pytest.mark.parametrize(
    ("number", "p95", "first"), [(3, "p95 – –", "max"), (20, "p95 10 ms ~", "p95")], ids=["few", "enough"]
)
def test_a_quantile_of_few_is_not_shown_in_detail(number: int, p95: str, first: str) -> None:
    """A dash stands for it, since the longest is in a row of its own; of first responses the slowest is shown."""
    command = builders.a_command("buy", outcomes=(number, 0, 0, 0), times_ms=(10,))
    shown = " ".join(_text(_detail(builders.a_snapshot((command,)))).split())
    assert p95 in shown
    assert f" │ {first} " in shown[shown.index("First response") : shown.index("Distribution")]


def test_what_was_invoked_before_the_start_is_not_called_never_invoked() -> None:
    """The process knows nothing of the time before it, and history does."""
    bot = builders.a_snapshot((builders.a_command("buy"),))
    health = builders.a_health(bot)
    before = past.all_time_of(builders.a_command("buy", outcomes=(129, 0, 0, 0), times_ms=(10,)))
    told = _text(display.command_detail_pages(bot, health, health.commands[0], None, before))
    number = f"{sum(before.outcomes):,}"
    assert f"Cog general, not invoked since start ({number} times before)." in told
    assert "not invoked since start." in _text(_detail(bot))
    listed = display.command_pages(bot, health, 5, {before.key: CommandTotals(before.key, before.outcomes, 0)})
    assert f"No commands invoked since start ({number} invocations before)." in _text(listed)
    assert "not invoked since start" in _text(display.cog_pages(bot, health))
