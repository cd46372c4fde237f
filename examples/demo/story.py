"""Runs the demo: a bot at work, then its pages; on a local Discord, or on the real one."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from pathlib import Path
from typing import Any

import hikari

import plugin
from examples.demo import past
from examples.demo.administrator import Administrator
from examples.demo.cogs import COGS, COMMANDS
from examples.demo.screen import Screen
from examples.demo.talk import Talk
from examples.demo.town import GUILDS, NAMES, OWNER, Town
from examples.demo.traffic import Traffic
from examples.demo.voices import Voices
from examples.localdiscord import LocalDiscord
from examples.localdiscord.primitives import PATIENCE_S
from plugin import settings_source
from plugin.adapters import LIGHTBULB_LINE

if LIGHTBULB_LINE == 2:
    from examples.demo.bot2 import PREFIX, SampleBot
else:
    from examples.demo.bot3 import PREFIX, SampleBot

KEPT_ROUND = 1_000
"""Calls between two pages, if the demo keeps running."""

MEETINGS = 24
"""In voice."""
MESSAGES = 60
"""That are no commands."""
FORGETS = 9
"""Of so many rooms, the bot forgets to remove one."""

QUIET = {"banner": None, "logs": None, "suppress_optimization_warning": True}
PAGES = ("health", "performance", "cogstats", "commandstats")


class DemoError(Exception):
    """The demo cannot continue; the message is one sentence."""


async def on_its_own(screen: Screen, invocations: int, port: int, keep: bool, pictures: Path | None = None) -> None:
    """Show the monitor on a local Discord; write the charts of its pages into a folder if given."""
    # Seconds instead of minutes, so that values change while one watches; and the names of the story.
    screen.say("Starting a Discord on this machine: no token, no account, nothing leaves it.")
    async with contextlib.AsyncExitStack() as stack:
        database = str(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="golem-demo-"))) / "golem.db")
        plugin.configure(
            sample_interval_s=1,
            judge_interval_s=3,
            guilds=(),
            owner_only=False,
            group="",
            commands=True,
            ephemeral=True,
            database=database,
            instance=past.INSTANCE,
            release=past.NEW,
            voice_channel_left_s=1,
        )
        os.environ["ROOMS_FORGETS"] = str(FORGETS)
        discord = await _open(stack, port)
        town = Town(discord)
        sample = SampleBot(discord.token, typed=True, rest_url=discord.rest_url, **QUIET)
        try:
            await sample.load("plugin", *(f"examples.lightbulb{LIGHTBULB_LINE}_{name}" for name in ("rooms", "levels")))
            await _remember(sample, discord, screen, database)
            await _start(sample, screen)
            await discord.registered(*PAGES)
            await _tell(sample, town, screen, invocations, keep, pictures)
        finally:
            await sample.close()


async def _open(stack: contextlib.AsyncExitStack, port: int) -> LocalDiscord:
    try:
        # On a busy machine responses may take more than Discord's three seconds; the demo continues there, too.
        discord = LocalDiscord(port=port, heartbeat_interval_s=3.0, deadline_s=PATIENCE_S, team=[OWNER])
        return await stack.enter_async_context(discord)
    except OSError as refused:
        raise DemoError(f"No server can be started on 127.0.0.1 of this machine: {refused.strerror}.") from refused


async def _start(sample: SampleBot, screen: Screen) -> None:
    await sample.start()
    me = sample.bot.get_me()
    line = f"Lightbulb {LIGHTBULB_LINE}, hikari {hikari.__version__}"
    screen.say(
        f"Connected as {me.username if me else 'a bot'} with {len(COMMANDS)} commands in {len(COGS)} cogs ({line})."
    )


async def _remember(sample: SampleBot, discord: LocalDiscord, screen: Screen, database: str) -> None:
    keys = [command.key for command in _monitor(sample).snapshot().commands]
    await past.write(database, discord.application_id, keys)
    screen.say(
        f"Giving the bot {past.DAYS} days of a past, with an update from {past.OLD} to {past.NEW} yesterday, "
        "so that there is something to look back on."
    )


def _monitor(sample: SampleBot) -> plugin.Monitor:
    monitor = plugin.monitor_of(sample.bot)
    if monitor is None:
        raise DemoError("The monitor was not loaded; the line above says why.")
    return monitor


async def _tell(
    sample: SampleBot, town: Town, screen: Screen, invocations: int, keep: bool, pictures: Path | None
) -> None:
    traffic = Traffic(town, PREFIX)
    screen.say(
        f"{len(NAMES)} people on {len(GUILDS)} servers call its commands; "
        "some are slow, some fail, some are refused. They earn and spend coins, get points for messages, and meet in "
        "voice rooms, of which the bot forgets to remove some. What the monitor logs meanwhile:"
    )
    seconds, met, writers = await asyncio.gather(
        traffic.run(invocations), Voices(town).run(MEETINGS), Talk(town).run(MESSAGES)
    )
    screen.say(
        f"{invocations} invocations in {seconds:.1f} s, {MESSAGES} messages by {writers} members, "
        f"and {met.joins} joins of voice channels. "
        f"Now {OWNER}, who owns the bot, asks how it is doing. "
        "(Other administrators see the same pages without source locations, error types and host and release names. "
        "CPU and memory are of this process, which is the bot and its Discord in one.)"
    )
    ada = Administrator(town, sample.bot, screen, pictures)
    await _read(ada)
    ada.keep_pages()
    _say_what_next(screen, keep)
    while keep:
        await traffic.run(KEPT_ROUND)
        await Administrator(town, sample.bot, screen).ask("performance")


async def _read(ada: Administrator) -> None:
    await ada.ask("performance")
    await ada.ask("cogstats")
    await ada.ask("commandstats", top_count=5)
    await ada.ask("commandstats", command=await ada.typed("shop b"))
    await ada.ask("commandstats", command="/summarize")
    await ada.ask("commandstats", period="24h", top_count=5)
    await ada.ask("performance", period="7d")
    for system in ("economy", "activity", "voice"):
        await ada.ask("performance", system=system)
    await ada.ask("health")


def _say_what_next(screen: Screen, keep: bool) -> None:
    screen.heading("What next")
    if keep:
        screen.say("The calls go on, and so do the pages; Ctrl-C ends it.")
        return
    screen.say('On your bot: one line, load_extensions("plugin"), as in examples/lightbulb3_bot.py (or 2).')
    screen.say("This bot on the real Discord: DISCORD_TOKEN=… .venv/bin/nox -s demo")
    screen.say("Longer: .venv/bin/nox -s demo -- --keep; its charts as files: -- --pictures FOLDER")


async def on_discord(screen: Screen, token: str, replace: bool, **options: Any) -> None:
    """Connect the sample bot to the real Discord, until interrupted."""
    screen.say("DISCORD_TOKEN is set, so the sample bot connects to Discord itself …")
    await _check_commands(token, replace, **options)
    sample = SampleBot(token, typed=False, **options, **QUIET)
    try:
        await sample.load("plugin")
        _monitor(sample)
        await _start(sample, screen)
        screen.say(
            f"An administrator can type {_names(sample)} in a server of the bot. "
            "New commands can take a minute to appear. Ctrl-C ends it."
        )
        await sample.bot.join()
    finally:
        await sample.close()


def _names(sample: SampleBot) -> str:
    monitor = _monitor(sample)
    group = f"{monitor.settings.group} " if monitor.settings.group else ""
    first, *others = (f"/{group}{page}" for page in PAGES)
    return f"{', '.join(others)} or {first}"


async def _check_commands(token: str, replace: bool, **options: Any) -> None:
    """Raise DemoError if the demo would replace the commands of an existing bot without permission."""
    rest = hikari.RESTApp(url=options.get("rest_url"))
    await rest.start()
    try:
        async with rest.acquire(token, hikari.TokenType.BOT) as client:
            application = await client.fetch_application()
            known = {command.name for command in await client.fetch_application_commands(application)}
    finally:
        await rest.close()
    ours = {command.name.split()[0] for command in COMMANDS if command.kind == "slash"}
    ours |= {command.name for command in COMMANDS} | {*PAGES, settings_source.load().group}
    if known - ours and not replace:
        raise DemoError(
            f"This bot has commands of its own ({len(known - ours)}), which the demo would replace: "
            "use the token of a bot that is there to try things, or add --replace."
        )


def sentence_of(error: Exception, token: str) -> str:
    """Why the demo ended, in one sentence without the token."""
    if isinstance(error, hikari.UnauthorizedError):
        return "Discord does not know the token in DISCORD_TOKEN: copy it again from the page of your bot."
    if isinstance(error, DemoError | plugin.SettingsError):
        return str(error)
    shown = str(error).replace(token, "…") if token else str(error)
    return f"The demo could not go on ({type(error).__name__}: {shown}); --verbose shows more."
