"""A process that is killed around a reminder: `python -m tests.alerting_child URL TOKEN DATABASE CHANNEL NOW WHEN`.

It writes a line and waits `before` or `after` the reminder is sent.
"""

from __future__ import annotations

import asyncio
import sys
from types import SimpleNamespace
from typing import Any

import hikari

from plugin.history.store import open_store
from plugin.model import Notice
from plugin.outlets.discord_channel import DiscordChannel
from tests.insight.test_incidents import finding
from tests.test_alerting import Bot, History

REMINDER_S = 3600.0


class Stuck(DiscordChannel):
    """Does not come back from sending a reminder."""

    when = ""

    async def send(self, notice: Notice) -> str:
        """Send a message; of a reminder, wait before or after it."""
        if not notice.reply:
            return await super().send(notice)
        if self.when == "after":
            await super().send(notice)
        print("here", flush=True)  # noqa: T201 # the test reads it
        await asyncio.Event().wait()
        return ""


async def main(url: str, token: str, database: str, channel: str, now: str, when: str) -> None:
    """Tell of a problem, and an hour later remind people of it."""
    app = hikari.RESTApp(url=url, max_retries=0)
    await app.start()
    async with app.acquire(token, hikari.TokenType.BOT) as rest, await open_store(database) as store:
        place = SimpleNamespace(id=int(channel))
        stage: Any = SimpleNamespace(
            rest=rest, channel=place, now=float(now), reminder_s=REMINDER_S, is_quiet=None, clicks=0
        )
        bot = Bot(stage, "one", History(store))
        target: Any = bot.alerting._target
        target.__class__ = Stuck
        target.when = when
        slow = finding("/shop buy", since=float(now))
        await bot.look(slow)
        await bot.look(slow, after=REMINDER_S)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
