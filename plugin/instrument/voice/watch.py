"""Takes the raw gateway events that tell of voice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from plugin.instrument.voice.channels import Guild, Session, Tally
from plugin.instrument.voice.sessions import MALFORMED, Sessions
from plugin.instrument.voice.temporary import Left, TemporaryChannels
from plugin.model import VoiceReading, VoiceTime

VOICE_TYPES = (2, 13)
"""Of channels: voice and stage."""

NO_TIME = VoiceTime(0, 0, 0, 0)
CHANNEL_CREATED = 10
"""The type of an audit log entry."""

MemberState = tuple[str, bool]
"""The id of the channel that a member is in, and whether he is deafened."""

OnEvent = Callable[[Any, Any, int], object]
"""Takes the shard, the payload and monotonic nanoseconds."""


class Unknown(NamedTuple):
    """A guild of which nothing is known for now: it has an outage, or its shard began a new session."""

    shard_id: int
    since_ns: int
    sessions: dict[str, Session]
    """Those that go on if their members are still there."""


class VoiceWatch:
    """Follows the voice channels of one bot."""

    def __init__(self, most_members: int, left_after_s: float) -> None:
        self.temporary = TemporaryChannels(left_after_s)
        self.sessions = Sessions(most_members, self._on_other, self.temporary)
        self.own_id: str | None = None
        """The bot's user id."""
        self.connections: set[str] = set()
        """Guilds in whose voice the bot itself is."""
        self.created = self.removed = 0
        """Voice channels."""
        self.ready = False
        """Whether a shard has begun since, so that it tells who is in voice."""
        self._malformed = 0
        self._guilds = self.sessions.guilds
        self._tallies: dict[int, Tally] = {}
        self._unknown: dict[str, Unknown] = {}

    def events(self) -> Mapping[str, OnEvent]:
        """What takes each event, by its name; it never raises for what a payload holds."""
        others: dict[str, OnEvent] = {
            "CHANNEL_CREATE": self._on_channel_create,
            "CHANNEL_DELETE": self._on_channel_delete,
            "GUILD_CREATE": self._on_guild_create,
            "GUILD_UPDATE": self._on_guild_update,
            "GUILD_DELETE": self._on_guild_delete,
            "GUILD_AUDIT_LOG_ENTRY_CREATE": self._on_audit_log_entry,
            "READY": self._on_ready,
            "RESUMED": self._on_resumed,
        }
        checked = {name: self._checked(take) for name, take in others.items()}
        return {"VOICE_STATE_UPDATE": self.sessions.on_voice_state, **checked}

    def disconnected(self, shard_id: int, now_ns: int) -> None:
        """A shard lost its connection: nothing is counted until it is back, and then all of it at once."""
        tally = self._tallies.get(shard_id)
        if tally is not None and tally.frozen_ns is None:
            tally.frozen_ns = now_ns

    def connected(self, shard_id: int) -> None:
        """A shard is connected."""
        tally = self._tallies.get(shard_id)
        if tally is not None:
            tally.frozen_ns = None

    def stop(self, now_ns: int) -> None:
        """End all sessions: the bot stops, or is no longer watched."""
        for guild in self._guilds.values():
            self.sessions.discard(self.sessions.suspend(guild, now_ns), now_ns)
        for lost in self._unknown.values():
            self.sessions.discard(lost.sessions, lost.since_ns)
        self._unknown.clear()
        self._guilds.clear()
        self.connections.clear()

    def read(self, now_ns: int) -> VoiceReading:
        """Everything as of now, with what ended since the last reading."""
        sessions = self.sessions
        whole_ns, parts_ns = sessions.whole_ns[:], sessions.parts_ns[:]
        sessions.whole_ns.clear()
        sessions.parts_ns.clear()
        times = [tally.read(now_ns) for tally in self._tallies.values()]
        return VoiceReading(
            VoiceTime(*(sum(state) for state in zip(*times, strict=True))) if times else NO_TIME,
            sessions.joins,
            sessions.moves,
            self.created,
            self.removed,
            sessions.running,
            len(self.connections),
            len(self.left_behind(now_ns)),
            whole_ns,
            parts_ns,
        )

    def left_behind(self, now_ns: int) -> list[Left]:
        """The temporary channels that are left behind now, of the guilds that are known now."""
        return self.temporary.look(now_ns, self._is_known)

    @property
    def malformed(self) -> int:
        """How many events were not as Discord's; they change nothing."""
        return self._malformed + self.sessions.malformed

    @property
    def happened(self) -> bool:
        """Whether there was anything to count."""
        return bool(self.sessions.running or self.sessions.joins or self.created or self.removed or self.connections)

    def set_guild(
        self,
        guild_id: str,
        shard_id: int,
        afk_channel_id: str | None,
        states: Mapping[str, MemberState | None],
        now_ns: int,
    ) -> None:
        """Take who is in voice in a guild: everybody by user id, bots as None. Those who were there before go on."""
        guild = self._guild(guild_id, shard_id)
        self._set_afk(guild, afk_channel_id, now_ns)
        _, since_ns, before = self._unknown.pop(guild_id, None) or Unknown(
            shard_id, now_ns, self.sessions.suspend(guild, now_ns)
        )
        (self.connections.add if self.own_id in states else self.connections.discard)(guild_id)
        for user_id in sorted(states, key=lambda user_id: user_id not in before):  # those who go on come first
            state = states[user_id]
            if state is not None:
                channel = guild.channel(state[0])
                if user_id in before:
                    self.sessions.resume(user_id, before.pop(user_id), channel, state[1], since_ns)
                else:
                    self.sessions.join(user_id, channel, state[1], now_ns, False)
        self.sessions.discard(before, since_ns)
        self.temporary.restart(guild_id, now_ns)

    def is_occupied(self, guild_id: str, channel_id: str) -> bool | None:
        """Whether a member is in a channel; None where its guild is not known."""
        guild = self._guilds.get(guild_id)
        return None if guild is None else channel_id in guild.channels

    def _is_known(self, guild_id: str) -> bool:
        guild = self._guilds.get(guild_id)
        return guild is not None and guild.tally.frozen_ns is None

    def _guild(self, guild_id: str, shard_id: int) -> Guild:
        tally = self._tallies.get(shard_id)
        if tally is None:
            tally = self._tallies[shard_id] = Tally()
        guild = self._guilds.get(guild_id)
        if guild is None or guild.tally is not tally:
            guild = self._guilds[guild_id] = Guild(guild_id, tally)
        return guild

    def _checked(self, take: OnEvent) -> OnEvent:
        def checked(shard: Any, payload: Any, now_ns: int) -> None:
            try:
                take(shard, payload, now_ns)
            except MALFORMED:
                self._malformed += 1

        return checked

    # Members

    def _on_other(self, guild: Guild, user_id: str, channel_id: str | None) -> None:
        if user_id == self.own_id:
            (self.connections.discard if channel_id is None else self.connections.add)(guild.id)
        elif channel_id is None:
            guild.untracked.pop(user_id, None)

    def _on_guild_create(self, shard: Any, payload: Any, now_ns: int) -> None:
        states, present = _states(payload), [channel["id"] for channel in payload.get("channels") or ()]
        self.set_guild(payload["id"], shard.id, payload.get("afk_channel_id"), states, now_ns)
        self.temporary.keep_only(payload["id"], present)

    def _on_guild_update(self, _: Any, payload: Any, now_ns: int) -> None:
        guild = self._guilds.get(payload["id"])
        if guild is not None:
            self._set_afk(guild, payload["afk_channel_id"], now_ns)

    def _on_guild_delete(self, shard: Any, payload: Any, now_ns: int) -> None:
        guild_id = payload["id"]
        self._end(guild_id, now_ns)
        if payload.get("unavailable"):
            self._unknown[guild_id] = Unknown(shard.id, now_ns, {})
        else:
            self.temporary.keep_only(guild_id, ())

    def _end(self, guild_id: str, now_ns: int) -> None:
        """End all sessions of a guild; those that were lost before ended then."""
        guild = self._guilds.pop(guild_id, None)
        if guild is not None:
            self.sessions.discard(self.sessions.suspend(guild, now_ns), now_ns)
        lost = self._unknown.pop(guild_id, None)
        if lost is not None:
            self.sessions.discard(lost.sessions, lost.since_ns)
        self.connections.discard(guild_id)

    @staticmethod
    def _set_afk(guild: Guild, channel_id: str | None, now_ns: int) -> None:
        guild.afk_channel_id = channel_id
        for channel in guild.channels.values():
            channel.set_afk(channel.id == channel_id, now_ns)

    # Channels

    def _on_channel_create(self, _: Any, payload: Any, now_ns: int) -> None:
        if payload["type"] in VOICE_TYPES:
            self.created += 1
            self.temporary.created(payload["id"], payload["guild_id"], payload.get("parent_id"), now_ns)

    def _on_channel_delete(self, _: Any, payload: Any, now_ns: int) -> None:
        if payload["type"] in VOICE_TYPES:
            self.removed += 1
            self.temporary.removed(payload["id"], now_ns)

    def _on_audit_log_entry(self, _: Any, payload: Any, now_ns: int) -> None:
        if payload["action_type"] == CHANNEL_CREATED and payload["user_id"] == self.own_id:
            self.temporary.made_by_bot(payload["target_id"], now_ns)

    # Connections

    def _on_ready(self, shard: Any, payload: Any, now_ns: int) -> None:
        """A new session of a shard: whatever happened since the last one is not told."""
        self.own_id = payload["user"]["id"]
        self.ready = True
        listed = {guild["id"] for guild in payload["guilds"]}
        tally = self._tallies.get(shard.id)
        if tally is None:
            return
        lost_ns = now_ns if tally.frozen_ns is None else tally.frozen_ns
        tally.frozen_ns = None
        for guild in [guild for guild in self._guilds.values() if guild.tally is tally]:
            del self._guilds[guild.id]
            self.connections.discard(guild.id)
            self._unknown[guild.id] = Unknown(shard.id, lost_ns, self.sessions.suspend(guild, lost_ns))
        for guild_id, lost in list(self._unknown.items()):
            if lost.shard_id == shard.id and guild_id not in listed:  # the bot was removed from it meanwhile
                self._end(guild_id, now_ns)
                self.temporary.keep_only(guild_id, ())

    def _on_resumed(self, shard: Any, _: Any, now_ns: int) -> None:
        self.connected(shard.id)


def _states(payload: Any) -> dict[str, MemberState | None]:
    """Everybody who is in voice by GUILD_CREATE, by user id; None for bots."""
    states = [state for state in payload.get("voice_states") or () if state["channel_id"] is not None]
    members = payload["members"] if states else ()
    bots = {member["user"]["id"] for member in members if member["user"].get("bot")}
    return {
        state["user_id"]: None
        if state["user_id"] in bots
        else (str(state["channel_id"]), bool(state["self_deaf"] or state["deaf"]))
        for state in states
    }
