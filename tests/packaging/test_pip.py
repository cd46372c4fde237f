"""`pip install` of the plugin into environments such as bots have: it adds, and changes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PLUGIN = "golem-monitor"
MAY_BE_ADDED = {"psutil"}
"""What the plugin needs besides hikari and Lightbulb; only where the bot has none."""

MIRU_3 = """
import lightbulb, miru
bot = lightbulb.BotApp("MQ.b.c", banner=None)
miru.install(bot)
bot.load_extensions("plugin")
"""
MIRU_4 = """
import lightbulb, miru
bot = lightbulb.BotApp("MQ.b.c", banner=None)
client = miru.Client(bot)
bot.load_extensions("plugin")
"""
NO_MIRU = """
import lightbulb
bot = lightbulb.BotApp("MQ.b.c", banner=None)
bot.load_extensions("plugin")
"""
LIGHTBULB_3 = """
import asyncio, hikari, lightbulb
bot = hikari.GatewayBot("MQ.b.c", banner=None)
client = lightbulb.client_from_app(bot)
asyncio.run(client.load_extensions("plugin"))
"""


class Bot(NamedTuple):
    installed: tuple[str, ...]
    script: str


BOTS = {
    "Lightbulb 2, miru 3.0": Bot(("hikari-lightbulb==2.3.4", "hikari-miru==3.0.2", "psutil==5.9.4"), MIRU_3),
    "Lightbulb 2, miru 3.4": Bot(("hikari-lightbulb==2.3.5", "hikari-miru==3.4.0"), MIRU_3),
    "Lightbulb 2, miru 4.1": Bot(("hikari-lightbulb==2.3.5.post0", "hikari-miru==4.1.1"), MIRU_4),
    "Lightbulb 2, miru 4.2": Bot(("hikari-lightbulb==2.3.5.post1", "hikari==2.1.0", "hikari-miru==4.2.0"), MIRU_4),
    "Lightbulb 2, no miru": Bot(("hikari-lightbulb==2.3.4",), NO_MIRU),
    "Lightbulb 3, miru 4.2": Bot(("hikari-lightbulb==3.2.0", "hikari==2.3.1", "hikari-miru==4.2.0"), LIGHTBULB_3),
    "Lightbulb 3, no miru": Bot(("hikari-lightbulb==3.2.5",), LIGHTBULB_3),
}


class Environment:
    """A virtual environment with nothing in it but pip."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        base = getattr(sys, "_base_executable", sys.executable)
        subprocess.run([base, "-m", "venv", folder / "venv"], check=True)

    def python(self, *arguments: str) -> str:
        """Run Python in it, without what the tests have on their path; returns what it wrote."""
        dropped = ("PYTHON", "GOLEM_", "PIP_CONSTRAINT", "PIP_REQUIRE")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
        found = subprocess.run(
            [self._folder / "venv" / "bin" / "python", *arguments],
            env=kept | {"GOLEM_DATABASE": "", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
            cwd=self._folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert found.returncode == 0, found.stdout
        return found.stdout

    def install(self, *requirements: str) -> None:
        self.python("-m", "pip", "install", "--quiet", *requirements)

    def installed(self) -> dict[str, str]:
        """What pip knows here: the line of `pip freeze` of each distribution, by name."""
        lines = self.python("-m", "pip", "freeze").splitlines()
        return {line.replace(" @ ", "==").partition("==")[0]: line for line in lines}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("bot", BOTS.values(), ids=BOTS)
def test_pip_changes_nothing_that_a_bot_has(bot: Bot, tmp_path: Path) -> None:
    """The plugin and what was missing are added, no version is replaced, and the bot starts with the line added."""
    environment = Environment(tmp_path)
    environment.install(*bot.installed)
    before = environment.installed()
    environment.install(str(ROOT))
    after = environment.installed()
    assert before.items() <= after.items()
    added = after.keys() - before.keys()
    assert PLUGIN in added and added - {PLUGIN} <= MAY_BE_ADDED
    environment.python("-m", "pip", "check")
    environment.python("-c", bot.script)
