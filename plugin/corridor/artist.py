"""The drawing process, and the thread that waits for it; imported with the first picture."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import pickle
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from plugin.display.chart import Chart, MissingExtraError, frames, program
from plugin.instrument.threads import Worker

LONGEST_DRAWING_S = 10
"""After this time the drawing process is killed."""


class DrawingError(RuntimeError):
    """A picture could not be drawn; the message is that of the drawing process."""


class Process:
    """The drawing process; for a thread that may block."""

    def __init__(self) -> None:
        # Not a fork, which would copy the bot's threads in the middle of their work, and not multiprocessing's spawn,
        # which would import the bot's main module again and so run a bot without a guard a second time.
        paths = [path for path in sys.path if path]
        self._popen = subprocess.Popen(  # noqa: S603 # this interpreter, with a file of this package
            [sys.executable, "-P", program.__file__, *paths],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0)
            | getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
        )
        self.id = self._popen.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._popen.poll() is None

    def draw(self, charts: Sequence[Chart]) -> bytes:
        """The charts below each other as PNG; raises DrawingError, EOFError or OSError."""
        assert self._popen.stdin is not None and self._popen.stdout is not None
        overdue = threading.Timer(LONGEST_DRAWING_S, self.kill)
        overdue.daemon = True
        overdue.start()
        try:
            frames.write(self._popen.stdin, frames.CHARTS, pickle.dumps(charts, pickle.HIGHEST_PROTOCOL))
            kind, payload = frames.read(self._popen.stdout)
        finally:
            overdue.cancel()
            overdue.join()
        if kind != frames.PICTURE:
            raise DrawingError(payload.decode("utf-8", "replace"))
        return payload

    def kill(self) -> None:
        """End it, from any thread."""
        self._popen.kill()

    def close(self) -> None:
        """End it and release everything."""
        self.kill()
        for pipe in (self._popen.stdin, self._popen.stdout):
            assert pipe is not None
            with contextlib.suppress(OSError):  # buffered data cannot be written any more
                pipe.close()
        self._popen.wait()


class Artist:
    """A thread that waits for the drawing process, and restarts it if it has ended."""

    def __init__(self) -> None:
        self._thread = Worker("drawing")
        self._process: Process | None = None
        self._ended = False

    @property
    def process_id(self) -> int | None:
        """Id of the drawing process, if there is one."""
        process = self._process
        return process.id if process is not None and process.alive else None

    def begin(self, charts: Sequence[Chart]) -> asyncio.Future[bytes]:
        """Draw, after earlier charts."""
        return self._thread.call(self._draw, charts)

    def end(self) -> None:
        """Kill the process and return at once; unfinished pictures fail, and the thread ends soon."""
        self._ended = True
        process = self._process
        if process is not None:
            process.kill()
        self.retire()

    def retire(self) -> None:
        """End after unfinished pictures, without waiting."""
        self._thread.end(self._close)

    def _draw(self, charts: Sequence[Chart]) -> bytes:
        if self._ended:
            raise DrawingError("it has ended")
        if self._process is not None and not self._process.alive:
            self._close()
        if self._process is None:
            self._process = Process()
        if self._ended:  # while it was starting
            self._process.kill()
        try:
            return self._process.draw(charts)
        except DrawingError:
            raise
        except BaseException:
            self._close()
            raise

    def _close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.close()


def missing() -> str:
    """What to install, if something is missing."""
    return "" if importlib.util.find_spec("PIL") else str(MissingExtraError())


def no_interpreter() -> str:
    """Why no further Python process can be started; empty if it can."""
    name = Path(sys.executable or "").stem.lower()
    if getattr(sys, "frozen", False) or not name.startswith(("python", "pypy")):
        return "charts need a separate Python process, and this bot's interpreter cannot start one"
    if not Path(program.__file__).is_file():
        return "charts need a program file, and this package is not installed as files"
    return ""
