"""The bot under test on Lightbulb 2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import hikari
import lightbulb
from lightbulb.ext import tasks

from examples.localdiscord import LocalDiscord
from tests.e2e import bodies

COGS = {"shop": "Shop", "fun": "Fun"}


class SampleBot:
    """A bot with one command for each thing that can happen."""

    line = 2
    prefix = "!"

    def __init__(self, discord: LocalDiscord, *, prefix: str | None = "!", **options: Any) -> None:
        options.setdefault("intents", hikari.Intents.ALL)
        self.discord = discord
        self.gates = bodies.Gates()
        kind = options.pop("kind", lightbulb.BotApp)
        self.bot = kind(discord.token, prefix=prefix, rest_url=discord.rest_url, banner=None, **options)
        self.app: Any = self.bot
        self.handled: list[str] = []
        self._add_fun()
        self._add_shop()

    async def load(self) -> None:
        self.bot.load_extensions("plugin")

    async def unload(self) -> None:
        self.bot.unload_extensions("plugin")

    async def reload(self) -> None:
        self.bot.reload_extensions("plugin")

    async def sync(self) -> None:
        await self.bot.sync_application_commands()

    async def start(self) -> None:
        await self.bot.start(check_for_updates=False)
        await self.discord.registered("ping")

    async def close(self) -> None:
        if self.bot.is_alive:
            await self.bot.close()

    def add_command(self, name: str) -> None:
        """Add a slash command of the bot's own that says whose it is."""

        @self.bot.command
        @lightbulb.command(name, "The bot's own")
        @lightbulb.implements(lightbulb.SlashCommand)
        async def own(context: lightbulb.Context) -> None:
            await context.respond(f"the bot's own {name}")

    def add_group(self, name: str) -> None:
        """Add a slash command group of the bot's own."""

        @self.bot.command
        @lightbulb.command(name, "The bot's own")
        @lightbulb.implements(lightbulb.SlashCommandGroup)
        async def own(context: lightbulb.Context) -> None: ...

        @own.child
        @lightbulb.command("sub", "The bot's own")
        @lightbulb.implements(lightbulb.SlashSubCommand)
        async def sub(context: lightbulb.Context) -> None:
            await context.respond(f"the bot's own {name} sub")

    def add(self, name: str, body: Any, *, check: Any = None, at_once: int | None = None, on_error: Any = None) -> None:
        """Add a slash and prefix command of the bot's own that runs `body` with its context."""

        @lightbulb.command(name, "The bot's own")
        @lightbulb.implements(lightbulb.SlashCommand, lightbulb.PrefixCommand)
        async def own(context: lightbulb.Context) -> None:
            await body(context)

        if check is not None:
            own = lightbulb.add_checks(lightbulb.Check(check))(own)
        if at_once is not None:
            own = lightbulb.set_max_concurrency(at_once, lightbulb.UserBucket)(own)
        if on_error is not None:
            own.set_error_handler(on_error)
        self.bot.command(own)

    def schedule(self, body: Any, *, failures: int) -> Any:
        """Add a task of the bot's own that Lightbulb runs again and again, until it has failed so often in a row."""
        if tasks.Task._app is not self.bot:
            tasks.load(self.bot)
        task = tasks.task(s=0.001, max_consecutive_failures=failures)(body)
        task.start()
        return task

    @staticmethod
    def forget_schedules() -> None:
        """Lightbulb 2 keeps the scheduled tasks of the whole process in one place."""
        tasks.Task._tasks.clear()
        tasks.Task._app = None

    def handle_errors(self, again: Callable[[Any], BaseException] | None = None) -> None:
        """Let the bot handle every error itself; `again` tells from one what the handler raises in the end."""

        async def swallow(event: lightbulb.CommandErrorEvent) -> None:
            self.handled.append(type(event.exception).__name__)
            if again is not None:
                raise again(event.exception)

        self.bot.subscribe(lightbulb.CommandErrorEvent, swallow)

    def wiring(self) -> dict[str, object]:
        """Everything that an extension could leave behind."""
        manager: Any = self.bot.event_manager
        return {
            "listeners": {event: list(found) for event, found in manager._listeners.items() if found},
            "classes": (type(self.bot), type(self.bot.rest), type(manager)),
            "commands": (set(self.bot.slash_commands), set(self.bot.prefix_commands)),
            "cogs": set(self.bot.plugins),
        }

    def _add_fun(self) -> None:
        cog = lightbulb.Plugin(COGS["fun"])
        both = (lightbulb.SlashCommand, lightbulb.PrefixCommand)
        for name in ("ping", "boom", "in_a_library", "cancelled", "silent"):
            cog.command(_plain(name, getattr(bodies, name), both))
        cog.command(self._waiting("slow", defers=False))
        cog.command(self._waiting("deferred", defers=True))

        @cog.command
        @lightbulb.command("twice", "Answers twice")
        @lightbulb.implements(lightbulb.SlashCommand)
        async def twice(context: lightbulb.SlashContext) -> None:
            await bodies.answers_twice(context.interaction)

        @cog.command
        @lightbulb.add_checks(lightbulb.Check(_refuse))
        @lightbulb.command("denied", "A check refuses")
        @lightbulb.implements(*both)
        async def denied(context: lightbulb.Context) -> None: ...

        @cog.command
        @lightbulb.add_checks(lightbulb.Check(bodies.broken_check))
        @lightbulb.command("broken_check", "A check is broken")
        @lightbulb.implements(*both)
        async def broken_check(context: lightbulb.Context) -> None: ...

        @cog.command
        @lightbulb.add_cooldown(callback=lambda _: lightbulb.UserBucket(3600, 1))  # in 2.3.4 other ways fail
        @lightbulb.command("cooled", "Once an hour")
        @lightbulb.implements(*both)
        async def cooled(context: lightbulb.Context) -> None:
            await context.respond("this time")

        @cog.command
        @lightbulb.option("number", "A number", int)
        @lightbulb.command("square", "Wants a number")
        @lightbulb.implements(*both)
        async def square(context: lightbulb.Context) -> None:
            await context.respond(str(context.options.number**2))

        self._add_menus(cog)
        self.bot.add_plugin(cog)

    @staticmethod
    def _add_menus(cog: lightbulb.Plugin) -> None:
        @cog.command
        @lightbulb.command("Inspect", "On a user")
        @lightbulb.implements(lightbulb.UserCommand)
        async def inspect(context: lightbulb.Context) -> None:
            await context.respond("inspected")

        @cog.command
        @lightbulb.command("Translate", "On a message")
        @lightbulb.implements(lightbulb.MessageCommand)
        async def translate(context: lightbulb.Context) -> None:
            await context.respond("translated")

    def _add_shop(self) -> None:
        cog = lightbulb.Plugin(COGS["shop"])

        @cog.command
        @lightbulb.command("shop", "A shop", aliases=["store"])
        @lightbulb.implements(lightbulb.SlashCommandGroup, lightbulb.PrefixCommandGroup)
        async def shop(context: lightbulb.Context) -> None:
            await context.respond("open")

        @shop.child
        @lightbulb.command("buy", "Buy something", aliases=["get"])
        @lightbulb.implements(lightbulb.SlashSubCommand, lightbulb.PrefixSubCommand)
        async def buy(context: lightbulb.Context) -> None:
            await context.respond("bought")

        @shop.child
        @lightbulb.command("stock", "The stock")
        @lightbulb.implements(lightbulb.SlashSubGroup, lightbulb.PrefixSubGroup)
        async def stock(context: lightbulb.Context) -> None: ...

        @stock.child
        @lightbulb.command("fail", "Fails")
        @lightbulb.implements(lightbulb.SlashSubCommand, lightbulb.PrefixSubCommand)
        async def fail(context: lightbulb.Context) -> None:
            raise ValueError("sold out")

        self.bot.add_plugin(cog)

    def _waiting(self, name: str, *, defers: bool) -> Any:
        gates = self.gates

        @lightbulb.command(name, "Waits")
        @lightbulb.implements(lightbulb.SlashCommand)
        async def waiting(context: lightbulb.Context) -> None:
            if defers:
                await context.respond(hikari.ResponseType.DEFERRED_MESSAGE_CREATE)
            await gates.wait(name)
            await context.respond("at last")

        return waiting


def _refuse(_: object) -> bool:
    return False


def _plain(name: str, body: Any, implements: Any) -> Any:
    @lightbulb.command(name, f"Does {name}")
    @lightbulb.implements(*implements)
    async def plain(context: lightbulb.Context) -> None:
        await body(context.respond)

    return plain
