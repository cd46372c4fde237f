"""Error rates: failures that are over, few of many, in clumps, in one cog of forty, and rates that are too high."""

from __future__ import annotations

from tests.lives.life import DAY_S, EVEN, HOUR_S, MINUTE_S, Command, Errors, Fault, Life

FAILS = ("alerts: error_rate /ask", "alerts: error_rate all")
SHOWN = ("now: errors", "now: errors /ask", "now: cog *", "alerts: error_rate *")
HALF_HOUR = 0.5 / 24

LIVES = (
    Life(
        "half an hour",
        "16 failures in half an hour of day 5, and none before or after",
        weeks=3,
        commands=[
            Command("ask", 60, errors=[Errors(13, begin=5 + 19 / 24, end=5 + 19 / 24 + 1 / 24)]),
            Command("ping", 50),
        ],
        rhythm=EVEN,
        faults=[Fault("/ask fails", FAILS, HOUR_S, 5 + 19 / 24, 5 + 20 / 24, 9 * HOUR_S, SHOWN)],
        seeds=3,
    ),
    Life(
        "one of sixty-one",
        "a small bot of which five in a thousand invocations fail, half the target",
        commands=[Command(name, 20, errors=[Errors(0.005)], cog="main") for name in ("a", "b", "c", "d")],
    ),
    Life(
        "forty cogs",
        "three in a thousand invocations fail, in each of forty cogs",
        weeks=2,
        commands=[Command(f"c{n}", 120, errors=[Errors(0.003)], cog=f"cog{n}") for n in range(40)],
    ),
    Life(
        "clumps",
        "half a percent of the invocations fail, four at a time",
        commands=[Command(f"c{n}", 150, errors=[Errors(0.005, clump=4)], cog=f"cog{n % 2}") for n in range(6)],
    ),
    Life(
        "a third fails",
        "30 % of a command's invocations fail from day 8 on, until day 9",
        weeks=2,
        commands=[Command("ask", 5000, errors=[Errors(0.3, begin=8, end=9)]), Command("ping", 2000)],
        rhythm=EVEN,
        faults=[Fault("/ask fails 30 %", FAILS, 30 * MINUTE_S, 8, 9, 2 * HOUR_S, SHOWN)],
        seeds=3,
    ),
    Life(
        "rarely called, always failing",
        "a command that is called eight times a day fails each time from day 6 on",
        weeks=3,
        commands=[Command("ask", 8, errors=[Errors(0.999, begin=6)]), Command("ping", 400)],
        faults=[Fault("/ask fails always", FAILS, 2 * DAY_S, 6, also=SHOWN)],
        seeds=3,
    ),
    Life(
        "everything fails",
        "all of the commands fail for an hour of day 8",
        weeks=2,
        commands=[
            Command(f"c{n}", 400, errors=[Errors(1, begin=8.5, end=8.5 + 1 / 24)], cog=f"cog{n % 5}") for n in range(10)
        ],
        rhythm=EVEN,
        faults=[
            Fault(
                "all commands fail", ("alerts: error_rate all",), 10 * MINUTE_S, 8.5, 8.5 + 1 / 24, 3 * HOUR_S, SHOWN
            ),
            Fault(
                "each of them",
                ("alerts: error_rate /c*",),
                HOUR_S,
                8.5,
                8.5 + 1 / 24,
                24 * HOUR_S,
                ("now: errors /c*",),
            ),
        ],
    ),
)
