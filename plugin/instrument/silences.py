"""Learns how active one shard is at each hour of the day, and from that how unusual a silence is."""

from __future__ import annotations

import math
from array import array

DAY_HOURS = 24
HOURS = 2 * DAY_HOURS
"""The hours of a weekday, then those of a weekend day (UTC)."""

HOUR_S, DAY_S = 3600, 86_400

KNOWN_LOOKS = 10
"""An hour of the day counts as known after this many looks."""

DAILY_SHARE, DAILY_LONGEST = 0.8, 0.95
"""Daily decay of the counts of an hour, and of its longest silence."""

UNKNOWN_SHARE = 0.12
"""An unknown hour is expected to have this share of the activity of the hour before; so at most 17 ends in all."""

MOST_CERTAIN = 0.9
"""Upper bound of the estimated chance that a silence ends by the next look."""

NEAR_HOURS = 2
"""Evidence and longest silences are taken from this many hours before and after an hour, too."""

STEADY_LOOKS = 6
"""Consecutive active looks that count as one ended silence, as evidence that silences are short."""

RECENT_LOOKS = 60
"""Time constant, in looks, of the comparison of today with other days."""


class Silences:
    """Learns from looks at even intervals; each look states whether there was an event since the one before.

    A silence ends at each look with some probability. It is learnt for each hour of the day, separately for weekdays
    and weekends, from silences that have ended; that distinguishes bursts of events from a steady flow. A day that has
    been quieter than others so far is expected to stay quieter. The current silence is learnt only once it is over,
    since the shard may be deaf. Probabilities learnt from few silences count for less: one active quarter of an hour
    does not promise another.
    """

    __slots__ = (
        "_actual",
        "_day",
        "_ended",
        "_expected",
        "_heard",
        "_longest_s",
        "_looks",
        "_silence_s",
        "_silent",
        "_since",
        "_usual",
        "_waiting",
        "missed",
    )

    def __init__(self) -> None:
        self._looks, self._heard, self._silent, self._ended, self._longest_s = (_hours() for _ in range(5))
        self._waiting = _hours()
        """Looks of the current silence, by hour."""
        self._since = self._silence_s = 0.0
        self._day = 0
        self._actual = self._usual = 0.0
        """Recent active looks, and how many are usual; both decay with `RECENT_LOOKS`."""
        self._expected = self.missed = 0.0
        """How many times the current silence should have ended: expected, and corrected for the evidence."""

    def look(self, at: float, heard: bool) -> None:
        """Take a look at a Unix time; `heard`: there was an event since the last one."""
        hour = _hour(at)
        if not heard:
            self._waiting[hour] += 1
            self._silence_s = at - self._since
            self._expected += self._expected_ends(hour)
            self.missed = _surprise(self._expected, self._evidence(hour))
            return
        self._decay(at)
        if self._silence_s:
            self._learn_silence()
            self._ended[hour] += 1
        self._compare(hour, 1, 1)
        self._looks[hour] += 1
        self._heard[hour] += 1
        self.interrupt(at)

    def interrupt(self, at: float) -> None:
        """Forget the current silence: it is over, or has another reason than a lack of events."""
        self._waiting = _hours()
        self._since, self._silence_s, self._expected, self.missed = at, 0.0, 0.0, 0.0

    def longest_s(self, at: float) -> float:
        """The longest earlier silence around this hour of the day, in seconds; it decays daily."""
        return max(self._longest_s[hour] for hour in _near(_hour(at)))

    def _learn_silence(self) -> None:
        for hour, looks in enumerate(self._waiting):
            if looks:
                self._compare(hour, looks, 0)
                self._looks[hour] += looks
                self._silent[hour] += looks
                self._longest_s[hour] = max(self._longest_s[hour], self._silence_s)

    def _expected_ends(self, hour: int) -> float:
        """The expected number of silences that end by one look."""
        begin, share = hour - hour % DAY_HOURS, 1.0
        for before in range(3):
            known = begin + (hour - before) % DAY_HOURS
            if self._looks[known] >= KNOWN_LOOKS:
                lively = self._heard[known] / self._looks[known]
                return share * self._today_share() * _rate((self._ended[known] + lively) / (self._silent[known] + 1))
            share *= UNKNOWN_SHARE
        return 0.0

    def _evidence(self, hour: int) -> float:
        """How many ended silences, or an equal amount of steady activity, an hour's probability was learnt from."""
        ended = sum(self._ended[near] for near in _near(hour))
        steady = sum(self._heard[near] for near in _near(hour)) / (ended + 1)
        return ended + steady / STEADY_LOOKS

    def _compare(self, hour: int, looks: float, heard: int) -> None:
        if self._looks[hour] >= KNOWN_LOOKS:
            fades = (1 - 1 / RECENT_LOOKS) ** looks
            self._actual = self._actual * fades + heard
            self._usual = self._usual * fades + (1 - fades) * RECENT_LOOKS * self._heard[hour] / self._looks[hour]

    def _today_share(self) -> float:
        """Today's activity as a share of the usual, at most 1."""
        actual, usual = ((looks + 1) / (RECENT_LOOKS + 1) for looks in (self._actual, self._usual))
        return min(1.0, _rate(actual) / _rate(usual))

    def _decay(self, at: float) -> None:
        """Once a day, reduce the counts of this kind of day."""
        day = int(at // DAY_S)
        if day == self._day:
            return
        begin = _hour(day * DAY_S)
        for hour in range(begin, begin + DAY_HOURS):
            for known in (self._looks, self._heard, self._silent, self._ended):
                known[hour] *= DAILY_SHARE
            self._longest_s[hour] *= DAILY_LONGEST
        self._day = day


def _hour(at: float) -> int:
    weekend = (int(at // DAY_S) + 3) % 7 >= 5  # the first day of Unix time was a Thursday
    return DAY_HOURS * weekend + int(at // HOUR_S) % DAY_HOURS


def _near(hour: int) -> list[int]:
    begin = hour - hour % DAY_HOURS
    return [begin + (hour + beside) % DAY_HOURS for beside in range(-NEAR_HOURS, NEAR_HOURS + 1)]


def _hours() -> array[float]:
    return array("d", bytes(8 * HOURS))


def _surprise(expected: float, evidence: float) -> float:
    """How unusual a silence is: minus the natural logarithm of its probability.

    A silence that should have ended `expected` times, at a rate learnt from `evidence` ends, continues with probability
    `(1 + expected / evidence) ** -evidence`: the posterior predictive of a rate with a gamma prior (Lomax).
    """
    return evidence * math.log1p(expected / evidence) if evidence else 0.0


def _rate(chance: float) -> float:
    """The mean number of events if at least one happens with this probability (Poisson)."""
    return -math.log(1 - min(chance, MOST_CERTAIN))
