"""`check`: what is wrong with settings and database, before a deploy."""

from __future__ import annotations

import argparse
import time
from datetime import UTC

from plugin.cli import source
from plugin.cli.output import say
from plugin.corridor.reports.building import missing_for_reports
from plugin.corridor.zones import zone_named
from plugin.display.alert import alert_test_notice
from plugin.history import StoreError, shown_address
from plugin.history.store import open_store
from plugin.outlets.apprise_sender import AppriseSender
from plugin.outlets.apprise_target import AppriseTarget, name_of
from plugin.outlets.target import TargetError
from plugin.pages.moments import zone_of
from plugin.pages.page_request import BadQuestionError
from plugin.settings import Settings

NAME = "check"
HELP = "check settings and database; exit code 1 where something is wrong"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The database, where it is not that of the settings, and whether alerts are tried."""
    parser.add_argument("--database", metavar="ADDRESS", help="path or postgresql://…; default: the setting database")
    parser.add_argument("--send", action="store_true", help="send a test alert to each of the setting alert_targets")


async def _check_targets(settings: Settings, *, send: bool) -> int:
    """How many of the targets of alerts cannot be told anything."""
    sender = AppriseSender()
    notice = alert_test_notice(settings.instance, time.time(), zone_named(settings.timezone) or UTC)
    problems = 0
    for number, url in enumerate(settings.alert_targets, 1):
        name = f"alert_targets {number}, {name_of(url)}"
        try:
            if send:
                await AppriseTarget(sender, url).send(notice)
            else:
                await sender.check(url)
        except TargetError as problem:
            problems += 1
            say(f"{name}: {problem}")
        else:
            say(f"{name}: {'test alert sent' if send else 'understood'}")
    return problems


def _check_reports(settings: Settings) -> int:
    """How many reasons there are that no reports are sent, where the settings want some."""
    wanted = {"daily": settings.daily_report, "weekly": settings.weekly_report}
    times = ", ".join(f"{kind} {time}" for kind, time in wanted.items() if time)
    missing = missing_for_reports(settings) if times else ""
    if times:
        say(f"reports: {missing or times}")
    return int(bool(missing))


async def run(given: argparse.Namespace) -> int:
    """Print a line for each thing that was checked."""
    settings = source.settings()
    say("settings: valid")
    problems = await _check_targets(settings, send=given.send) + _check_reports(settings)
    try:
        say(f"time zone: {zone_of(settings.timezone)}")
    except BadQuestionError as bad:
        problems += 1
        say(f"time zone: {bad}")
    address = given.database or settings.database
    if not address:
        say("database: none, no history is kept (setting database)")
        return int(problems > 0)
    try:
        began = time.perf_counter()
        async with await open_store(address, as_it_is=True) as store:
            bots = await store.fleet.bots()
        took_ms = 1000 * (time.perf_counter() - began)
        named = ", ".join(map(str, bots)) or "none"
        say(f"database: {shown_address(address)} answers in {took_ms:.0f} ms, bots: {named}")
    except StoreError as problem:
        problems += 1
        say(f"database: {problem}")
    return int(problems > 0)
