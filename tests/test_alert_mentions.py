"""Mentions in alerts: of exactly those whom the setting names, in new messages about critical problems only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from plugin.model import Severity
from plugin.settings_source import SettingsError, load
from tests.test_alerting import Bot, Stage, staged

EVIL = "@everyone @here <@1> <@&2>"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A channel and a database."""
    async with staged(tmp_path) as made:
        yield made


def mentioning(stage: Stage, *mentions: str) -> Bot:
    """A bot that mentions people."""
    bot = stage.bot()
    target: Any = bot.alerting._target
    target._mentions = mentions
    return bot


async def test_exactly_those_whom_the_setting_names_are_mentioned(stage: Stage) -> None:
    """Whatever the sentence of a finding holds; not again when it is changed, reminded of or over."""
    guild: Any = stage.channel.guild
    ada, role = guild.add_member("ada"), guild.add_role("on call", 0)
    stage.reminder_s = 60.0
    bot = mentioning(stage, f"role:{role.id}", f"user:{ada.user.id}")
    slow = stage.begun()._replace(sentence=EVIL)
    await bot.look(slow)
    (message,) = stage.messages
    assert (message.mention_roles, message.mentions) == ([str(role.id)], [ada.user])
    assert message.content == f"<@&{role.id}> <@{ada.user.id}>" and not message.mention_everyone
    await bot.look(slow._replace(sentence=f"{EVIL} worse"), after=60)
    assert message.revision == 1 and message.content == f"<@&{role.id}> <@{ada.user.id}>"
    reminder = stage.messages[1]
    assert (reminder.mention_roles, reminder.mentions, reminder.content) == ([], [], "")


async def test_a_warning_mentions_nobody(stage: Stage) -> None:
    """It can wait until somebody looks."""
    bot = mentioning(stage, "role:12")
    bot.alerting._book._minimum = Severity.WARNING
    await bot.look(stage.begun(severity=Severity.WARNING))
    assert [(message.content, message.mention_roles) for message in stage.messages] == [("", [])]


async def test_without_the_setting_nobody_is_mentioned(stage: Stage) -> None:
    """As it is by default."""
    await stage.bot().look(stage.begun()._replace(sentence=EVIL))
    (message,) = stage.messages
    assert (message.content, message.mentions, message.mention_roles, message.mention_everyone) == ("", [], [], False)


@pytest.mark.parametrize(
    "named", ["everyone", "@here", "role:everyone", "role:0", "user:", "123", "role:1" * 9, "user:²"]
)
def test_what_is_no_role_or_user_is_refused(named: str, tmp_path: Path) -> None:
    """With the setting, and how they are written."""
    with pytest.raises(SettingsError, match=r"GOLEM_ALERT_MENTIONS=.*such as `role:123`, `user:456`"):
        load({"GOLEM_ALERT_MENTIONS": named}, tmp_path)


def test_roles_and_users_are_read_once(tmp_path: Path) -> None:
    """From the environment, as from a file."""
    (tmp_path / "golem.toml").write_text('[golem]\nalert_mentions = ["user:4", "role:5"]\n', "utf-8")
    assert load({}, tmp_path).alert_mentions == ("user:4", "role:5")
    given = {"GOLEM_ALERT_MENTIONS": "role:5, user:4, role:5"}
    assert load(given, tmp_path).alert_mentions == ("role:5", "user:4")
