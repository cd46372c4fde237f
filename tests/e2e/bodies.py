"""What the commands of the bot under test do, whichever line of Lightbulb calls them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

Respond = Callable[[str], Awaitable[object]]


class DeniedError(Exception):
    """What a check of the bot refuses with."""


class Gates:
    """Lets a test decide when a command that waits goes on."""

    def __init__(self) -> None:
        self._gates: dict[str, asyncio.Event] = {}
        self.entered: asyncio.Queue[str] = asyncio.Queue()

    async def wait(self, name: str) -> None:
        """Wait until the test opens the gate."""
        self.entered.put_nowait(name)
        await self._gates.setdefault(name, asyncio.Event()).wait()

    def open(self, name: str) -> None:
        """Let everybody through."""
        self._gates.setdefault(name, asyncio.Event()).set()


async def ping(respond: Respond) -> None:
    await respond("pong")


async def boom(_: Respond) -> None:
    secrets = {"token": "hunter2"}
    _ = secrets["never shown"]


async def in_a_library(_: Respond) -> None:
    json.loads("{")


async def cancelled(_: Respond) -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    await asyncio.sleep(0)


async def silent(_: Respond) -> None:
    """Never answers, and ends well."""


async def answers_twice(interaction: Any) -> None:
    await interaction.create_initial_response(4, "first")
    await interaction.create_initial_response(4, "second")


def broken_check(_: object) -> bool:
    return bool(1 / 0)
