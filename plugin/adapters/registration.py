"""Decides which of the monitor's commands can be registered beside the bot's own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import hikari

_logger = logging.getLogger(__name__)

LARGEST_COMMANDS = 100
"""Discord's limit of slash commands, globally and in each guild."""


def without_taken(names: Sequence[str], taken: Callable[[str], bool], how: str) -> list[str]:
    """Our names that the bot does not use itself; logs each one left out."""
    left_out = [name for name in names if taken(name)]
    for name in left_out:
        _logger.warning(
            "the bot already has a %s named %r, the monitor's is skipped; "
            "the setting group puts the monitor's commands under one name",
            how,
            name,
        )
    return [name for name in names if name not in left_out]


def no_room(bots_own: Collection[str], ours: Collection[str]) -> bool:
    """Whether our names and the bot's exceed Discord's limit; if so, logs it."""
    if len({*bots_own, *ours}) <= LARGEST_COMMANDS:
        return False
    _logger.warning(
        "the bot has %d of at most %d slash commands, no room for the monitor's %d: they are not registered "
        "(with the setting group they take one)",
        len({*bots_own} - {*ours}),
        LARGEST_COMMANDS,
        len(ours),
    )
    return True


async def registered_names(rest: hikari.api.RESTClient, scopes: Iterable[int]) -> dict[int, set[str] | None]:
    """Names of the bot's slash commands at Discord, by guild id (0: global); None for a guild without access."""
    application = await rest.fetch_application()
    found: dict[int, set[str] | None] = {}
    for scope in scopes:
        try:
            commands = await rest.fetch_application_commands(application, scope or hikari.UNDEFINED)
        except (hikari.ForbiddenError, hikari.NotFoundError):
            found[scope] = None
        else:
            found[scope] = {command.name for command in commands if command.type is hikari.CommandType.SLASH}
    return found


def without_unreachable(guild_ids: Sequence[int], found: Mapping[int, set[str] | None]) -> list[int]:
    """The guilds that the bot has access to; logs each one left out."""
    left_out = [guild_id for guild_id in guild_ids if found.get(guild_id, ()) is None]
    for guild_id in left_out:
        _logger.warning("no access to guild %d (setting guilds); no commands are registered there", guild_id)
    return [guild_id for guild_id in guild_ids if guild_id not in left_out]
