"""Commands and cogs of a Lightbulb 2 bot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

import lightbulb
from lightbulb.commands.slash import SlashGroupMixin

from plugin.corridor.inventory import Inventory
from plugin.instrument.scheduled_tasks import Schedule
from plugin.instrument.values import attribute, is_a, text_of
from plugin.model import CommandKey, CommandKind

if TYPE_CHECKING:
    from lightbulb.commands.base import Command

COG = "GOLEM monitor"
"""The Lightbulb 2 plugin that the monitor's own commands are listed under in the bot's help."""

DEEPEST = 20
"""At most this many decorators of a command's function are unwrapped."""

_CLASSES = (
    ("PrefixCommand", CommandKind.PREFIX),
    ("UserCommand", CommandKind.USER),
    ("MessageCommand", CommandKind.MESSAGE),
)
_KINDS = tuple((getattr(lightbulb, name), kind) for name, kind in _CLASSES if hasattr(lightbulb, name))


class BotInventory(Inventory):
    """Commands, cogs and scheduled tasks of a `BotApp`, without the monitor's own commands (`own`)."""

    line = 2

    def __init__(self, bot: lightbulb.BotApp) -> None:
        self._bot = bot
        self.own: dict[int, object] = {}
        """By id(); the objects are kept, so that no id() is reused for a command of the bot."""

    def commands(self) -> Sequence[CommandKey]:
        """Every command, with subcommands instead of slash groups."""
        bot = self._bot
        roots: list[Command] = [
            *bot.slash_commands.values(),
            *bot.user_commands.values(),
            *bot.message_commands.values(),
            *bot.prefix_commands.values(),
        ]
        return list(dict.fromkeys(self.key(command) for root in roots for command in self._callable(root)))

    def cogs(self) -> Sequence[str]:
        """Every Lightbulb 2 plugin of the bot."""
        return [name for name in map(text_of, self._bot.plugins) if name != COG]

    def key(self, command: Command) -> CommandKey:
        """The key that a command is counted under."""
        kind = next((kind for cls, kind in _KINDS if is_a(command, cls)), CommandKind.SLASH)
        return CommandKey(kind, text_of(attribute(command, "qualname")), self._cog(command))

    def _cog(self, command: Command) -> str | None:
        """The plugin of a command; for a subcommand, the only plugin in its file, else that of its group.

        Lightbulb itself assigns every subcommand to the plugin of its group.
        """
        cog = attribute(command, "plugin")
        if attribute(command, "parent") is not None:
            written_in = self._plugins_beside(attribute(command, "callback"))
            if len(written_in) == 1 and not any(found is cog for found in written_in):
                (cog,) = written_in
        return text_of(attribute(cog, "name")) if cog is not None else None

    def _plugins_beside(self, callback: object) -> list[object]:
        """The bot's plugins among the globals of the file that defines a function."""
        for _ in range(DEEPEST):  # decorators
            wrapped = attribute(callback, "__wrapped__")
            if wrapped is None:
                break
            callback = wrapped
        names = attribute(callback, "__globals__")
        found = list(cast("dict[str, object]", names).values()) if type(names) is dict else []
        return [plugin for plugin in self._bot.plugins.values() if any(value is plugin for value in found)]

    def schedule(self) -> Schedule:
        """The scheduled tasks of the bot."""
        from plugin.adapters.lightbulb2.schedule import BotSchedule

        return BotSchedule(self._bot)

    def _callable(self, command: Command) -> Iterator[Command]:
        if id(command) in self.own:
            return
        if not isinstance(command, SlashGroupMixin):
            yield command  # a prefix group can be called itself, a slash group cannot
        subcommands: dict[str, Command] = getattr(command, "subcommands", {})
        for subcommand in subcommands.values():
            yield from self._callable(subcommand)
