"""A bot that says when commands are in flight, and ends: `python -m tests.e2e.stopping_child REST_URL TOKEN WAY LOADS`.

Writes a line once it has started, one for each command `slow` that waits, and one for each `answer` that was given.
`WAY` is how it runs and ends: `run` and `main` by a signal, the others in the command `end`.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import hikari

import plugin
from plugin.adapters import LIGHTBULB_LINE
from tests.e2e.history_child import Discord

if LIGHTBULB_LINE == 2:
    from tests.e2e.bot2 import SampleBot
else:
    from tests.e2e.bot3 import SampleBot


def say(word: str) -> None:
    """Tell the test."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


class Entered:
    """What stands in for the queue of those who wait at a gate."""

    def put_nowait(self, name: str) -> None:
        """Tell that one more waits."""
        say(name)


def run(rest_url: str, token: str, way: str, loads: bool) -> None:
    """Make the bot and run it until it ends."""
    plugin.configure(instance="one", release="1.0.0", database="golem.db")
    sample: Any = SampleBot(Discord(rest_url, token), logs="INFO")
    sample.gates.entered = Entered()
    ending = asyncio.Event()

    async def answered(context: Any) -> None:
        await context.respond("pong")
        say("answered")

    async def end(_: Any) -> None:
        if way == "exit":
            sys.exit(3)
        if way == "raise":
            raise KeyboardInterrupt
        ending.set()

    async def started(_: Any) -> None:
        say("started")

    sample.bot.event_manager.subscribe(hikari.StartedEvent, started)
    sample.add("answer", answered)
    sample.add("end", end)

    async def load() -> None:
        if loads:
            await sample.load()
        elif LIGHTBULB_LINE == 3:
            await sample._load_cogs()

    async def main() -> None:
        await load()
        await sample.bot.start(check_for_updates=False)
        if way == "close":
            await ending.wait()
            await sample.bot.close()
            say("closed")
        else:
            await sample.bot.join()

    if way in ("main", "close"):
        asyncio.run(main())
    else:
        asyncio.get_event_loop_policy().get_event_loop().run_until_complete(load())
        sample.bot.run(check_for_updates=False)


if __name__ == "__main__":
    run(*sys.argv[1:4], sys.argv[4] == "loads")
