"""Import modules at their first use that most bots need late or never, such as the pages."""

from __future__ import annotations

import importlib

from plugin.instrument.threads import Worker

_ready = set[str]()


async def load(module: str) -> None:
    """Import a module in a thread, since importing would block the loop for 100 ms, unless it is imported already.

    Later imports find the module loaded.
    """
    if module in _ready:
        return
    thread = Worker("import")
    try:
        await thread.call(importlib.import_module, module)
    finally:
        thread.end()
    _ready.add(module)
