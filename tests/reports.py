"""Weeks of history, made up for reports."""

from __future__ import annotations

from plugin.history.store import Store
from plugin.model import Finding, Severity, Subject, SubjectKind
from tests.history.builders import BUY, DAY, HOUR, NOON, SELL, WRITER, batch, delta, failure

MB = 1 << 20
WEEK = 7 * DAY
START = NOON - WEEK
HOURS = WEEK // HOUR
OLD = WRITER._replace(boot="old", release="1.9")
NEW = WRITER._replace(boot="new", release="2.0")
DIED, BACK = NOON - 3 * DAY + 30, NOON - 3 * DAY + 660
SHARD = Subject(SubjectKind.SHARD, "3")
LOST = Finding("shard_disconnected", SHARD, Severity.CRITICAL, "shard 3 is not connected", NOON - 2 * DAY)
MEMORY = Finding("memory", Subject(SubjectKind.PROCESS), Severity.WARNING, "memory 410 MB, target 400 MB", NOON - HOUR)
SLOWER = Finding(
    "slower",
    Subject(SubjectKind.COMMAND, "/shop sell"),
    Severity.WARNING,
    "/shop sell: p95 20 ms → 80 ms since 2.0",
    BACK,
    look_at="/commandstats command:/shop sell period:7d",
    everywhere=True,
)
FINDINGS = (LOST._replace(until=NOON - 2 * DAY + 300), MEMORY._replace(look_at="/performance"), SLOWER)


async def two_weeks(store: Store, hours_before: int = HOURS, extra: tuple[Finding, ...] = ()) -> None:
    """A week of release 1.9, then one in which `/shop buy` is used more, and `/shop sell` is slow and fails.

    Three days before its end the process dies, and is back with 2.0 ten minutes and a half after its last heartbeat.
    """
    await store.fleet.register(OLD, START - hours_before * HOUR)
    for hour in range(-hours_before, HOURS):
        at = START + hour * HOUR
        if at == NOON - 3 * DAY:
            await store.fleet.beat(OLD, DIED, (0, 1, 2, 3), "memory 254 MB")
            await store.fleet.register(NEW, BACK)
            at = BACK
        if hour < 0:
            told = batch(at, delta(BUY, 10, each_ms=20), delta(SELL, 5, each_ms=20), memory_bytes=100.0 * MB)
        else:
            told = batch(
                at,
                delta(BUY, 20, each_ms=20),
                delta(SELL, 5, 1, each_ms=80),
                errors=(failure("KeyError", seen=at, key=SELL),),
                memory_bytes=200.0 * MB,
                latency_s=0.08,
                loop_lag_s=0.002,
                connected_share=0.5 if at == LOST.since else 1.0,
            )
        if at == NOON - HOUR:
            told = told._replace(findings=(*FINDINGS, *extra))
        await store.writing.write(OLD if at < BACK else NEW, told)
    await store.fleet.beat(NEW, NOON, (0, 1, 2, 3), "memory 200 MB")
