"""The examples of `docs/own-measures.md` run as they are written, with the package and without it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXAMPLE = re.compile(r"```python\n(.*?)```", re.DOTALL)
*EXAMPLES, FALLBACK = EXAMPLE.findall((ROOT / "docs" / "own-measures.md").read_text(encoding="utf-8"))

COUNTED = """
import asyncio
from plugin.metrics.meters import PROCESS

class Bot:
    on_startup = []
    add_startup_callback = on_startup.append

assert asyncio.run(pay_daily()) == 100
pay_gift()
load(Bot())
found = {(reading.measure.name, *reading.values): reading.value for reading in PROCESS.read()}
assert found["economy.transactions", "daily"] == 2 and found["economy.transactions", "gift"] == 3
assert found["economy.supply",] == 120_500 and found["economy.price",].sum == 250
assert found["economy.payout", "daily"].number == found["economy.payout", "gift"].number == 1
assert sorted(drop.reason.value for drop in PROCESS.drops()) == ["negative", "wrong attribute names"]
"""

MISSING = "import sys; sys.modules['plugin'] = None"

NOTHING_DONE = """
import asyncio, inspect

assert type(plugin).__name__ == "Off"
assert inspect.iscoroutinefunction(pay_daily) and asyncio.run(pay_daily()) == 100
assert payout(len) is len
pay_gift()
load(None)

async def timed():
    async with payout.time(kind="a"):
        return True

assert asyncio.run(timed())
"""


def run(*parts: str) -> None:
    """Run code in a process of its own."""
    command = [sys.executable, "-W", "error", "-c", "\n".join(parts)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)
    assert ended.returncode == 0, ended.stderr


def test_the_examples_count() -> None:
    """In the order of the page; the two that are wrong are dropped, and the drops are counted."""
    run(*EXAMPLES, COUNTED)


def test_without_the_package_the_examples_do_nothing() -> None:
    """The fallback takes every call of the page, and decorated functions stay what they are."""
    calls = [example.replace("import plugin\n", "") for example in EXAMPLES]
    run(MISSING, FALLBACK, *calls, NOTHING_DONE)


def test_the_readme_shows_the_same_fallback() -> None:
    """One text is tested above; the other is the same."""
    readme = EXAMPLE.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert FALLBACK in readme
