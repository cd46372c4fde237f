"""Sends messages to anywhere that apprise knows, each in a short-lived process of its own."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from plugin.outlets import apprise_program
from plugin.outlets.target import TargetError
from plugin.settings_source import passed_on

TIMEOUT_S = 30.0
"""After this time the process is killed, and the message counts as not taken."""
AT_ONCE = 3
"""Each process takes some 50 MB and half a second of CPU."""

Picture = tuple[str, bytes]
"""The name of a file and its content, as PNG. HTML shows it as `<img src="cid:name">`, or at the end."""


def scheme_of(url: str) -> str:
    """The scheme of a URL, in small letters: the only part that may be told."""
    found = re.match(r"[\w.+-]{1,40}(?=://)", url, re.ASCII)
    return found[0].lower() if found else "?"


class AppriseSender:
    """Sends messages, a few at once; each method raises TargetError, whose text holds no secret."""

    def __init__(self, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._loop: asyncio.AbstractEventLoop | None = None
        self._places = asyncio.Semaphore(AT_ONCE)

    async def check(self, url: str) -> None:
        """Whether apprise is installed and understands a URL; sends nothing."""
        await self._request({"url": url, "scheme": scheme_of(url)})

    async def send(
        self,
        url: str,
        title: str,
        text: str,
        html: str = "",
        pictures: Sequence[Picture] = (),
        kind: str = "info",
    ) -> None:
        """Send a message; `html` is for services that deliver mails, `kind` one of info, success, warning, failure."""
        attached = [(name, base64.b64encode(png).decode()) for name, png in pictures]
        message = {"title": title, "text": text, "html": html, "pictures": attached, "kind": kind}
        await self._request({"url": url, "scheme": scheme_of(url), **message})

    async def _request(self, request: Mapping[str, Any]) -> None:
        data = json.dumps(request).encode()
        async with self._place():
            answer = await _answer(data, self._timeout_s)
        try:
            answered = json.loads(answer)
            why, whole = str(answered["why"]), bool(answered["whole"])
        except (ValueError, TypeError, KeyError):
            why, whole = "the sending process ended without an answer", True
        if why:
            raise TargetError(why, whole=whole)

    def _place(self) -> asyncio.Semaphore:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # a bot may stop and start again on another loop
            self._loop, self._places = loop, asyncio.Semaphore(AT_ONCE)
        return self._places


async def _answer(data: bytes, timeout_s: float) -> bytes:
    """What the program writes; it never outlives this call."""
    process = await _started()
    try:
        async with asyncio.timeout(timeout_s):
            answer, _ = await process.communicate(data)
    except TimeoutError:
        raise TargetError(f"no answer within {timeout_s:.0f} s", whole=True) from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return answer


async def _started() -> asyncio.subprocess.Process:
    # Nothing of a message stands among the arguments or in the environment, where other users may see it.
    paths = [path for path in sys.path if path]
    if getattr(sys, "frozen", False) or not sys.executable:
        raise TargetError("this bot's interpreter cannot start another Python process", whole=True)
    try:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            apprise_program.__file__,
            *paths,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=passed_on(),
        )
    except (OSError, NotImplementedError) as problem:
        raise TargetError(f"no process can be started ({type(problem).__name__})", whole=True) from problem
