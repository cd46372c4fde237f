"""Alerts to anywhere that apprise knows: mail, push services, other chats, webhooks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from plugin.model import Notice
from plugin.outlets.apprise_sender import AppriseSender, scheme_of

SENT = "sent"
"""In place of the id of a message: none can be changed."""


def name_of(url: str) -> str:
    """How a URL is told apart without telling it: its scheme and a hash, such as `mailto:3f2a1b9c`."""
    return f"{scheme_of(url)}:{hashlib.sha256(url.encode()).hexdigest()[:8]}"


def apprise_targets(urls: Iterable[str]) -> list[AppriseTarget]:
    """A target for each URL; together they start a few processes at once at most."""
    sender = AppriseSender()
    return [AppriseTarget(sender, url) for url in urls]


class AppriseTarget:
    """One URL. Nothing that was sent can be changed, deleted or looked for."""

    def __init__(self, sender: AppriseSender, url: str) -> None:
        self._sender = sender
        self._url = url
        self.name, self.setting, self.edits = name_of(url), "alert_targets", False

    async def send(self, notice: Notice) -> str:
        """Send a message; raises TargetError."""
        await self._sender.send(self._url, notice.title, notice.text, notice.html, notice.pictures, notice.kind)
        return SENT

    async def edit(self, message: str, notice: Notice) -> None:
        """Send another message; raises TargetError."""
        await self.send(notice)

    async def delete(self, message: str) -> None:
        """Nothing: whoever got it, has it."""

    async def find(self, mark: str, since: float) -> str | None:
        """Nothing can be found: after a crash while it was sent, a message may be sent again."""
        return None
