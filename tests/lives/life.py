"""What a life is made of: small declarative records. Moments and spans are in days unless a name says otherwise."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

BEGIN = 1_767_571_200
"""Unix time at which every life begins: a Monday, 00:00 UTC."""

MINUTE_S, HOUR_S, DAY_S, WEEK_S = 60, 3600, 86_400, 7 * 86_400
EVER = math.inf


@dataclass(frozen=True)
class Rhythm:
    """How traffic is spread over the day and the week; each factor multiplies."""

    hours: Sequence[float] = (1.0,) * 24
    """By hour of the day, UTC."""
    weekdays: Sequence[float] = (1.0,) * 7
    """Monday first."""

    def at(self, seconds: float) -> float:
        """The factor at so many seconds after the begin of a life."""
        return self.hours[int(seconds // HOUR_S) % 24] * self.weekdays[int(seconds // DAY_S) % 7]


EVEN = Rhythm()
EVENINGS = (
    *(0.35, 0.15, 0.06, 0.03, 0.02, 0.02, 0.05, 0.15, 0.4, 0.7, 0.9, 1.0),
    *(1.1, 1.1, 1.1, 1.2, 1.4, 1.8, 2.2, 2.6, 2.7, 2.4, 1.7, 0.9),
)
"""A community of one time zone: hardly anybody at night, most in the evening."""

OFFICE = (*(0.02,) * 7, 0.3, 1.5, 2.5, 2.8, 2.6, 1.8, 2.4, 2.8, 2.6, 2.0, 1.2, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02)
COMMUNITY = Rhythm(EVENINGS, (0.9, 0.9, 0.9, 0.9, 1.1, 1.3, 1.2))
WORK = Rhythm(OFFICE, (1.2, 1.2, 1.2, 1.2, 1.1, 0.08, 0.06))


@dataclass(frozen=True)
class Latency:
    """How long a command takes: log-normal, and now and then something else altogether."""

    median_ms: float = 40
    spread: float = 0.3
    """Standard deviation of the logarithm."""
    other_share: float = 0.0
    """How many take `other_ms` (as the median) instead."""
    other_ms: float = 0.0

    def draw_ms(self, chance: random.Random) -> float:
        """One duration."""
        other = self.other_share and chance.random() < self.other_share
        return (self.other_ms if other else self.median_ms) * math.exp(chance.gauss(0, self.spread))


@dataclass(frozen=True)
class Errors:
    """Failures of one kind, as a share of a command's invocations."""

    share: float
    clump: int = 1
    """So many come together, within minutes: somebody tries again."""
    type: str = "RuntimeError"
    line: int = 10
    begin: float = 0
    end: float = EVER


@dataclass(frozen=True)
class Command:
    """One command of a bot."""

    name: str
    per_day: float
    """Invocations on a day of factor 1."""
    latency: Latency = Latency()
    errors: Sequence[Errors] = ()
    cog: str | None = None


@dataclass(frozen=True)
class Spell:
    """A time in which commands are slower or busier; whether that is a fault, `Fault` says."""

    begin: float = 0
    end: float = EVER
    slower: float = 1.0
    busier: float = 1.0
    commands: str = "*"
    """A pattern of their names."""
    hours: Sequence[int] = range(24)
    weekdays: Sequence[int] = range(7)

    def holds(self, seconds: float, name: str) -> bool:
        """Whether it applies to a command at so many seconds after the begin of a life."""
        day = seconds / DAY_S
        return (
            self.begin <= day < self.end
            and int(seconds // HOUR_S) % 24 in self.hours
            and int(day) % 7 in self.weekdays
            and fnmatchcase(name, self.commands)
        )


@dataclass(frozen=True)
class Start:
    """A process starts; one of the same instance that ran until then has ended `gap_s` before."""

    day: float
    release: str = "r1"
    instance: str = "a"
    crashed: bool = False
    """Whether the one before ended without a goodbye."""
    gap_s: float = 20


def every(days: float, *, at_hour: float = 4, weeks: float = 6, release: str = "r1") -> tuple[Start, ...]:
    """Starts at the begin, and then every so many days at an hour of the day."""
    count = int(weeks * 7 / days)
    return (Start(0, release), *(Start(n * days + at_hour / 24, release) for n in range(count)))


@dataclass(frozen=True)
class Memory:
    """Resident memory of a process, in megabytes, by its age and the time of day."""

    base_mb: float = 120
    noise_mb: float = 1.0
    leak_mb_an_hour: float = 0
    leak_begin: float = 0
    daily_mb: float = 0
    """Half the difference between evening and morning."""
    cache_mb: float = 0
    """What fills up over time, towards a bound."""
    cache_hours: float = 24
    saw_mb: float = 0
    """What grows steadily and is then let go."""
    saw_hours: float = 60

    def at_mb(self, seconds: float, age_s: float, chance: random.Random) -> float:
        """Memory at so many seconds after the begin of a life, of a process of this age."""
        leaking_s = min(age_s, max(0.0, seconds - self.leak_begin * DAY_S))
        return (
            self.base_mb
            + self.leak_mb_an_hour * leaking_s / HOUR_S
            + self.daily_mb * math.sin(2 * math.pi * (seconds / DAY_S - 0.58))
            + self.cache_mb * (1 - math.exp(-3 * age_s / HOUR_S / self.cache_hours))
            + self.saw_mb * (age_s / HOUR_S % self.saw_hours / self.saw_hours)
            + chance.gauss(0, self.noise_mb)
        )


@dataclass(frozen=True)
class Away:
    """A time in which something does not work."""

    begin: float
    end: float
    shards: Sequence[int] | None = None
    """None is all of them."""


@dataclass(frozen=True)
class Gateway:
    """The shards of each process."""

    shards: int = 1
    events_a_minute: float = 30
    """Of each shard, on a day of factor 1."""
    burst_minutes: float = 1
    """How long it stays lively, or silent, by itself: more than 1 is talk that comes in bursts."""
    rhythm: Rhythm = COMMUNITY
    resumes_a_day: float = 0
    """Of each shard."""
    resume_s: float = 5
    outages: Sequence[Away] = ()
    deaf: Sequence[Away] = ()


@dataclass(frozen=True)
class Tasks:
    """Asyncio tasks of one function."""

    name: str
    per_minute: float
    lasts_s: float = 30
    rhythm: Rhythm = EVEN
    stay_share: float = 0
    """How many of them never end."""
    begin: float = 0
    end: float = EVER


@dataclass(frozen=True)
class Halt:
    """The event loop stands still: the host does not let the machine run, or code of the bot holds it."""

    day: float
    seconds: float
    blocked: bool = False
    """Whether it is the bot's own code."""


@dataclass(frozen=True)
class Fault:
    """Something that is wrong, and what must be said of it, how soon."""

    what: str
    says: Sequence[str]
    """Patterns of claims, one of which must be said within `within_s` of the begin."""
    within_s: float
    begin: float = 0
    end: float = EVER
    over_s: float = HOUR_S
    """Until so long after the end it may still be said."""
    also: Sequence[str] = ()
    """Patterns of what may be said of it, too."""
    found_share: float = 1.0
    """In how many of the seeds it must be found."""


@dataclass(frozen=True)
class Life:
    """A bot over some weeks: what it is like, what goes wrong, and what is asked about it."""

    name: str
    about: str
    """What is true of it."""
    weeks: float = 6
    commands: Sequence[Command] = ()
    rhythm: Rhythm = COMMUNITY
    spells: Sequence[Spell] = ()
    starts: Sequence[Start] = (Start(0),)
    memory: Memory = Memory()
    gateway: Gateway = Gateway()
    tasks: Sequence[Tasks] = ()
    halts: Sequence[Halt] = ()
    faults: Sequence[Fault] = ()
    asks: Mapping[str, float] = field(default_factory=lambda: {"alerts": 300.0, "now": 900.0})
    """How often each voice of `voices.py` is heard, in seconds; any but these two needs history."""
    asks_from: float = 0
    """Pages of history are asked from this day on: all before it is past."""
    false_a_week: float = 0.1
    seeds: int = 1
    """With fewer of them it proves nothing: `--seeds` adds to them, but takes none away."""
    write_every_s: float = 1800
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.weeks * WEEK_S
