"""Memory: leaks that restarts and rhythms hide, and what only looks like one."""

from __future__ import annotations

from tests.lives.life import DAY_S, HOUR_S, Command, Fault, Life, Memory, every

ASKS = {"health": 12.0 * HOUR_S, "performance 7d": 24.0 * HOUR_S}
COMMANDS = [Command("ping", 50)]


def leak(days: float) -> Fault:
    """A leak that is found within so many days."""
    return Fault("memory leaks", ("health: growth",), days * DAY_S, also=("performance 7d: *",))


LIVES = (
    Life(
        "a plain leak",
        "1 MB an hour",
        weeks=2,
        commands=COMMANDS,
        memory=Memory(leak_mb_an_hour=1, noise_mb=3),
        faults=[leak(4)],
        asks=ASKS,
        seeds=2,
    ),
    Life(
        "a leak under nightly restarts",
        "15 MB an hour",
        weeks=2,
        commands=COMMANDS,
        starts=every(1, weeks=2),
        memory=Memory(leak_mb_an_hour=15, noise_mb=3, daily_mb=10),
        faults=[leak(6)],
        asks=ASKS,
        seeds=2,
    ),
    Life(
        "a leak under a rhythm and restarts",
        "1 MB an hour under a daily rhythm of 25 MB, with restarts every three days",
        weeks=3,
        commands=COMMANDS,
        starts=every(3, weeks=3),
        memory=Memory(leak_mb_an_hour=1, daily_mb=12.5),
        faults=[leak(14)],
        asks=ASKS,
        seeds=2,
    ),
    Life(
        "a saw-tooth",
        "memory rises by 100 MB in 60 hours and falls again",
        commands=COMMANDS,
        memory=Memory(saw_mb=100, saw_hours=60, noise_mb=3, daily_mb=5),
        asks={"health": 6.0 * HOUR_S},
        seeds=2,
    ),
    Life(
        "a cache that fills over two days",
        "memory rises by 150 MB after each of a few restarts, and stays there",
        commands=COMMANDS,
        starts=every(9, weeks=6),
        memory=Memory(cache_mb=150, cache_hours=48, noise_mb=3, daily_mb=5),
        asks={"health": 6.0 * HOUR_S},
        seeds=2,
    ),
    Life(
        "a cache and nightly restarts",
        "memory rises by 150 MB over two days, but restarts come every night",
        weeks=3,
        commands=COMMANDS,
        starts=every(1, weeks=3),
        memory=Memory(cache_mb=150, cache_hours=48, noise_mb=3, daily_mb=15),
        asks={"health": 12.0 * HOUR_S},
        seeds=2,
    ),
)
