"""The bot under test on Lightbulb 3."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any

import hikari
import lightbulb

from examples.localdiscord import LocalDiscord
from tests.e2e import bodies

COGS = {"shop": "sample_shop", "fun": "sample_fun"}


class SampleBot:
    """A bot with one command for each thing that can happen."""

    line = 3
    prefix = None

    def __init__(
        self, discord: LocalDiscord, *, app: Any = None, client: dict[str, Any] | None = None, **options: Any
    ) -> None:
        self.discord = discord
        self.gates = bodies.Gates()
        options.setdefault("intents", hikari.Intents.ALL)
        self.bot: Any = app or hikari.GatewayBot(discord.token, rest_url=discord.rest_url, banner=None, **options)
        self.client = lightbulb.client_from_app(self.bot, **(client or {}))
        self.app: Any = self.client
        self.handled: list[str] = []
        self._cogs_loaded = False
        if isinstance(self.bot, hikari.RESTBot):
            self.bot.add_startup_callback(self.client.start)
        else:
            self.bot.subscribe(hikari.StartingEvent, self.client.start)

    async def load(self) -> None:
        await self._load_cogs()
        await self.client.load_extensions("plugin")

    async def unload(self) -> None:
        await self.client.unload_extensions("plugin")

    async def reload(self) -> None:
        await self.client.reload_extensions("plugin")

    async def sync(self) -> None:
        await self.client.sync_application_commands()

    async def start(self, **options: Any) -> None:
        await self._load_cogs()
        await self.bot.start(check_for_updates=False, **options)

    async def close(self) -> None:
        await self.client.stop()
        if self.bot.is_alive:
            await self.bot.close()

    def add_command(self, name: str) -> None:
        """Add a slash command of the bot's own that says whose it is."""

        @self.client.register
        class Own(lightbulb.SlashCommand, name=name, description="The bot's own"):
            @lightbulb.invoke
            async def invoke(self, context: lightbulb.Context) -> None:
                await context.respond(f"the bot's own {name}")

    def add_group(self, name: str) -> None:
        """Add a slash command group of the bot's own."""
        group = lightbulb.Group(name, "The bot's own")

        @group.register
        class Sub(lightbulb.SlashCommand, name="sub", description="The bot's own"):
            @lightbulb.invoke
            async def invoke(self, context: lightbulb.Context) -> None:
                await context.respond(f"the bot's own {name} sub")

        self.client.register(group)

    def add(self, name: str, body: Any, *, check: Any = None, at_once: int | None = None) -> None:
        """Add a slash command of the bot's own that runs `body` with its context."""
        hooks: list[Any] = []
        if check is not None:
            step = lightbulb.ExecutionSteps.CHECKS
            hooks.append(lightbulb.ExecutionHook(step, False, name, lambda _, context: check(context)))
        if at_once is not None:
            hooks += lightbulb.prefab.max_concurrency(at_once, "user")

        @self.client.register
        class Own(lightbulb.SlashCommand, name=name, description="The bot's own", hooks=hooks):
            @lightbulb.invoke
            async def invoke(self, context: lightbulb.Context) -> None:
                await body(context)

    def schedule(self, body: Any, *, failures: int) -> Any:
        """Add a task of the bot's own that Lightbulb runs again and again, until it has failed so often."""
        return self.client.task(lambda _: 0.001, max_failures=failures)(body)

    @staticmethod
    def forget_schedules() -> None:
        """Lightbulb 3 keeps the scheduled tasks with each client."""

    def handle_errors(self, again: Callable[[Any], BaseException] | None = None) -> None:
        """Let the bot handle every error itself; `again` tells from one what the handler raises in the end."""

        @self.client.error_handler
        async def swallow(failure: lightbulb.exceptions.ExecutionPipelineFailedException) -> bool:
            self.handled.append(type(failure.causes[0]).__name__)
            if again is not None:
                raise again(failure)
            return True

    def wiring(self) -> dict[str, object]:
        """Everything that an extension could leave behind."""
        manager: Any = getattr(self.bot, "event_manager", None)
        listeners = {} if manager is None else manager._listeners
        return {
            "listeners": {event: list(found) for event, found in listeners.items() if found},
            "classes": (type(self.bot), type(self.bot.rest), type(manager), type(self.client)),
            "commands": set(self.client.registered_commands),
            "hooks": list(self.client.hooks),
            "error handlers": {priority: list(found) for priority, found in self.client._error_handlers.items()},
            "extensions": set(self.client._extensions),
            "menus": set(self.client._attached_menus),
        }

    async def _load_cogs(self) -> None:
        if self._cogs_loaded:
            return
        self._cogs_loaded = True
        for name, loader in ((COGS["fun"], self._fun()), (COGS["shop"], _shop())):
            # Each bot has commands of its own, so its extensions are modules made for it.
            module = types.ModuleType(name)
            module.loader = loader
            sys.modules[name] = module
            await self.client.load_extensions(name)
            del sys.modules[name]

    def _fun(self) -> lightbulb.Loader:
        loader = lightbulb.Loader()
        for name in ("ping", "boom", "in_a_library", "cancelled", "silent"):
            loader.command(_plain(name, getattr(bodies, name)))
        loader.command(self._waiting("slow", defers=False))
        loader.command(self._waiting("deferred", defers=True))
        hour = lightbulb.prefab.fixed_window(3600, 1, "user")
        loader.command(_plain("denied", bodies.ping, [_refuse]))
        loader.command(_plain("broken_check", bodies.ping, [_break]))
        loader.command(_plain("cooled", bodies.ping, [hour]))

        @loader.command
        class Twice(lightbulb.SlashCommand, name="twice", description="Answers twice"):
            @lightbulb.invoke
            async def invoke(self, context: lightbulb.Context) -> None:
                await bodies.answers_twice(context.interaction)

        @loader.command
        class Square(lightbulb.SlashCommand, name="square", description="Wants a number"):
            number = lightbulb.string("number", "A number", converter=lambda _, typed: int(typed))

            @lightbulb.invoke
            async def invoke(self, context: lightbulb.Context) -> None:
                await context.respond(str(self.number**2))

        @loader.command
        class Inspect(lightbulb.UserCommand, name="Inspect"):
            @lightbulb.invoke
            async def invoke(self, context: lightbulb.Context) -> None:
                await context.respond("inspected")

        @loader.command
        class Translate(lightbulb.MessageCommand, name="Translate"):
            @lightbulb.invoke
            async def invoke(self, context: lightbulb.Context) -> None:
                await context.respond("translated")

        return loader

    def _waiting(self, name: str, *, defers: bool) -> type[lightbulb.SlashCommand]:
        gates = self.gates

        class Waiting(lightbulb.SlashCommand, name=name, description="Waits"):
            @lightbulb.invoke
            async def invoke(self, context: lightbulb.Context) -> None:
                if defers:
                    await context.defer()
                await gates.wait(name)
                await context.respond("at last")

        return Waiting


def _shop() -> lightbulb.Loader:
    loader = lightbulb.Loader()
    shop = lightbulb.Group("shop", "A shop")
    stock = shop.subgroup("stock", "The stock")

    @shop.register
    class Buy(lightbulb.SlashCommand, name="buy", description="Buy something"):
        @lightbulb.invoke
        async def invoke(self, context: lightbulb.Context) -> None:
            await context.respond("bought")

    @stock.register
    class Fail(lightbulb.SlashCommand, name="fail", description="Fails"):
        @lightbulb.invoke
        async def invoke(self, context: lightbulb.Context) -> None:
            raise ValueError("sold out")

    loader.command(shop)
    return loader


def _plain(name: str, body: Any, hooks: Any = ()) -> type[lightbulb.SlashCommand]:
    class Plain(lightbulb.SlashCommand, name=name, description=f"Does {name}", hooks=hooks):
        @lightbulb.invoke
        async def invoke(self, context: lightbulb.Context) -> None:
            await body(context.respond)

    return Plain


@lightbulb.hook(lightbulb.ExecutionSteps.CHECKS)
def _refuse(_: lightbulb.ExecutionPipeline, __: lightbulb.Context) -> None:
    raise bodies.DeniedError("not you")


@lightbulb.hook(lightbulb.ExecutionSteps.CHECKS)
def _break(_: lightbulb.ExecutionPipeline, context: lightbulb.Context) -> None:
    bodies.broken_check(context)
