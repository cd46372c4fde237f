"""Shards: resumes, outages, nights in which nobody talks, and shards that hear nothing."""

from __future__ import annotations

from tests.lives.life import (
    DAY_S,
    EVENINGS,
    HOUR_S,
    MINUTE_S,
    WORK,
    Away,
    Command,
    Fault,
    Gateway,
    Latency,
    Life,
    Rhythm,
    every,
)

PING = (Command("ping", 100, Latency(30, 0.2)),)
SLEEPERS = Rhythm(tuple(hour if hour > 0.1 else 0.0005 for hour in EVENINGS))
SHIFT = Rhythm(tuple(1.0 if 9 <= hour < 23 else 0.0005 for hour in range(24)))

LIVES = (
    Life(
        "resumes",
        "64 shards, each of which resumes four times a day and is away for 5 s: each is up 99.98 %",
        weeks=2,
        commands=PING,
        gateway=Gateway(64, resumes_a_day=4),
    ),
    Life(
        "an outage",
        "Discord is away for 40 minutes of day 4",
        commands=PING,
        gateway=Gateway(outages=[Away(4.5, 4.5 + 40 / 1440)]),
        faults=[Fault("no shard is connected", ("now: uptime",), HOUR_S, 4.5, 4.5 + 40 / 1440, DAY_S)],
    ),
    Life(
        "restarts at two",
        "a lively community with quiet nights, and a restart at 14:00 every day",
        commands=PING,
        starts=every(1, at_hour=14),
        gateway=Gateway(events_a_minute=4, rhythm=SLEEPERS),
        false_a_week=1 / 6,
    ),
    Life(
        "quiet nights",
        "a lively community with quiet nights, and no restart at all",
        commands=PING,
        gateway=Gateway(events_a_minute=4, rhythm=SLEEPERS),
        false_a_week=1 / 6,
    ),
    Life(
        "talk in bursts",
        "a small community that talks for ten minutes, and then not for a while",
        commands=PING,
        gateway=Gateway(events_a_minute=0.5, burst_minutes=10),
        false_a_week=1 / 6,
    ),
    Life(
        "an office",
        "nobody is there at night and on weekends",
        commands=PING,
        gateway=Gateway(2, events_a_minute=3, rhythm=WORK, burst_minutes=3),
        false_a_week=1 / 6,
    ),
    Life(
        "a hobby's silence",
        "something is said every few hours",
        commands=PING,
        gateway=Gateway(events_a_minute=0.01),
        false_a_week=1 / 6,
    ),
    Life(
        "a deaf shard",
        "one of two shards hears nothing from 17:00 to 20:00 of day 9",
        weeks=3,
        commands=PING,
        gateway=Gateway(2, events_a_minute=4, rhythm=SLEEPERS, deaf=[Away(9 + 17 / 24, 9 + 20 / 24, [1])]),
        faults=[Fault("shard 1 is deaf", ("now: deaf 1",), 15 * MINUTE_S, 9 + 17 / 24, 9 + 20 / 24, 15 * MINUTE_S)],
        asks={"alerts": 300.0, "now": 60.0},
        false_a_week=1 / 6,
        seeds=3,
    ),
    Life(
        "deaf after a restart",
        "a bot is started at 14:00 every day; its shard hears nothing from 18:20 of day 9 on, for four hours",
        weeks=3,
        commands=PING,
        starts=every(1, at_hour=14, weeks=3),
        gateway=Gateway(events_a_minute=30, deaf=[Away(9 + 18.34 / 24, 9 + 22 / 24)]),
        faults=[Fault("shard 0 is deaf", ("now: deaf 0",), 30 * MINUTE_S, 9 + 18.34 / 24, 9 + 22 / 24, 15 * MINUTE_S)],
        false_a_week=1 / 6,
        seeds=3,
    ),
    Life(
        "nights at once",
        "everybody talks from 9:00 to 23:00 and nobody else, with a restart at 14:00 every day",
        commands=PING,
        starts=every(1, at_hour=14),
        gateway=Gateway(events_a_minute=10, rhythm=SHIFT),
        false_a_week=1 / 6,
    ),
)
