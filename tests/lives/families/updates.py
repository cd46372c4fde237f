"""Updates: those that change nothing, whatever else changes, and those that make a command slower or fail."""

from __future__ import annotations

from tests.lives.life import DAY_S, EVEN, HOUR_S, Command, Errors, Fault, Latency, Life, Rhythm, Spell, Start

ASKS = {"health": 8.0 * HOUR_S}
COMMANDS = [Command(f"c{n}", 300, Latency(60, 0.5), cog=f"cog{n % 2}") for n in range(4)]
NIGHTLY = (Start(0, "r1"), Start(18.75, "r2"))
"""The release comes at 18:00 on a Friday."""


def update(day: float, *says: str) -> Fault:
    """That there was an update is no verdict on it."""
    return Fault("an update", ("health: update to r2",), 5 * DAY_S, day, also=says)


def slower(factor: float, day: float, commands: str = "*") -> Spell:
    """Commands that take so many times as long from a day on."""
    return Spell(day, slower=factor, commands=commands)


LIVES = (
    Life(
        "slow evenings",
        "evenings are 60 % slower, and a release that changed nothing came at 18:00",
        weeks=4,
        commands=COMMANDS,
        spells=[Spell(slower=1.6, hours=range(18, 24))],
        starts=NIGHTLY,
        faults=[update(18.75)],
        asks=ASKS,
        asks_from=18.75,
        false_a_week=0.02,
        seeds=3,
    ),
    Life(
        "slow evenings of a young bot",
        "the same on the third day of a bot, looked at every hour",
        weeks=1,
        commands=COMMANDS,
        spells=[Spell(slower=1.6, hours=range(18, 24))],
        starts=(Start(0, "r1"), Start(2.75, "r2")),
        faults=[update(2.75)],
        asks={"health": 3.0 * HOUR_S},
        asks_from=2.8,
        false_a_week=0.02,
        seeds=3,
    ),
    Life(
        "slow weekends",
        "weekends are 50 % slower, and a release that changed nothing came on Friday",
        weeks=3.4,
        commands=COMMANDS,
        spells=[Spell(slower=1.5, weekdays=(5, 6))],
        starts=(Start(0, "r1"), Start(18.5, "r2")),
        faults=[update(18.5)],
        asks=ASKS,
        asks_from=18.5,
        false_a_week=0.02,
        seeds=3,
    ),
    Life(
        "a slow database",
        "a database is slow from day 14 of a release on, and another was slow since two days before it",
        weeks=5,
        commands=COMMANDS,
        spells=[slower(1.6, 28, "c0"), slower(1.6, 12, "c1")],
        starts=(Start(0, "r1"), Start(14, "r2")),
        faults=[update(14)],
        asks=ASKS,
        asks_from=14,
        false_a_week=0.02,
        seeds=2,
    ),
    Life(
        "back on the old release",
        "of two instances one is updated, and the other crashes and comes back with the old release",
        weeks=2,
        commands=COMMANDS[:2],
        starts=(
            Start(0, "r1", "a"),
            Start(0, "r1", "b"),
            Start(8, "r2", "a"),
            Start(9.1, "r1", "b", crashed=True),
        ),
        faults=[update(8)],
        asks={"health": 8.0 * HOUR_S},
        asks_from=8,
        seeds=1,
    ),
    Life(
        "thirty percent slower",
        "a release makes a command that is called 500 times a day 30 % slower",
        weeks=3,
        commands=[Command("ask", 500, Latency(60, 0.5)), Command("ping", 400)],
        spells=[slower(1.3, 14, "ask")],
        starts=(Start(0, "r1"), Start(14, "r2")),
        faults=[update(14), Fault("/ask is slower", ("health: slower /ask",), 7.2 * DAY_S, 14)],
        asks={"health": 24.0 * HOUR_S},
        asks_from=14,
        seeds=3,
    ),
    Life(
        "thirty percent slower, rarely called",
        "the same of a command that is called 20 times a day",
        weeks=3.05,
        commands=[Command("ask", 20, Latency(60, 0.5)), Command("ping", 20)],
        spells=[slower(1.3, 14, "ask")],
        starts=(Start(0, "r1"), Start(14, "r2")),
        faults=[update(14), Fault("/ask is slower", ("health: slower /ask",), 7.3 * DAY_S, 14, found_share=0.5)],
        asks={"health": 24.0 * HOUR_S},
        asks_from=18,
        seeds=6,
    ),
    Life(
        "a release that fails",
        "a release makes a tenth of a command's calls fail",
        weeks=2,
        commands=[Command("ask", 300, errors=[Errors(0.1, type="KeyError", begin=10)]), Command("ping", 300)],
        rhythm=EVEN,
        starts=(Start(0, "r1"), Start(10, "r2")),
        faults=[
            update(10, "health: failing_more /ask"),
            Fault("/ask fails anew", ("health: new KeyError*",), 6 * HOUR_S, 10),
            Fault("/ask fails more", ("health: failing_more /ask",), 2 * DAY_S, 10),
        ],
        asks={"health": 2.0 * HOUR_S},
        asks_from=10,
        seeds=3,
    ),
    Life(
        "a rare old error",
        "errors that come every few days in clumps of four, and a release that changed nothing",
        weeks=6,
        commands=[
            Command(f"c{n}", 100, errors=[Errors(0.003, clump=4, type=f"Error{n}", line=n)], cog="one")
            for n in range(4)
        ],
        starts=(Start(0, "r1"), Start(20, "r2")),
        faults=[update(20)],
        asks=ASKS,
        asks_from=20,
        seeds=3,
    ),
    Life(
        "an error of the third day",
        "an API fails from day 3 of a release on",
        weeks=6,
        commands=[Command("ask", 300, errors=[Errors(0.05, type="ApiError", begin=15)]), Command("ping", 300)],
        starts=(Start(0, "r1"), Start(12, "r2")),
        faults=[update(12)],
        asks=ASKS,
        asks_from=15,
        seeds=2,
    ),
    Life(
        "a fresh installation",
        "a bot of two days with an error that it has always had",
        weeks=2 / 7,
        commands=[Command("ask", 300, errors=[Errors(0.03, type="KeyError")]), Command("ping", 300)],
        asks={"health": 1.0 * HOUR_S},
        seeds=3,
    ),
    Life(
        "Discord fails",
        "Discord answers 5xx for two hours, the day after an update",
        weeks=2,
        commands=[
            Command(
                f"c{n}",
                300,
                errors=[Errors(0.6, type="hikari.errors.InternalServerError", begin=9, end=9 + 2 / 24)],
            )
            for n in range(3)
        ],
        rhythm=Rhythm(),
        starts=(Start(0, "r1"), Start(8.95, "r2")),
        faults=[update(8.95)],
        asks={"health": 1.0 * HOUR_S},
        asks_from=8.95,
        seeds=2,
    ),
)
