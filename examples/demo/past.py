"""Writes fifteen days of made-up history, so that the demo has a past to show."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterable, Iterator

from examples.demo.traffic import HABITS
from plugin.histogram import Histogram
from plugin.history.store import open_store
from plugin.model import (
    NO_ANSWERS,
    AnswerTimes,
    Batch,
    CommandDelta,
    CommandKey,
    CommandKind,
    ErrorDelta,
    ErrorGroup,
    Place,
    SeriesDelta,
    Writer,
)

HOUR_S, DAY_S = 3600, 86_400
DAYS = 15
FINE_DAYS = 7
"""The latest days, whose history is hourly."""
STEP_S = 4 * HOUR_S
"""Interval between written calls."""
CALLS_A_STEP = 600
OLD, NEW = "1.3.0", "1.4.0"
NEW_SINCE_S = 24 * HOUR_S
"""Before now: the release that made the shop slower and introduced a KeyError."""

INSTANCE = "workshop"
TYPICAL_MS = {
    "weather": 330, "translate": 720, "summarize": 800, "meme": 180, "cat": 160, "joke": 140, "lyrics": 260,
    "play": 1600, "leaderboard": 170, "shop buy": 40, "shop list": 30,
}  # fmt: skip # a table
USUAL_MS = 12
DEFERRING = {"play", "translate", "purge"}
DEFER_NS = 2_000_000
"""From the receipt to the defer."""
SLOWER_MS = {"shop buy": 190}
"""Answer times since the new release."""

MB = 2**20


async def write(database: str, bot_id: int, keys: Iterable[CommandKey]) -> None:
    """Fill a new database with the history of a bot with these commands."""
    slash = {key.name: key for key in keys if key.kind is CommandKind.SLASH}
    now = int(time.time()) // STEP_S * STEP_S
    chance = random.Random(11)
    async with await open_store(database) as store:
        for release, begin, end in ((OLD, now - DAYS * DAY_S, now - NEW_SINCE_S), (NEW, now - NEW_SINCE_S, now)):
            writer = Writer(bot_id, INSTANCE, f"past {release}", release)
            await store.fleet.register(writer, begin)
            for sequence, start in enumerate(range(begin, end, HOUR_S)):
                calls = slash if start % STEP_S == 0 else {}  # calls of four hours are written in the first of them
                fine = start >= now - FINE_DAYS * DAY_S
                if calls or fine:
                    hours = 1 if fine else STEP_S // HOUR_S
                    await store.writing.write(writer, _batch(start, sequence, hours, calls, chance, release))
            await store.fleet.leave(writer, end)
        while await store.writing.roll_up(now):
            pass


def _batch(
    start: int, sequence: int, hours: int, slash: dict[str, CommandKey], chance: random.Random, release: str
) -> Batch:
    busy = 1 + 0.6 * math.sin(2 * math.pi * ((start % DAY_S) / DAY_S - 0.4))
    total = sum(habit.weight for habit in HABITS)
    commands: list[CommandDelta] = []
    for habit in HABITS:
        if habit.command in slash:
            calls = round(CALLS_A_STEP * busy * habit.weight / total * chance.uniform(0.8, 1.2))
            commands.append(_command(slash[habit.command], calls, chance, release))
    errors = tuple(_errors(commands, start, release))
    return Batch(start, sequence, tuple(commands), dict(_series(start, busy * hours, busy, chance)), errors)


def _command(key: CommandKey, calls: int, chance: random.Random, release: str) -> CommandDelta:
    typical_ms = TYPICAL_MS.get(key.name, USUAL_MS)
    if release == NEW:
        typical_ms = SLOWER_MS.get(key.name, typical_ms)
    durations, first_responses, times, sum_ns, answers_ns = Histogram(), Histogram(), Histogram(), 0, 0
    deferring = key.name in DEFERRING
    for _ in range(calls):
        duration_ns = int(typical_ms * 1e6 * chance.lognormvariate(0, 0.3))
        answer_ns = int(duration_ns * 0.9)
        durations.record(duration_ns)
        times.record(answer_ns)
        first_responses.record(DEFER_NS if deferring else answer_ns)
        sum_ns, answers_ns = sum_ns + duration_ns, answers_ns + answer_ns
    failing = 0.12 if release == NEW and key.name == "shop buy" else 0.002
    errors = sum(chance.random() < failing for _ in range(calls))
    outcomes = calls - errors, calls // 25, errors, 0
    answers = AnswerTimes(calls, answers_ns, times)
    return CommandDelta(
        key,
        outcomes,
        sum_ns,
        durations,
        first_responses,
        NO_ANSWERS if deferring else answers,
        answers if deferring else NO_ANSWERS,
    )


def _errors(commands: Iterable[CommandDelta], start: int, release: str) -> Iterator[ErrorDelta]:
    for command in commands:
        if command.outcomes[2]:
            new = release == NEW and command.key.name == "shop buy"
            place = Place("cogs/economy.py", "buy" if new else "answer", 61 if new else 17)
            kind = "KeyError" if new else "hikari.errors.InternalServerError"
            yield ErrorDelta(command.key, ErrorGroup(kind, place, command.outcomes[2], start, start + STEP_S - 1))


def _series(start: int, talk: float, busy: float, chance: random.Random) -> Iterator[tuple[str, SeriesDelta]]:
    grown = 3.5 * MB * (start - (time.time() - DAYS * DAY_S)) / DAY_S
    values = {
        "memory_bytes": 148 * MB + grown + chance.uniform(-2, 2) * MB,
        "cpu_share": 0.04 * busy + chance.uniform(0, 0.02),
        "threads": 7,
        "open_files": 31,
        "latency_s": 0.045 + chance.uniform(0, 0.02),
        "latency_s.shard0": 0.045 + chance.uniform(0, 0.02),
        "guilds": 3,
        "messages": round(180 * talk),
        "tasks": 14,
        "cache_entries": 900 + 40 * (start % (DAYS * DAY_S)) // DAY_S,
        "loop_lag_s": 0.0004 * busy,
    }
    for name, value in values.items():
        yield name, SeriesDelta(1, value, value, value)
