"""Asyncio tasks: an evening rush, work that lasts for hours, and tasks that never end."""

from __future__ import annotations

from tests.lives.life import COMMUNITY, HOUR_S, Command, Fault, Latency, Life, Rhythm, Tasks

PING = (Command("ping", 100, Latency(30, 0.2)),)
RUSH = Rhythm(tuple({18: 0.2, 19: 0.6, 20: 1.4, 21: 2.0}.get(hour, 0.001) for hour in range(24)))

LIVES = (
    Life(
        "an evening rush",
        "every evening up to 10,000 tasks of twenty minutes run at the same time, and end again",
        weeks=2,
        commands=PING,
        tasks=[Tasks("remind", 250, 20 * 60, RUSH)],
    ),
    Life(
        "giveaways",
        "every evening thousands of tasks begin that last for two hours",
        weeks=2,
        commands=PING,
        tasks=[Tasks("giveaway", 20, 2 * HOUR_S, RUSH)],
    ),
    Life(
        "reminders",
        "tasks that last for half a day follow the day's rhythm",
        weeks=2,
        commands=PING,
        tasks=[Tasks("remind", 0.5, 12 * HOUR_S, COMMUNITY)],
    ),
    Life(
        "tasks that never end",
        "from day 5 on none of a kind of tasks ends, of which one begins each minute",
        weeks=2,
        commands=PING,
        tasks=[Tasks("leak", 1, stay_share=1, begin=5)],
        faults=[Fault("tasks of leak pile up", ("now: tasks leak",), 8 * HOUR_S, 5)],
    ),
    Life(
        "one in ten stays",
        "of twenty tasks an hour two never end",
        weeks=3,
        commands=PING,
        tasks=[Tasks("worker", 1 / 3, 60, stay_share=0.1, begin=2)],
        faults=[Fault("tasks of worker pile up", ("now: tasks worker",), 4 * 24 * HOUR_S, 2)],
    ),
)
