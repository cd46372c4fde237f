"""Processor time of the monitor's own work."""

from __future__ import annotations

import asyncio
import time

import pytest

from plugin.instrument.meter import Meter

WORK_NS = 5_000_000


def work() -> str:
    """Use the processor for a while."""
    end_ns = time.thread_time_ns() + WORK_NS
    while time.thread_time_ns() < end_ns:
        pass
    return "done"


def test_a_function_is_metered_by_its_work() -> None:
    """What it computes counts, also where it raises."""
    meter = Meter()
    assert meter.timed(work)() == "done"
    with pytest.raises(ZeroDivisionError):
        meter.timed(lambda: work() and 1 / 0)()
    assert meter.processor_ns >= 2 * WORK_NS


async def test_the_steps_of_a_coroutine_are_metered() -> None:
    """Each step counts, and what others do while it waits does not."""
    meter = Meter()

    async def worker() -> str:
        work()
        await asyncio.sleep(0)
        return work()

    async def other() -> None:
        for _ in range(10):
            work()
            await asyncio.sleep(0)

    waiting = asyncio.ensure_future(other())
    assert await meter.metered(worker()) == "done"
    assert 2 * WORK_NS <= meter.processor_ns < 8 * WORK_NS
    await waiting


async def test_a_cancellation_reaches_what_is_metered() -> None:
    """A metered coroutine can be cancelled, and cleans up."""
    cleaned: list[bool] = []

    async def worker() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            cleaned.append(True)

    task = asyncio.ensure_future(Meter().metered(worker()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert cleaned == [True]
