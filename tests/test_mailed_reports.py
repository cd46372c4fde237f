"""Reports as mails, through a real mail server: their numbers, their picture, and that each is one mail."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser

import pytest

from examples.localdiscord.primitives import PATIENCE_S
from plugin.corridor.alerts.history import STALE_S
from plugin.corridor.alerts.pauses import FIRST_PAUSE_S
from plugin.outlets.apprise_sender import AppriseSender
from plugin.outlets.apprise_target import AppriseTarget
from tests.history.builders import HOUR, NOON, WRITER
from tests.outlets.servers import PASSWORD, MailServer, mail_server
from tests.test_sent_reports import AFTER_S, Bot, Killed, Stage, address, stage  # noqa: F401 # fixtures

pytestmark = pytest.mark.filterwarnings("ignore:Session.login_data:DeprecationWarning")  # within aiosmtpd


@pytest.fixture
async def mails() -> AsyncIterator[MailServer]:
    """A mail server."""
    async with mail_server() as server:
        yield server


def bot(stage: Stage, mails: MailServer, owner: str = "one", *, charts: bool = False) -> Bot:  # noqa: F811 # the fixture
    """A process that mails its reports."""
    return stage.bot(owner, mail=AppriseTarget(AppriseSender(PATIENCE_S), mails.url), charts=charts)


class Words(HTMLParser):
    """The words of a page, a row of a table in a line."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said = ""
        self.feed(page)
        self.lines = [" ".join(line.split()) for line in self.said.split("\n") if line.strip()]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.said += "\n" if tag in ("p", "tr", "h2", "br") else " "

    def handle_data(self, data: str) -> None:
        self.said += data.replace("\n", " ")


async def test_a_week_is_told_to_the_number(stage: Stage, mails: MailServer) -> None:  # noqa: F811 # the fixture
    """The page has all that the file of a report has, and the picture is inside the mail where the page shows it."""
    sender = bot(stage, mails, charts=True)
    await sender.look(AFTER_S)
    sender.drawing.close()
    (mail,) = mails.mails
    assert (mail["subject"], mail["to"]) == ("🟡 Report, 7 days to 04 Oct 2024", "ada@example.com")
    html, text = mail.get_body(("html",)), mail.get_body(("plain",))
    assert html is not None and text is not None
    page = html.get_content()
    for line in (
        "Commands 6,048 ▲ 4,200",
        "Errors 168 0",
        "🟡 Error rate 3.8 % ▲ 0 %",
        "/shop buy 4,200 ▲ 2,520",
        "/shop sell p95 79 ms ▲ 20 ms",
        "/shop sell 16.7 % ▲ 0 %",
        "🟡 KeyError in shop.py:7 ×168",
        "🔴 down after an unclean shutdown; last status: memory 254 MB",
        "01 Oct 12:01 to 12:11 (10 min)",
        "🟡 Online 99.6 % (target 99.9 %): 40 of the 10.1 min budget used.",
        "🟢 Memory 200 MB ▲ 100 MB",
    ):
        assert line in Words(page).lines
    assert "6,048" in text.get_content() and "KeyError" in text.get_content()
    (picture,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert picture["content-id"] == "<report.png>" and picture.get_payload(decode=True)[:4] == b"\x89PNG"
    assert re.search(r'<img src="cid:report.png" alt="Commands[^"]+"', page)
    assert "<svg" not in page and "Content-Security-Policy" not in page


async def test_without_charts_the_mail_has_every_number(stage: Stage, mails: MailServer) -> None:  # noqa: F811 # the fixture
    """And nothing that could not be shown."""
    await bot(stage, mails).look(AFTER_S)
    (mail,) = mails.mails
    assert "<img" not in mail.as_string() and mail.get_body(("html",)) is not None
    assert [part for part in mail.walk() if part.get_content_maintype() == "image"] == []


async def test_a_mail_is_sent_once(stage: Stage, mails: MailServer) -> None:  # noqa: F811 # the fixture
    """By a fleet, after restarts, and when a process is killed before it sends."""
    killed = bot(stage, mails, "killed")

    def kill(*_: object) -> None:
        raise Killed

    killed.reports._make = kill  # type: ignore[assignment] # in place of a method
    with pytest.raises(Killed):
        await killed.look(AFTER_S)
    fleet = [bot(stage, mails, owner) for owner in ("one", "two")]
    for at in range(int(AFTER_S + STALE_S), 2 * HOUR, 600):
        for each in fleet:
            await each.look(at)
    await bot(stage, mails, "later").look(2 * HOUR)
    assert len(mails.mails) == 1


async def test_a_server_that_is_down_for_an_hour_gets_it_then(
    stage: Stage,  # noqa: F811 # the fixture
    mails: MailServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The reason is on the page and once in the log, without the password; the mail comes once."""
    sender, mails.refuses = bot(stage, mails), "451 try again later"
    with caplog.at_level(logging.INFO, "plugin"):
        for at in (AFTER_S, AFTER_S + FIRST_PAUSE_S, HOUR / 2, HOUR):
            await sender.look(at)
        assert sender.delivery.state.failing_since == NOON + AFTER_S
        assert sender.delivery.state.problem == "the server refused the mail (SMTP 451)"
        mails.refuses = ""
        for at in (2 * HOUR, 3 * HOUR):
            await sender.look(at)
    assert len(mails.mails) == 1 and sender.made == 1 and sender.delivery.state.failing_since is None
    told = [record.levelname for record in caplog.records if record.name.startswith("plugin")]
    assert told == ["WARNING", "INFO"] and PASSWORD not in caplog.text
    (row,) = await stage.store.fleet.alerts(WRITER.bot, f"report {AppriseTarget(AppriseSender(), mails.url).name}")
    assert row.members == "sent" and PASSWORD not in str(row)
