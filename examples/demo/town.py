"""The servers and people of the demo on a local Discord."""

from __future__ import annotations

import hikari

from examples.localdiscord import ADMINISTRATOR, CATEGORY, VOICE_CHANNEL, Channel, Guild, LocalDiscord, Member, Message
from examples.voice_rooms import LOBBY

OWNER = "ada"
NAMES = ("bruno", "celia", "dan", "emre", "fay", "goran", "hana", "ines", "jonas", "kim", "lotte", "marek")
MODERATORS = ("celia", "goran")
GUILDS = ("Golem's workshop", "Night owls", "Chess club")


class Town:
    """Three servers with the same dozen people; ada owns the bot, and is an administrator of the first."""

    def __init__(self, discord: LocalDiscord) -> None:
        self.discord = discord
        self.guilds = [discord.add_guild(name) for name in GUILDS]
        self.home = self.guilds[0]
        self.admin = self.home.add_member(discord.owner, permissions=ADMINISTRATOR)
        self.members = [member for name in NAMES for member in self._settle(name)]
        self._messages: dict[int, Message] = {}
        self._lobbies = {guild.id: _furnish(guild) for guild in self.guilds}

    async def message_in(self, guild: Guild) -> Message:
        """A message in a server."""
        if guild.id not in self._messages:
            author = next(member for member in self.members if member.guild is guild)
            self._messages[guild.id] = await self.discord.message(author, guild.text_channel, "Good morning!")
        return self._messages[guild.id]

    def lobby_of(self, guild: Guild) -> Channel:
        """The voice channel in which members ask for a room."""
        return self._lobbies[guild.id]

    def _settle(self, name: str) -> list[Member]:
        moderates = hikari.Permissions.BAN_MEMBERS | hikari.Permissions.KICK_MEMBERS
        moderates |= hikari.Permissions.MANAGE_MESSAGES | hikari.Permissions.MODERATE_MEMBERS
        permissions = int(moderates) if name in MODERATORS else 0
        user = self.discord.add_user(name)
        return [guild.add_member(user, permissions=permissions) for guild in self.guilds]


def _furnish(guild: Guild) -> Channel:
    """Give a server a lobby with a category for rooms, and a channel for those who are away."""
    lobby = guild.add_channel(LOBBY, VOICE_CHANNEL, parent=guild.add_channel("Rooms", CATEGORY))
    guild.set_afk_channel(guild.add_channel("Away", VOICE_CHANNEL))
    return lobby
