"""Pictures in the messages of alerts, as Discord gets them."""

from __future__ import annotations

from typing import Any

import pytest

from examples.localdiscord import Message
from plugin.insight.alerts import RESOLVED_AFTER_S
from plugin.model import Alert, AttachedPicture
from plugin.outlets import message_pictures
from tests.test_alerting import MESSAGE, MESSAGES, Stage, stage

__all__ = ("stage",)  # a fixture


class Artist:
    """Draws a picture that says which one it is."""

    def __init__(self) -> None:
        self.drawn = 0
        self.works = True

    async def __call__(self, _: Alert) -> tuple[AttachedPicture, ...]:
        """Draw the next one."""
        self.drawn += 1
        return (AttachedPicture("chart.png", f"picture {self.drawn}".encode()),) if self.works else ()


def shown(message: Message) -> str:
    """The one picture of a message, which its embed shows."""
    (attachment,) = message.attachments
    assert message.embeds[0]["image"]["url"] == attachment.url and attachment.filename == "chart.png"
    return attachment.data.decode()


async def test_an_alert_has_a_picture_and_its_end_another(stage: Stage) -> None:
    """Changes in between keep the first one; at the end there is one picture, not two."""
    artist = Artist()
    bot, slow = stage.bot(pictures=artist), stage.begun()
    await bot.look(slow)
    (message,) = stage.messages
    assert shown(message) == "picture 1"
    for number in range(3):
        await bot.look(slow._replace(sentence=f"/shop buy {number}"), after=15)
    assert (shown(message), message.revision, artist.drawn) == ("picture 1", 3, 1)
    await bot.look(after=60)
    await bot.look(after=RESOLVED_AFTER_S)
    assert (shown(message), artist.drawn) == ("picture 2", 2)
    assert stage.titles == ["🟢 Resolved: /shop buy 2"]


async def test_a_restart_keeps_the_picture_of_before(stage: Stage) -> None:
    """The next process looks whether there is one."""
    slow, artist = stage.begun(), Artist()
    await stage.bot(pictures=artist).look(slow)
    again = stage.bot(pictures=artist)
    await again.look(slow._replace(sentence="/shop buy worse"), after=120)
    assert (shown(stage.messages[0]), artist.drawn) == ("picture 1", 1)


@pytest.mark.parametrize(("status", "code"), [(403, 50_013), (413, 40_005), (400, 50_035)])
async def test_where_files_are_refused_the_message_goes_without(stage: Stage, status: int, code: int) -> None:
    """Once, and its end too; the bot may lack the permission to attach files."""
    artist = Artist()
    bot, slow = stage.bot(pictures=artist), stage.begun()
    stage.discord.fail("POST", MESSAGES, status, code)
    await bot.look(slow)
    (message,) = stage.messages
    assert not message.attachments and "image" not in message.embeds[0] and bot.alerting.state.problem == ""
    await bot.look(after=60)
    stage.discord.fail("PATCH", MESSAGE, status, code)
    await bot.look(after=RESOLVED_AFTER_S)
    assert stage.titles == ["🟢 Resolved: /shop buy slow_command"] and not message.attachments


async def test_a_refused_picture_of_the_end_keeps_that_of_the_begin(stage: Stage) -> None:
    """The text is changed all the same."""
    bot, slow = stage.bot(pictures=Artist()), stage.begun()
    await bot.look(slow)
    await bot.look(after=60)
    stage.discord.fail("PATCH", MESSAGE, 403, 50_013)
    await bot.look(after=RESOLVED_AFTER_S)
    assert shown(stage.messages[0]) == "picture 1" and stage.titles == ["🟢 Resolved: /shop buy slow_command"]


async def test_a_picture_that_is_not_drawn_prevents_nothing(stage: Stage) -> None:
    """Neither the alert nor its end."""
    artist = Artist()
    artist.works = False
    bot = stage.bot(pictures=artist)
    await bot.look(stage.begun())
    await bot.look(after=60)
    await bot.look(after=RESOLVED_AFTER_S)
    assert artist.drawn == 2 and not stage.messages[0].attachments
    assert stage.titles == ["🟢 Resolved: /shop buy slow_command"]


async def test_a_deleted_message_is_known_as_such_after_a_restart(stage: Stage) -> None:
    """Looking for its picture finds that it is gone."""
    slow = stage.begun()
    await stage.bot(pictures=Artist()).look(slow)
    again = stage.bot(pictures=Artist())
    stage.discord.fail("GET", MESSAGE, 404, 10_008)
    await again.look(slow._replace(sentence="/shop buy worse"), after=30)
    await again.look(slow._replace(sentence="/shop buy worst"), after=30)
    assert stage.titles == ["🔴 /shop buy slow_command"] and again.alerting.state.problem == ""


async def test_what_is_known_of_messages_is_bounded(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that was forgotten is looked at again."""
    monkeypatch.setattr(message_pictures, "MOST_KNOWN", 1)
    bot: Any = stage.bot(pictures=Artist())
    one, two = stage.begun("/one"), stage.begun("/two")._replace(since=stage.now - 90_000)
    await bot.look(one, two)
    await bot.look(one._replace(sentence="/one worse"), two._replace(sentence="/two worse"), after=30)
    assert sorted(map(shown, stage.messages)) == ["picture 1", "picture 2"]
