"""Whose name a command is: the bot's always comes first, at Lightbulb and at Discord."""

from __future__ import annotations

import asyncio
import gc
import logging
import traceback
import weakref
from typing import Any

import hikari
import lightbulb
import pytest

import plugin
from plugin.adapters import LIGHTBULB_LINE
from tests.e2e.conftest import ADMINISTRATOR, Scene, until

PAGES = ("performance", "cogstats", "commandstats", "health")
BOTS_OWN = 13
"""How many slash commands the bot under test has."""

only_lightbulb2 = pytest.mark.skipif(LIGHTBULB_LINE != 2, reason="this exists on Lightbulb 2 only")
only_lightbulb3 = pytest.mark.skipif(LIGHTBULB_LINE != 3, reason="this exists on Lightbulb 3 only")


def slash_names(scene: Scene, guild: Any = None) -> list[str]:
    """The slash commands that Discord has, globally or in a guild."""
    return [command["name"] for command in scene.discord.commands(guild) if command["type"] == 1]


async def answers(scene: Scene, *pages: str, prefix: str = "") -> None:
    """Assert that these of the four commands answer with a page."""
    for page in pages:
        assert (await scene.ask(f"{prefix}{page}")).response.data["embeds"]


async def bots_own(scene: Scene, name: str) -> None:
    """Assert that a command of the bot's own answers."""
    assert (await scene.ask(name)).response.data["content"] == f"the bot's own {name}"


def warned(caplog: pytest.LogCaptureFixture, *words: str) -> list[str]:
    """What the monitor warned of with these words."""
    ours = [record for record in caplog.records if record.name.startswith("plugin")]
    assert not [record for record in ours if record.levelno > logging.WARNING]
    lines = [record.getMessage() for record in ours if record.levelno == logging.WARNING]
    return [line for line in lines if all(word in line for word in words)]


async def in_starting_event(sample: Any) -> None:
    """Let the bot add a command of its own while it starts, before Lightbulb syncs."""

    async def add(_: hikari.StartingEvent) -> None:
        sample.add_command("health")

    sample.bot.event_manager._listeners.setdefault(hikari.StartingEvent, []).insert(0, add)


@pytest.mark.parametrize("moment", ["before the load", "after the load", "while starting"])
async def test_a_name_of_the_bot_stays_the_bots(scene: Scene, caplog: pytest.LogCaptureFixture, moment: str) -> None:
    """Whenever the bot adds a command of one of the four names, its own answers, and the other three of ours do."""
    sample = scene.make()
    if moment == "before the load":
        sample.add_command("health")
    await sample.load()
    if moment == "after the load":
        sample.add_command("health")
    if moment == "while starting":
        await in_starting_event(sample)
    await sample.start()
    await bots_own(scene, "health")
    await answers(scene, "performance", "cogstats", "commandstats")
    assert len(warned(caplog, "'health'", "skipped")) == 1
    assert slash_names(scene).count("health") == 1
    assert not scene.discord.refusals


async def test_a_name_taken_while_running(scene: Scene) -> None:
    """A command that the bot adds while it runs takes the name over at the next sync."""
    sample = await scene.run()
    await scene.discord.registered(*PAGES)
    await answers(scene, *PAGES)
    sample.add_command("health")
    await sample.sync()
    await bots_own(scene, "health")
    await answers(scene, "performance", "cogstats", "commandstats")


async def test_the_bots_command_stays_after_an_unload(scene: Scene) -> None:
    """The unload takes out ours only, whatever else is called as ours are."""
    sample = scene.make()
    sample.add_command("health")
    await sample.load()
    sample.add_group("cogstats")
    await sample.start()
    await sample.unload()
    await sample.sync()
    await bots_own(scene, "health")
    assert (await scene.ask("cogstats sub")).response.data["content"] == "the bot's own cogstats sub"
    assert set(slash_names(scene)) & set(PAGES) == {"health", "cogstats"}


@pytest.mark.parametrize("moment", ["before the load", "after the load"])
async def test_a_group_of_the_bot_keeps_its_name(scene: Scene, caplog: pytest.LogCaptureFixture, moment: str) -> None:
    """A group is a name as well as a command is."""
    sample = scene.make()
    if moment == "before the load":
        sample.add_group("performance")
    await sample.load()
    if moment == "after the load":
        sample.add_group("performance")
    await sample.start()
    assert (await scene.ask("performance sub")).response.data["content"] == "the bot's own performance sub"
    await answers(scene, "cogstats", "commandstats", "health")
    assert warned(caplog, "'performance'", "skipped")


async def test_a_user_command_is_no_slash_command(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """A command of another type may have the same name; both work."""
    sample = scene.make()
    await sample.load()
    add_user_command(sample, "health")
    await sample.start()
    await answers(scene, *PAGES)
    call = await scene.discord.user_command(scene.admin, "health", scene.member, guild=scene.guild)
    assert (await call.answered()).data["content"] == "on a user"
    assert not warned(caplog, "skipped")


def add_user_command(sample: Any, name: str) -> None:
    """Add a user command of the bot's own."""
    if LIGHTBULB_LINE == 2:

        @sample.bot.command
        @lightbulb.command(name, "")
        @lightbulb.implements(lightbulb.UserCommand)
        async def own(context: Any) -> None:
            await context.respond("on a user")

    else:

        @sample.client.register
        class Own(lightbulb.UserCommand, name=name):
            @lightbulb.invoke
            async def invoke(self, context: lightbulb.Context) -> None:
                await context.respond("on a user")


@only_lightbulb3
async def test_an_extension_loaded_later_keeps_its_name(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another extension registers after ours, before or after the start, is the bot's own too."""
    import sys
    import types

    sample = await scene.run()
    loader: Any = lightbulb.Loader()

    @loader.command
    class Health(lightbulb.SlashCommand, name="health", description="The bot's own"):
        @lightbulb.invoke
        async def invoke(self, context: lightbulb.Context) -> None:
            await context.respond("the bot's own health")

    module: Any = types.ModuleType("late")
    module.loader = loader
    monkeypatch.setitem(sys.modules, "late", module)
    await sample.client.load_extensions("late")
    await bots_own(scene, "health")  # Discord still has ours; Lightbulb calls the bot's
    await sample.sync()
    await bots_own(scene, "health")
    await answers(scene, "performance", "cogstats", "commandstats")


@only_lightbulb3
async def test_a_localised_name_is_a_name(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """Where the bot's names are keys of a catalogue, what they stand for counts."""
    catalogue = {"cmd.health.name": "health", "cmd.health.description": "The bot's own"}
    provider = lightbulb.DictLocalizationProvider({hikari.Locale.EN_US: catalogue})
    sample = scene.make(client={"localization_provider": provider})

    @sample.client.register
    class Own(lightbulb.SlashCommand, name="cmd.health.name", description="cmd.health.description", localize=True):
        @lightbulb.invoke
        async def invoke(self, context: lightbulb.Context) -> None:
            await context.respond("the bot's own health")

    await sample.load()
    await sample.start()
    await bots_own(scene, "health")
    await answers(scene, "performance", "cogstats", "commandstats")
    assert warned(caplog, "'health'", "skipped")


@only_lightbulb3
async def test_a_command_made_after_ours_were_left_out_is_the_bots(scene: Scene) -> None:
    """Python may give the place of one of ours that is gone to a new command, so none of them goes."""
    sample = scene.make()
    await sample.load()
    registered = sample.client.registered_commands
    ours = weakref.WeakSet(command for command in registered if getattr(command, "__name__", "") in PAGES)
    del registered
    for name in PAGES:
        sample.add_command(name)
    await sample.start()
    gc.collect()
    assert len(ours) == len(PAGES)
    for number in range(50):
        sample.add_command(f"made_{number}")
    await sample.sync()
    monitor = plugin.monitor_of(sample.bot)
    assert monitor is not None
    assert {f"made_{number}" for number in range(50)} <= {command.key.name for command in monitor.snapshot().commands}


COMMANDS = "/applications/{application_id}/commands"
REFUSED = {"status": 400, "code": 50035, "message": "Invalid Form Body"}


@only_lightbulb3
async def test_a_refused_sync_of_the_bots_is_the_bots_own(scene: Scene) -> None:
    """What Discord refuses without ours too fails as without the monitor, and once mended ours are there."""
    sample = await scene.run()
    sample.add_command("bad")
    faults = [scene.discord.fail(method, COMMANDS, **REFUSED, times=2) for method in ("PUT", "POST")]
    with pytest.raises(hikari.BadRequestError) as raised:
        await sample.sync()
    assert sum(fault.times for fault in faults) == 2
    assert raised.value.__context__ is None
    assert not [line for line in traceback.format_exception(raised.value) if "/plugin/" in line]
    for fault in faults:
        fault.times = 0
    await sample.sync()
    await answers(scene, "performance", "cogstats", "commandstats", "health")


@only_lightbulb3
async def test_an_unload_while_a_sync_is_refused_leaves_nothing(scene: Scene) -> None:
    """What was left out of the second attempt is not put back for a monitor that is gone."""
    sample = await scene.run()
    sample.add_command("bad")
    for method in ("PUT", "POST"):
        scene.discord.fail(method, COMMANDS, **REFUSED, times=2)
    before = len(sample.client.registered_commands)
    sync = asyncio.create_task(sample.sync())
    await until(lambda: len(sample.client.registered_commands) < before)
    await sample.unload()
    with pytest.raises(hikari.BadRequestError):
        await sync
    assert len(sample.client.registered_commands) == before - len(PAGES)


@only_lightbulb3
async def test_a_sync_that_ours_were_refused_in_goes_on_without(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """What Discord refuses with ours only is synced without them, and the log says so."""
    sample = await scene.run()
    sample.add_command("good")
    for method in ("PUT", "POST"):
        scene.discord.fail(method, COMMANDS, **REFUSED)
    await sample.sync()
    assert warned(caplog, "without the monitor's")
    assert {command["name"] for command in scene.discord.commands()}.isdisjoint({"performance", "health"})
    await scene.call("good")


# Prefix commands


async def say(scene: Scene, content: str) -> Any:
    """The administrator writes a message; returns the bot's next one."""
    await scene.discord.message(scene.admin, scene.channel, content)
    return await scene.discord.next_message(scene.channel)


def add_prefix(sample: Any, name: str, *aliases: str) -> None:
    """Add a prefix command of the bot's own."""

    @sample.bot.command
    @lightbulb.command(name, "The bot's own", aliases=list(aliases))
    @lightbulb.implements(lightbulb.PrefixCommand)
    async def own(context: Any) -> None:
        await context.respond(f"the bot's own {name}")


@only_lightbulb2
@pytest.mark.parametrize("first", [True, False], ids=["bot first", "monitor first"])
@pytest.mark.parametrize(
    ("name", "aliases"),
    [("health", ()), ("stats", ()), ("own", ("perf",)), ("own", ("performance",))],
    ids=["name", "ours is an alias", "alias to alias", "alias to name"],
)
async def test_a_prefix_name_of_the_bot_stays_the_bots(scene: Scene, first: bool, name: str, aliases: Any) -> None:
    """A prefix name or alias of the bot calls the bot's; what else calls ours still does."""
    sample = scene.make()
    if first:
        add_prefix(sample, name, *aliases)
    await sample.load()
    if not first:
        add_prefix(sample, name, *aliases)
    await sample.start()
    for typed in (name, *aliases):
        assert (await say(scene, f"!{typed}")).content == f"the bot's own {name}"
    for typed in {*PAGES, "cogs", "cmdstats"} - {name, *aliases}:
        assert (await say(scene, f"!{typed}")).embeds, typed
    await sample.unload()
    assert (await say(scene, f"!{name}")).content == f"the bot's own {name}"
    assert not set(sample.bot.prefix_commands) & ({*PAGES, "cogs", "stats", "perf", "cmdstats"} - {name, *aliases})


@only_lightbulb2
@pytest.mark.parametrize("insensitive", [True, False])
async def test_without_a_prefix_there_are_slash_commands_only(scene: Scene, insensitive: bool) -> None:
    """A bot without a prefix gets no prefix commands; one that ignores case gets them once."""
    if insensitive:
        sample = await scene.run(case_insensitive_prefix_commands=True)
        assert (await say(scene, "!Health")).embeds
    else:
        sample = await scene.run(prefix=None)
        assert not set(sample.bot.prefix_commands) & set(PAGES)
    await answers(scene, "health")


# The setting group


async def test_a_group_holds_the_four(scene: Scene) -> None:
    """With the setting group the four are subcommands of one command, for administrators."""
    plugin.configure(group="golem")
    sample = await scene.run()
    await scene.discord.registered("golem")
    await answers(scene, *PAGES, prefix="golem ")
    assert not set(slash_names(scene)) & set(PAGES)
    choices = await scene.discord.autocomplete(
        scene.admin, "golem commandstats", option="command", value="ping", guild=scene.guild
    )
    assert [choice["value"] for choice in choices][:1] == ["/ping"]
    assert "golem" not in {command.key.name.split()[0] for command in plugin.monitor_of(sample.bot).snapshot().commands}
    assert not scene.discord.refusals


@only_lightbulb2
async def test_a_prefix_group_holds_the_four(scene: Scene) -> None:
    """With the setting group the prefix commands are subcommands too."""
    plugin.configure(group="golem")
    await scene.run()
    for typed in (*PAGES, "commandstats 5", "commandstats ping", "perf"):
        assert (await say(scene, f"!golem {typed}")).embeds, typed
    assert "performance, cogstats, commandstats, health" in (await say(scene, "!golem")).content


@pytest.mark.parametrize("first", [True, False], ids=["bot first", "monitor first"])
@pytest.mark.parametrize("kind", ["command", "group"])
async def test_the_bots_own_golem_wins(scene: Scene, caplog: pytest.LogCaptureFixture, kind: str, first: bool) -> None:
    """Where the bot has a command named as the group, ours are left out, and measuring goes on."""
    plugin.configure(group="golem")
    sample = scene.make()
    add = sample.add_command if kind == "command" else sample.add_group
    if first:
        add("golem")
    await sample.load()
    if not first:
        add("golem")
    await sample.start()
    call = await scene.ask("golem" if kind == "command" else "golem sub")
    assert call.response.data["content"].startswith("the bot's own golem")
    assert warned(caplog, "'golem'", "skipped")
    await scene.call("ping")
    await until(lambda: any(c.invocations for c in plugin.monitor_of(sample.bot).snapshot().commands))
    await sample.unload()
    call = await scene.ask("golem" if kind == "command" else "golem sub")
    assert call.response.data["content"].startswith("the bot's own golem")


# Discord's limit


def fill(sample: Any, number: int) -> None:
    """Give the bot so many slash commands in all."""
    for spare in range(number - BOTS_OWN):
        sample.add_command(f"spare{spare}")


@pytest.mark.parametrize("number", [96, 97, 100])
@pytest.mark.parametrize("where", ["global", "guild", "setting guilds"])
async def test_full_bots_keep_their_commands(
    scene: Scene, caplog: pytest.LogCaptureFixture, number: int, where: str
) -> None:
    """Where Discord's limit leaves no room, ours are left out with a word, and all of the bot's are registered."""
    guilds = [scene.guild.id] if where != "global" else []
    how: dict[str, Any] = {"default_enabled_guilds": guilds} if guilds else {}
    if where == "setting guilds":
        plugin.configure(guilds=guilds)
    sample = scene.make(**(how if LIGHTBULB_LINE == 2 else {"client": how}))
    fill(sample, number)
    await sample.load()
    await sample.start()
    await until(lambda: len(slash_names(scene, scene.guild if guilds else None)) >= (100 if number == 96 else number))
    names = slash_names(scene, scene.guild if guilds else None)
    assert {f"spare{spare}" for spare in range(number - BOTS_OWN)} <= set(names)
    assert (set(PAGES) <= set(names)) == (number == 96)
    assert len(warned(caplog, "no room")) == (number > 96)
    assert not scene.discord.refusals
    await scene.call("ping")


async def test_room_for_one_is_enough_for_a_group(scene: Scene) -> None:
    """With the setting group a bot with 99 commands of its own has room."""
    plugin.configure(group="golem")
    sample = scene.make()
    fill(sample, 99)
    await sample.load()
    await sample.start()
    await until(lambda: len(slash_names(scene)) == 100)
    await answers(scene, *PAGES, prefix="golem ")
    assert not scene.discord.refusals


@pytest.mark.parametrize("where", ["global", "guild"])
async def test_commands_that_only_discord_knows_take_room(
    scene: Scene, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    """A bot that keeps commands it does not know at Discord keeps them, and its own are registered before ours."""
    guild = scene.guild if where == "guild" else None
    await others(scene, 96 - BOTS_OWN, guild)
    keep: dict[str, Any] = {"default_enabled_guilds": [guild.id]} if guild else {}
    keep["delete_unbound_commands" if LIGHTBULB_LINE == 2 else "delete_unknown_commands"] = False
    sample = scene.make(**(keep if LIGHTBULB_LINE == 2 else {"client": keep}))
    await sample.load()
    for name in ("new1", "new2"):
        sample.add_command(name)
    await sample.start()
    await until(lambda: len(slash_names(scene, guild)) >= 98)
    assert len(slash_names(scene, guild)) == 98
    assert {"ping", "new1", "new2", "other0"} <= set(slash_names(scene, guild))
    assert not set(slash_names(scene, guild)) & set(PAGES)
    assert warned(caplog, "no room") or warned(caplog, "retrying without")
    await scene.call("ping")


async def others(scene: Scene, number: int, guild: Any) -> None:
    """Commands at Discord that the bot knows nothing of."""
    rest = hikari.RESTApp()
    await rest.start()
    async with rest.acquire(scene.discord.token, hikari.TokenType.BOT) as client:
        client._rest_url = scene.discord.rest_url
        builders = [client.slash_command_builder(f"other{each}", "Another's") for each in range(number)]
        await client.set_application_commands(
            scene.discord.application_id, builders, guild.id if guild else hikari.UNDEFINED
        )
    await rest.close()


# The settings guilds and commands


async def test_guilds_are_where_ours_are_registered(scene: Scene) -> None:
    """With the setting guilds ours are in those guilds only, and the bot's where they were."""
    second = scene.discord.add_guild("Second")
    plugin.configure(guilds=[second.id])
    admin = second.add_member("grace", permissions=ADMINISTRATOR)
    await scene.run()
    await scene.discord.registered(*PAGES)
    assert set(slash_names(scene, second)) == set(PAGES)
    assert not set(slash_names(scene)) & set(PAGES) and not slash_names(scene, scene.guild)
    call = await scene.discord.slash(admin, "health", guild=second)
    assert (await call.answered()).data["embeds"]
    assert not scene.discord.refusals


@pytest.mark.parametrize("also", [True, False], ids=["and a known one", "only"])
async def test_a_guild_out_of_reach_does_not_stop_the_bot(
    scene: Scene, caplog: pytest.LogCaptureFixture, also: bool
) -> None:
    """A guild that the bot is not in, in the setting guilds, costs ours there and nothing else."""
    plugin.configure(guilds=[123456789, *([scene.guild.id] if also else [])])
    sample = await scene.run()
    await scene.discord.registered("ping", *(PAGES if also else ()))
    await scene.call("ping")
    assert set(slash_names(scene, scene.guild)) == (set(PAGES) if also else set())
    assert not set(slash_names(scene)) & set(PAGES)
    assert warned(caplog, "123456789")
    await sample.sync()
    assert plugin.monitor_of(sample.bot).snapshot().monitor.faults == {}


async def test_measuring_goes_without_commands(scene: Scene) -> None:
    """With commands=False nothing is registered, and everything is measured."""
    plugin.configure(commands=False)
    sample = await scene.run()
    await scene.call("ping")
    await until(lambda: any(c.invocations for c in plugin.monitor_of(sample.bot).snapshot().commands))
    assert not set(slash_names(scene)) & set(PAGES)
    if LIGHTBULB_LINE == 2:
        assert not set(sample.bot.prefix_commands) & set(PAGES)


@pytest.mark.parametrize("group", ["", "golem"], ids=["four commands", "a group"])
async def test_what_is_registered_is_valid_and_for_administrators(scene: Scene, group: str) -> None:
    """Discord takes every payload of ours, and shows the commands to administrators only."""
    plugin.configure(group=group)
    await scene.run()
    names = [group] if group else list(PAGES)
    await scene.discord.registered(*names)
    registered = [command for command in scene.discord.commands() if command["name"] in names]
    assert {command["default_member_permissions"] for command in registered} == {str(ADMINISTRATOR)}
    visible = f"{group} health".strip()
    assert scene.discord.may_use(scene.admin, visible, guild=scene.guild)
    assert not scene.discord.may_use(scene.member, visible, guild=scene.guild)
    assert not scene.discord.refusals


async def test_a_second_start_changes_nothing_at_discord(scene: Scene) -> None:
    """What is registered already is not written again."""
    await scene.run()
    await scene.discord.registered(*PAGES)
    await scene.made.pop().close()
    written = sum(request.method != "GET" and "/commands" in request.route for request in scene.discord.requests)
    await scene.run()
    await scene.call("ping")
    again = sum(request.method != "GET" and "/commands" in request.route for request in scene.discord.requests)
    assert again == written
