"""A guild as the gateway tells of it, on a clock that the test moves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from plugin.instrument.voice import VoiceWatch
from plugin.model import VoiceReading

BOT, GUILD, OTHER_GUILD = "900000000000000001", "700000000000000001", "700000000000000002"
LOBBY, ROOM, AFK = "500000000000000001", "500000000000000002", "500000000000000009"
SECOND_NS = 1_000_000_000

Payload = dict[str, Any]


class Shard:
    """What is asked of hikari's shards."""

    def __init__(self, shard_id: int = 0) -> None:
        self.id = shard_id


class Town:
    """A watch, and what happens in front of it."""

    def __init__(self, most: int = 1_000, left_after_s: float = 600.0) -> None:
        self.watch = VoiceWatch(most, left_after_s)
        self.now_ns = 1_000 * SECOND_NS
        self.shard = Shard()
        self.ready()
        self.guild()

    def event(self, name: str, payload: Any, shard: Shard | None = None) -> None:
        """Hand in a raw event."""
        self.watch.events()[name](shard or self.shard, payload, self.now_ns)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now_ns += int(seconds * SECOND_NS)

    def ready(self, shard: Shard | None = None, guilds: Iterable[str] = (GUILD, OTHER_GUILD)) -> None:
        """A shard begins a new session; its guilds are told of later."""
        listed = [{"id": guild, "unavailable": True} for guild in guilds]
        self.event("READY", {"user": {"id": BOT}, "guilds": listed}, shard)

    def guild(
        self,
        states: Iterable[Payload] = (),
        *,
        guild: str = GUILD,
        bots: Iterable[str] = (),
        channels: Iterable[str] = (LOBBY, ROOM, AFK),
        shard: Shard | None = None,
    ) -> None:
        """The gateway tells of a guild, with everybody who is in voice."""
        payload = {
            "id": guild,
            "afk_channel_id": AFK,
            "members": [{"user": {"id": user, "bot": True}} for user in bots],
            "channels": [{"id": channel} for channel in channels],
            "voice_states": list(states),
        }
        self.event("GUILD_CREATE", payload, shard)

    def be(self, user: str, channel: str | None, **how: Any) -> None:
        """A member is in a channel from now on, or in none."""
        self.event("VOICE_STATE_UPDATE", {**state(user, channel), "guild_id": GUILD, "member": member(), **how})

    def create(self, channel: str, *, parent: str | None = None, kind: int = 2) -> None:
        """A channel is created."""
        self.event("CHANNEL_CREATE", {"id": channel, "type": kind, "guild_id": GUILD, "parent_id": parent})

    def remove(self, channel: str, *, kind: int = 2) -> None:
        """A channel is removed."""
        self.event("CHANNEL_DELETE", {"id": channel, "type": kind, "guild_id": GUILD})

    def read(self) -> VoiceReading:
        """Everything as of now."""
        return self.watch.read(self.now_ns)

    def seconds(self) -> dict[str, float]:
        """The time by state, those without any left out."""
        return {state: ns / SECOND_NS for state, ns in self.read().time._asdict().items() if ns}


def member(*, bot: bool = False) -> Payload:
    """The member that comes with a voice state."""
    return {"user": {"id": "1", "bot": True} if bot else {"id": "1"}}


def state(user: str, channel: str | None, **how: Any) -> Payload:
    """A voice state as it stands in a guild."""
    flags = {"deaf": False, "mute": False, "self_deaf": False, "self_mute": False}
    return {"user_id": user, "channel_id": channel, "session_id": "s", **flags, **how}
