"""The simulated database and web services of the sample bot."""

from __future__ import annotations

import asyncio
import random

_chance = random.Random(7)


async def database(rows: int = 1) -> None:
    """Simulate a query; more rows take longer."""
    await asyncio.sleep(_chance.uniform(0.003, 0.018) + rows * 0.0004)


async def website(typical_s: float) -> None:
    """Simulate a web request: usually near the typical time, sometimes up to twice as long."""
    await asyncio.sleep(typical_s * min(2.0, max(0.75, _chance.lognormvariate(0, 0.25))))
