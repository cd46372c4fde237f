"""Servers on loopback that take alerts, for real: a mail server and a web server."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import Any

import psutil
from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult

from plugin.outlets import apprise_program

PASSWORD = "s3cret-hunter2"


class MailServer:
    """Takes mails for anybody but `nobody@…`, from users with the password."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.port = 0
        self.refuses = ""
        """What it answers to every mail instead of taking it."""

    @property
    def url(self) -> str:
        """Where apprise sends mails to it."""
        return f"mailto://bot:{PASSWORD}@127.0.0.1:{self.port}?from=bot@example.com&to=ada@example.com"

    async def handle_RCPT(self, _: Any, __: Any, envelope: Any, address: str, ___: Any) -> str:  # noqa: N802 # aiosmtpd's
        if address.startswith("nobody"):
            return "550 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: Any, __: Any, envelope: Any) -> str:  # noqa: N802 # aiosmtpd's
        if self.refuses:
            return self.refuses
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


def _login(_: Any, __: Any, ___: Any, ____: Any, data: Any) -> AuthResult:
    return AuthResult(success=data.password == PASSWORD.encode(), handled=False)


@asynccontextmanager
async def mail_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[MailServer]:
    """A mail server while the block runs; with `tls` it is spoken to after STARTTLS only."""
    taking, loop, connections = MailServer(), asyncio.get_running_loop(), list[SMTP]()

    def connection() -> SMTP:
        smtp = SMTP(
            taking,
            loop=loop,
            authenticator=_login,
            auth_require_tls=tls is not None,
            tls_context=tls,
            require_starttls=tls is not None,
        )
        connections.append(smtp)
        return smtp

    server = await loop.create_server(connection, "127.0.0.1", 0)
    taking.port = server.sockets[0].getsockname()[1]
    try:
        yield taking
    finally:
        server.close()
        for smtp in connections:
            if smtp.transport is not None:
                smtp.transport.abort()
        await asyncio.sleep(0)  # what was aborted is closed in the next step


class WebServer:
    """Takes what is posted, or answers with a status."""

    def __init__(self) -> None:
        self.posted: list[dict[str, Any]] = []
        self.status = 200
        self.port = 0
        self.asked = asyncio.Event()
        self.held: asyncio.Event | None = None
        """While it is not set, nothing is answered."""

    @property
    def url(self) -> str:
        """Where apprise posts to it."""
        return f"json://bot:{PASSWORD}@127.0.0.1:{self.port}/{PASSWORD}"

    async def answer(self, request: web.Request) -> web.Response:
        data = await request.json()
        self.asked.set()
        if self.held is not None:
            await self.held.wait()
        if self.status == 200 and request.transport is not None:  # unless whoever asked has left
            self.posted.append(data)
        return web.Response(status=self.status)


@asynccontextmanager
async def web_server(port: int = 0) -> AsyncIterator[WebServer]:
    """A web server while the block runs."""
    taking = WebServer()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", taking.answer)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    taking.port = runner.addresses[0][1]
    try:
        yield taking
    finally:
        await runner.cleanup()


def senders() -> list[psutil.Process]:
    """The processes of this one that send, as far as they run."""
    found = list[psutil.Process]()
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess):  # it ended just now
            if child.status() != psutil.STATUS_ZOMBIE and apprise_program.__file__ in child.cmdline():
                found.append(child)
    return found
