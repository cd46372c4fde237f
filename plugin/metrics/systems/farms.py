"""Members and channels that are awarded as often as a cooldown allows, hour after hour: nobody writes that evenly.

Counted exactly and within bounds: who misses more than a tenth of the awards of an hour cannot be at the cap in it any
more, so after the first minutes of an hour only those few are followed who missed next to none.
"""

from __future__ import annotations

import math
from collections import defaultdict

from plugin.metrics.systems.streaks import LongStreaks, Streaks

HOUR_S = 3600
AT_THE_CAP = 0.9
"""Share of the possible awards from which an hour is at the cap."""
FEWEST_AWARDS = 2
"""A single award is no cap, so no hour is at that of a cooldown of an hour or more."""

HOURS_NEEDED = ((90.0, 6), (300.0, 16), (900.0, 22))
"""Cooldowns up to so many seconds, and for how many hours in a row their cap is beyond what people do: a message every
minute for six hours, or every few minutes without a night's sleep."""

CHANNEL_TIMES = 2
"""Factor on the hours that a channel needs, since members take turns in it."""
CHANNEL_SHARE = 0.5
"""Share of a channel's points that members at the cap must have in each of these hours."""

MOST_FOLLOWED = 8192


def hours_needed(cooldown_s: float) -> float:
    """Consecutive hours at the cap that make a farm; infinite for a cooldown whose cap people reach too."""
    return next((hours for longest_s, hours in HOURS_NEEDED if cooldown_s <= longest_s), math.inf)


class _MemberHour:
    __slots__ = ("awards", "channel", "points")

    def __init__(self, channel: int | None) -> None:
        self.awards = 0
        self.points: float = 0
        self.channel = channel


class CapWatch:
    """Follows members and channels at the cap of one cooldown."""

    def __init__(self, cooldown_s: float) -> None:
        self._slots = HOUR_S / cooldown_s
        self._capped = max(FEWEST_AWARDS, self._slots * AT_THE_CAP) if cooldown_s < HOUR_S else math.inf
        self._needed = hours_needed(cooldown_s)
        self._misses = self._slots * (1 - AT_THE_CAP) + 1
        self._hour = 0
        self._pruned = 0.0
        self._members: dict[int, _MemberHour] = {}
        self._channels: dict[int, float] = {}
        self._member_streaks = Streaks()
        self._channel_streaks = Streaks()

    def award(self, member: int, at_s: float, points: float, channel: int | None) -> None:
        """Count an award in the hour that `roll` began."""
        if channel is not None and (channel in self._channels or len(self._channels) < MOST_FOLLOWED):
            self._channels[channel] = self._channels.get(channel, 0) + points
        possible = at_s % HOUR_S / HOUR_S * self._slots
        if possible > self._pruned + 1:
            self._prune(possible)
        found = self._members.get(member)
        if found is None:
            if possible > self._misses or len(self._members) >= MOST_FOLLOWED:
                return
            found = self._members[member] = _MemberHour(channel)
        found.awards += 1
        found.points += points
        if found.channel != channel:
            found.channel = None

    def roll(self, at_s: float) -> float:
        """End the last hour if it is over; returns the points of members at the cap in it."""
        hour, before = int(at_s // HOUR_S), self._hour
        if hour == before:
            return 0
        capped = {key: done for key, done in self._members.items() if done.awards >= self._capped}
        if hour == before + 1:
            self._member_streaks.go_on({key: (done.points, done.channel) for key, done in capped.items()})
            self._channel_streaks.go_on(self._farmed(capped))
        else:  # hours without a check
            self._member_streaks.clear()
            self._channel_streaks.clear()
        self._hour, self._pruned = hour, 0.0
        self._members, self._channels = {}, {}
        return sum(done.points for done in capped.values())

    @property
    def members(self) -> LongStreaks:
        """Members who were at the cap for longer than people can be."""
        return self._member_streaks.at_least(self._needed)

    @property
    def channels(self) -> LongStreaks:
        """Channels in which members at the cap, the same or others, had most of the points for too long."""
        return self._channel_streaks.at_least(self._needed * CHANNEL_TIMES)

    def _prune(self, possible: float) -> None:
        self._pruned, least = possible, possible - self._misses
        self._members = {key: done for key, done in self._members.items() if done.awards >= least}

    def _farmed(self, capped: dict[int, _MemberHour]) -> dict[int, tuple[float, int | None]]:
        points: dict[int, float] = defaultdict(float)
        for done in capped.values():
            if done.channel is not None:
                points[done.channel] += done.points
        return {
            channel: (earned, channel)
            for channel, earned in points.items()
            if earned >= CHANNEL_SHARE * self._channels.get(channel, math.inf)
        }
