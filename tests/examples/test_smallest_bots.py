"""The smallest bot for the line of Lightbulb that is installed."""

from __future__ import annotations

import importlib

from examples.localdiscord.primitives import PATIENCE_S
from plugin.adapters import LIGHTBULB_LINE
from tests.examples.conftest import ROOT, start

MODULE = f"examples.lightbulb{LIGHTBULB_LINE}_bot"


async def test_the_smallest_bot_answers_health(discord):
    """The smallest bot connects and shows an administrator its health."""
    guild = discord.add_guild("Golem's workshop")
    admin = guild.add_member("ada", permissions=8)
    bot = importlib.import_module(MODULE).make_bot(discord.token, rest_url=discord.rest_url, banner=None, logs=None)
    await bot.start(check_for_updates=False)
    try:
        await discord.registered("ping", "health")
        await (await discord.slash(admin, "ping")).answered()
        response = await (await discord.slash(admin, "health")).answered()
    finally:
        await bot.close()
    assert "Health" in response.data["embeds"][0]["title"]
    assert not discord.refusals


def test_a_missing_token_is_one_sentence():
    """Without DISCORD_TOKEN the smallest bot says what to set, and ends with 1."""
    process = start(MODULE)
    output, errors = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, output) == (1, "")
    assert errors == "Set the environment variable DISCORD_TOKEN to the token of your bot.\n"


def test_the_smallest_bots_are_small():
    """Both of them have at most thirty lines."""
    for line in (2, 3):
        assert len((ROOT / "examples" / f"lightbulb{line}_bot.py").read_text("utf-8").splitlines()) <= 30
