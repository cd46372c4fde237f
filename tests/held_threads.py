"""Threads of the monitor that begin and end when a test lets them, as they do on a busy machine."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from plugin.instrument.threads import THREADS

LONGEST_S = 20
"""Whoever waits for a thread that is held gets on after this time, and the test fails."""


class HeldThreads:
    """Holds the monitor's threads before they count as started, and before they are gone."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._begin, self._end = threading.Event(), threading.Event()
        self._end.set()
        self.waited_for = False
        """Whether somebody may have waited for one."""
        bootstrap: Any = threading.Thread._bootstrap_inner  # pyright: ignore[reportAttributeAccessIssue] # before it tells that it has started
        run = threading.Thread.run

        def held_bootstrap(thread: threading.Thread) -> None:
            self._hold(thread, self._begin)
            bootstrap(thread)

        def held_run(thread: threading.Thread) -> None:
            try:
                run(thread)
            finally:
                self._hold(thread, self._end)

        monkeypatch.setattr(threading.Thread, "_bootstrap_inner", held_bootstrap)
        monkeypatch.setattr(threading.Thread, "run", held_run)

    def begin(self) -> None:
        """Let them begin."""
        self._begin.set()

    def hold_ends(self) -> None:
        """Let none end from now on."""
        self._end.clear()

    def end(self) -> None:
        """Let them begin and end."""
        self._begin.set()
        self._end.set()

    def _hold(self, thread: threading.Thread, event: threading.Event) -> None:
        if thread.name.startswith(THREADS) and not event.wait(LONGEST_S):
            self.waited_for = True
