"""All pages of one snapshot, judged as the project judges, agree with each other and with the log."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

import hikari
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin import display
from plugin.display import numbers
from plugin.display.marks import sign
from plugin.insight.health import judge
from plugin.model import Severity, Snapshot
from plugin.settings import Settings
from plugin.words import amount
from tests.display import builders, past, pasts
from tests.insight.snapshots import command, connection, sample, shard, snapshot

SETTINGS = Settings()
YELLOW, RED = sign(Severity.WARNING), sign(Severity.CRITICAL)
WELL = {sign(Severity.WELL), sign(Severity.UNKNOWN)}
TOLD = r"Warnings in |above the latency target|Slow or failing: |bove target: |(has|have) warnings|with warnings"
ALERTS = st.lists(st.just(builders.over("cpu", None, 85, 80, "%")))
COMMANDS = st.builds(
    command,
    st.sampled_from("abcdef"),
    cog=st.sampled_from([None, "one", "two"]),
    ok=st.integers(0, 300),
    denied=st.integers(0, 1),
    error=st.integers(0, 12),
    mean_ms=st.sampled_from([1, 150, 1500]),
)


@st.composite
def bots(draw: st.DrawFn) -> Snapshot:
    """A bot of a few commands and shards, each well or not."""
    shards = [shard(draw(st.sampled_from([None, 40, 200, 900])), connected=draw(st.booleans())) for _ in range(3)]
    bot = snapshot(
        *draw(st.lists(COMMANDS, max_size=6)),
        cogs=draw(st.sampled_from([(), ("one", "empty")])),
        connection=connection(*shards),
        samples=[sample(memory_mb=draw(st.sampled_from([100, 450, 600])))],
        faults=draw(st.sampled_from([{}, {"rest": 1}])),
    )
    return dataclasses.replace(bot, findings=tuple(draw(ALERTS)))


def pages_of(bot: Snapshot) -> list[hikari.Embed]:
    """The four pages, every command in detail, and what history adds or makes."""
    health = judge(bot, SETTINGS)
    return [
        *display.performance_pages(bot, health),
        *display.cog_pages(bot, health),
        *display.command_pages(bot, health, 25),
        *display.health_pages(bot, health),
        *[page for judged in health.commands for page in display.command_detail_pages(bot, health, judged)],
    ]


def pages_of_the_past(bot: Snapshot) -> list[hikari.Embed]:
    """The pages over a period, in which other things went wrong than go wrong now."""
    health = judge(bot, SETTINGS)
    told, over = pasts.small_lately(), past.spans()
    small = builders.small_bot()
    return [
        *display.performance_pages(bot, health, pasts.a_span_past(pasts.small_span(), told)),
        *display.command_pages(bot, health, 10, past.commands_review(small, 10, over)),
        *display.cog_pages(bot, health, past.cogs_review(small, over)),
        *display.fleet_pages(pasts.small_health(), health, bot.at),
        *display.health_pages(bot, health, pasts.small_health()),
        *display.performance_pages(bot, health, told),
        *[
            page
            for judged in builders.a_health(small).commands
            for page in display.command_detail_pages(bot, health, judged, None, past.command_past(judged, over))
        ],
    ]


@given(bots())
def test_what_is_red_or_yellow_is_not_all_well(bot: Snapshot) -> None:
    """No red row stands under a green title, and a yellow one only where the text says what could be better."""
    for page in pages_of(bot):
        title, shown = page.title or "", page.description or ""
        if title[0] in WELL:
            assert RED not in shown
            assert YELLOW not in shown or re.search(TOLD, shown)


BOTS = [
    snapshot(),
    snapshot(command("slow", ok=50, mean_ms=1500), command("b", ok=1, cog="one")),
    snapshot(command(ok=5, error=3), connection=connection(shard(None, connected=False))),
    snapshot(command(), samples=(), connection=connection(gateway=False, uptime_share=None)),
]


@pytest.mark.parametrize("bot", BOTS, ids=["well", "slow", "not connected", "unknown"])
def test_every_page_tells_the_same_status(bot: Snapshot) -> None:
    """At one moment all pages have one colour, and the first of each begins with the same words, whatever it is on."""
    pages = [*pages_of(bot), *pages_of_the_past(bot)]
    assert len({(page.colour, (page.title or "")[0]) for page in pages}) == 1
    first = [page.description or "" for page in pages if "page 1/" in (page.footer.text if page.footer else "")]
    assert len({description.split("\n")[0] for description in first}) == 1


def test_yellow_shards_of_a_well_bot_are_told() -> None:
    """A shard above the target alone leaves the bot well, and the page says why there is a yellow row."""
    bot = snapshot(connection=connection(shard(120), shard(20), shard(20)))
    page = display.performance_pages(bot, judge(bot, SETTINGS))[0]
    assert "**Your bot is healthy.**\n1 shard above the latency target." in (page.description or "")


@pytest.mark.parametrize(
    ("unit", "show"),
    [("ms", numbers.milliseconds), ("MB", numbers.megabytes), ("", lambda value: numbers.count(round(value)))],
)
@given(value=st.floats(0, 10**9))
def test_the_log_writes_a_number_as_the_pages_do(unit: str, show: Callable[[float], str], value: float) -> None:
    """One number is written one way, without a needless decimal."""
    shown = amount(value, unit)
    assert shown == show(value)
    assert ".0 " not in shown


@given(st.sampled_from(["ms", "MB", "%", ""]), st.integers(1, 999), st.floats(0.8, 1.2))
def test_a_value_does_not_look_like_the_threshold_that_it_crossed(unit: str, threshold: int, share: float) -> None:
    """A value beside a threshold is shown with as many decimals as it takes to tell them apart."""
    value = threshold * share
    if abs(value - threshold) > 1e-3:
        assert amount(value, unit, beside=threshold) != amount(threshold, unit)
