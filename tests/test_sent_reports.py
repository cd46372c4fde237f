"""Reports in a channel of a real Discord client: each once, through restarts, kills, fleets and failures."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC
from pathlib import Path
from typing import Any

import hikari
import pytest

from examples.localdiscord import Channel, LocalDiscord, Message
from examples.localdiscord.primitives import PATIENCE_S
from plugin.corridor.alerts.history import STALE_S, AlertHistory
from plugin.corridor.alerts.pauses import FIRST_PAUSE_S
from plugin.corridor.drawing import Drawing, Drawn
from plugin.corridor.readers import ReadersHistory
from plugin.corridor.reports.delivery import LATEST_S, ReportDelivery
from plugin.corridor.reports.making import make_report_notices
from plugin.corridor.reports.reports import Reports
from plugin.corridor.reports.schedule import DueReport, ReportSchedule
from plugin.display.chart import Chart
from plugin.history.store import Store, open_store
from plugin.insight.pseudonyms import Pseudonyms
from plugin.instrument.containment import Containment
from plugin.model import Period, ReportNotices
from plugin.outlets.apprise_target import AppriseTarget
from plugin.outlets.discord_channel import DiscordChannel
from plugin.outlets.target import TargetError
from plugin.settings import Settings
from tests.history.builders import HOUR, NOON, WRITER, batch, prune_all
from tests.reports import MB, WEEK, two_weeks
from tests.test_alerting import MESSAGES, History

SETTINGS = Settings()
AFTER_S = 90.0
WEEKLY = ReportSchedule("weekly", Period.WEEK, "friday 12:00", UTC)
"""Due at NOON."""


class Bot:
    """A process of a bot that sends reports, and its clock."""

    def __init__(
        self, stage: Stage, owner: str, *, details: bool = True, mail: AppriseTarget | None = None, charts: bool = False
    ) -> None:
        self.stage = stage
        self.history = History(stage.store)
        self.history.bot = WRITER.bot
        target = mail or DiscordChannel(stage.rest, int(stage.channel.id))
        kept = AlertHistory(self.history, f"report {target.name}", lambda: owner)
        self.delivery = ReportDelivery(target, kept, mail=mail is not None, clock_s=lambda: stage.now)
        self.containment = Containment()
        self.drawing = Drawing(self.containment, charts)
        self.made = 0
        self._shown = self.history if details else ReadersHistory(self.history, Pseudonyms())
        self.reports = Reports(
            self._schedules, [self.delivery], self._make, self.containment, after_s=AFTER_S, clock_s=lambda: stage.now
        )

    async def _schedules(self) -> Sequence[ReportSchedule]:
        return [WEEKLY]

    async def _make(self, due: DueReport) -> ReportNotices | None:
        async def draw(charts: Sequence[Chart]) -> Drawn:
            return await self.drawing.draw(charts, PATIENCE_S)

        self.made += 1
        return await make_report_notices(due, self._shown, SETTINGS, UTC, draw, self.stage.now)

    async def look(self, at: float | None = None) -> None:
        """Look at the clock at a moment in seconds since the report was due."""
        if at is not None:
            self.stage.now = NOON + at
        await self.reports.look()
        assert self.containment.faults == {}


class Stage:
    """A channel, a client that may write to it, and a database with two weeks."""

    def __init__(self, discord: LocalDiscord, rest: hikari.api.RESTClient, store: Store) -> None:
        self.discord, self.rest, self.store = discord, rest, store
        self.channel: Channel = discord.add_guild("Golem's workshop").channels[0]
        self.now = float(NOON)

    def bot(self, owner: str = "one", **more: Any) -> Bot:
        """A process that has just started."""
        return Bot(self, owner, **more)

    @property
    def messages(self) -> list[Message]:
        """All that was said."""
        return self.discord.messages(self.channel)

    async def rows(self) -> list[tuple[str, str]]:
        """What is kept: the message and the state of each report."""
        kept = await self.store.fleet.alerts(WRITER.bot, f"report discord:{self.channel.id}")
        return [(row.message, row.members) for row in kept]


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new database."""
    if request.param == "PostgreSQL":
        return request.getfixturevalue("postgres_database")
    return str(tmp_path / "golem.db")


@pytest.fixture
async def stage(address: str) -> AsyncIterator[Stage]:
    """Everything is there, and works."""
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(LocalDiscord(deadline_s=PATIENCE_S))
        app = hikari.RESTApp(url=discord.rest_url, max_retries=0)
        await app.start()
        stack.push_async_callback(app.close)
        rest = await stack.enter_async_context(app.acquire(discord.token, hikari.TokenType.BOT))
        store = await stack.enter_async_context(await open_store(address))
        await two_weeks(store)
        yield Stage(discord, rest, store)


async def test_a_week_is_told_to_the_number(stage: Stage) -> None:
    """Once the last minutes of all instances are written; then nothing more is said."""
    bot = stage.bot()
    await bot.look(AFTER_S - 1)
    assert stage.messages == []
    for at in range(int(AFTER_S), HOUR, 300):
        await bot.look(at)
    (message,) = stage.messages
    (embed,) = message.embeds
    assert embed["title"] == "🟡 Report, 7 days to 04 Oct 2024" and message.mentions == []
    said = embed["description"].replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")
    for line in (
        "🟡 **since 01 Oct 12:11** /shop sell: p95 20 ms → 80 ms since 2.0",
        "   Commands     6,048▲   4,200",
        "   Errors         168        0",
        "🟡 Error rate   3.8 %▲     0 %",
        "/shop buy        4,200▲  2,520",
        "🟡 `/shop sell`: p95 20 ms → 79 ms",
        "🟡 `/shop sell`: error rate 0 % → 16.7 %",
        "🟡 KeyError ×168",
        "🔴 **01 Oct 12:01 to 12:11 (10 min)** down after an unclean shutdown; last status: memory 254 MB",
        "🟡 Online 99.6 % (target 99.9 %): 40 of the 10.1 min budget used.",
        "🟢 Memory      200 MB▲  100 MB",
    ):
        assert line in said.splitlines() or line in said
    assert embed["footer"]["text"].endswith(
        "27 Sep 12:00 to 04 Oct 12:00 UTC, compared with the previous 7 days · 1 instance"
    )
    assert bot.made == 1 and await stage.rows() == [(str(message.id), "sent")]


async def test_readers_see_no_details(stage: Stage) -> None:
    """As on the pages: no place, no type of error, no release, no last status."""
    await stage.bot(details=False).look(AFTER_S)
    said = str(stage.messages[0].embeds)
    assert "6,048" in said and "error 1 ×168" in said
    assert not any(detail in said for detail in ("shop.py", "KeyError", "2.0`", "memory 254 MB", "since 2.0"))


async def test_a_restart_repeats_nothing(stage: Stage) -> None:
    """Nor does a clock that is set back over the hour, or a database that was pruned."""
    await stage.bot("one").look(AFTER_S)
    await stage.bot("two").look(AFTER_S + 10)
    third = stage.bot("three")
    for at in (HOUR, -HOUR, AFTER_S, LATEST_S, WEEK - 60):
        await third.look(at)
    await prune_all(stage.store, NOON + WEEK - 60)
    await stage.bot("four").look(AFTER_S)
    assert len(stage.messages) == 1 and third.made == 0


async def test_a_fleet_sends_one(stage: Stage) -> None:
    """Whoever is first; the others need not even make it."""
    bots = [stage.bot(owner) for owner in ("one", "two", "three")]
    for at in range(0, HOUR, 60):
        for bot in bots:
            await bot.look(at)
    assert len(stage.messages) == 1 and [bot.made for bot in bots] == [1, 0, 0]


async def test_where_one_instance_fails_another_sends_it(stage: Stage) -> None:
    """Then the first one does not fail any more either."""
    one, two = stage.bot("one"), stage.bot("two")
    stage.discord.fail("POST", MESSAGES, 503)
    await one.look(AFTER_S)
    await two.look(AFTER_S + STALE_S)
    assert stage.messages == [] and one.delivery.state.failing_since is not None
    await two.look(AFTER_S + STALE_S + 1)
    await one.look(HOUR)
    assert len(stage.messages) == 1 and one.delivery.state.failing_since is None


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize(
    ("verb", "when", "calls"),
    [("keep_alert", "before", 2), ("keep_alert", "after", 2), ("keep_alert", "before", 3)],
    ids=["while it is made", "before it is sent", "after it is sent"],
)
async def test_a_kill_loses_nothing_and_repeats_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, verb: str, when: str, calls: int
) -> None:
    """Wherever it comes between writing and sending: another process goes on once this one is silent."""
    bot, fleet, count = stage.bot("killed"), type(stage.store.fleet), 0
    real = getattr(fleet, verb)

    async def kill(*args: Any) -> Any:
        nonlocal count
        count += 1
        if count == calls and when == "before":
            raise Killed
        answer = await real(*args)
        if count == calls:
            raise Killed
        return answer

    with monkeypatch.context() as patched:
        patched.setattr(fleet, verb, kill)
        with pytest.raises(Killed):
            await bot.look(AFTER_S)
    again = stage.bot("next")
    await again.look(AFTER_S + STALE_S)
    assert again.made == 0
    await again.look(AFTER_S + STALE_S + 1)
    await stage.bot("last").look(AFTER_S + 2 * STALE_S)
    (message,) = stage.messages
    assert await stage.rows() == [(str(message.id), "sent")]


async def test_a_bot_that_was_off_sends_it_when_it_is_back(stage: Stage) -> None:
    """About the period that was due, not one that ends now."""
    await stage.bot().look(LATEST_S)
    (message,) = stage.messages
    assert "27 Sep 12:00 to 04 Oct 12:00 UTC" in message.embeds[0]["footer"]["text"]


async def test_later_it_is_left_out(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """And the log says so, once."""
    with caplog.at_level(logging.INFO, "plugin"):
        for owner in ("one", "two"):
            await stage.bot(owner).look(LATEST_S + 60)
    assert stage.messages == []
    assert [record.getMessage() for record in caplog.records] == [
        f"the weekly report of 2024-10-04 is not sent to discord:{stage.channel.id}: it was due 12 h ago"
    ]


async def test_a_target_that_is_down_gets_it_later(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """After growing pauses; the page and the log say why meanwhile, and it is made only once."""
    bot = stage.bot()
    fault = stage.discord.fail("POST", MESSAGES, 503, times=999)
    with caplog.at_level(logging.INFO, "plugin"):
        for at in range(int(AFTER_S), HOUR, int(FIRST_PAUSE_S)):
            await bot.look(at)
        assert bot.delivery.state.problem == "Discord answered with status 503"
        assert bot.delivery.state.failing_since == NOON + AFTER_S
        assert 999 - fault.times < 10
        fault.times = 0
        await bot.look(2 * HOUR)
    assert len(stage.messages) == 1 and bot.made == 1
    assert bot.delivery.state[1:3] == (None, "")
    assert [record.getMessage() for record in caplog.records] == [
        "weekly report not sent (setting alert_channel): Discord answered with status 503",
        f"the weekly report of 2024-10-04 was sent to discord:{stage.channel.id}, 1 h after the first attempt",
    ]


async def test_a_bot_that_may_attach_no_files_sends_it_without_the_picture(stage: Stage) -> None:
    """Discord refuses the whole message; each number is in its text."""
    bot = stage.bot(charts=True)
    stage.discord.fail("POST", MESSAGES, 403, 50013)
    await bot.look(AFTER_S)
    bot.drawing.close()
    (message,) = stage.messages
    assert "6,048" in message.embeds[0]["description"] and message.attachments == []


async def test_an_answer_that_is_lost_is_looked_for(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message may have arrived; it is found by its footer."""
    bot, real = stage.bot(), DiscordChannel.send

    async def lost(self: DiscordChannel, notice: Any) -> str:
        await real(self, notice)
        raise TargetError("Discord could not be reached", whole=True)

    with monkeypatch.context() as patched:
        patched.setattr(DiscordChannel, "send", lost)
        await bot.look(AFTER_S)
    await bot.look(AFTER_S + FIRST_PAUSE_S)
    assert len(stage.messages) == 1 and (await stage.rows())[0][1] == "sent"


async def test_history_that_is_away_is_waited_for(stage: Stage) -> None:
    """Nothing is sent that could not be written down before."""
    bot = stage.bot()
    bot.history.away = True
    await bot.look(AFTER_S)
    assert stage.messages == []
    bot.history.away = False
    await bot.look(HOUR)
    assert len(stage.messages) == 1


async def test_what_could_not_be_written_down_is_written_later(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """History went away while it was sent."""
    bot, real = stage.bot(), DiscordChannel.send

    async def send(self: DiscordChannel, notice: Any) -> str:
        bot.history.away = True
        return await real(self, notice)

    monkeypatch.setattr(DiscordChannel, "send", send)
    await bot.look(AFTER_S)
    assert await stage.rows() == [("", "sending")]
    bot.history.away = False
    await bot.look(AFTER_S + 30)
    assert await stage.rows() == [(str(stage.messages[0].id), "sent")] and len(stage.messages) == 1


async def test_a_period_before_all_history_is_left_out(stage: Stage) -> None:
    """A bot that just got its first history has nothing to tell."""
    bot = stage.bot()
    await bot.look(AFTER_S - 4 * WEEK)
    assert stage.messages == [] and await stage.rows() == [("left out", "sent")]


async def test_an_empty_week_is_three_lines(stage: Stage) -> None:
    """Nothing was used and nothing happened."""
    idle = WRITER._replace(bot=9)
    await stage.store.fleet.register(idle, NOON - 3 * WEEK)
    for at in range(NOON - 3 * WEEK, NOON, 6 * HOUR):
        await stage.store.writing.write(idle, batch(at, memory_bytes=100.0 * MB, connected_share=1.0))
    await stage.store.fleet.beat(idle, NOON)
    bot = stage.bot()
    bot.history.bot = 9
    await bot.look(AFTER_S)
    (embed,) = stage.messages[0].embeds
    assert embed["title"] == "🟢 Report, 7 days to 04 Oct 2024"
    said = embed["description"].replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")
    assert (
        said == "No invocations, no errors, no incidents. Online 100 % (target 99.9 %): 0 of the 10.1 min budget used."
    )
    assert "27 Sep 12:00 to 04 Oct 12:00 UTC" in embed["footer"]["text"] and "image" not in embed


async def test_reports_are_no_alerts(stage: Stage) -> None:
    """What alerts go on with after a restart knows nothing of them."""
    await stage.bot().look(AFTER_S)
    assert await stage.store.fleet.alerts(WRITER.bot, f"discord:{stage.channel.id}") == ()
