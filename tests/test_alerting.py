"""Alerts in a channel of a real Discord client: one message each, through failures, crashes, restarts and a fleet."""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

import hikari
import pytest

from examples.localdiscord import CATEGORY, DEFAULT_PERMISSIONS, Channel, LocalDiscord, Message
from examples.localdiscord.primitives import PATIENCE_S
from plugin.cli.source import StoreSource
from plugin.corridor.alerts.alerting import LAG_S, MOST_AN_HOUR, Alerting
from plugin.corridor.alerts.alerting import PATIENCE_S as HISTORY_S
from plugin.corridor.alerts.alerts import Alerts
from plugin.corridor.alerts.held_back import HOUR_S
from plugin.corridor.alerts.history import STALE_S, AlertHistory
from plugin.corridor.alerts.manners import Manners
from plugin.corridor.alerts.pauses import FIRST_PAUSE_S
from plugin.corridor.alerts.people import People
from plugin.corridor.archive import HistoryUnavailable
from plugin.display.alert import alert_notice, alert_test_notice
from plugin.history.store import Store, open_store
from plugin.insight.alerts import RESOLVED_AFTER_S, AlertBook
from plugin.insight.incidents import TOGETHER_S, UNCLEAN_SHUTDOWN
from plugin.instrument.containment import Containment
from plugin.model import Finding, Notice, Severity, Standing, SubjectKind
from plugin.model.alert_actions import ActionKind, AlertAction
from plugin.outlets.discord_channel import DiscordChannel
from plugin.outlets.target import TargetError
from tests.insight.test_incidents import finding

MESSAGES, MESSAGE = "/channels/{channel_id}/messages", "/channels/{channel_id}/messages/{message_id}"
BOT = 77


class History(StoreSource):
    """What a process asks of the database, which may be away."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, BOT, None)
        self.away = False

    async def ask(self, question: Callable[[Store], Awaitable[Any]]) -> Any:
        """The answer; there is none while the database is away."""
        if self.away:
            raise HistoryUnavailable("away")
        return await super().ask(question)


class Bot:
    """A process of a bot, its findings and its clock."""

    def __init__(self, stage: Stage, owner: str, history: History | None, pictures: Any = None) -> None:
        self.stage = stage
        self.standing: list[Finding] | None = []
        self.history = history
        channel = DiscordChannel(stage.rest, int(stage.channel.id))
        self.settled = True
        self.people = People(history)
        self.alerting = Alerting(
            AlertBook(owner, Severity.CRITICAL, 0.0),
            channel,
            lambda: None if self.standing is None else Standing(tuple(self.standing), 1),
            AlertHistory(history, channel.name, lambda: owner),
            lambda: self.settled,
            lambda alert: alert_notice(alert, owner, self.people.of(alert.incident, stage.now)),
            lambda: stage.now,
            Manners(self.people, stage.reminder_s, stage.is_quiet),
            pictures,
        )
        test_notice = functools.partial(alert_test_notice, owner, stage.now, UTC)
        self.alerts = Alerts([self.alerting], Containment(), test_notice, self.people)

    async def act(self, kind: ActionKind, incident: str, **more: Any) -> Any:
        """Somebody clicks now, on whatever instance; returns all that was done."""
        self.stage.clicks += 1
        action = AlertAction(str(self.stage.clicks), incident, kind, self.stage.now, "Ada", **more)
        return await self.alerts.act(action)

    async def look(self, *standing: Finding, after: float = 0.0) -> None:
        """Let time pass, and look at what stands then."""
        self.stage.now += after
        self.standing = [*standing]
        await self.alerting.look()


class Stage:
    """A channel, a client that may write to it, and a database."""

    def __init__(self, discord: LocalDiscord, rest: hikari.api.RESTClient, store: Store) -> None:
        self.discord, self.rest, self.store = discord, rest, store
        self.channel: Channel = discord.add_guild("Golem's workshop").channels[0]
        self.now = time.time()
        self.clicks = 0
        self.reminder_s = 0.0
        self.is_quiet: Callable[[float], bool] | None = None

    def bot(self, owner: str = "one", *, history: bool = True, pictures: Any = None) -> Bot:
        """A process that has just started."""
        return Bot(self, owner, History(self.store) if history else None, pictures)

    def bot_in_thread(self) -> Bot:
        """A process that writes in a thread."""
        assert self.channel.guild is not None
        self.channel = self.channel.guild.add_thread("alerts", self.channel)
        return self.bot()

    def begun(self, name: str = "/shop buy", **more: Any) -> Finding:
        """Something that began just now."""
        return finding(name, since=self.now, **more)

    @property
    def messages(self) -> list[Message]:
        """All that was said."""
        return self.discord.messages(self.channel)

    @property
    def titles(self) -> list[str]:
        """What each message says first."""
        return [message.embeds[0]["title"].replace("\\", "") for message in self.messages]


@asynccontextmanager
async def staged(tmp_path: Path) -> AsyncIterator[Stage]:
    """Everything is there, and works."""
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(LocalDiscord(deadline_s=PATIENCE_S))
        app = hikari.RESTApp(url=discord.rest_url, max_retries=0)
        await app.start()
        stack.push_async_callback(app.close)
        rest = await stack.enter_async_context(app.acquire(discord.token, hikari.TokenType.BOT))
        store = await stack.enter_async_context(await open_store(str(tmp_path / "golem.db")))
        yield Stage(discord, rest, store)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Everything is there, and works."""
    async with staged(tmp_path) as made:
        yield made


async def test_an_incident_is_one_message_from_begin_to_end(stage: Stage) -> None:
    """Sent when it begins, changed while it grows, and once more when it has been over for a while."""
    bot, slow = stage.bot(), stage.begun()
    await bot.look(slow)
    await bot.look(slow, after=15)
    (message,) = stage.messages
    assert (stage.titles, message.revision) == (["🔴 /shop buy slow_command"], 0)
    assert message.embeds[0]["footer"]["text"].endswith("· one") and message.mentions == []
    shard = stage.begun("0", kind=SubjectKind.SHARD, rule="shard_disconnected", severity=Severity.WARNING)
    await bot.look(slow, shard, after=15)
    (embed,) = message.embeds
    assert stage.titles == ["🔴 0 shard_disconnected"] and "🔴 /shop buy slow" in embed["description"]
    await bot.look(after=60)
    assert message.embeds[0]["description"].startswith("Over for now; lasted 1 min, from <t:")
    await bot.look(after=RESOLVED_AFTER_S)
    assert stage.titles == ["🟢 Resolved: 0 shard_disconnected"]
    assert "Lasted 1 min" in message.embeds[0]["description"]
    assert await stage.store.fleet.alerts(BOT, f"discord:{stage.channel.id}") == ()
    edits = message.revision
    await bot.look(after=300)
    assert message.revision == edits and bot.alerting.state.problem == ""


async def test_nothing_is_said_before_the_first_check(stage: Stage) -> None:
    """Nothing is known to stand or not, so nothing is resolved either."""
    bot, slow = stage.bot(), stage.begun()
    await bot.look(slow)
    again = stage.bot()
    again.standing = None
    stage.now += 10 * RESOLVED_AFTER_S
    await again.alerting.look()
    assert stage.titles == ["🔴 /shop buy slow_command"]


async def test_a_restart_goes_on_with_its_message(stage: Stage) -> None:
    """It is not sent again; what ended meanwhile is resolved after a while."""
    slow = stage.begun()
    await stage.bot().look(slow)
    again = stage.bot()
    await again.look(slow, after=120)
    assert len(stage.messages) == 1
    third = stage.bot()
    await third.look(after=120)
    await third.look(after=RESOLVED_AFTER_S)
    assert stage.titles == ["🟢 Resolved: /shop buy slow_command"]


async def test_a_crash_between_writing_and_sending_loses_nothing(stage: Stage) -> None:
    """Whether the message arrived or not, there is one."""
    bot, slow = stage.bot(), stage.begun()
    stage.discord.fail("POST", MESSAGES, 500)
    await bot.look(slow)
    assert stage.messages == [] and bot.alerting.state.problem == "Discord answered with status 500"
    await stage.bot().look(slow)
    assert len(stage.messages) == 1


async def test_a_message_that_arrived_without_an_answer_is_found(stage: Stage) -> None:
    """A process that died right after sending does not know it; the next one looks first."""
    slow = stage.begun()
    bot = stage.bot()
    await bot.look(slow)
    (kept,) = await stage.store.fleet.alerts(BOT, f"discord:{stage.channel.id}")
    await stage.store.fleet.drop_alert(BOT, kept)
    await stage.store.fleet.keep_alert(BOT, kept._replace(message=""), 0.0)
    await stage.bot().look(slow._replace(sentence="/shop buy worse"), after=30)
    assert stage.titles == ["🔴 /shop buy worse"]
    (found,) = await stage.store.fleet.alerts(BOT, f"discord:{stage.channel.id}")
    assert found.message == str(stage.messages[0].id)


async def test_what_is_refused_is_tried_again_after_growing_pauses(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """With the reason in the state and once in the log; then it is sent."""
    caplog.set_level(logging.INFO, "plugin")
    bot, slow = stage.bot(), stage.begun()
    fault = stage.discord.fail("POST", MESSAGES, 403, 50013, times=3)
    await bot.look(slow)
    first = stage.now
    assert "needs View Channel, Send Messages, Embed Links" in bot.alerting.state.problem
    assert bot.alerting.state.failing_since == first
    await bot.look(slow, after=FIRST_PAUSE_S - 1)
    await bot.look(slow, after=1)
    await bot.look(slow, after=FIRST_PAUSE_S)
    await bot.look(slow, after=FIRST_PAUSE_S)
    assert stage.messages == [] and fault.times == 0
    await bot.look(slow, after=4 * FIRST_PAUSE_S)
    assert len(stage.messages) == 1 and bot.alerting.state.failing_since is None
    assert [record.message.partition("): ")[0] for record in caplog.records] == [
        f"alert not sent to discord:{stage.channel.id} (setting alert_channel",
        f"alerts are sent to discord:{stage.channel.id} again after 3 min",
    ]


async def test_a_channel_that_is_not_there_is_named(stage: Stage) -> None:
    """With the setting to change."""
    bot = stage.bot()
    stage.discord.fail("POST", MESSAGES, 404, 10003)
    await bot.look(stage.begun())
    assert bot.alerting.state.problem == "there is no such channel"


async def test_a_message_that_somebody_deleted_stays_deleted(stage: Stage) -> None:
    """Whoever deletes it has seen it; the next incident has its own."""
    bot, slow = stage.bot(), stage.begun()
    await bot.look(slow)
    stage.discord.fail("PATCH", MESSAGE, 404, 10008)
    await bot.look(slow._replace(sentence="/shop buy worse"), after=30)
    await bot.look(slow._replace(sentence="/shop buy worst"), after=30)
    assert stage.titles == ["🔴 /shop buy slow_command"] and bot.alerting.state.problem == ""
    again = stage.bot()
    await again.look(slow._replace(sentence="/shop buy still"), after=30)
    await again.look(after=30)
    await again.look(after=RESOLVED_AFTER_S)
    assert stage.titles == ["🔴 /shop buy slow_command"]
    assert await stage.store.fleet.alerts(BOT, f"discord:{stage.channel.id}") == ()
    stage.now += 3 * TOGETHER_S
    await bot.look(stage.begun("/other"))
    assert len(stage.messages) == 2


async def test_a_storm_is_a_few_messages(stage: Stage) -> None:
    """Ten an hour, and one that says how many wait; they are told if they still fire then."""
    bot = stage.bot()
    start = stage.now
    many = [finding(f"/{number}", since=start - 3 * number * TOGETHER_S) for number in range(MOST_AN_HOUR + 3)]
    await bot.look(*many)
    assert bot.alerting.state.held_back == 3
    assert (len(stage.messages), stage.titles[-1]) == (MOST_AN_HOUR + 1, "🟡 and 3 more incidents")
    await bot.look(*many[1:], after=HOUR_S)
    assert (len(stage.messages), bot.alerting.state.held_back) == (MOST_AN_HOUR + 3, 0)
    assert stage.titles[MOST_AN_HOUR] == "🟢 No more incidents"


async def test_a_fleet_says_once_what_is_about_the_program(stage: Stage) -> None:
    """Also when the two instances notice its end at different times; each says what is about itself."""
    one, two = stage.bot("one"), stage.bot("two")
    error, slow = stage.begun("ValueError", kind=SubjectKind.ERROR, everywhere=True), stage.begun()
    for bot in (one, two, one, two):
        await bot.look(error, slow, after=15)
    assert sorted(stage.titles) == ["🔴 /shop buy slow_command"] * 2 + ["🔴 ValueError slow_command"]
    await one.look(slow)
    await two.look(error, slow)
    await one.look(slow, after=RESOLVED_AFTER_S)
    await two.look(error, slow)
    await two.look(slow, after=60)
    assert sorted(stage.titles)[-1] == "🟢 Resolved: ValueError slow_command" and len(stage.messages) == 3


async def test_another_instance_goes_on_for_one_that_is_gone(stage: Stage) -> None:
    """With the same message, about the program; of itself, what is gone says nothing any more."""
    one, two = stage.bot("one"), stage.bot("two")
    error, slow = stage.begun("ValueError", kind=SubjectKind.ERROR, everywhere=True), stage.begun()
    await one.look(error, slow)
    await two.look(error, after=15)
    for _ in range(3):
        await two.look(error, after=STALE_S)
    await two.look(after=60)
    await two.look(after=RESOLVED_AFTER_S)
    assert sorted(stage.titles) == ["🔴 /shop buy slow_command", "🟢 Resolved: ValueError slow_command"]


async def test_without_history_alerts_are_told_all_the_same(stage: Stage) -> None:
    """Where none is kept, and where it is away for long; then a restart does not know what was said."""
    slow = stage.begun()
    await stage.bot(history=False).look(slow)
    assert len(stage.messages) == 1
    bot = stage.bot("two")
    assert bot.history is not None
    bot.history.away = True
    await bot.look(slow)
    assert len(stage.messages) == 1
    await bot.look(slow, after=HISTORY_S)
    assert len(stage.messages) == 2
    bot.history.away = False
    await bot.look(slow, after=15)
    (kept,) = await stage.store.fleet.alerts(BOT, f"discord:{stage.channel.id}")
    assert kept.message == str(stage.messages[1].id) and bot.alerting.state.firing == 1


async def test_one_message_that_is_refused_does_not_hold_up_others(stage: Stage) -> None:
    """Its own attempts become rarer; the next incident is told at once."""
    bot, slow = stage.bot(), stage.begun()
    await bot.look(slow)
    stage.discord.fail("PATCH", MESSAGE, 400, 50035, times=9)
    worse = slow._replace(sentence="/shop buy worse")
    await bot.look(worse, after=3 * TOGETHER_S)
    assert bot.alerting.state.problem == "Discord answered with status 400"
    await bot.look(worse, stage.begun("/other"), after=1)
    assert stage.titles == ["🔴 /shop buy slow_command", "🔴 /other slow_command"]
    assert bot.alerting.state.problem == "Discord answered with status 400"


async def test_a_thread_that_was_archived_is_opened_again(stage: Stage) -> None:
    """Discord archives one in which nothing new was written for a day; in an archived one nothing can be changed."""
    bot, slow = stage.bot_in_thread(), stage.begun()
    await bot.look(slow)
    stage.channel.archived = True
    await bot.look(after=60)
    assert not stage.channel.archived and bot.alerting.state.problem == ""
    stage.channel.archived = True
    await bot.look(after=RESOLVED_AFTER_S)
    assert stage.titles == ["🟢 Resolved: /shop buy slow_command"]


async def test_a_thread_that_is_locked_is_named_as_the_reason(stage: Stage) -> None:
    """A moderator closed it; once it is open again, everything is told."""
    stage.channel = stage.discord.add_guild("Attic", bot_permissions=DEFAULT_PERMISSIONS).channels[0]
    bot, slow = stage.bot_in_thread(), stage.begun()
    await bot.look(slow)
    stage.channel.archived = stage.channel.locked = True
    await bot.look(after=60)
    assert bot.alerting.state.problem == "the thread is archived, and the bot may not open it"
    stage.channel.archived = stage.channel.locked = False
    await bot.look(after=RESOLVED_AFTER_S)
    assert stage.titles == ["🟢 Resolved: /shop buy slow_command"] and bot.alerting.state.problem == ""


async def test_a_channel_without_messages_is_named_as_the_reason(stage: Stage) -> None:
    """Such as a category, or a forum instead of one of its posts."""
    assert stage.channel.guild is not None
    stage.channel = stage.channel.guild.add_channel("Everything", CATEGORY)
    bot = stage.bot()
    await bot.look(stage.begun())
    assert bot.alerting.state.problem == "this is no channel for messages: set a text channel, a thread or a forum post"


async def test_the_end_is_told_however_long_the_channel_was_away(stage: Stage) -> None:
    """And what begins after it is another incident."""
    bot, error = stage.bot(), stage.begun("ValueError", kind=SubjectKind.ERROR, everywhere=True)
    await bot.look(error)
    fault = stage.discord.fail("PATCH", MESSAGE, 503, times=99)
    for _ in range(20):
        await bot.look(after=200)
    fault.times = 0
    await bot.look(after=HOUR_S)
    assert stage.titles == ["🟢 Resolved: ValueError slow_command"]
    stage.now += HOUR_S
    await bot.look(stage.begun("ValueError", kind=SubjectKind.ERROR, everywhere=True))
    assert stage.titles == ["🟢 Resolved: ValueError slow_command", "🔴 ValueError slow_command"]


async def test_the_end_is_dropped_from_history_once_that_is_there_again(stage: Stage) -> None:
    """Or the next incident of the program would change the old message."""
    bot, error = stage.bot(), stage.begun("ValueError", kind=SubjectKind.ERROR, everywhere=True)
    await bot.look(error)
    await bot.look(after=60)
    assert bot.history is not None
    bot.history.away = True
    await bot.look(after=RESOLVED_AFTER_S)
    assert stage.titles == ["🟢 Resolved: ValueError slow_command"]
    bot.history.away = False
    await bot.look(after=60)
    assert await stage.store.fleet.alerts(BOT, f"discord:{stage.channel.id}") == ()


async def test_what_another_instance_calls_over_is_told_where_it_goes_on(stage: Stage) -> None:
    """After the time by which the two may notice it apart."""
    one, two = stage.bot("one"), stage.bot("two")
    error = stage.begun("ValueError", kind=SubjectKind.ERROR, everywhere=True)
    await one.look(error)
    await two.look(error, after=15)
    await one.look(after=60)
    await one.look(after=RESOLVED_AFTER_S)
    await two.look(error, after=15)
    await two.look(error, after=LAG_S - 1)
    assert stage.titles == ["🟢 Resolved: ValueError slow_command"]
    await two.look(error, after=1)
    assert stage.titles == ["🟢 Resolved: ValueError slow_command", "🔴 ValueError slow_command"]


async def test_two_that_told_it_while_history_was_away_become_one(stage: Stage) -> None:
    """The message of the instance that does not tell it is deleted."""
    one, two = stage.bot("one"), stage.bot("two")
    error = stage.begun("ValueError", kind=SubjectKind.ERROR, everywhere=True)
    for bot in (one, two):
        await bot.look()
        assert bot.history is not None
        bot.history.away = True
        await bot.look(error, after=15)
    assert len(stage.messages) == 2
    for bot in (one, two):
        assert bot.history is not None
        bot.history.away = False
    await one.look(error, after=15)
    await two.look(error, after=15)
    assert len(stage.messages) == 1 and two.alerting.state.problem == ""


async def test_a_takeover_looks_for_the_message_first(stage: Stage) -> None:
    """The instance before may have died right after sending it."""
    one, two = stage.bot("one"), stage.bot("two")
    error = stage.begun("ValueError", kind=SubjectKind.ERROR, everywhere=True)
    await one.look(error)
    await two.look(error, after=15)
    (kept,) = await stage.store.fleet.alerts(BOT, f"discord:{stage.channel.id}")
    await stage.store.fleet.drop_alert(BOT, kept)
    await stage.store.fleet.keep_alert(BOT, kept._replace(message=""), 0.0)
    await two.look(error, after=STALE_S + 60)
    assert len(stage.messages) == 1


async def test_nothing_is_taken_from_history_under_a_name_that_is_not_definite(stage: Stage) -> None:
    """A new container has another host name, until it goes on with the history of the one before it."""
    slow = stage.begun()
    await stage.bot("one").look(slow)
    again = stage.bot("one")
    again.settled = False
    await again.look(slow, after=15)
    assert len(stage.messages) == 1
    again.settled = True
    await again.look(slow, after=15)
    assert len(stage.messages) == 1


async def test_a_clock_that_is_set_back_does_not_silence_the_bot(stage: Stage) -> None:
    """Neither after a refusal nor after a storm."""
    bot, slow = stage.bot(), stage.begun()
    stage.discord.fail("POST", MESSAGES, 503)
    await bot.look(slow)
    stage.now -= 86_400
    await bot.look(slow)
    assert len(stage.messages) == 1


async def test_fifty_long_sentences_fit_into_a_message(stage: Stage) -> None:
    """Whatever is in them, all of it is within Discord's limits, which the local one checks."""
    bot = stage.bot()
    hostile = "*_`~|>🟢" * 200
    many = [
        stage.begun(f"/{number}")._replace(sentence=f"{number}{hostile}", look_at=f"/commandstats {hostile}")
        for number in range(50)
    ]
    await bot.look(*many)
    assert len(stage.messages) == 1 and bot.alerting.state.problem == ""
    (embed,) = stage.messages[0].embeds
    assert len(embed["title"].encode("utf-16-le")) <= 2 * 256 and "… and 43 more" in embed["description"]


async def test_any_name_of_an_instance_tells_its_alert_once(stage: Stage) -> None:
    """History keeps the first 300 characters of it, and no NUL."""
    bot, slow = stage.bot("ho\0st" * 100), stage.begun()
    await bot.look(slow)
    await bot.look(slow, after=STALE_S + 60)
    assert len(stage.messages) == 1 and bot.alerting.state.firing == 1


async def test_an_answer_that_cannot_be_read_is_a_refusal(stage: Stage) -> None:
    """Of a proxy, say; hikari raises whatever its parser does."""

    class Proxy:
        async def create_message(self, *_: object, **__: object) -> None:
            raise ValueError("no JSON: <html>secret</html>")

    rest: Any = Proxy()
    with pytest.raises(TargetError, match=r"^Discord could not be reached \(ValueError\)$"):
        await DiscordChannel(rest, 1).send(Notice("incident 1", "down", "", 0))


async def test_ten_thousand_equal_errors_are_one_message(stage: Stage) -> None:
    """In one check, and in each after it."""
    bot = stage.bot()
    errors = [stage.begun("ValueError", kind=SubjectKind.ERROR, everywhere=True)] * 10_000
    for number in range(3):
        await bot.look(*(error._replace(sentence=f"{number} errors") for error in errors), after=30)
    assert stage.titles == ["🔴 2 errors"]


async def test_a_bot_that_crashes_every_minute_is_one_message(stage: Stage) -> None:
    """Although nothing else is told right after a start, and no process lives until the second check."""
    for _ in range(5):
        bot = stage.bot()
        bot.alerting._book = AlertBook("one", Severity.WARNING, 60.0, 120.0)
        died = stage.begun("one", kind=SubjectKind.INSTANCE, rule=UNCLEAN_SHUTDOWN, severity=Severity.WARNING)
        await bot.look(died, stage.begun("/slow", severity=Severity.WARNING), after=1)
        await bot.look(died, after=59)
    assert [title.partition(" ")[2] for title in stage.titles] == ["one unclean_shutdown"]
