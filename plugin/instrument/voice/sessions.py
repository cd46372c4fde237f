"""Sessions in voice: from joining to leaving, with every move in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from plugin.instrument.voice.channels import Channel, Guild, Session

MOST_ENDED = 1_000
"""So many sessions that ended are handed over together."""

MALFORMED = (LookupError, TypeError, ValueError, AttributeError)
"""What is raised for a payload that is not as Discord's."""


class ChannelChange(Protocol):
    """Hears of channels that fill and empty."""

    def occupied(self, channel_id: str, moved: bool, now_ns: int) -> None:
        """The first member is there; `moved` where he came from another channel."""

    def emptied(self, channel_id: str, now_ns: int) -> None:
        """The last member has left."""


class Sessions:
    """Follows everybody who is in voice in the guilds that are known."""

    def __init__(
        self, most: int, on_other: Callable[[Guild, str, str | None], object], on_change: ChannelChange
    ) -> None:
        """`on_other` takes the user id and the channel (None: he leaves) of bots, and of others who have no session."""
        self._most = most
        self._on_other = on_other
        self._on_change = on_change
        self.on_ended: Callable[[], object] = lambda: None
        """Called when many have ended since they were last taken."""
        self.guilds: dict[str, Guild] = {}
        self.running = 0
        """How many sessions there are."""
        self.joins = self.moves = 0
        self.whole_ns: list[int] = []
        """Lengths of sessions that ended and whose begin and end were seen."""
        self.parts_ns: list[int] = []
        """Lengths of the seen parts of others that ended."""
        self.dropped = 0
        """How many members were not followed because there were too many."""
        self.malformed = 0
        """How many states were not as Discord's; they change nothing."""

    def on_voice_state(self, _: object, payload: Any, now_ns: int) -> None:
        """Take the new state of a member, as VOICE_STATE_UPDATE tells it; nothing where the guild is unknown."""
        try:
            guild = self.guilds.get(payload["guild_id"])
            if guild is None:
                return
            user_id, channel_id = payload["user_id"], payload["channel_id"]
            session = guild.sessions.get(user_id)
            if channel_id is None:
                if session is None:
                    self._on_other(guild, user_id, None)
                else:
                    self.end(guild, user_id, session, now_ns, session.whole)
                return
            deafened = True if payload["self_deaf"] or payload["deaf"] else False  # noqa: SIM210 # bool() is slower
            if session is None:
                if payload["member"]["user"].get("bot"):
                    self._on_other(guild, user_id, channel_id)
                else:
                    channel = guild.channels.get(channel_id) or guild.channel(channel_id)
                    self.join(user_id, channel, deafened, now_ns, True)
                return
            channel = session.channel
            if channel_id != channel.id:
                channel = guild.channels.get(channel_id) or guild.channel(channel_id)
                self._move(session, channel, now_ns)
            if deafened is not session.deafened:
                session.deafened = deafened
                channel.deafen(1 if deafened else -1, now_ns)
        except MALFORMED:
            self.malformed += 1

    def join(self, user_id: str, channel: Channel, deafened: bool, now_ns: int, whole: bool) -> None:
        """Begin a session; `whole` where the member joins now, and was not found there."""
        guild = channel.guild
        if self.running >= self._most:
            self.dropped += user_id not in guild.untracked
            guild.untracked[user_id] = None
            if not channel.members:
                del guild.channels[channel.id]
            return
        if user_id in guild.untracked:
            del guild.untracked[user_id]
            whole = False
        guild.sessions[user_id] = session = Session()
        session.channel, session.began_ns, session.deafened, session.whole = channel, now_ns, deafened, whole
        self.joins += whole
        self._enter(channel, deafened, now_ns)

    def resume(self, user_id: str, session: Session, channel: Channel, deafened: bool, at_ns: int) -> None:
        """Go on with a session that `suspend` took out, at the same moment."""
        self.moves += channel.id != session.channel.id
        session.channel, session.deafened = channel, deafened
        channel.guild.sessions[user_id] = session
        self._enter(channel, deafened, at_ns)

    def end(self, guild: Guild, user_id: str, session: Session, now_ns: int, whole: bool) -> None:
        """End a session; `whole` where its begin and its end were seen."""
        del guild.sessions[user_id]
        self._leave(session, now_ns)
        ended = self.whole_ns if whole else self.parts_ns
        ended.append(now_ns - session.began_ns)
        if len(ended) >= MOST_ENDED:
            self.on_ended()

    def suspend(self, guild: Guild, at_ns: int) -> dict[str, Session]:
        """Take the sessions of a guild out of the count, until it is known whether they go on."""
        suspended, guild.sessions = guild.sessions, {}
        guild.untracked.clear()
        for session in suspended.values():
            self._leave(session, at_ns)
        return suspended

    def discard(self, sessions: Mapping[str, Session], at_ns: int) -> None:
        """Count suspended sessions as ended at a moment: nobody saw their end."""
        self.parts_ns += [at_ns - session.began_ns for session in sessions.values()]
        if len(self.parts_ns) >= MOST_ENDED:
            self.on_ended()

    def _leave(self, session: Session, now_ns: int) -> None:
        self.running -= 1
        channel = session.channel
        tally = channel.tally
        tally.total -= 1
        tally.total_starts -= now_ns
        if channel.members > 2 and not channel.afk and not session.deafened:
            channel.members -= 1
        else:
            channel.leave(session.deafened, now_ns)
            if not channel.members:
                self._emptied(channel, now_ns)

    def _enter(self, channel: Channel, deafened: bool, now_ns: int) -> None:
        self.running += 1
        tally = channel.tally
        tally.total += 1
        tally.total_starts += now_ns
        if channel.members > 1 and not channel.afk and not deafened:
            channel.members += 1
        else:
            channel.enter(deafened, now_ns)
            if channel.members == 1:
                self._on_change.occupied(channel.id, False, now_ns)

    def _move(self, session: Session, channel: Channel, now_ns: int) -> None:
        self.moves += 1
        left, deafened = session.channel, session.deafened
        session.channel = channel
        if left.members > 2 and channel.members > 1 and not (deafened or left.afk or channel.afk):
            left.members -= 1  # as nearly always where there is much to do: nobody's state changes
            channel.members += 1
            return
        left.leave(deafened, now_ns)
        channel.enter(deafened, now_ns)
        if channel.members == 1:
            self._on_change.occupied(channel.id, True, now_ns)
        if not left.members:
            self._emptied(left, now_ns)

    def _emptied(self, channel: Channel, now_ns: int) -> None:
        del channel.guild.channels[channel.id]
        self._on_change.emptied(channel.id, now_ns)
