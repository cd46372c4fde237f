"""How lively one shard is at each hour of the day, and so how unusual it is that it hears nothing."""

from __future__ import annotations

import math
from array import array

DAY_HOURS = 24
HOURS = 2 * DAY_HOURS
"""Those of a working day, then those of a day of the weekend (UTC)."""

HOUR_S, DAY_S = 3600, 86_400

KNOWN_LOOKS = 10
"""With fewer looks at an hour of the day it is not known."""

DAILY_SHARE, DAILY_LONGEST = 0.8, 0.95
"""What is known of an hour, and its longest silence, are worth this share of it a day later."""

UNKNOWN_SHARE = 0.12
"""An hour that is not known is expected to be this share as lively as the one before it: at most 17 ends in all."""

MOST_CERTAIN = 0.9
"""The most that is taken for the chance that a silence ends by the next look."""

NEAR_HOURS = 2
"""So many hours before and after an hour tell how much is known of it, and how long silences are."""

STEADY_LOOKS = 6
"""Looks of unbroken talk that are worth one silence that ended, as evidence that silences are short."""

RECENT_LOOKS = 60
"""How far back a day is held against other days."""


class Silences:
    """Learns from looks at even distances, each of which tells whether anything was heard since the one before.

    A silence ends at each look with some chance, which is learnt for each hour of the day from the silences that ended,
    on working days and on weekends apart: so talk that comes in bursts is told from talk that never stops. A day that
    has been quieter than others so far is expected to go on so. The present silence is learnt from only once it is
    over, for it may be deafness. A chance that was learnt from few silences counts for less: one lively quarter of an
    hour does not promise another.
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
        """Looks of the present silence, by hour."""
        self._since = self._silence_s = 0.0
        self._day = 0
        self._actual = self._usual = 0.0
        """Lively looks of late, and how many there are usually."""
        self._expected = self.missed = 0.0
        """How often the present silence should have ended, as far as is known, and for certain."""

    def look(self, at: float, heard: bool) -> None:
        """Take a look."""
        hour = _hour(at)
        if not heard:
            self._waiting[hour] += 1
            self._silence_s = at - self._since
            self._expected += self._ends(hour)
            self.missed = _certain(self._expected, self._known(hour))
            return
        self._grow_old(at)
        if self._silence_s:
            self._learn_silence()
            self._ended[hour] += 1
        self._compare(hour, 1, 1)
        self._looks[hour] += 1
        self._heard[hour] += 1
        self.interrupt(at)

    def interrupt(self, at: float) -> None:
        """Forget the present silence: it has an end, or another reason than that nobody spoke."""
        self._waiting = _hours()
        self._since, self._silence_s, self._expected, self.missed = at, 0.0, 0.0, 0.0

    def longest_s(self, at: float) -> float:
        """The longest silence of before, in seconds, around this hour of the day; old ones count for less."""
        return max(self._longest_s[hour] for hour in _near(_hour(at)))

    def _learn_silence(self) -> None:
        for hour, looks in enumerate(self._waiting):
            if looks:
                self._compare(hour, looks, 0)
                self._looks[hour] += looks
                self._silent[hour] += looks
                self._longest_s[hour] = max(self._longest_s[hour], self._silence_s)

    def _ends(self, hour: int) -> float:
        """How many silences should end at one look."""
        begin, share = hour - hour % DAY_HOURS, 1.0
        for before in range(3):
            known = begin + (hour - before) % DAY_HOURS
            if self._looks[known] >= KNOWN_LOOKS:
                lively = self._heard[known] / self._looks[known]
                return share * self._like_today() * _rate((self._ended[known] + lively) / (self._silent[known] + 1))
            share *= UNKNOWN_SHARE
        return 0.0

    def _known(self, hour: int) -> float:
        """From how many silences the chance of an hour was learnt, or from talk that is worth as many."""
        ended = sum(self._ended[near] for near in _near(hour))
        steady = sum(self._heard[near] for near in _near(hour)) / (ended + 1)
        return ended + steady / STEADY_LOOKS

    def _compare(self, hour: int, looks: float, heard: int) -> None:
        if self._looks[hour] >= KNOWN_LOOKS:
            fades = (1 - 1 / RECENT_LOOKS) ** looks
            self._actual = self._actual * fades + heard
            self._usual = self._usual * fades + (1 - fades) * RECENT_LOOKS * self._heard[hour] / self._looks[hour]

    def _like_today(self) -> float:
        actual, usual = ((looks + 1) / (RECENT_LOOKS + 1) for looks in (self._actual, self._usual))
        return min(1.0, _rate(actual) / _rate(usual))

    def _grow_old(self, at: float) -> None:
        """Let what is known of such days count for less, once a day."""
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


def _certain(expected: float, known: float) -> float:
    """How unusual a silence is, as minus the logarithm of its chance.

    A silence that should have ended `expected` times, by a rate that was learnt from `known` ends, goes on with the
    chance `(1 + expected / known) ** -known`: the posterior predictive of a rate with a gamma prior (Lomax).
    """
    return known * math.log1p(expected / known) if known else 0.0


def _rate(chance: float) -> float:
    """How often something happens on average that happens at least once with this chance (Poisson)."""
    return -math.log(1 - min(chance, MOST_CERTAIN))
