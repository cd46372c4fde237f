"""Slow commands: rare ones, ones whose durations are spread, and ones that become slow."""

from __future__ import annotations

from tests.lives.life import DAY_S, EVEN, HOUR_S, MINUTE_S, Command, Fault, Latency, Life, Spell

SLOW_ASK = ("alerts: slow_command /ask",)
SHOWN = ("now: slow /ask", "now: response", "now: cog *")

LIVES = (
    Life(
        "every twenty minutes",
        "one command takes 1.5 s each time, and is called every 20 minutes: slow, said once",
        weeks=2,
        commands=[Command("ask", 72, Latency(1500, 0.1)), Command("ping", 200)],
        rhythm=EVEN,
        faults=[Fault("/ask takes 1.5 s", SLOW_ASK, 6 * HOUR_S, also=SHOWN)],
    ),
    Life(
        "api bot",
        "thirty commands ask a service that takes 450 ms, some times much more: 0.6 s on average, not slow",
        weeks=2,
        commands=[Command(f"api{n}", 120, Latency(450, 0.8), cog=f"api{n % 4}") for n in range(30)],
        faults=[Fault("above the target of 100 ms, as the pages show", ("now: *",), DAY_S)],
    ),
    Life(
        "music bot",
        "one call of /play in twelve fetches something for 4 s: 0.6 s on average, not slow",
        weeks=2,
        commands=[
            Command("play", 300, Latency(300, 0.4, other_share=0.08, other_ms=4000), cog="music"),
            *(Command(name, 120, Latency(40, 0.4), cog="music") for name in ("skip", "stop", "queue")),
        ],
        faults=[Fault("above the target of 100 ms, as the pages show", ("now: *",), DAY_S)],
    ),
    Life(
        "five times slower",
        "from noon of day 9 on a command of 300 ms takes 1.5 s, for a day",
        weeks=2,
        commands=[Command("ask", 5000, Latency(300, 0.5)), Command("ping", 500)],
        rhythm=EVEN,
        spells=[Spell(9.5, 10.5, slower=5, commands="ask")],
        faults=[
            Fault("/ask is five times slower", SLOW_ASK, 20 * MINUTE_S, 9.5, 10.5, HOUR_S, SHOWN),
            Fault("above the target of 100 ms, as the pages show", ("now: *",), DAY_S),
        ],
        seeds=3,
    ),
    Life(
        "rarely slow",
        "a command that is called six times a day takes 3 s from day 7 on",
        weeks=4,
        commands=[Command("ask", 6, Latency(80, 0.3)), Command("ping", 200)],
        spells=[Spell(7, slower=36, commands="ask")],
        faults=[Fault("/ask takes 3 s", SLOW_ASK, 5 * DAY_S, 7, also=SHOWN)],
        seeds=3,
    ),
)
