"""The entry point: `python -m examples.demo`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.metadata
import logging
import os
import sys
from pathlib import Path

OLDEST_PYTHON = (3, 11)
LARGEST_COUNT = 10_000
INSTALL = "python -m pip install -e '.[lightbulb3,charts]' (or let nox do it: nox -s demo)"


def main() -> int | str:
    """Run the demo; returns the exit code, or an error message."""
    arguments = _arguments()
    if sys.version_info < OLDEST_PYTHON:
        return f"The demo needs Python 3.11 or later; this is Python {sys.version.split()[0]}."
    try:
        from examples.demo import story
        from examples.demo.screen import LogLines, Screen, ScreenClosedError
    except (ModuleNotFoundError, importlib.metadata.PackageNotFoundError) as missing:
        return f"{missing.name} is not installed: {INSTALL}"
    screen = Screen()
    _set_up_logging(LogLines(screen), verbose=arguments.verbose)
    token = os.environ.get("DISCORD_TOKEN", "").strip()
    endless = bool(token) or arguments.keep
    if token:
        tale = story.on_discord(screen, token, arguments.replace)
    else:
        tale = story.on_its_own(screen, arguments.invocations, arguments.port, arguments.keep, arguments.pictures)
    try:
        asyncio.run(tale)
    except ScreenClosedError:
        return 0
    except KeyboardInterrupt:
        with contextlib.suppress(ScreenClosedError):
            screen.say("Stopped.")
        return 0 if endless else 130
    except Exception as error:
        if arguments.verbose:
            raise
        return story.sentence_of(error, token)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m examples.demo",
        description="A sample bot with the monitor: on a Discord of its own on this machine, or, "
        "where the environment variable DISCORD_TOKEN is set, on the real one.",
    )
    parser.add_argument("--invocations", type=_count, default=400, metavar="N", help="how many calls are made (400)")
    parser.add_argument("--keep", action="store_true", help="go on until Ctrl-C")
    parser.add_argument("--port", type=int, default=0, help="the port of the Discord on this machine (a free one)")
    parser.add_argument(
        "--pictures",
        type=_folder,
        metavar="FOLDER",
        help="put charts (PNG) and pages (HTML) there",
    )
    parser.add_argument("--replace", action="store_true", help="replace the commands that a real bot has")
    parser.add_argument("--verbose", action="store_true", help="show the log of the bot and its libraries, too")
    return parser.parse_args()


def _count(text: str) -> int:
    if not 1 <= int(text) <= LARGEST_COUNT:
        raise argparse.ArgumentTypeError(f"must be from 1 to {LARGEST_COUNT:,}")
    return int(text)


def _folder(text: str) -> Path:
    if not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {text}")
    return Path(text)


def _set_up_logging(handler: logging.Handler, *, verbose: bool) -> None:
    logging.getLogger().addHandler(handler)
    logging.getLogger("plugin").setLevel(logging.INFO)
    if verbose:
        logging.getLogger().setLevel(logging.INFO)
    else:  # the sample bot fails on purpose, and its tracebacks would bury the pages
        logging.getLogger("examples.demo").setLevel(logging.CRITICAL)


if __name__ == "__main__":
    sys.exit(main())
