"""The drawing program: reads charts from standard input and writes pictures to standard output.

It is run by its path and loads only the charts, since the package itself would import Hikari and Lightbulb.
"""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import os
import pickle
import signal
import sys
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

PACKAGE = "plugin"
NICENESS = 10
LONGEST_IDLE_S = 900
"""It ends after this idle time, since a fork of the bot may keep its standard input open."""


def main(paths: Sequence[str]) -> None:
    """Draw until standard input ends; libraries are also looked for in the paths."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the bot, which ends this program
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    pictures = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # keep prints of libraries out of the pictures
    sys.path += [path for path in paths if path not in sys.path]
    _load_alone()
    with contextlib.suppress(EOFError, BrokenPipeError):
        _serve(sys.stdin.buffer, pictures)


def _load_alone() -> None:
    """Create the packages without running their `__init__`."""
    folder = Path(__file__).parents[2]
    for name, path in ((PACKAGE, folder), (f"{PACKAGE}.display", folder / "display")):
        package = types.ModuleType(name)
        package.__path__ = [str(path)]
        sys.modules[name] = package


def _serve(requests: BinaryIO, pictures: BinaryIO) -> None:
    frames: Any = importlib.import_module(f"{PACKAGE}.display.chart.frames")
    while True:
        faulthandler.dump_traceback_later(LONGEST_IDLE_S, exit=True)
        _, payload = frames.read(requests)
        try:
            charts: Any = importlib.import_module(f"{PACKAGE}.display.chart")
            answer = frames.PICTURE, charts.panels(pickle.loads(payload))  # noqa: S301 # only the bot writes to this pipe
        except Exception as error:  # noqa: BLE001 # any error is sent to the bot
            answer = frames.ERROR, f"{type(error).__name__}: {error}".encode("utf-8", "replace")
        frames.write(pictures, *answer)


if __name__ == "__main__":
    main(sys.argv[1:])
