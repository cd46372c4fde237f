"""Imports what most bots need late or never, such as all that makes pages, at its first use."""

from __future__ import annotations

import asyncio
import importlib
from concurrent.futures import ThreadPoolExecutor

from plugin.corridor.background import THREADS

_ready = set[str]()


async def load(module: str) -> None:
    """Import a module in a thread, since importing would hold the loop for 100 ms; nothing where that is done.

    What imports the module afterwards finds it there.
    """
    if module in _ready:
        return
    thread = ThreadPoolExecutor(1, thread_name_prefix=f"{THREADS}import")
    try:
        await asyncio.get_running_loop().run_in_executor(thread, importlib.import_module, module)
    finally:
        thread.shutdown(wait=False)
    _ready.add(module)
