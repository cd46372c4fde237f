"""Commands and cogs of a Lightbulb 3 client."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import Any

import hikari
import lightbulb

from plugin.corridor.inventory import Inventory
from plugin.instrument.scheduled_tasks import Schedule
from plugin.instrument.values import attribute, module_of, text_of
from plugin.model import CommandKey, CommandKind

EXTENSION = "plugin"

_KINDS = {
    hikari.CommandType.SLASH: CommandKind.SLASH,
    hikari.CommandType.USER: CommandKind.USER,
    hikari.CommandType.MESSAGE: CommandKind.MESSAGE,
}


class ClientInventory(Inventory):
    """Commands, cogs and scheduled tasks of a client, without the monitor's own commands and groups (`own`)."""

    line = 3

    def __init__(self, client: lightbulb.Client) -> None:
        self._client = client
        self.own: dict[int, object] = {}
        """By id(); the objects are kept, so that no id() is reused for a command of the bot."""

    def commands(self) -> Sequence[CommandKey]:
        """Every command, with subcommands instead of groups."""
        roots = [command for command in self._client.registered_commands if id(command) not in self.own]
        cogs = frozenset(self.cogs())  # once, since many extensions may have many commands
        return list(dict.fromkeys(self._key(command, cogs) for root in roots for command in _callable(root)))

    def cogs(self) -> Sequence[str]:
        """Every extension of the client."""
        # An extension that has only listeners is visible nowhere else.
        loaded: set[str] = getattr(self._client, "_extensions", set())
        return sorted({*map(text_of, loaded)} - {EXTENSION})

    def key(self, command: Any) -> CommandKey:
        """The key that a command class is counted under."""
        return self._key(command, frozenset(self.cogs()))

    def _key(self, command: Any, cogs: Set[str]) -> CommandKey:
        data = command._command_data  # name, kind and extension are not public
        name = text_of(attribute(data, "qualified_name"))
        return CommandKey(_KINDS[data.type], name, self._cog(command, data, cogs))

    def _cog(self, command: Any, data: Any, cogs: Set[str]) -> str | None:
        """The extension that defines a command, else the one that registered it or its outermost group.

        A group and its subcommands may be defined in different extensions.
        """
        root = data
        while (parent := getattr(root, "parent", None)) is not None:
            root = parent
        extension = attribute(root, "extension")
        if extension is not None and root is data:
            return text_of(extension)
        module = module_of(command)
        while module:
            if module in cogs:
                return module
            module = module.rpartition(".")[0]
        return None if extension is None else text_of(extension)

    def schedule(self) -> Schedule:
        """The scheduled tasks of the client."""
        from plugin.adapters.lightbulb3.schedule import ClientSchedule

        return ClientSchedule(self._client)


def _callable(command: Any) -> Iterator[Any]:
    subcommands = getattr(command, "subcommands", None)
    if subcommands is None:
        yield command
        return
    for subcommand in subcommands.values():
        yield from _callable(subcommand)
