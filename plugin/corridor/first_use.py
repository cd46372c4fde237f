"""Imports what most bots need late or never, such as all that makes pages, at its first use."""

from __future__ import annotations

import importlib

from plugin.instrument.threads import Worker

_ready = set[str]()


async def load(module: str) -> None:
    """Import a module in a thread, since importing would hold the loop for 100 ms; nothing where that is done.

    What imports the module afterwards finds it there.
    """
    if module in _ready:
        return
    thread = Worker("import")
    try:
        await thread.call(importlib.import_module, module)
    finally:
        thread.end()
    _ready.add(module)
