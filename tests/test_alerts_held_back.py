"""More incidents than an hour has messages: people are told so once, and the number is kept up to date."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from plugin.corridor.alerts.alerting import MOST_AN_HOUR
from plugin.corridor.alerts.held_back import HOUR_S
from plugin.corridor.alerts.pauses import FIRST_PAUSE_S
from plugin.insight.incidents import TOGETHER_S
from plugin.model import Finding
from tests.insight.test_incidents import finding
from tests.test_alerting import BOT, MESSAGES, Stage, staged

OVER = "🟢 No more incidents"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A channel and a database."""
    async with staged(tmp_path) as made:
        yield made


def storm(stage: Stage, more: int) -> list[Finding]:
    """So many incidents more than an hour has messages."""
    number = MOST_AN_HOUR + more
    return [finding(f"/{one}", since=stage.now - 3 * (number - one) * TOGETHER_S) for one in range(number)]


async def test_the_number_is_changed_in_one_message(stage: Stage) -> None:
    """For an hour at least, also when none waits for a while; nobody is mentioned, and there is nothing to click on."""
    bot, many = stage.bot(), storm(stage, 8)
    await bot.look(*many[:-1])
    assert stage.titles[MOST_AN_HOUR:] == ["🟡 and 7 more incidents"]
    message = stage.messages[-1]
    assert "`/health`" in message.embeds[0]["description"] and (message.content, message.components) == ("", [])
    for found, title in (
        (8, "🟡 and 8 more incidents"),
        (1, "🟡 and 1 more incident"),
        (0, OVER),
        (2, "🟡 and 2 more incidents"),
    ):
        await bot.look(*many[: MOST_AN_HOUR + found], after=30)
        assert stage.titles[MOST_AN_HOUR:] == [title]
    revision = message.revision
    await bot.look(*many[: MOST_AN_HOUR + 2], after=30)
    assert message.revision == revision


async def test_a_restart_goes_on_with_its_number_and_its_limit(stage: Stage) -> None:
    """It is not told again, and no more than before."""
    many = storm(stage, 3)
    await stage.bot().look(*many)
    await stage.bot().look(*many[:-1], after=60)
    assert stage.titles[MOST_AN_HOUR:] == ["🟡 and 2 more incidents"]


async def test_a_crash_while_it_is_sent_neither_loses_nor_repeats_it(stage: Stage) -> None:
    """The next process looks for it first."""
    bot, many = stage.bot(), storm(stage, 3)
    await bot.look(*many[:MOST_AN_HOUR])
    stage.discord.fail("POST", MESSAGES, 500)
    await bot.look(*many, after=30)
    assert len(stage.messages) == MOST_AN_HOUR and bot.alerting.state.problem
    await stage.bot().look(*many, after=FIRST_PAUSE_S)
    assert stage.titles[MOST_AN_HOUR:] == ["🟡 and 3 more incidents"]
    kept = await stage.store.fleet.alerts(BOT, f"discord:{stage.channel.id}")
    (row,) = [one for one in kept if not one.members]
    await stage.store.fleet.drop_alert(BOT, row)
    await stage.store.fleet.keep_alert(BOT, row._replace(message="", sent=None), 0.0)
    await stage.bot().look(*many, after=60)
    assert len(stage.messages) == MOST_AN_HOUR + 1


async def test_a_later_storm_has_a_message_of_its_own(stage: Stage) -> None:
    """Once an hour has passed."""
    bot, many = stage.bot(), storm(stage, 1)
    await bot.look(*many)
    await bot.look(*many, after=HOUR_S)
    assert stage.titles[MOST_AN_HOUR:] == [OVER, "🔴 /10 slow_command"]
    kept = await stage.store.fleet.alerts(BOT, f"discord:{stage.channel.id}")
    assert all(one.members for one in kept)


async def test_a_message_that_somebody_deleted_is_not_sent_again(stage: Stage) -> None:
    """Within the hour."""
    bot, many = stage.bot(), storm(stage, 3)
    await bot.look(*many)
    await stage.rest.delete_message(int(stage.channel.id), stage.messages[-1].id)
    for number in (2, 1):
        await bot.look(*many[: MOST_AN_HOUR + number], after=30)
    assert len(stage.messages) == MOST_AN_HOUR and bot.alerting.state.problem == ""
