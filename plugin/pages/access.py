"""Who may read the pages and their details: one decision for commands, completion and clicks."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, Protocol

import hikari

from plugin.settings import Settings

_logger = logging.getLogger(__name__)

ADMINISTRATORS_ONLY = "Only administrators of this server can view these pages."
OWNERS_ONLY = "Only this bot's owners can view these pages here."
NOT_HERE = "These pages are not available in this server."
FOR_OWNERS = "The bot's owners also see source locations, error types, hosts and releases."
IN_PUBLIC = "Others can see this: source locations, error types, hosts and releases are hidden."

TESTS_FOR_OWNERS = "Only this bot's owners can send test alerts."

OWNERS_KNOWN_S = 600
"""How long the list of owners is cached; people join and leave teams."""


class Access(NamedTuple):
    """What a user may read."""

    refusal: str = ""
    """Why they may read nothing; empty if they may read the numbers."""
    details: bool = False
    """Whether they may also read source locations, error types, and names of databases, hosts and releases."""
    note: str = ""
    """The page's sentence about omitted details."""


class Asker(Protocol):
    """A user who asks for a page, with their rights at this moment."""

    @property
    def guild_id(self) -> int | None:
        """The guild in which they ask; None in a DM."""
        ...

    @property
    def public(self) -> bool:
        """Whether others can see the answer."""
        ...

    async def is_administrator(self) -> bool:
        """Whether they have Administrator in the guild in which they ask."""
        ...

    async def is_owner(self) -> bool:
        """Whether they own the bot, alone or as a member of its team."""
        ...


async def decide(settings: Settings, asker: Asker) -> Access:
    """What a user may read; all rules are here."""
    if asker.guild_id is not None:
        if settings.guilds and asker.guild_id not in settings.guilds:
            return Access(NOT_HERE)
        if not await asker.is_administrator():
            return Access(ADMINISTRATORS_ONLY)
    if (settings.owner_only or asker.guild_id is None) and not await asker.is_owner():
        return Access(OWNERS_ONLY)
    if settings.details == "readers":
        return Access(details=True)
    if asker.public:
        return Access(note=IN_PUBLIC)
    return Access(details=True) if await asker.is_owner() else Access(note=FOR_OWNERS)


async def may_test(access: Access, asker: Asker) -> bool:
    """Whether a user who may read the pages may send test alerts, too: those who may read details, and owners."""
    return access.details or await asker.is_owner()


class OwnerIds:
    """The ids of a bot's owners, fetched on demand; members of a team are owners."""

    def __init__(
        self, fetch: Callable[[], Awaitable[Sequence[int]]], clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._clock_s = clock_s
        self._known: frozenset[int] = frozenset()
        self._known_until_s: float | None = None

    async def have(self, user_id: int) -> bool:
        """Whether a user is an owner; False for everyone while Discord does not respond."""
        now_s = self._clock_s()
        if self._known_until_s is None or now_s >= self._known_until_s:
            try:
                self._known = frozenset(map(int, await self._fetch()))
            except hikari.HikariError as away:
                _logger.warning("the bot's owners could not be fetched: %s", away)
                return False
            self._known_until_s = now_s + OWNERS_KNOWN_S
        return user_id in self._known


async def fetch_owner_ids(rest: hikari.api.RESTClient) -> Sequence[int]:
    """The owners of the application of a REST client; without invited team members who have not accepted."""
    application = await rest.fetch_application()
    team = application.team.members.values() if application.team is not None else ()
    accepted = hikari.TeamMembershipState.ACCEPTED
    return [application.owner.id, *(member.id for member in team if member.membership_state == accepted)]


class InteractionAsker:
    """The sender of an interaction, which contains their current permissions."""

    def __init__(
        self,
        interaction: hikari.CommandInteraction
        | hikari.AutocompleteInteraction
        | hikari.ComponentInteraction
        | hikari.ModalInteraction,
        owners: OwnerIds,
        *,
        public: bool = False,
    ) -> None:
        self.user_id: int = interaction.user.id
        self.guild_id: int | None = interaction.guild_id
        self.public = public
        self._member = interaction.member
        self._owners = owners

    async def is_administrator(self) -> bool:
        """Whether they have Administrator here, according to Discord."""
        return self._member is not None and bool(self._member.permissions & hikari.Permissions.ADMINISTRATOR)

    async def is_owner(self) -> bool:
        """Whether they own the bot."""
        return await self._owners.have(self.user_id)
