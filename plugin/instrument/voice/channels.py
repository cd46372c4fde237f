"""The time that members spend in voice by state, exact at every moment for a few additions per change.

The time of n members who are still there is n * now minus the sum of their starts. So a state keeps its number of
members and that sum, and what it has added up so far is in there, too.
"""

from __future__ import annotations

from plugin.model import VoiceTime


class Tally:
    """The members of one shard by state. A state's sum grows by `now_ns` for who enters it, and shrinks for who leaves.

    Who is neither in an AFK channel nor alone nor deafened is together with others; that is read as the rest.
    """

    __slots__ = (
        "afk",
        "afk_starts",
        "alone",
        "alone_starts",
        "deafened",
        "deafened_starts",
        "frozen_ns",
        "total",
        "total_starts",
    )

    def __init__(self) -> None:
        self.total = self.alone = self.deafened = self.afk = 0
        self.total_starts = self.alone_starts = self.deafened_starts = self.afk_starts = 0
        self.frozen_ns: int | None = None
        """When the shard lost its connection; None while it is connected. Nothing is known of the time since."""

    def read(self, now_ns: int) -> VoiceTime:
        """Everybody's time so far, in nanoseconds."""
        at = now_ns if self.frozen_ns is None else self.frozen_ns
        alone = self.alone * at - self.alone_starts
        deafened = self.deafened * at - self.deafened_starts
        afk = self.afk * at - self.afk_starts
        return VoiceTime(self.total * at - self.total_starts - alone - deafened - afk, alone, deafened, afk)


class Guild:
    """A guild whose voice channels are followed."""

    __slots__ = ("afk_channel_id", "channels", "id", "sessions", "tally", "untracked")

    def __init__(self, guild_id: str, tally: Tally) -> None:
        self.id = guild_id
        self.tally = tally
        self.afk_channel_id: str | None = None
        self.channels: dict[str, Channel] = {}
        """Those with members."""
        self.sessions: dict[str, Session] = {}
        """Everybody who is in voice, by user id; ids are forgotten with the session."""
        self.untracked: dict[str, None] = {}
        """Ids of those who are in voice beyond the cap, so that none of them seems to join when there is room.

        A dict, since an empty set is three times as large, and in nearly all guilds it is empty.
        """

    def channel(self, channel_id: str) -> Channel:
        """The channel with this id."""
        found = self.channels.get(channel_id)
        if found is None:
            found = self.channels[channel_id] = Channel(channel_id, self)
        return found


class Channel:
    """A voice channel with members. Bots do not count: who is alone with a music bot is alone."""

    __slots__ = ("afk", "deafened", "guild", "id", "members", "tally")

    def __init__(self, channel_id: str, guild: Guild) -> None:
        self.id = channel_id
        self.guild = guild
        self.tally = guild.tally
        self.afk = channel_id == guild.afk_channel_id
        self.members = 0
        self.deafened = 0

    def enter(self, deafened: bool, now_ns: int) -> None:
        """Let a member in; `Tally.total` is the caller's."""
        self.members = members = self.members + 1
        if members > 2 and not self.afk:  # as nearly always where there is much to do
            if deafened:
                self.deafen(1, now_ns)
            return
        self.deafened += deafened
        tally = self.tally
        if self.afk:
            self._count_afk(1, now_ns)
        elif members == 1:
            tally.alone += 1
            tally.alone_starts += now_ns
        else:
            tally.alone -= 1
            tally.alone_starts -= now_ns
            if self.deafened:
                self._count_deafened(self.deafened, now_ns)

    def leave(self, deafened: bool, now_ns: int) -> None:
        """Let a member out."""
        self.members = members = self.members - 1
        if members > 1 and not self.afk:
            if deafened:
                self.deafen(-1, now_ns)
            return
        tally = self.tally
        if self.afk:
            self._count_afk(-1, now_ns)
        elif members == 1:
            if self.deafened:
                self._count_deafened(-self.deafened, now_ns)
            tally.alone += 1
            tally.alone_starts += now_ns
        else:
            tally.alone -= 1
            tally.alone_starts -= now_ns
        self.deafened -= deafened

    def deafen(self, members: int, now_ns: int) -> None:
        """Count 1 member more as deafened, or -1."""
        self.deafened += members
        if self.members > 1 and not self.afk:
            tally = self.tally
            tally.deafened += members
            tally.deafened_starts += members * now_ns

    def set_afk(self, afk: bool, now_ns: int) -> None:
        """Become the guild's AFK channel, or a usual one."""
        if afk is self.afk:
            return
        alone, deafened = int(self.members == 1), self.deafened if self.members > 1 else 0
        sign = -1 if afk else 1
        self._count_alone(sign * alone, now_ns)
        self._count_deafened(sign * deafened, now_ns)
        self._count_afk(-sign * self.members, now_ns)
        self.afk = afk

    def _count_alone(self, members: int, now_ns: int) -> None:
        tally = self.tally
        tally.alone += members
        tally.alone_starts += members * now_ns

    def _count_deafened(self, members: int, now_ns: int) -> None:
        tally = self.tally
        tally.deafened += members
        tally.deafened_starts += members * now_ns

    def _count_afk(self, members: int, now_ns: int) -> None:
        tally = self.tally
        tally.afk += members
        tally.afk_starts += members * now_ns


class Session:
    """A member in voice; `Sessions.join` sets everything, since a call of `__init__` would take a third of a join."""

    __slots__ = ("began_ns", "channel", "deafened", "whole")

    channel: Channel
    began_ns: int
    deafened: bool
    whole: bool
    """Whether its begin was seen."""
