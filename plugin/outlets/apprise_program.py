"""The sending program: reads one message from standard input, has apprise send it, and writes why it was not taken.

It is run by its path and imports nothing of this package: apprise takes a second and 40 MB, which the bot keeps neither
on its loop nor in its memory.
"""

from __future__ import annotations

import base64
import contextlib
import faulthandler
import json
import logging
import os
import re
import signal
import sys
from collections.abc import Iterator, Sequence
from typing import Any

LONGEST_S = 60.0
"""It ends itself after this time, since a bot that was killed cannot end it."""
NICENESS = 10
OLDEST = 1, 13, 1
"""Older versions of apprise send passwords to mail servers whose certificate they do not check."""
MAILS = re.compile(
    "mailtos?|acs|azure|brevo|groundmail|mailersend|mailgun|o365|postmark|resend|sendgrid|sendpulse|ses|smtp2go"
    "|sparkpost"
)
"""Schemes of services that deliver mails, where a whole HTML page is shown as such; others know a few tags at most."""
PICTURE_IN_HTML = re.compile(r'<img\b[^>]*\bsrc="cid:[^"]*"[^>]*>')
HTTP_STATUS = re.compile(r"\berror[=:]\s?(\d{3})\b")
"""As apprise logs what a service answered."""
DISABLED = re.compile(r"disabled on this system")
ONE_MESSAGE = frozenset({400, 413, 415, 422})
"""With these a service refuses one message; with others, all."""


class Reasons(logging.Handler):
    """Concludes from what apprise logs why a message is not taken; says nothing of what stands in the log."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.why = ""
        self.whole = True
        """Whether no other message would be taken either."""
        self.disabled = False

    def emit(self, record: logging.LogRecord) -> None:
        """Look at the error that is being handled: apprise logs it there, and drops it."""
        said = record.getMessage()
        self.disabled |= bool(DISABLED.search(said))
        if self.why:
            return
        status = HTTP_STATUS.search(said)
        if status:
            self.why, self.whole = f"HTTP status {status[1]}", int(status[1]) not in ONE_MESSAGE
            return
        for error in _chain(sys.exc_info()[1]):
            self.why = _why(error)
            if self.why:
                self.whole = type(error).__name__ != "SMTPDataError"  # which is about one mail
                return


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those inside it, the first cause first."""
    found: list[BaseException] = []
    rest = [error]
    while rest:
        one = rest.pop()
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            rest += [one.__context__, one.__cause__, getattr(one, "reason", None), *one.args[:1]]
    yield from reversed(found)


def _why(error: BaseException) -> str:
    """Why a message was not taken, in words that hold nothing of the message or its address; empty if not known."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    for kind, why in KNOWN.items():
        if kind in kinds:
            return why.format(code=getattr(error, "smtp_code", ""))
    return ""


KNOWN = {
    "SMTPAuthenticationError": "the server refused the login",
    "SMTPNotSupportedError": "the server offers no login or no STARTTLS",
    "SMTPSenderRefused": "the server refused the sender (SMTP {code})",
    "SMTPRecipientsRefused": "the server refused the recipients",
    "SMTPDataError": "the server refused the mail (SMTP {code})",
    "SMTPServerDisconnected": "the server closed the connection",
    "SMTPResponseException": "SMTP status {code}",
    "SSLCertVerificationError": "the server's certificate is not valid",
    "SSLError": "no TLS connection",
    "gaierror": "the host name was not found",
    "NameResolutionError": "the host name was not found",
    "ConnectionRefusedError": "the connection was refused",
    "ConnectTimeoutError": "no connection within the time",
    "ConnectTimeout": "no connection within the time",
    "ReadTimeoutError": "no answer in time",
    "Timeout": "no answer in time",
    "TimeoutError": "no answer in time",
    "ConnectionError": "the connection failed",
}
"""What is said of each type of error, by name, so that no library is imported for it. More special ones come first."""


def main(paths: Sequence[str]) -> None:
    """Answer one request; libraries are also looked for in the paths."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the bot, which ends this program
    faulthandler.dump_traceback_later(LONGEST_S, exit=True)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # keep prints of libraries out of the answer
    sys.path += [path for path in paths if path not in sys.path]
    request: dict[str, Any] = json.load(sys.stdin.buffer)
    reasons = Reasons()
    try:
        why = _attempt(request, reasons)
    except Exception as error:  # noqa: BLE001 # whatever a library raises; its text may hold the address
        why = f"apprise failed ({type(error).__name__})"
    json.dump({"why": why, "whole": reasons.whole}, answers)
    answers.close()
    sys.stdout.flush()
    os._exit(0)  # not waiting for threads that apprise left


def _attempt(request: dict[str, Any], reasons: Reasons) -> str:
    """Why a message was not taken, or would not be where there is none; empty if all is well."""
    try:
        import apprise
    except ImportError:
        return "apprise is not installed: pip install apprise (the extra `alerts`)"
    library: Any = apprise
    if tuple(map(int, re.findall(r"\d+", library.__version__)[:3])) < OLDEST:
        return f"apprise must be {'.'.join(map(str, OLDEST))} or newer: pip install -U apprise"
    logger = logging.getLogger("apprise")
    logger.setLevel(logging.DEBUG)
    logger.addHandler(reasons)
    logger.propagate = False
    asset = library.AppriseAsset(app_id="Golem", app_desc="Golem performance monitor", app_url="")
    service = library.Apprise.instantiate(request["url"], asset=asset)
    if service is None:
        scheme = request["scheme"]
        if reasons.disabled:
            return f"apprise needs another library for {scheme}://"
        return f"apprise does not understand this {scheme}:// URL"
    if "title" not in request:
        return ""
    reasons.why, reasons.whole = "", False  # of what nobody knows why, the next one may be taken
    return "" if _send(library, service, asset, request) else reasons.why or "not taken"


def _send(library: Any, service: Any, asset: Any, request: dict[str, Any]) -> bool:
    body, body_format = _body(service, request)
    pictures: list[tuple[str, str]] = request["pictures"] if getattr(service, "attachment_support", False) else []
    new = library.attachment.memory.AttachMemory
    attached = [new(content=base64.b64decode(data), name=name, mimetype="image/png") for name, data in pictures]
    sender = library.Apprise(asset=asset)
    sender.add(service)
    sent = sender.notify(
        body,
        title=request["title"],
        notify_type=request["kind"],
        body_format=body_format,
        attach=library.AppriseAttachment(attached) if attached else None,
    )
    return bool(sent)


def _body(service: Any, request: dict[str, Any]) -> tuple[str, str]:
    """The body that suits a service, and its format."""
    if not (request["html"] and MAILS.fullmatch(request["scheme"])) or _format(service) != "html":
        return request["text"], "text"
    if isinstance(getattr(service, "inline", None), bool):
        service.inline = bool(request["pictures"])
        return request["html"], "html"
    return PICTURE_IN_HTML.sub("", request["html"]), "html"  # they are attached below


def _format(service: Any) -> str:
    """The format in which a service sends HTML: newer versions of apprise know several for one service."""
    resolve = getattr(service, "resolve_format", None)
    found = service.notify_format if resolve is None else resolve("html")
    return str(getattr(found, "value", found))


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        main(sys.argv[1:])
