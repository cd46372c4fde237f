"""Messages through apprise to real servers on loopback, each from a process of its own."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from examples.localdiscord.primitives import PATIENCE_S
from plugin.outlets import apprise_sender
from plugin.outlets.apprise_sender import AppriseSender
from plugin.outlets.target import TargetError
from tests.outlets.servers import PASSWORD, MailServer, WebServer, mail_server, senders, web_server

pytestmark = pytest.mark.filterwarnings("ignore:Session.login_data:DeprecationWarning")  # within aiosmtpd
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
HTML = '<html><body><h1>down</h1><p>since 2:10</p><img src="cid:memory.png"></body></html>'


@pytest.fixture
async def mails() -> AsyncIterator[MailServer]:
    """A mail server."""
    async with mail_server() as server:
        yield server


@pytest.fixture
async def posts() -> AsyncIterator[WebServer]:
    """A web server."""
    async with web_server() as server:
        yield server


async def refused(url: str, timeout_s: float = PATIENCE_S) -> TargetError:
    """Why a message is not taken."""
    with pytest.raises(TargetError) as refusal:
        await AppriseSender(timeout_s).send(url, "down", "since 2:10", HTML)
    assert PASSWORD not in str(refusal.value) and "127.0.0.1" not in str(refusal.value)
    return refusal.value


def own_certificate(folder: Path) -> ssl.SSLContext:
    """A certificate that nobody vouches for."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    return tls


async def test_a_mail_has_text_html_and_the_picture_inside_it(mails: MailServer) -> None:
    """The picture is where the HTML names it, and the text says the same as the HTML."""
    await AppriseSender(PATIENCE_S).send(mails.url, "🔴 Größe", "since 2:10", HTML, [("memory.png", PNG)], "failure")
    (mail,) = mails.mails
    assert (mail["subject"], mail["to"]) == ("🔴 Größe", "ada@example.com")
    html, text = mail.get_body(("html",)), mail.get_body(("plain",))
    assert html is not None and text is not None
    assert html.get_content().strip() == HTML and text.get_content().split() == ["down", "since", "2:10"]
    (picture,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert picture.get_payload(decode=True) == PNG and picture.get_filename() == "memory.png"
    assert picture["content-id"] == "<memory.png>" and picture.get_content_disposition() == "inline"


async def test_a_mail_without_html_is_text(mails: MailServer) -> None:
    """With the picture attached all the same."""
    await AppriseSender(PATIENCE_S).send(mails.url, "down", "since 2:10\nand on", pictures=[("memory.png", PNG)])
    (mail,) = mails.mails
    text = mail.get_body(("plain",))
    assert text is not None and "since 2:10" in text.get_content() and "and on" in text.get_content()
    (picture,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert picture.get_payload(decode=True) == PNG


async def test_a_webhook_gets_plain_text(posts: WebServer) -> None:
    """With the kind for those that tell them apart, and the picture; HTML is for mails."""
    await AppriseSender(PATIENCE_S).send(posts.url, "down", "since 2:10", HTML, [("memory.png", PNG)], "failure")
    (posted,) = posts.posted
    assert (posted["title"], posted["message"], posted["type"]) == ("down", "since 2:10", "failure")
    assert [one["filename"] for one in posted["attachments"]] == ["memory.png"]


@pytest.mark.parametrize(
    ("change", "why", "whole"),
    [
        ((PASSWORD, "wrong"), "the server refused the login", True),
        (("ada@", "nobody@"), "the server refused the recipients", True),
        (("mailto:", "mailtos:"), "the server offers no login or no STARTTLS", True),
    ],
    ids=["password", "recipient", "tls"],
)
async def test_why_a_mail_is_not_taken(mails: MailServer, change: tuple[str, str], why: str, whole: bool) -> None:
    """In words that hold nothing of the URL."""
    refusal = await refused(mails.url.replace(*change))
    assert (str(refusal), refusal.whole) == (why, whole)


async def test_a_mail_that_is_refused_does_not_speak_for_others(mails: MailServer) -> None:
    """The server may have disliked its content."""
    mails.refuses = "554 spam"
    refusal = await refused(mails.url)
    assert (str(refusal), refusal.whole) == ("the server refused the mail (SMTP 554)", False)


@pytest.mark.parametrize(("status", "whole"), [(401, True), (404, True), (413, False), (429, True), (500, True)])
async def test_why_a_webhook_refuses(posts: WebServer, status: int, whole: bool) -> None:
    """Its status; some of them are about one message only."""
    posts.status = status
    refusal = await refused(posts.url)
    assert (str(refusal), refusal.whole) == (f"HTTP status {status}", whole)


@pytest.mark.parametrize("scheme", ["json", "mailto"])
async def test_a_server_that_is_down(scheme: str) -> None:
    """The same is said of both."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        url = f"{scheme}://bot:{PASSWORD}@127.0.0.1:{port}?from=bot@example.com"
        assert str(await refused(url)) == "the connection was refused"


async def test_a_name_that_nobody_has() -> None:
    """The name itself is not repeated."""
    assert str(await refused("json://nowhere.invalid/")) == "the host name was not found"


@pytest.mark.parametrize("url", ["nope://x", "slack://x", "mailto://"])
async def test_a_url_that_apprise_does_not_understand(url: str) -> None:
    """Its scheme is named; whether it is understood can be asked without sending."""
    why = f"apprise does not understand this {url.partition(':')[0]}:// URL"
    assert str(await refused(url)) == why
    with pytest.raises(TargetError, match=why):
        await AppriseSender(PATIENCE_S).check(url)


async def test_a_url_that_is_understood_is_not_used(posts: WebServer) -> None:
    """A check sends nothing."""
    await AppriseSender(PATIENCE_S).check(posts.url)
    assert not posts.asked.is_set()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
@pytest.mark.parametrize(("version", "cure"), [("", "pip install apprise"), ("1.12.0", "pip install -U apprise")])
async def test_without_a_good_apprise_the_cure_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str, cure: str
) -> None:
    """The package, where there is none, or one that is too old."""
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')
    bare.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(bare))
    bare_path = [path for path in sys.path if "site-packages" not in path]
    if version:
        (tmp_path / "apprise.py").write_text(f"__version__ = '{version}'")
        bare_path.insert(0, str(tmp_path))
    monkeypatch.setattr(sys, "path", bare_path)  # syspath_prepend would leave it as it is here after the test
    assert cure in str(await refused("json://127.0.0.1/"))


async def test_a_server_that_never_answers_holds_up_nothing(posts: WebServer) -> None:
    """The process is killed after a while."""
    left = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        await writer.wait_closed()
        left.set()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        url = f"mailto://127.0.0.1:{server.sockets[0].getsockname()[1]}?from=bot@example.com"
        assert str(await refused(url, 3.0)) == "no answer within 3 s"
        assert senders() == []
        await left.wait()


async def test_nothing_of_a_message_or_of_the_bot_is_seen_outside(
    posts: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in the list of processes nor in the environment; and the process ends when nobody waits for it."""
    monkeypatch.setenv("DISCORD_TOKEN", "t0ken")
    monkeypatch.setenv("GOLEM_DATABASE", "postgresql://t0ken@x/y")
    posts.held = asyncio.Event()
    sending = asyncio.create_task(AppriseSender(PATIENCE_S).send(posts.url, "t1tle", "t3xt"))
    await posts.asked.wait()
    (child,) = senders()
    seen = " ".join([*child.cmdline(), *(f"{name}={value}" for name, value in child.environ().items())])
    assert not [secret for secret in (PASSWORD, "t0ken", "t1tle", "t3xt") if secret in seen]
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert senders() == [] and not psutil.pid_exists(child.pid)
    posts.held.set()


async def test_few_processes_run_at_once(posts: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others wait, and are sent then."""
    monkeypatch.setattr(apprise_sender, "AT_ONCE", 1)
    sender = AppriseSender(PATIENCE_S)
    await asyncio.gather(*(sender.send(posts.url, str(number), "down") for number in range(3)))
    assert sorted(posted["title"] for posted in posts.posted) == ["0", "1", "2"]


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl for a certificate")
async def test_a_mail_over_tls(tmp_path: Path) -> None:
    """A certificate that nobody knows is refused, unless the URL says otherwise."""
    async with mail_server(own_certificate(tmp_path)) as server:
        url = server.url.replace("mailto:", "mailtos:")
        assert str(await refused(url)) == "the server's certificate is not valid"
        await AppriseSender(PATIENCE_S).send(f"{url}&verify=no", "down", "since 2:10")
        assert len(server.mails) == 1
