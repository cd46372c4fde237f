"""The demo with a token, on a Discord that is not its own."""

from __future__ import annotations

import asyncio
import io

import hikari
import pytest

from examples.demo import story
from examples.demo.cogs import COMMANDS
from examples.demo.screen import Screen
from examples.localdiscord.primitives import PATIENCE_S


class Terminal(io.StringIO):
    """A terminal whose text can be waited for."""

    def __init__(self) -> None:
        super().__init__()
        self._written = asyncio.Event()

    def write(self, text: str) -> int:
        self._written.set()
        return super().write(text)

    async def shows(self, text: str) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while text not in self.getvalue():
                self._written.clear()
                await self._written.wait()


async def _end(demo: asyncio.Task[None]) -> None:
    demo.cancel()
    with pytest.raises(asyncio.CancelledError):
        await demo


async def test_the_sample_bot_connects_with_a_token(discord):
    """It says which bot is connected and what to type, and its commands and pages are there."""
    admin = discord.add_guild("Golem's workshop").add_member("ada", permissions=8)
    terminal = Terminal()
    demo = asyncio.create_task(story.on_discord(Screen(terminal), discord.token, False, rest_url=discord.rest_url))
    await terminal.shows("Ctrl-C ends it.")
    await discord.registered("ping", "health")
    response = await (await discord.slash(admin, "health")).answered()
    await _end(demo)
    assert "Health" in response.data["embeds"][0]["title"]
    assert "Connected as golem" in terminal.getvalue()
    assert discord.token not in terminal.getvalue()


async def test_a_second_run_finds_its_own_commands(discord):
    """The commands that the sample bot registered before are no reason to refuse."""
    discord.add_guild("Golem's workshop")
    for _ in range(2):
        terminal = Terminal()
        demo = asyncio.create_task(story.on_discord(Screen(terminal), discord.token, False, rest_url=discord.rest_url))
        await terminal.shows("Ctrl-C ends it.")
        await discord.registered("ping", "health")
        await _end(demo)


async def test_the_commands_of_another_bot_are_not_replaced(discord):
    """A bot that has commands of its own keeps them unless the operator says otherwise."""
    rest = hikari.RESTApp(url=discord.rest_url)
    await rest.start()
    async with rest.acquire(discord.token, hikari.TokenType.BOT) as client:
        await client.create_slash_command(discord.application_id, "precious", "Somebody's own")
    await rest.close()
    with pytest.raises(story.DemoError, match="--replace"):
        await story.on_discord(Screen(io.StringIO()), discord.token, False, rest_url=discord.rest_url)
    assert [command["name"] for command in discord.commands()] == ["precious"]


async def test_a_bad_token_is_one_sentence(discord):
    """A token that Discord does not know is told as such, without showing it."""
    with pytest.raises(hikari.UnauthorizedError) as refused:
        await story.on_discord(Screen(io.StringIO()), "not.a.token", False, rest_url=discord.rest_url)
    sentence = story.sentence_of(refused.value, "not.a.token")
    assert sentence.startswith("Discord does not know the token")
    assert "not.a.token" not in sentence


def test_other_errors_hide_the_token():
    """Whatever a library puts into its message, the token is not shown."""
    sentence = story.sentence_of(RuntimeError("cannot send Bot abc.def.ghi"), "abc.def.ghi")
    assert "RuntimeError" in sentence
    assert "abc.def.ghi" not in sentence


def test_the_sample_has_a_few_dozen_commands():
    """Their names are unique for each kind, and fit beside the monitor's own."""
    assert 30 <= len(COMMANDS) <= 90
    assert len({(command.kind, command.name) for command in COMMANDS}) == len(COMMANDS)
