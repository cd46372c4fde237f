"""The monitor's own commands on a Lightbulb 2 bot: slash commands, and prefix commands if the bot has a prefix."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from typing import Any

import hikari
import lightbulb
from lightbulb.commands.base import Command, CommandLike, OptionLike, OptionModifier

from plugin.adapters import page_answers
from plugin.adapters.gateway_clicks import GatewayClickSource
from plugin.adapters.lightbulb2.inventory import COG, BotInventory
from plugin.adapters.lightbulb2.page_calls import PrefixPageCall, SlashPageCall
from plugin.adapters.pager import Pager
from plugin.adapters.registration import no_room, registered_names, without_taken, without_unreachable
from plugin.instrument.methods import Method
from plugin.instrument.values import call_safely
from plugin.instrument.wrappers import preceded
from plugin.monitor import Monitor
from plugin.pages import page_request
from plugin.pages.access import InteractionAsker, OwnerIds, fetch_owner_ids
from plugin.pages.page_commands import GROUP_DESCRIPTION, PAGE_COMMANDS, PageOption

_logger = logging.getLogger(__name__)

_PART = "commands of its own"


class OwnCommands:
    """Registers the four commands, unless the bot has commands of the same names."""

    def __init__(self, bot: lightbulb.BotApp, monitor: Monitor, inventory: BotInventory) -> None:
        self._bot = bot
        self._monitor = monitor
        self._own = inventory.own
        self._owners = OwnerIds(self._fetch_owners)
        self._pager = Pager(monitor, GatewayClickSource(bot), self._owners)
        self._guilds = list(monitor.settings.guilds)
        """Shared with each of our commands, so that removing a guild here removes it there."""
        self._cog = lightbulb.Plugin(COG, default_enabled_guilds=self._guilds or hikari.UNDEFINED)
        self._kept: dict[int, set[str]] = {}
        """Commands at Discord that the bot does not know and does not delete, by guild id (0: global)."""

    def attach(self) -> None:
        """Register the commands until the monitor detaches."""
        group = self._monitor.settings.group
        names = [group] if group else list(PAGE_COMMANDS)
        for name in without_taken(names, self._bot.slash_commands.__contains__, "slash command"):
            self._cog.command(self._slash(name))
        if hasattr(self._bot, "get_prefix"):
            for name in without_taken(names, self._bot.prefix_commands.__contains__, "prefix command"):
                self._cog.command(self._prefix(name))
        self._monitor.on_detach(self._remove)
        self._bot.add_plugin(self._cog)
        self._own.update((id(command), command) for command in self._cog.all_commands)
        before_sync = preceded(self._before_sync)
        replacements = {"_add_command_to_correct_attr": self._yielding, "sync_application_commands": before_sync}
        self._monitor.override(_PART, self._bot, replacements)
        self._bot.event_manager.subscribe(hikari.StartingEvent, self._on_starting)

    def make_room(self) -> None:
        """Remove our slash commands if the bot would exceed Discord's limit with them."""
        ours = self._registered(self._bot.slash_commands)
        theirs: list[Any] = [c for c in self._bot.slash_commands.values() if id(c) not in self._own]
        for scope in {guild for command in ours for guild in command.guilds or (0,)}:
            bots_own = {command.name for command in theirs if scope in (command.guilds or (0,))}
            if no_room(bots_own | self._kept.get(scope, set()), [command.name for command in ours]):
                self._drop(self._bot.slash_commands, ours)
                return

    async def _before_sync(self) -> None:
        with self._monitor.containing(_PART):
            await self._check_discord()
            self.make_room()

    async def _on_starting(self, _: hikari.StartingEvent) -> None:
        # Now, since Lightbulb syncs at StartedEvent and could not be made to wait then.
        with self._monitor.containing(_PART):
            await self._check_discord()

    async def _check_discord(self) -> None:
        # A guild without access, or too many commands at Discord, would fail the bot's own sync.
        ours = self._registered(self._bot.slash_commands)
        keeps = not self._bot._delete_unbound_commands  # pyright: ignore[reportPrivateUsage] # nowhere public
        if not ours or not (self._guilds or keeps):
            return
        found = await registered_names(self._bot.rest, ours[0].guilds or (0,))
        if keeps:
            self._kept = {scope: names for scope, names in found.items() if names is not None}
        if self._guilds:
            self._guilds[:] = without_unreachable(self._guilds, found)
            if not self._guilds:  # for Lightbulb, no guilds means global
                self._drop(self._bot.slash_commands, ours)

    def _yielding(self, original: Method) -> Method:
        yield_to = self._monitor.contain(_PART, self._yield_to)

        def add(bot: object, command: Command) -> Any:
            yield_to(command)
            return original(bot, command)

        return add

    def _yield_to(self, command: Command) -> None:
        if isinstance(command, lightbulb.UserCommand | lightbulb.MessageCommand):
            return  # their names are separate from those of slash commands
        prefix = isinstance(command, lightbulb.PrefixCommand)
        registry: MutableMapping[str, Any] = self._bot.prefix_commands if prefix else self._bot.slash_commands
        for name in (command.name, *command.aliases):
            own = registry.get(name)
            if own is None or id(own) not in self._own:
                continue
            if name.lower() == own.name.lower():
                _logger.warning("the bot adds a command named %r, the monitor's is skipped", name)
                self._drop(registry, [own])
            else:
                del registry[name]

    def _registered(self, registry: MutableMapping[str, Any]) -> list[Any]:
        return list(dict.fromkeys(command for command in registry.values() if id(command) in self._own))

    def _drop(self, registry: MutableMapping[str, Any], commands: Iterable[Command]) -> None:
        for command in commands:
            for name in (command.name, *command.aliases):
                if registry.get(name) is command:
                    del registry[name]

    def close_pages(self) -> None:
        """End the buttons of all pages."""
        self._pager.close()

    def _remove(self) -> None:
        self.close_pages()
        listening = self._bot.event_manager.get_listeners(hikari.StartingEvent, polymorphic=False)
        if self._on_starting in listening:
            self._bot.event_manager.unsubscribe(hikari.StartingEvent, self._on_starting)
        self._own.update(
            (id(command), command) for command in self._cog.all_commands
        )  # in case `attach` failed before it added them
        for registry in (self._bot.slash_commands, self._bot.prefix_commands):
            self._drop(registry, self._registered(registry))
        # remove_plugin removes commands by name, and these names may belong to the bot's commands by now.
        self._cog.raw_commands.clear()
        if self._bot.plugins.get(COG) is self._cog:
            self._bot.remove_plugin(self._cog)

    def _slash(self, name: str) -> CommandLike:
        if name in PAGE_COMMANDS:
            return self._page(name, self._ask_slash(name), lightbulb.SlashCommand, _slash_options(name))
        likes = [
            self._page(page, self._ask_slash(page), lightbulb.SlashSubCommand, _slash_options(page))
            for page in PAGE_COMMANDS
        ]
        return self._group(name, likes, lightbulb.SlashCommandGroup)

    def _prefix(self, name: str) -> CommandLike:
        if name in PAGE_COMMANDS:
            return self._page(name, self._ask_prefix(name), lightbulb.PrefixCommand, _prefix_options())
        likes = [
            self._page(page, self._ask_prefix(page), lightbulb.PrefixSubCommand, _prefix_options())
            for page in PAGE_COMMANDS
        ]
        return self._group(name, likes, lightbulb.PrefixCommandGroup)

    def _page(self, name: str, ask: Any, implements: Any, options: Sequence[OptionLike]) -> CommandLike:
        page = PAGE_COMMANDS[name]
        like = CommandLike(lightbulb.implements(implements)(ask), name, page.description)
        like.options = {option.name: option for option in options}
        like.app_command_default_member_permissions = hikari.Permissions.ADMINISTRATOR
        if issubclass(implements, lightbulb.PrefixCommand):
            like.aliases = [alias for alias in page.aliases if alias not in self._bot.prefix_commands]
        for option in options:
            if option.autocomplete:
                like.autocomplete(option.name)(self._complete)
        return like

    def _group(self, name: str, likes: list[CommandLike], implements: Any) -> CommandLike:
        async def ask(context: lightbulb.Context, **_: Any) -> None:
            await context.respond(f"Choose a page: {', '.join(PAGE_COMMANDS)}.")

        like = CommandLike(lightbulb.implements(implements)(ask), name, GROUP_DESCRIPTION, subcommands=likes)
        like.app_command_default_member_permissions = hikari.Permissions.ADMINISTRATOR
        return like

    def _ask_slash(self, name: str) -> Callable[..., Any]:
        async def ask(context: lightbulb.SlashContext) -> None:
            call = SlashPageCall(context, self._owners, self._monitor.settings.ephemeral)
            await page_answers.answer(self._monitor, self._pager, call, name, context.raw_options)

        return ask

    def _ask_prefix(self, name: str) -> Callable[..., Any]:
        async def ask(context: lightbulb.PrefixContext) -> None:
            call = PrefixPageCall(context, self._owners)
            typed = context.raw_options.get(page_request.WORDS[0]) or ""
            await page_answers.answer_typed(self._monitor, self._pager, call, name, typed)

        return ask

    async def _complete(
        self, option: hikari.AutocompleteInteractionOption, interaction: hikari.AutocompleteInteraction
    ) -> list[str]:
        asker = InteractionAsker(interaction, self._owners, public=True)  # names are no details
        return await page_answers.choices(self._monitor, asker, option.name, str(option.value))

    async def _fetch_owners(self) -> Sequence[int]:
        # Not the bot's own fetch_owner_ids, which caches forever. A bot's owner_ids may be invalid without anyone
        # noticing, since Lightbulb reads them only for commands that are restricted to owners.
        given = call_safely(lambda: list(map(int, self._bot.owner_ids)), [])
        return given or await fetch_owner_ids(self._bot.rest)


def _slash_options(name: str) -> list[OptionLike]:
    return [_slash_option(option) for option in PAGE_COMMANDS[name].options]


def _slash_option(option: PageOption) -> OptionLike:
    name, about, choices, bounds, completes = option
    if bounds is not None:
        least, largest = bounds
        return OptionLike(name, about, arg_type=int, required=False, min_value=least, max_value=largest)
    offered = list(choices) or None
    return OptionLike(name, about, arg_type=str, required=False, choices=offered, autocomplete=completes)


def _prefix_options() -> list[OptionLike]:
    words, says = page_request.WORDS
    return [OptionLike(words, says, arg_type=str, required=False, modifier=OptionModifier.CONSUME_REST, default="")]
