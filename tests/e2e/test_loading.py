"""Loading, unloading and reloading, before, while and after a bot runs."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import subprocess
import sys
import threading
import weakref
from collections import Counter
from pathlib import Path
from typing import Any

import hikari
import lightbulb
import pytest

import plugin
from examples.localdiscord import LocalDiscord
from plugin.adapters import LIGHTBULB_LINE
from plugin.monitor import Monitor
from plugin.pages import access
from tests.e2e.conftest import Scene, patient_discord, until, until_collected

PAGES = ("performance", "cogstats", "commandstats", "health")
OURS = ("plugin", "miru", "lightbulb")

only_lightbulb2 = pytest.mark.skipif(LIGHTBULB_LINE != 2, reason="this exists on Lightbulb 2 only")
only_lightbulb3 = pytest.mark.skipif(LIGHTBULB_LINE != 3, reason="this exists on Lightbulb 3 only")


def tasks() -> Counter[str]:
    """Running tasks of the monitor and of the libraries that it calls."""
    found = Counter[str]()
    for task in asyncio.all_tasks():
        coroutine: Any = task.get_coro()
        folders = Path(coroutine.cr_code.co_filename).parts
        if any(folder in folders for folder in OURS):
            found[coroutine.__qualname__] += 1
    return found


def footprint(sample: Any) -> dict[str, Any]:
    """Everything that a load could leave behind in a bot and in its process."""
    gc.collect()
    loggers = [logging.getLogger(), *(logging.getLogger(name) for name in list(logging.root.manager.loggerDict))]
    found: dict[str, Any] = sample.wiring()
    found["invokable"] = invokable(sample)
    found["tasks"] = tasks()
    found["threads"] = threads()
    found["modules"] = set(sys.modules)
    # Asked of `type`, since classes of other tests answer nothing.
    module, name = (type.__dict__[attribute].__get__ for attribute in ("__module__", "__qualname__"))
    found["classes"] = Counter(
        (str(module(cls)), str(name(cls))) for cls in gc.get_objects() if issubclass(type(cls), type)
    )
    attached = [(logger.name, list(logger.handlers), list(logger.filters)) for logger in loggers]
    found["log handlers"] = sorted((one for one in attached if one[1] or one[2]), key=lambda one: one[0])
    found["signals"] = {number: signal.getsignal(number) for number in signal.valid_signals()}
    return found


def threads() -> list[str]:
    """The threads of the monitor that have not ended."""
    return sorted(thread.name for thread in threading.enumerate() if "golem" in thread.name)


def invokable(sample: Any) -> set[Any]:
    """The commands that a Lightbulb 3 client would run, by scope and name."""
    if LIGHTBULB_LINE == 2:
        return set()
    mapping = sample.client.invokable_commands
    return {(scope, path) for scope, paths in mapping.items() for path, found in paths.items() if found.slash}


def write(settings: str, file: str = "golem.toml") -> None:
    """Write a settings file."""
    Path(file).write_text(f"[golem]\n{settings}\n")


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged as an error."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


def registrations(discord: LocalDiscord) -> int:
    """How often commands were written to Discord."""
    return sum(request.method != "GET" and "/commands" in request.route for request in discord.requests)


async def works(scene: Scene, sample: Any) -> None:
    """Assert that a bot is measured and that the four commands answer."""
    monitor = plugin.monitor_of(sample.bot)
    before = pings(monitor)
    await scene.call("ping")
    await until(lambda: pings(monitor) == before + 1)
    for page in PAGES:
        assert (await scene.ask(page)).response.data["embeds"]
    assert monitor.snapshot().monitor.faults == {}
    assert tasks()["Sampler._run"] == 1


def pings(monitor: Monitor | None) -> int:
    """How often /ping was counted."""
    assert monitor is not None
    return sum(command.invocations for command in monitor.snapshot().commands if command.key.name == "ping")


# Load


async def test_loaded_before_the_start(scene: Scene) -> None:
    """A bot that loads before it starts is measured and answers without another step."""
    await works(scene, await scene.run())


async def test_loaded_after_the_start_it_waits_for_the_operator(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """Loaded while the bot runs, nothing is written to Discord until the operator syncs, and the log says how."""
    caplog.set_level(logging.INFO)
    sample = scene.make()
    await sample.start()
    await asyncio.sleep(0)
    written = registrations(scene.discord)
    await sample.load()
    await scene.call("ping")
    assert registrations(scene.discord) == written
    assert [message for message in caplog.messages if "sync_application_commands()" in message]
    await sample.sync()
    await works(scene, sample)


async def test_loaded_while_starting_it_is_registered_with_the_rest(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    """Loaded in StartingEvent, as bots on Lightbulb 3 often do, it needs no sync, and the log asks for none."""
    caplog.set_level(logging.INFO)
    sample = scene.make()

    async def on_starting(_: hikari.StartingEvent) -> None:
        await sample.load()

    # Lightbulb's own listener starts the client, so this one must come before it.
    listeners = sample.bot.event_manager._listeners.setdefault(hikari.StartingEvent, [])
    listeners.insert(0, on_starting)
    await sample.start()
    await scene.discord.registered(*PAGES)
    assert not [message for message in caplog.messages if "sync_application_commands()" in message]
    await works(scene, sample)


async def test_loaded_in_another_loop(scene: Scene) -> None:
    """The loop that loads need not be the one that the bot runs in: `asyncio.run(client.load_extensions("plugin"))`."""
    sample = scene.make()
    await asyncio.to_thread(lambda: asyncio.run(sample.load()))
    await sample.start()
    await works(scene, sample)


async def test_the_same_bot_starts_again(scene: Scene) -> None:
    """After a close the same bot can start again; the monitor goes on with one sampler and what it has counted."""
    sample = await scene.run()
    await works(scene, sample)
    await sample.bot.close()
    await until(lambda: not tasks()["Sampler._run"])
    if LIGHTBULB_LINE == 3:
        sample.client._started = False  # Lightbulb 3 has no way to start a client again
    await sample.bot.start(check_for_updates=False)
    await works(scene, sample)
    assert pings(plugin.monitor_of(sample.bot)) == 2


async def test_an_end_without_a_farewell_does_not_end_sampling(scene: Scene) -> None:
    """Where a loop ended without StoppingEvent, the next start samples again."""
    sample = await scene.run()
    monitor: Any = plugin.monitor_of(sample.bot)
    monitor._sampler._task._task.cancel()
    await until(lambda: not tasks()["Sampler._run"])
    monitor.start()
    assert tasks()["Sampler._run"] == 1


# Unload


async def test_unload_leaves_nothing(scene: Scene) -> None:
    """Ten times loaded and unloaded while it runs, a bot is what it was before, down to the last class."""
    sample = scene.make()
    await sample.start()
    await scene.call("ping")
    await once(scene, sample)
    before = footprint(sample)
    for _ in range(10):
        await once(scene, sample)
    modules, classes = before.pop("modules"), before.pop("classes")

    def added() -> list[tuple[str, str]]:
        # What tests before this one left for the garbage collector may go meanwhile, and a module be imported first.
        return [named for named in footprint(sample)["classes"] - classes if named[0] in modules]

    await until_collected(lambda: not added())  # the last command may end a moment after its answer
    after = footprint(sample)
    assert {key: after[key] for key in before} == before


async def once(scene: Scene, sample: Any) -> None:
    """Load, use and unload."""
    await sample.load()
    await plugin.monitor_of(sample.bot).tick()
    await scene.call("ping")
    await sample.unload()
    await until(lambda: not tasks() and not threads())


async def test_unload_with_open_pages_leaves_no_task(scene: Scene) -> None:
    """The buttons of answers stop with the monitor, and nothing waits for their timeout."""
    sample = scene.make()
    before = footprint(sample)
    await sample.load()
    await sample.start()
    for page in PAGES:
        await scene.ask(page)
    await sample.unload()
    await until(lambda: not tasks() and not threads())
    await scene.call("ping")
    assert not tasks()
    after = footprint(sample)
    assert [after[key] for key in ("threads", "log handlers")] == [before[key] for key in ("threads", "log handlers")]
    assert hikari.ShardReadyEvent not in after["listeners"]


async def test_unload_while_an_answer_is_on_its_way(scene: Scene) -> None:
    """An answer that is being sent when the monitor goes gets no buttons that wait for their timeout."""
    sample = await scene.run()
    await scene.ask("performance")  # Discord has it; the bot is yet to hear so
    await sample.unload()
    await scene.call("ping")
    await until(lambda: not tasks())


async def test_a_freed_monitor_is_gone(scene: Scene) -> None:
    """Nothing holds a monitor after its unload."""
    sample = scene.make()
    await sample.start()
    await scene.call("ping")  # from then on Lightbulb 3 takes nothing into its container, which holds for ever
    await sample.load()
    await sample.sync()
    await scene.call("ping")
    gone = weakref.ref(plugin.monitor_of(sample.bot))
    await sample.unload()
    await scene.call("ping")
    await until_collected(lambda: gone() is None)  # threads of it end a moment later


async def test_unload_before_the_start(scene: Scene) -> None:
    """What was loaded can be unloaded before the bot ever ran; the bot then runs as without it."""
    sample = scene.make()
    await sample.load()
    await sample.unload()
    before = sample.wiring()
    await sample.start()
    await scene.call("ping")
    assert plugin.monitor_of(sample.bot) is None
    assert not {command["name"] for command in scene.discord.commands()} & set(PAGES)
    assert sample.wiring()["classes"] == before["classes"]


async def test_unload_after_the_close(scene: Scene) -> None:
    """A bot that has closed can still unload, with pages open too."""
    sample = await scene.run()
    await scene.ask("performance")
    await sample.close()
    await sample.unload()
    assert plugin.monitor_of(sample.bot) is None
    await until(lambda: not tasks())


async def test_unload_after_the_loop_is_gone(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """A bot whose loop ended, with pages open, without closing, can still unload from another loop."""
    sample = scene.make()
    running, end = threading.Event(), asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def life() -> None:
        loops.append(asyncio.get_running_loop())
        await sample.load()
        await sample.bot.start(check_for_updates=False)
        running.set()
        await end.wait()
        await sample.bot.rest.close()

    thread = asyncio.create_task(asyncio.to_thread(lambda: asyncio.run(life())))
    await scene.discord.registered(*PAGES)
    await asyncio.to_thread(running.wait, 5)
    await scene.ask("performance")
    loops[0].call_soon_threadsafe(end.set)
    await thread
    scene.made.clear()  # it cannot be closed any more
    await sample.unload()
    assert plugin.monitor_of(sample.bot) is None
    assert not [message for message in errors(caplog) if "monitor" in message]


@only_lightbulb3
async def test_unload_gives_classes_of_commands_back(scene: Scene) -> None:
    """The class of a command that was called has what it had, its own method or none; the bot goes on."""
    sample = scene.make()

    @sample.client.register
    class Ordinary(lightbulb.SlashCommand, name="ordinary", description="Resolves as Lightbulb does"):
        @lightbulb.invoke
        async def invoke(self, context: lightbulb.Context) -> None:
            await context.respond("done")

    @sample.client.register
    class Special(lightbulb.SlashCommand, name="special", description="Resolves in its own way"):
        async def _resolve_options(self) -> None:
            await super()._resolve_options()

        @lightbulb.invoke
        async def invoke(self, context: lightbulb.Context) -> None:
            await context.respond("done")

    before = dict(vars(Ordinary)), dict(vars(Special))
    await sample.load()
    await sample.start()
    for name in ("ordinary", "special"):
        await scene.call(name)
    assert vars(Ordinary) != before[0] and vars(Special) != before[1]
    await sample.unload()
    assert (dict(vars(Ordinary)), dict(vars(Special))) == before
    await scene.call("special")


async def test_unload_twice_is_harmless(scene: Scene) -> None:
    """A second unload is Lightbulb's matter and changes nothing."""
    sample = await scene.run()
    await sample.unload()
    before = sample.wiring()
    with pytest.raises(lightbulb.ExtensionNotLoaded) if LIGHTBULB_LINE == 2 else contextlib.nullcontext():
        await sample.unload()
    assert sample.wiring() == before


@pytest.mark.parametrize("part", ["snapshot", "an undo"])
async def test_a_fault_while_unloading_is_contained(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, part: str
) -> None:
    """Whatever fails in the unload, everything else is taken out, the log says it once, and nothing is raised."""
    sample = scene.make()
    await sample.start()
    before = sample.wiring()
    await sample.load()
    monitor: Any = plugin.monitor_of(sample.bot)
    if part == "snapshot":
        monkeypatch.setattr(monitor._snapshots.inventory, "commands", lambda: 1 / 0)
    else:
        monitor.on_detach(lambda: 1 / 0)
    await sample.unload()
    assert sample.wiring() == before
    assert not monitor.active
    assert len(errors(caplog)) == 1
    assert monitor.snapshot().monitor.faults in ({}, {"unload": 1})


async def test_an_inert_monitor_is_harmless(scene: Scene) -> None:
    """After an unload who still holds the monitor gets the last snapshot, and starts nothing by calling it."""
    sample = await scene.run()
    await scene.call("ping")
    monitor: Any = plugin.monitor_of(sample.bot)
    await until(lambda: pings(monitor) == 1)
    await sample.unload()
    last = monitor.snapshot()
    monitor.invocations.finish(monitor.invocations.begin(1, None), None)
    monitor.start()
    await monitor.tick()
    assert await monitor.look() is not None
    await monitor.stop()
    monitor.detach()
    assert not monitor.active
    assert monitor.snapshot() is last and pings(monitor) == 1
    assert monitor.health().commands
    await until(lambda: not threads())
    await until(lambda: not tasks())


# Reload


async def test_reload_before_the_start(scene: Scene) -> None:
    """Reloaded before the start, a bot is measured as if it had loaded once."""
    sample = scene.make()
    await sample.load()
    first = plugin.monitor_of(sample.bot)
    await sample.reload()
    assert plugin.monitor_of(sample.bot) not in (None, first)
    await sample.start()
    await works(scene, sample)


async def test_reload_while_running_with_open_pages(scene: Scene) -> None:
    """Reloaded several times while it runs, with pages open, a bot goes on as if it had loaded once."""
    sample = await scene.run()
    before = footprint(sample)["listeners"].keys()
    for _ in range(3):
        await scene.ask("performance")
        await sample.reload()
    await sample.sync()
    await works(scene, sample)
    await until(lambda: tasks()["Sampler._run"] == 1)
    assert footprint(sample)["listeners"].keys() >= before


async def test_reload_reads_the_settings_again(scene: Scene) -> None:
    """A reload is how changed settings come into force."""
    sample = await scene.run()
    write("window_length = 20")
    assert plugin.monitor_of(sample.bot).settings.window_length == 100
    await sample.reload()
    assert plugin.monitor_of(sample.bot).settings.window_length == 20


# Several bots


async def two(scene: Scene, discord: LocalDiscord) -> tuple[Scene, Any, Any]:
    """Two bots, each on a Discord of its own, with settings of their own."""
    other = Scene(discord)
    first, second = scene.make(), other.make()
    plugin.configure(window_length=20)
    await first.load()
    plugin.configure(window_length=30)
    await second.load()
    await first.start()
    await second.start()
    return other, first, second


async def test_two_bots_stay_apart(scene: Scene) -> None:
    """Each bot of a process has counts and settings of its own."""
    async with patient_discord() as discord:
        other, first, second = await two(scene, discord)
        await scene.call("ping")
        await until(lambda: pings(plugin.monitor_of(first.bot)) == 1)
        assert pings(plugin.monitor_of(second.bot)) == 0
        lengths = [plugin.monitor_of(sample.bot).settings.window_length for sample in (first, second)]
        assert lengths == [20, 30]
        await other.made[0].close()


@pytest.mark.parametrize("way", ["unload", "reload"])
async def test_unload_of_one_bot_keeps_the_other(scene: Scene, way: str) -> None:
    """Unloading or reloading one bot leaves the other measured, and the other can do the same afterwards."""
    async with patient_discord() as discord:
        other, first, second = await two(scene, discord)
        before = plugin.monitor_of(second.bot)
        await getattr(first, way)()
        await asyncio.sleep(0)
        assert plugin.monitor_of(second.bot) is before
        await other.call("ping")
        await until(lambda: pings(before) == 1)
        await getattr(second, way)()
        assert not before.active
        assert (plugin.monitor_of(second.bot) is None) == (way == "unload")
        await second.close()


async def test_the_other_bot_reloads_after_an_unload(scene: Scene) -> None:
    """Lightbulb forgets the module at an unload, but the other bot of the process can still reload."""
    async with patient_discord() as discord:
        _, first, second = await two(scene, discord)
        before = plugin.monitor_of(second.bot)
        await first.unload()
        await asyncio.sleep(0)
        await second.reload()
        assert not before.active
        assert plugin.monitor_of(second.bot).active
        await second.close()


@only_lightbulb3
async def test_two_clients_of_one_bot_share_no_monitor(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """A second client of a bot is told that it is measured already; its unload keeps the first one's monitor."""
    sample = await scene.run()
    second: Any = lightbulb.client_from_app(sample.bot)
    monitor = plugin.monitor_of(sample.bot)
    await second.load_extensions("plugin")
    assert [message for message in errors(caplog) if "already loaded for this bot" in message]
    await second.unload_extensions("plugin")
    assert plugin.monitor_of(sample.bot) is monitor and monitor.active
    await works(scene, sample)
    await sample.unload()
    assert plugin.monitor_of(sample.bot) is None


@only_lightbulb3
async def test_loading_twice_keeps_the_first(scene: Scene) -> None:
    """A second load is skipped, as Lightbulb 3 does with any extension."""
    sample = await scene.run()
    monitor = plugin.monitor_of(sample.bot)
    await sample.client.load_extensions("plugin")
    assert plugin.monitor_of(sample.bot) is monitor
    await works(scene, sample)


async def test_a_page_that_is_asked_for_when_all_ends_gets_no_buttons(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it is yet to be found out whether who asked may read it."""
    plugin.configure(owner_only=True)
    sample = await scene.run()
    asked, gate = asyncio.Event(), asyncio.Event()

    async def have(_: object, __: object) -> bool:
        asked.set()
        await gate.wait()
        return True

    monkeypatch.setattr(access.OwnerIds, "have", have)
    call = await scene.discord.slash(scene.admin, "performance", guild=scene.guild)
    await asked.wait()
    await sample.unload()
    gate.set()
    await call.answered()
    await until(lambda: not tasks())
    listening = sample.bot.event_manager.get_listeners(hikari.InteractionCreateEvent, polymorphic=False)
    assert not [one for one in listening if "miru" in type(getattr(one, "__self__", None)).__module__]


async def test_a_bot_that_stops_leaves_no_task_of_its_pages(scene: Scene) -> None:
    """Or hikari would say at the end of `bot.run()` that it terminates the remaining tasks forcefully."""
    sample = await scene.run()
    await scene.ask("performance")
    assert tasks()
    await sample.close()
    await until(lambda: not tasks())


@only_lightbulb2
async def test_loading_twice_is_refused(scene: Scene) -> None:
    """A second load is refused by Lightbulb 2, and a direct call of `load` by the monitor itself."""
    sample = await scene.run()
    monitor = plugin.monitor_of(sample.bot)
    with pytest.raises(lightbulb.ExtensionAlreadyLoaded):
        sample.bot.load_extensions("plugin")
    plugin.load(sample.bot)
    assert plugin.monitor_of(sample.bot) is monitor
    await works(scene, sample)


# Settings and faults


@pytest.mark.parametrize("source", ["golem.toml", "environment", "GOLEM_CONFIG"])
async def test_settings_that_cannot_be_used_load_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, source: str
) -> None:
    """One ERROR names setting, value and what is allowed; the bot runs untouched, and can unload."""
    if source == "environment":
        monkeypatch.setenv("GOLEM_WINDOW_LENGTH", "7")
    else:
        write("window_length = 7", "golem.toml" if source == "golem.toml" else "other.toml")
    if source == "GOLEM_CONFIG":
        monkeypatch.setenv("GOLEM_CONFIG", "other.toml")
    sample = scene.make()
    await sample.start()
    before = {key: value for key, value in sample.wiring().items() if key != "extensions"}
    await sample.load()
    (message,) = errors(caplog)
    assert "window_length" in message.lower() and "7" in message and "from 10 to 1000" in message
    assert {key: value for key, value in sample.wiring().items() if key != "extensions"} == before
    assert plugin.monitor_of(sample.bot) is None
    await scene.call("ping")
    await sample.unload()
    assert len(errors(caplog)) == 1


async def test_settings_mended_are_used_by_a_reload(scene: Scene) -> None:
    """Once the file is right, a reload is enough."""
    write("window_length = 7")
    sample = await scene.run()
    assert plugin.monitor_of(sample.bot) is None
    write("window_length = 70")
    await sample.reload()
    await sample.sync()
    await works(scene, sample)


def test_configure_refuses_at_once() -> None:
    """What code sets wrongly is an exception where it is set."""
    with pytest.raises(plugin.SettingsError, match="window_length"):
        plugin.configure(window_length=7)
    with pytest.raises(plugin.SettingsError, match="did you mean window_length"):
        plugin.configure(window_lenght=70)


async def test_sources_override_in_order(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """File, environment and code override each other in this order, and a monitor shows what is in force."""
    names = ("memory_threshold_mb", "cpu_threshold_percent", "window_length")
    write("\n".join(f"{name} = 11" for name in names))
    monkeypatch.setenv("GOLEM_CPU_THRESHOLD_PERCENT", "22")
    monkeypatch.setenv("GOLEM_WINDOW_LENGTH", "22")
    monkeypatch.setenv("GOLEM_TOKEN", "of the bot itself")
    plugin.configure(window_length=33)
    sample = scene.make()
    await sample.load()
    settings = plugin.monitor_of(sample.bot).settings
    assert [getattr(settings, name) for name in names] == [11, 22, 33]


# The way to a monitor


async def test_monitor_of_finds_the_monitor(scene: Scene) -> None:
    """A bot, and on Lightbulb 3 its client, leads to its monitor; without one there is None."""
    sample = scene.make()
    assert plugin.monitor_of(sample.bot) is None
    await sample.load()
    assert isinstance(plugin.monitor_of(sample.bot), plugin.Monitor)
    assert plugin.monitor_of(sample.app) is plugin.monitor_of(sample.bot)
    await sample.unload()
    assert plugin.monitor_of(sample.app) is None
    assert plugin.monitor_of(object()) is None


@only_lightbulb3
async def test_a_command_is_handed_the_monitor(scene: Scene) -> None:
    """Loaded before the first command, commands can ask for `plugin.Monitor`; after an unload it is inert."""
    handed: list[Any] = []
    sample = scene.make()

    @sample.client.register
    class Wants(lightbulb.SlashCommand, name="wants", description="Wants the monitor"):
        @lightbulb.invoke
        async def invoke(self, context: lightbulb.Context, monitor: plugin.Monitor) -> None:
            handed.append(monitor)
            await context.respond(f"{monitor.active}")

    await sample.load()
    await sample.start()
    assert (await scene.call("wants")).response.data["content"] == "True"
    assert handed == [plugin.monitor_of(sample.bot)]
    await sample.unload()
    assert (await scene.call("wants")).response.data["content"] == "False"


@only_lightbulb3
async def test_loaded_too_late_to_be_handed_it_says_so(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """Once a command ran Lightbulb takes nothing to inject any more; that is one line, and the rest works."""
    caplog.set_level(logging.INFO)
    sample = scene.make()
    await sample.start()
    await scene.call("ping")
    await sample.load()
    await sample.sync()
    assert [message for message in caplog.messages if "plugin.monitor_of(bot)" in message]
    assert not errors(caplog)
    await works(scene, sample)


# What the log says at the start


@pytest.mark.parametrize(
    ("settings", "options", "expected"),
    [
        ({}, {}, "the administrators of 2 guilds can view this bot's pages"),
        ({"guilds": [1]}, {}, "the administrators of 1 guild can view this bot's pages"),
        ({"owner_only": True}, {}, "only this bot's owners can view its pages"),
        (
            {},
            {"cache_settings": hikari.impl.CacheSettings(components=hikari.api.CacheComponents.NONE)},
            "of 2 guilds",
        ),
        ({}, {"intents": hikari.Intents.GUILD_MESSAGES}, "of 2 guilds"),
    ],
    ids=["all guilds", "guilds", "owner_only", "cache off", "no intent"],
)
async def test_the_log_says_who_can_read(
    scene: Scene, caplog: pytest.LogCaptureFixture, settings: Any, options: Any, expected: str
) -> None:
    """At the start one line says whose administrators can read the pages, and which settings restrict access."""
    caplog.set_level(logging.INFO)
    scene.discord.add_guild("Second")
    if "guilds" in settings:
        settings = {"guilds": [scene.guild.id]}
    plugin.configure(**settings)
    await scene.run(**options)
    said = [message for message in caplog.messages if "restrict access" in message]
    assert len(said) == 1
    assert expected in said[0] and "guilds" in said[0] and "owner_only" in said[0]


async def test_guilds_that_have_not_arrived_are_counted(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """The guilds of a bot arrive after its start, so those that the shards named are counted."""
    caplog.set_level(logging.INFO)
    await scene.discord.set_guild_available(scene.guild, False)
    await scene.run()
    assert [message for message in caplog.messages if "the administrators of 1 guild can" in message]


async def test_loaded_late_without_a_cache_the_count_is_unknown(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """Where nothing told the number of guilds, the log gives none."""
    caplog.set_level(logging.INFO)
    cache = hikari.impl.CacheSettings(components=hikari.api.CacheComponents.NONE)
    sample = scene.make(cache_settings=cache)
    await sample.start()
    await sample.load()
    assert [message for message in caplog.messages if "of every guild this bot is in" in message]


# Features of Lightbulb 3


def clients() -> list[Any]:
    """Options of Lightbulb 3 clients that change how commands are run."""
    if LIGHTBULB_LINE == 2:
        return []
    steps, flags = lightbulb.ExecutionSteps, lightbulb.features
    order = [steps.POST_INVOKE, steps.INVOKE, steps.CHECKS]
    return [
        pytest.param({"features": [feature]}, id=feature.name)
        for feature in (flags.HOOK_INJECT_ALL_PARAMS, flags.COMMAND_INJECT_CONTEXT)
    ] + [
        pytest.param({"execution_step_order": order}, id="steps in another order"),
        pytest.param({"execution_step_order": [steps.INVOKE]}, id="only one step"),
    ]


@only_lightbulb3
@pytest.mark.parametrize("client", clients())
async def test_clients_with_features(scene: Scene, client: dict[str, Any]) -> None:
    """Whatever features or order of steps a client has, the bot's commands and the monitor's work."""
    await works(scene, await scene.run(client=client))


@only_lightbulb3
def test_without_dependency_injection(tmp_path: Path) -> None:
    """With LINKD_DI_DISABLED commands work, and the unload takes out only the monitor's own error handler."""
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT_INJECTION],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "LINKD_DI_DISABLED": "true"},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert (ran.returncode, ran.stdout.split()[-1:]) == (0, ["done"]), ran.stderr


WITHOUT_INJECTION = """
import asyncio
import plugin
from tests.e2e.conftest import Scene, patient_discord, until

async def main():
    async with patient_discord() as discord:
        scene = Scene(discord)
        sample = scene.make()
        sample.handle_errors()
        await sample.load()
        await sample.start()
        await scene.call("ping")
        assert (await scene.ask("performance")).response.data["embeds"]
        await discord.slash(scene.member, "boom", guild=scene.guild)
        await until(lambda: sample.handled)
        monitor = plugin.monitor_of(sample.bot)
        await until(lambda: any(c.outcomes[2] for c in monitor.snapshot().commands))
        await sample.unload()
        assert [len(found) for found in sample.client._error_handlers.values()] == [1], sample.client._error_handlers
        await sample.bot.close()
    print("done")

asyncio.run(main())
"""
