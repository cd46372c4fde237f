"""Which cog a command counts for, where groups and their subcommands are written in several files."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import plugin
from plugin.adapters import LIGHTBULB_LINE
from tests.e2e.conftest import Scene, until

GROUP_2 = """
import lightbulb
plugin = lightbulb.Plugin("groups")

@plugin.command
@lightbulb.command("admin", "Administration")
@lightbulb.implements(lightbulb.SlashCommandGroup, lightbulb.PrefixCommandGroup)
async def admin(context): ...

def load(bot):
    from cogs_of_test import moderation, settings
    bot.add_plugin(plugin)
"""
SUBCOMMAND_2 = """
import functools
import lightbulb
from cogs_of_test.groups import admin

plugin = lightbulb.Plugin("{name}")

def logged(function):
    @functools.wraps(function)
    async def call(context):
        return await function(context)
    return call

@admin.child
@lightbulb.command("{name}", "One of them")
@lightbulb.implements(lightbulb.SlashSubCommand, lightbulb.PrefixSubCommand)
@logged
async def {name}(context):
    await context.respond("done")

def load(bot):
    bot.add_plugin(plugin)
"""
QUIET_2 = """
import lightbulb
plugin = lightbulb.Plugin("quiet")
def load(bot):
    bot.add_plugin(plugin)
"""
GROUP_3 = """
import lightbulb
loader = lightbulb.Loader()
admin = lightbulb.Group("admin", "Administration")
"""
SUBCOMMAND_3 = """
import lightbulb
from cogs_of_test.groups import admin

loader = lightbulb.Loader()

@admin.register
class Sub(lightbulb.SlashCommand, name="{name}", description="One of them"):
    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        await context.respond("done")
"""
QUIET_3 = "import lightbulb\nloader = lightbulb.Loader()\n"
NAMES = ("groups", "moderation", "settings", "quiet")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package with an extension for each name; the last has no commands."""
    files = (GROUP_2, SUBCOMMAND_2, SUBCOMMAND_2, QUIET_2)
    if LIGHTBULB_LINE == 3:
        files = (GROUP_3, SUBCOMMAND_3, SUBCOMMAND_3, QUIET_3)
    folder = tmp_path / "cogs_of_test"
    folder.mkdir()
    (folder / "__init__.py").touch()
    for name, text in zip(NAMES, files, strict=True):
        (folder / f"{name}.py").write_text(text.replace("{name}", name))
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "cogs_of_test"]:
        del sys.modules[name]


async def loaded(scene: Scene) -> Any:
    """A bot that runs with these extensions."""
    sample = scene.make()
    extensions = [f"cogs_of_test.{name}" for name in NAMES]
    if LIGHTBULB_LINE == 2:
        sample.bot.load_extensions(*extensions)
        await sample.load()
    else:
        await sample.load()
        await sample.client.load_extensions(*extensions)
        from cogs_of_test.groups import admin  # type: ignore[import-not-found] # the test has just written it

        sample.client.register(admin)  # outside of any extension: Lightbulb says of none
    await sample.start()
    return sample


def cog(name: str) -> str:
    """What the cog of a file is called."""
    return name if LIGHTBULB_LINE == 2 else f"cogs_of_test.{name}"


@pytest.mark.usefixtures("package")
async def test_a_subcommand_counts_for_the_file_it_is_written_in(scene: Scene) -> None:
    """Whoever declares it: neither the group's cog nor none; before and after it was invoked."""
    sample = await loaded(scene)
    monitor: Any = plugin.monitor_of(sample.bot)
    before = {command.key.cog for command in monitor.snapshot().commands if command.key.name.startswith("admin ")}
    assert before == {cog("moderation"), cog("settings")}
    for name in ("moderation", "settings"):
        await (await scene.discord.slash(scene.member, f"admin {name}", guild=scene.guild)).answered()

    def invoked() -> dict[str, str | None]:
        commands = [command for command in monitor.snapshot().commands if command.invocations]
        return {command.key.name: command.key.cog for command in commands}

    await until(lambda: len(invoked()) == 2)
    assert invoked() == {"admin moderation": cog("moderation"), "admin settings": cog("settings")}
    after = {command.key.cog for command in monitor.snapshot().commands if command.key.name.startswith("admin ")}
    assert after == before


@pytest.mark.usefixtures("package")
async def test_a_cog_without_commands_says_so(scene: Scene) -> None:
    """It is not one that nobody invoked; a command for slash and prefix counts as one."""
    sample = await loaded(scene)
    health = plugin.monitor_of(sample.bot).health()
    commands = {found.name: found.commands for found in health.cogs}
    assert (commands[cog("quiet")], commands[cog("moderation")]) == (0, 1)
    call = await scene.ask("cogstats")
    pages = str(call.message.embeds)
    assert "no commands" in pages and "not invoked since start" in pages
