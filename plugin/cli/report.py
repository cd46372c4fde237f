"""`report`: what the bot did over a period against the previous one, in the terminal or as an HTML file."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from plugin.cli import source
from plugin.cli.output import say
from plugin.corridor.look_back import LookBack, PageContext
from plugin.corridor.report_history import report
from plugin.display.pages.report import report_chapter
from plugin.display.report_html import report_html
from plugin.display.terminal import plain
from plugin.model import Period
from plugin.pages.moments import EXAMPLES, moment_of, zone_of
from plugin.pages.page_request import BadQuestionError

NAME = "report"
HELP = "what the bot did over a period against the previous one, and what to do first"
PERIODS = {period.value: period for period in (Period.DAY, Period.WEEK, Period.MONTH)}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The period, its end, and the file, beside those of every command that reads history."""
    source.add_arguments(parser)
    parser.add_argument("--period", choices=tuple(PERIODS), default="7d")
    parser.add_argument("--until", metavar="TIME", help=f"its end, {EXAMPLES}; default: now")
    parser.add_argument("--html", metavar="FILE", type=Path, help="write it as one HTML file")


async def run(given: argparse.Namespace) -> int:
    """Print the report, or write it to the file."""
    settings, now = source.settings(), time.time()
    try:
        zone = zone_of(settings.timezone)
        # A period ends with the minute that its last moment is in.
        until = now if given.until is None else moment_of(given.until, now, zone) - 1
    except BadQuestionError as bad:
        raise source.CommandError(str(bad).replace("`when`", "--until")) from None
    async with source.history(given, settings) as past:
        back = LookBack(PERIODS[given.period], given.instance is None, until)
        told, note = await report(past, back, PageContext(now, settings, None))
    if told is None:
        raise source.CommandError(note)
    if given.html is None:
        say(plain(report_chapter(told, zone), now))
    else:
        _write(given.html, report_html(told, zone))
    return 0


def _write(file: Path, page: str) -> None:
    try:
        file.write_text(page, "utf-8")
    except OSError as problem:
        raise source.CommandError(f"{file} cannot be written: {problem.strerror}") from None
    say(f"report written to {file}")
