"""Levels for members who write: points for a message, once a minute at most, and what the monitor is told of them."""

from __future__ import annotations

import time
from collections.abc import Callable

import hikari

import plugin

COOLDOWN_S = 60.0
POINTS = 20
POINTS_OF_A_LEVEL = 100


class Levels:
    """Points and levels of members, by server."""

    def __init__(self, activity: plugin.ActivityMeter, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._activity = activity
        self._clock_s = clock_s
        self._awarded_s: dict[tuple[int, int], float] = {}
        self._leveled_s: dict[tuple[int, int], float] = {}
        self.points: dict[tuple[int, int], int] = {}

    async def on_message(self, event: hikari.GuildMessageCreateEvent) -> None:
        """Award points for a message of a human."""
        if event.is_human:
            self.award(event.guild_id, event.author_id, event.channel_id)

    def award(self, guild: int, member: int, channel: int) -> None:
        """Award points, unless the cooldown runs."""
        who, now = (guild, member), self._clock_s()
        # The cooldown runs in each server by itself, so the meter is told of a member of a server.
        counted = guild ^ member
        if now - self._awarded_s.get(who, -COOLDOWN_S) < COOLDOWN_S:
            self._activity.held_back(member=counted)
            return
        self._awarded_s[who] = now
        self.points[who] = self.points.get(who, 0) + POINTS
        self._activity.award(POINTS, member=counted, channel=channel)
        if self.points[who] % POINTS_OF_A_LEVEL == 0:
            before = self._leveled_s.get(who)
            self._leveled_s[who] = now
            self._activity.level_up(took_s=None if before is None else now - before)
