"""The demo's bot in a process of its own: `python -m tests.bench.small_bot LINE REST_URL TOKEN [EXTENSION]`.

Writes a line when it has started: the seconds of processor time until then. From then on it answers each line that it
reads with a line, once history has everything and all garbage is collected. It imports nothing of the plugin itself.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import sys
import time
from typing import Any

QUIET = {"banner": None, "logs": None, "suppress_optimization_warning": True}


async def main(line: str, rest_url: str, token: str, *extensions: str) -> None:
    """Run until the input ends."""
    module: Any = importlib.import_module(f"examples.demo.bot{line}")
    sample = module.SampleBot(token, typed=False, rest_url=rest_url, **QUIET)
    await sample.load(*extensions)
    if not extensions and "plugin" in sys.modules:
        raise RuntimeError("something of the demo has imported the plugin, so that nothing can be measured without it")
    await sample.start()
    _tell(str(time.process_time()))
    while await asyncio.to_thread(sys.stdin.readline):
        if extensions:
            await _written(sample.bot)
        gc.collect()
        _tell("settled")
    await sample.close()


async def _written(bot: Any) -> None:
    """Wait until history is open and has all that was counted."""
    from plugin import monitor_of
    from plugin.corridor.archive import HistoryUnavailable

    monitor = monitor_of(bot)
    assert monitor is not None
    while True:
        await monitor.flush()
        try:
            if await monitor.ask(lambda store: store.reading.all_time(monitor.scope())):
                return
        except HistoryUnavailable:
            await asyncio.sleep(0.01)


def _tell(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
