"""What is known of voice at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class VoiceTime(NamedTuple):
    """Time that members spent in voice, each moment of theirs in one state."""

    together: int
    """With others, able to hear them. In nanoseconds, as the others."""
    alone: int
    deafened: int
    """With others, but deafened."""
    afk: int
    """In a channel that the guild has for those who are away."""


class ChannelLeft(NamedTuple):
    """A temporary voice channel that is empty and was not removed."""

    channel_id: str
    empty_since: float
    """Unix time in seconds."""
    removed: int
    """How many channels of its pattern were removed soon after they were empty; 0 where the bot's code said that it is
    temporary."""
    usual_s: float
    """The longest time for which those were empty."""


class VoiceSnapshot(NamedTuple):
    """Voice as of now."""

    left: tuple[ChannelLeft, ...]
    """Channels that were left behind, longest empty first."""


class VoiceReading(NamedTuple):
    """Everything that was counted since the watch began, as of one moment."""

    time: VoiceTime
    joins: int
    """Members who came into voice; those who were found there when the bot came are not counted."""
    moves: int
    """From one channel to another of the same guild."""
    created: int
    """Voice channels, by anybody. The same below."""
    removed: int
    members: int
    """In voice now, without bots. The same below."""
    connections: int
    """Guilds in whose voice the bot itself is."""
    left: int
    whole_ns: Sequence[int]
    """Lengths of sessions that ended since the last reading and whose begin and end were seen."""
    parts_ns: Sequence[int]
    """Lengths of the seen parts of other sessions that ended since."""
