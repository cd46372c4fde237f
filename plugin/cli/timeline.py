"""`timeline`: what happened around a moment, as `/health when:` tells it."""

from __future__ import annotations

import argparse
import time

from plugin.cli import source
from plugin.cli.output import say
from plugin.corridor.timeline import around
from plugin.display.pages.timeline import timeline_chapter
from plugin.display.terminal import plain
from plugin.pages.moments import EXAMPLES, moment_of, zone_of
from plugin.pages.page_request import BadQuestionError

NAME = "timeline"
HELP = "what happened around a moment, in order"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The moment, beside those of every command that reads history."""
    source.add_arguments(parser)
    parser.add_argument("--around", required=True, metavar="TIME", help=EXAMPLES)


async def run(given: argparse.Namespace) -> int:
    """Print the timeline."""
    settings, now = source.settings(), time.time()
    try:
        zone = zone_of(settings.timezone)
        moment = moment_of(given.around, now, zone)
    except BadQuestionError as bad:
        raise source.CommandError(str(bad).replace("`when`", "--around")) from None
    async with source.history(given, settings) as past:
        fleet, beat_s = given.instance is None, settings.flush_interval_s
        told, note = await around(past, moment, fleet, now, beat_s, in_bot=False)
    if told is None:
        raise source.CommandError(note)
    say(plain(timeline_chapter(told, zone), now))
    return 0
