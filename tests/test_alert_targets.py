"""Alerts to targets where nothing can be changed: once when it fires, and once when it is over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from plugin.corridor.alerts import alerts as looking
from plugin.corridor.alerts.alerting import MOST_AN_HOUR, Alerting
from plugin.corridor.alerts.alerts import STOPPED, TEST_EVERY_S, Alerts
from plugin.corridor.alerts.history import AlertHistory
from plugin.corridor.alerts.pauses import FIRST_PAUSE_S
from plugin.corridor.alerts.people import People
from plugin.display.alert import alert_test_notice
from plugin.display.alert_text import alert_text_notice
from plugin.history.store import Store, open_store
from plugin.insight import alerts as insight
from plugin.insight.alerts import RESOLVED_AFTER_S, AlertBook
from plugin.insight.incidents import TOGETHER_S
from plugin.instrument.containment import Containment
from plugin.model import Finding, Notice, Severity, Standing
from plugin.outlets.apprise_sender import AppriseSender
from plugin.outlets.apprise_target import AppriseTarget, apprise_targets, name_of
from plugin.outlets.target import Target, TargetError
from tests.e2e.conftest import until
from tests.insight.test_incidents import finding
from tests.outlets.servers import PASSWORD, senders, web_server
from tests.test_alerting import BOT, History

SAID = ["🔴 /shop buy slow_command · one", "🟢 Resolved: /shop buy slow_command · one"]


class Post(AppriseTarget):
    """A target whose post office is in this process."""

    def __init__(self, post_office: PostOffice, url: str = "json://post") -> None:
        super().__init__(AppriseSender(), url)
        self._office = post_office

    async def send(self, notice: Notice) -> str:
        if self._office.problem:
            raise TargetError(self._office.problem, whole=True)
        self._office.said.append(notice.title)
        self._office.notices.append(notice)
        if self._office.dies:
            raise KeyboardInterrupt
        return "sent"


class PostOffice:
    """What it takes stays; it may be down."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.said: list[str] = []
        self.notices: list[Notice] = []
        self.problem = ""
        self.dies = False
        """Whether the process ends right after a message was taken."""
        self.now = time.time()

    def begun(self) -> Finding:
        return finding("/shop buy", since=self.now)


class Process:
    """A process of a bot that tells a target."""

    def __init__(self, office: PostOffice, target: Target) -> None:
        self.office = office
        self.standing: list[Finding] = []
        self.alerting = Alerting(
            AlertBook("one", Severity.CRITICAL, 0.0),
            target,
            lambda: Standing(tuple(self.standing), 1),
            AlertHistory(History(office.store), target.name, lambda: "one"),
            lambda: True,
            lambda alert: alert_text_notice(alert, "one", UTC),
            lambda: office.now,
        )

    async def look(self, *standing: Finding, after: float = 0.0) -> None:
        """Let time pass, and look at what stands then."""
        self.office.now += after
        self.standing = [*standing]
        await self.alerting.look()


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[PostOffice]:
    """Everything is there, and works."""
    async with await open_store(str(tmp_path / "golem.db")) as store:
        yield PostOffice(store)


async def test_an_incident_is_two_messages(office: PostOffice) -> None:
    """When it fires, and when it is over; what changes in between is not told."""
    process, slow = Process(office, Post(office)), office.begun()
    await process.look(slow)
    await process.look(slow._replace(sentence="/shop buy worse"), after=30)
    await process.look(after=60)
    assert office.said == SAID[:1]
    await process.look(after=RESOLVED_AFTER_S)
    await process.look(after=RESOLVED_AFTER_S)
    assert office.said == [SAID[0], "🟢 Resolved: /shop buy worse · one"]
    assert await office.store.fleet.alerts(BOT, name_of("json://post")) == ()


async def test_a_storm_is_told_of_in_plain_words(office: PostOffice) -> None:
    """Other services show Discord's markdown as it is; once for all that wait, since nothing can be changed."""
    process, number = Process(office, Post(office)), MOST_AN_HOUR + 3
    storm = [finding(f"/{one}", since=office.now - 3 * (number - one) * TOGETHER_S) for one in range(number)]
    await process.look(*storm)
    await process.look(*storm[:-1], after=30)
    (notice,) = office.notices[MOST_AN_HOUR:]
    assert (notice.title, notice.kind) == ("🟡 and 3 more incidents", "warning")
    assert notice.text == "No more than 10 new messages an hour are sent. See /health."


async def test_a_restart_says_nothing_twice(office: PostOffice) -> None:
    """Neither while it fires nor when it is over."""
    slow = office.begun()
    for _ in range(3):
        await Process(office, Post(office)).look(slow, after=30)
    assert office.said == SAID[:1]
    process = Process(office, Post(office))
    await process.look(after=60)
    await process.look(after=RESOLVED_AFTER_S)
    await Process(office, Post(office)).look(after=60)
    assert office.said == SAID


async def test_a_kill_before_a_message_is_sent_loses_nothing(office: PostOffice) -> None:
    """It was written down first, so the next process sends it."""
    slow = office.begun()
    office.problem = "the connection was refused"
    await Process(office, Post(office)).look(slow)
    office.problem = ""
    await Process(office, Post(office)).look(slow, after=30)
    assert office.said == SAID[:1]


async def test_a_kill_right_after_a_message_was_sent_sends_it_again(office: PostOffice) -> None:
    """Nobody can know whether it was taken; better twice than never, and then no more."""
    slow = office.begun()
    office.dies = True
    with pytest.raises(KeyboardInterrupt):
        await Process(office, Post(office)).look(slow)
    office.dies = False
    for _ in range(2):
        await Process(office, Post(office)).look(slow, after=30)
    assert office.said == [SAID[0], SAID[0]]


async def test_a_target_that_was_down_is_told_when_it_is_up(office: PostOffice) -> None:
    """A real one: why it failed is known until then, without anything of its URL."""
    async with web_server() as down:
        url = down.url
    (target,) = apprise_targets([url])
    process, slow = Process(office, target), office.begun()
    await process.look(slow)
    state = process.alerting.state
    assert (state.problem, state.failing_since) == ("the connection was refused", office.now)
    assert state.target == name_of(url) and PASSWORD not in repr(vars(process.alerting)["state"])
    async with web_server(down.port) as up:
        await process.look(slow, after=FIRST_PAUSE_S)
        await process.look(after=60)
        await process.look(after=RESOLVED_AFTER_S)
        assert [posted["title"] for posted in up.posted] == SAID
        assert [posted["type"] for posted in up.posted] == ["failure", "success"]
    assert process.alerting.state.problem == "" and process.alerting.state.failing_since is None


async def test_a_url_is_known_by_its_scheme_and_a_hash() -> None:
    """Two of a kind differ; nothing of their tokens or hosts is in the name."""
    names = {name_of(url) for url in ("slack://t0ken/a/b", "slack://t0ken/a/c", "mailto://u:p@host")}
    assert len(names) == 3
    assert all(name.partition(":")[0] in ("slack", "mailto") and len(name.partition(":")[2]) == 8 for name in names)
    assert not [name for name in names if "t0ken" in name or "host" in name]


class Slow(Post):
    """Never answers."""

    async def send(self, notice: Notice) -> str:
        await until(lambda: False)
        raise AssertionError


async def test_a_target_that_is_slow_does_not_hold_up_the_others(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has a pace of its own."""
    monkeypatch.setattr(looking, "EVERY_S", 0.0)
    monkeypatch.setattr(insight, "RESOLVED_AFTER_S", 0.0)
    slow, quick = Process(office, Slow(office, "json://slow")), Process(office, Post(office))
    alerts = Alerts([slow.alerting, quick.alerting], Containment(), notice, People(None))
    slow.standing = quick.standing = [office.begun()]
    alerts.start()
    await until(lambda: office.said == SAID[:1])
    quick.standing = []
    await until(lambda: office.said == SAID)
    alerts.stop()


def notice() -> Notice:
    """A test alert."""
    return alert_test_notice("one", 1_790_000_000.0, UTC)


class Clock:
    """Monotonic seconds, which a test moves."""

    def __init__(self) -> None:
        self.now_s = 5.0

    def __call__(self) -> float:
        return self.now_s


async def test_a_stop_ends_a_test_that_is_under_way(office: PostOffice) -> None:
    """No process goes on, and none is started; whoever asked for the test is told."""
    async with web_server() as posts:
        posts.held = asyncio.Event()
        targets = [
            Process(office, target).alerting for target in apprise_targets([f"{posts.url}/{n}" for n in range(5)])
        ]
        alerts = Alerts(targets, Containment(), lambda: alert_test_notice("one", office.now, UTC), People(None))
        test = asyncio.ensure_future(alerts.test())
        await posts.asked.wait()
        alerts.stop()
        assert {one.problem for one in await test} == {STOPPED}
        posts.held.set()
        assert senders() == [] and posts.posted == []


async def test_a_test_alert_goes_to_every_target(office: PostOffice) -> None:
    """With what became of it; a refusal is on the page until the target works again, and holds up no alert."""
    down = PostOffice(office.store)
    down.problem = "HTTP status 404"
    processes = [Process(office, Post(office)), Process(down, Post(down))]
    clock: Any = Clock()
    alerts = Alerts([process.alerting for process in processes], Containment(), notice, People(None), clock_s=clock)
    assert alerts.claim_test() == 0.0
    assert [one.problem for one in await alerts.test()] == ["", "HTTP status 404"]
    assert office.said == ["🟢 Test alert · one"]
    assert [state.problem for state in alerts.states] == ["", "HTTP status 404"]
    clock.now_s += 20
    assert alerts.claim_test() == TEST_EVERY_S - 20
    down.problem = ""
    clock.now_s += TEST_EVERY_S
    assert alerts.claim_test() == 0.0
    await alerts.test()
    assert [state.failing_since for state in alerts.states] == [None, None]
