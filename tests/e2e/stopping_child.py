"""A bot that says when commands are in flight, and ends.

`python -m tests.e2e.stopping_child REST_URL TOKEN PUBLIC_KEY WAY LOADS` writes a line once it has started, one for each
command `slow` that waits, and one for each `answer` that was given. `WAY` is how it runs and ends: `run`, `main` and
`rest` by a signal, the others in the command `end`. `left` never closes its loop; `rest` has no gateway, and writes
`port 1234` first.
"""

from __future__ import annotations

import asyncio
import faulthandler
import socket
import sys
from typing import Any

import hikari

import plugin
from plugin.adapters import LIGHTBULB_LINE
from plugin.corridor import archive
from tests.e2e.history_child import Discord

if LIGHTBULB_LINE == 2:
    from tests.e2e.bot2 import SampleBot
else:
    from tests.e2e.bot3 import SampleBot


LAST_WRITE_S = 60
"""A busy machine may write for longer than a bot would wait at its end."""

HUNG_S = 180
"""After so long it tells where it hangs, and exits."""


def say(word: str) -> None:
    """Tell the test."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


class Entered:
    """What stands in for the queue of those who wait at a gate."""

    def put_nowait(self, name: str) -> None:
        """Tell that one more waits."""
        say(name)


def without_gateway(rest_url: str, token: str, public_key: str) -> Any:
    """A bot that Discord posts interactions to."""
    return hikari.RESTBot(
        token, hikari.TokenType.BOT, rest_url=rest_url, public_key=bytes.fromhex(public_key), banner=None, logs="INFO"
    )


def add_commands(sample: Any, way: str) -> asyncio.Event:
    """Add a command that answers, and one that ends the bot in its way; the event is set where that is by closing."""
    ending = asyncio.Event()

    async def answered(context: Any) -> None:
        await context.respond("pong")
        say("answered")

    async def end(_: Any) -> None:
        if way == "exit":
            sys.exit(3)
        if way in ("raise", "left"):
            raise KeyboardInterrupt
        ending.set()

    sample.add("answer", answered)
    sample.add("end", end)
    return ending


async def load(sample: Any, loads: bool) -> None:
    """Load the plugin, or only what the bot has itself."""
    if loads:
        await sample.load()
    elif LIGHTBULB_LINE == 3:
        await sample._load_cogs()


async def serve(sample: Any, way: str, loads: bool, ending: asyncio.Event) -> None:
    """Run in a loop that is not the bot's."""
    await load(sample, loads)
    if way == "rest":
        listening = socket.create_server(("127.0.0.1", 0))
        await sample.bot.start(check_for_updates=False, socket=listening, shutdown_timeout=0.1)
        say(f"port {listening.getsockname()[1]}")
    else:
        await sample.bot.start(check_for_updates=False)
    if way == "close":
        await ending.wait()
        await sample.bot.close()
        say("closed")
    else:
        await sample.bot.join()


def run(rest_url: str, token: str, public_key: str, way: str, loads: bool) -> None:
    """Make the bot and run it until it ends."""
    plugin.configure(instance="one", release="1.0.0", database="golem.db")
    made = {"app": without_gateway(rest_url, token, public_key)} if way == "rest" else {"logs": "INFO"}
    sample: Any = SampleBot(Discord(rest_url, token), **made)
    sample.gates.entered = Entered()
    ending = add_commands(sample, way)

    async def started(_: Any) -> None:
        say("started")

    if way != "rest":
        sample.bot.event_manager.subscribe(hikari.StartedEvent, started)
    if way in ("main", "close", "rest"):
        asyncio.run(serve(sample, way, loads, ending))
    elif way == "left":
        asyncio.new_event_loop().run_until_complete(serve(sample, way, loads, ending))
    else:
        asyncio.get_event_loop_policy().get_event_loop().run_until_complete(load(sample, loads))
        sample.bot.run(check_for_updates=False)


if __name__ == "__main__":
    archive.FAREWELL_S = LAST_WRITE_S
    faulthandler.dump_traceback_later(HUNG_S, exit=True)
    run(*sys.argv[1:5], sys.argv[5] == "loads")
