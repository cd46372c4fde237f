"""The monitor's own commands on a Lightbulb 3 client."""

from __future__ import annotations

import logging
import types
from collections.abc import Iterable, Mapping
from typing import Any

import hikari
import lightbulb

from plugin.adapters import page_answers
from plugin.adapters.gateway_clicks import GatewayClickSource
from plugin.adapters.lightbulb3.inventory import ClientInventory
from plugin.adapters.lightbulb3.menus import MenuClickSource
from plugin.adapters.lightbulb3.page_calls import SlashPageCall
from plugin.adapters.pager import Pager
from plugin.adapters.registration import no_room, registered_names, without_taken, without_unreachable
from plugin.instrument.methods import Method, leave_no_frame
from plugin.monitor import Monitor
from plugin.pages.access import InteractionAsker, OwnerIds, fetch_owner_ids
from plugin.pages.page_commands import GROUP_DESCRIPTION, PAGE_COMMANDS, PageOption

_logger = logging.getLogger(__name__)

_PART = "commands of its own"
_ADMINISTRATOR = hikari.Permissions.ADMINISTRATOR
_CONTEXTS = (hikari.ApplicationContextType.GUILD, hikari.ApplicationContextType.BOT_DM)


class OwnCommands:
    """Registers the four commands, unless the bot has commands of the same names."""

    def __init__(self, client: lightbulb.Client, monitor: Monitor, inventory: ClientInventory) -> None:
        self._client = client
        self._monitor = monitor
        self._inventory = inventory
        self._registered: dict[str, Any] = {}
        self._guilds: list[int] = list(monitor.settings.guilds)
        self._owners = OwnerIds(lambda: fetch_owner_ids(client.rest))
        gateway = isinstance(client.app, hikari.GatewayBotAware)
        clicks = GatewayClickSource(client.app) if gateway else MenuClickSource(client)
        self._pager = Pager(monitor, clicks, self._owners)

    def attach(self) -> None:
        """Register the commands until the monitor detaches; the client sends them to Discord when it syncs."""
        self._registered = self._make()
        self._inventory.own.update((id(command), command) for command in self._registered.values())
        self._monitor.on_detach(self._remove)
        self._register()
        self._monitor.override(_PART, self._client, {"sync_application_commands": self._syncing})

    def _register(self) -> None:
        for command in self._registered.values():
            self._client.register(command, guilds=self._guilds or None)

    def close_pages(self) -> None:
        """End the buttons of all pages."""
        self._pager.close()

    def _remove(self) -> None:
        self.close_pages()
        self._drop(list(self._registered))

    def _drop(self, names: list[str]) -> None:
        self._unregister({name: self._registered.pop(name) for name in names})

    def _unregister(self, commands: Mapping[str, Any]) -> None:
        for command in commands.values():
            if any(known is command for known in self._client.registered_commands):
                self._client.unregister(command)

    # Lightbulb silently lets a command replace another of the same name. So ours give way before every sync, when all
    # commands of the bot are known.

    def _syncing(self, original: Method) -> Method:
        async def sync(client: object, *args: Any, **kwargs: Any) -> None:
            await self._give_way()
            try:
                return await original(client, *args, **kwargs)
            except hikari.BadRequestError as refused:
                if not self._registered:
                    leave_no_frame(refused)
                    raise
                _logger.warning("Discord rejected the commands; retrying without the monitor's: %s", refused)
            except BaseException as exception:
                leave_no_frame(exception)
                raise
            # Outside the `except`, so that a new error is not "during handling of" the previous one.
            left_out, self._registered = self._registered, {}
            self._unregister(left_out)
            try:
                return await original(client, *args, **kwargs)
            except BaseException as exception:
                if self._monitor.active:  # ours were not the reason
                    self._registered = left_out
                    self._register()
                leave_no_frame(exception)
                raise

        return sync

    async def _give_way(self) -> None:
        with self._monitor.containing(_PART):
            taken = await self._bots_slash_commands()
            names = list(self._registered)
            kept = without_taken(names, taken.__contains__, "slash command")
            self._drop([name for name in names if name not in kept])
            self._make_room(taken, await self._check_discord())

    async def _check_discord(self) -> dict[int, set[str] | None]:
        """Names at Discord by scope, if the client keeps commands it does not know; drops guilds without access."""
        client = self._client
        scopes = {scope for command in self._registered.values() for scope in self._scopes(command)}
        if not client.sync_commands or not scopes or not (self._guilds or not client.delete_unknown_commands):
            return {}
        found = await registered_names(client.rest, scopes)
        reached = without_unreachable(self._guilds, found)
        if len(reached) < len(self._guilds):
            self._guilds = reached
            self._register() if reached else self._drop(list(self._registered))
        return {} if client.delete_unknown_commands else found

    async def _bots_slash_commands(self) -> dict[str, set[int]]:
        """The scopes (guild ids, 0: global) of the bot's slash commands, by name."""
        client, found = self._client, dict[str, set[int]]()
        for command in client.registered_commands:
            if id(command) in self._inventory.own:
                continue
            builder = await command.as_command_builder(client.default_locale, client.localization_provider)
            if isinstance(builder, hikari.api.SlashCommandBuilder):
                found.setdefault(builder.name, set()).update(self._scopes(command))
        return found

    def _scopes(self, command: Any) -> set[int]:
        registered: dict[Any, Any] = self._client._registered_commands  # pyright: ignore[reportPrivateUsage] # nowhere public
        scopes = registered.get(command, ())
        return set() if scopes == "defer" else {int(scope) for scope in scopes}

    def _make_room(self, taken: dict[str, set[int]], at_discord: dict[int, set[str] | None]) -> None:
        ours = {scope for command in self._registered.values() for scope in self._scopes(command)}
        for scope in ours:
            bots_own = {name for name, scopes in taken.items() if scope in scopes}
            if no_room(bots_own | (at_discord.get(scope) or set()), list(self._registered)):
                self._drop(list(self._registered))
                return

    def _make(self) -> dict[str, Any]:
        group_name = self._monitor.settings.group
        pages = {name: self._page(name) for name in PAGE_COMMANDS}
        if not group_name:
            return dict(pages)
        group = lightbulb.Group(
            group_name, GROUP_DESCRIPTION, contexts=_CONTEXTS, default_member_permissions=_ADMINISTRATOR
        )
        for page in pages.values():
            group.register(page)
        return {group_name: group}

    def _page(self, name: str) -> type[lightbulb.SlashCommand]:
        grouped = bool(self._monitor.settings.group)
        how: dict[str, Any] = {"name": name, "description": PAGE_COMMANDS[name].description}
        if not grouped:
            how |= {"contexts": _CONTEXTS, "default_member_permissions": _ADMINISTRATOR}
        options = PAGE_COMMANDS[name].options
        ask = self._ask

        async def invoke(command: Any, context: lightbulb.Context) -> None:
            await ask(context, name, {option.name: getattr(command, option.name) for option in options})

        body = {option.name: self._option(option) for option in options}
        body["invoke"] = lightbulb.invoke(invoke)
        return types.new_class(name, (lightbulb.SlashCommand,), how, lambda namespace: namespace.update(body))

    def _option(self, option: PageOption) -> Any:
        name, about, choices, bounds, completes = option
        if bounds is not None:
            least, largest = bounds
            return lightbulb.integer(name, about, default=None, min_value=least, max_value=largest)
        if completes:
            return lightbulb.string(name, about, default=None, autocomplete=self._complete)
        if choices:
            return lightbulb.string(name, about, default=None, choices=_choices(choices))
        return lightbulb.string(name, about, default=None)

    async def _ask(self, context: lightbulb.Context, name: str, given: Mapping[str, Any]) -> None:
        call = SlashPageCall(context, self._owners, self._monitor.settings.ephemeral)
        await page_answers.answer(self._monitor, self._pager, call, name, given)

    async def _complete(self, context: lightbulb.AutocompleteContext[str]) -> None:
        asker = InteractionAsker(context.interaction, self._owners, public=True)  # names are no details
        option = context.focused
        await context.respond(await page_answers.choices(self._monitor, asker, option.name, str(option.value)))


def _choices(allowed: Iterable[str]) -> list[lightbulb.Choice[str]]:
    return [lightbulb.Choice(name, name) for name in allowed]
