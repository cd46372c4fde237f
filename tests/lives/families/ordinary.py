"""Bots of which nothing is to be said: a hobby, a moderation bot, a laptop, a raid, nightly restarts."""

from __future__ import annotations

from tests.lives.life import COMMUNITY, EVEN, Command, Errors, Gateway, Latency, Life, Memory, Spell, Start, every

LISTENING = {"alerts": 300.0, "now": 900.0}
DAILY = 86_400.0
PAGES = {**LISTENING, "health": 2 * DAILY / 2, "performance 24h": DAILY, "performance 7d": 2 * DAILY}

HOBBY = tuple(Command(name, 4, cog="fun") for name in ("roll", "quote", "cat"))
MODERATION = (
    *(Command(f"mod {name}", 60, Latency(70, 0.5), (Errors(0.002),), "moderation") for name in ("ban", "warn", "mute")),
    *(Command(name, 150, Latency(45, 0.3), (Errors(0.001),), "info") for name in ("user", "server")),
)

LIVES = (
    Life("hobby", "a dozen invocations a day, all is well", commands=HOBBY, asks=PAGES),
    Life("moderation", "500 invocations a day, two in a thousand fail, all is well", commands=MODERATION, asks=PAGES),
    Life(
        "laptop",
        "runs from 9:00 to 23:00 and is closed in between, all is well",
        commands=HOBBY,
        starts=tuple(Start(day + 9 / 24, gap_s=10 * 3600) for day in range(42)),
        asks={**LISTENING, "health": DAILY},
    ),
    Life(
        "raid",
        "for two hours of day 10 forty times as many invocations as ever, all of them answered well",
        weeks=3,
        commands=MODERATION,
        spells=(Spell(10 + 19 / 24, 10 + 21 / 24, busier=40),),
    ),
    Life(
        "nightly restarts",
        "is started anew at four each morning, all is well",
        commands=MODERATION,
        starts=every(1),
        asks=PAGES,
    ),
    Life(
        "around the clock",
        "busy at every hour, with errors that are a fifth of the target, all is well",
        weeks=3,
        commands=[Command(f"c{n}", 400, Latency(50, 0.6), (Errors(0.002),), f"cog{n % 5}") for n in range(20)],
        rhythm=EVEN,
        gateway=Gateway(4, rhythm=EVEN),
        memory=Memory(200, daily_mb=5),
    ),
    Life(
        "weekends",
        "a community that wakes up for the weekend, all is well",
        commands=[Command(name, 80, Latency(60, 0.5), cog="games") for name in ("bet", "duel", "rank", "shop")],
        rhythm=COMMUNITY,
    ),
)
