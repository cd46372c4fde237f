"""Arrows on the pages of history where nothing changed: clumps of errors, hours that are slow, rhythms."""

from __future__ import annotations

from tests.lives.life import HOUR_S, Command, Errors, Latency, Life, Spell

PAGES = {
    "performance 24h": 24.0 * HOUR_S,
    "performance 7d": 72.0 * HOUR_S,
    "commands 24h": 24.0 * HOUR_S,
    "commands 7d": 72.0 * HOUR_S,
}

LIVES = (
    Life(
        "arrows and clumps",
        "a fiftieth of a percent to three percent of the invocations fail, four at a time",
        weeks=5,
        commands=[
            Command(f"c{n}", 100, Latency(60, 0.4), errors=[Errors(0.002 * n, clump=4)], cog=f"cog{n % 2}")
            for n in range(5)
        ],
        asks=PAGES,
        asks_from=14,
        settings={"error_rate_target_percent": 10, "error_rate_threshold_percent": 20},
        seeds=2,
    ),
    Life(
        "arrows and slow hours",
        "a database is slow in the hours from 9 to 11 on Mondays and Thursdays",
        weeks=5,
        commands=[Command(f"c{n}", 100, Latency(60, 0.4), cog=f"cog{n % 2}") for n in range(5)],
        spells=[Spell(slower=3, hours=(9, 10), weekdays=(0, 3))],
        asks=PAGES,
        asks_from=14,
        seeds=2,
    ),
)
