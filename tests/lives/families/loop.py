"""The event loop: a machine that its host pauses, and code that holds the loop."""

from __future__ import annotations

from tests.lives.life import MINUTE_S, Command, Fault, Halt, Latency, Life

PING = (Command("ping", 100, Latency(30, 0.2)),)

LIVES = (
    Life(
        "a paused machine",
        "six times a day the host does not let the machine run for 3 to 40 s",
        weeks=2,
        commands=PING,
        halts=[Halt(n / 6 + 44.5 / 1440, (3, 8, 20, 40)[n % 4]) for n in range(14 * 6)],
    ),
    Life(
        "a blocked loop",
        "from noon of day 5 on a command holds the loop for a second in each minute, for an hour",
        weeks=1,
        commands=PING,
        halts=[Halt(5.5 + n / 1440, 1, blocked=True) for n in range(60)],
        faults=[Fault("the loop is held", ("now: loop lag",), 5 * MINUTE_S, 5.5, 5.5 + 1 / 24, 5 * MINUTE_S)],
        asks={"alerts": 300.0, "now": 120.0},
    ),
)
