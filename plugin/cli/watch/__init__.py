"""`watch`: a process beside the bot that tells people when the bot is gone, frozen or without Discord."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import signal
import sys
from datetime import UTC

from plugin.cli.output import CommandError, say
from plugin.cli.watch.looking import PresenceWatch
from plugin.cli.watch.notices import BEFORE, Notices
from plugin.cli.watch.outbox import Outbox
from plugin.cli.watch.state import StateFile
from plugin.corridor.zones import zone_named
from plugin.history.address import parse, shown_address
from plugin.history.errors import StoreError
from plugin.insight.presence import PresenceBook
from plugin.outlets.apprise_target import apprise_targets
from plugin.settings import Settings
from plugin.settings_source import SettingsError, load

NAME = "watch"
HELP = "run beside the bot, and tell people when it is gone, frozen or without Discord, and when it is back"

_logger = logging.getLogger(__name__)

AFTER_S, BEATS = 180.0, 4
"""How long something must last by default: three minutes, or four heartbeats if that is longer."""
EVERY_S = 15.0
AWAY_S = 300.0
"""A database that cannot be read is told after so long, or after `--after` if that is longer."""
IS_WRONG, CANNOT_SEE = 1, 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is watched, how patiently, and where that is remembered."""
    parser.add_argument("--database", metavar="ADDRESS", help="path or postgresql://…; default: the setting database")
    parser.add_argument("--bot", type=int, metavar="ID", help="application id of the only bot to watch; default: all")
    parser.add_argument(
        "--after",
        type=_seconds,
        metavar="SECONDS",
        help=f"how long something must last; default: {AFTER_S:.0f}, or {BEATS} flush_interval_s if that is longer",
    )
    parser.add_argument("--every", type=_seconds, default=EVERY_S, metavar="SECONDS", help="between two looks; 15")
    parser.add_argument("--expect-running", action="store_true", help="tell of clean shutdowns, too")
    parser.add_argument("--once", action="store_true", help="look once, for cron: exit code 1 if something is wrong")
    parser.add_argument(
        "--state",
        default="golem-watch.json",
        metavar="FILE",
        help="where is kept what was said, so that a restart does not repeat it; default: golem-watch.json",
    )


async def run(given: argparse.Namespace) -> int:
    """Watch until a signal comes, or look once."""
    try:
        settings = load()
    except SettingsError as problem:
        raise CommandError(str(problem)) from None
    book, outbox, watch = _new(given, settings)
    watch.go_on()
    if given.once:
        return await _once(book, watch)
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    told = ", ".join(outbox.targets) or "nobody: only this log says it (setting alert_targets)"
    _logger.info("watching %s; told: %s", shown_address(given.database or settings.database), told)
    await _until_stopped(watch, given.every)
    _logger.info("stopped")
    return 0


async def _once(book: PresenceBook, watch: PresenceWatch) -> int:
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    await watch.look(once=True)
    if not watch.can_see:
        return CANNOT_SEE
    for sign, presence in book.missed:
        say(f"bot {sign.bot}, {sign.instance}: {BEFORE[presence]}")
    return IS_WRONG if book.missed else 0


async def _until_stopped(watch: PresenceWatch, every_s: float) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has Ctrl+C only
            loop.add_signal_handler(number, stop.set)
    while not stop.is_set():
        await watch.look()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(every_s):
                await stop.wait()
    watch.keep()


def _new(given: argparse.Namespace, settings: Settings) -> tuple[PresenceBook, Outbox, PresenceWatch]:
    address = given.database or settings.database
    if not address:
        raise CommandError("no history is kept (setting database); name one with --database")
    try:
        parsed = parse(address)
    except StoreError as problem:
        raise CommandError(str(problem)) from None
    beat_s = settings.flush_interval_s
    after_s = max(AFTER_S, BEATS * beat_s) if given.after is None else given.after
    book = PresenceBook(after_s, beat_s, expect_running=given.expect_running)
    outbox = Outbox(apprise_targets(settings.alert_targets))
    notices = Notices(zone_named(settings.timezone) or UTC, settings.details == "readers")
    state, away_s = StateFile(given.state), max(AWAY_S, after_s)
    return book, outbox, PresenceWatch(parsed, given.bot, book, outbox, notices, state, away_s)


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= 86_400:
        raise argparse.ArgumentTypeError("must be above 0, and a day at most")
    return value
