"""Puts together what sends reports, as the settings say."""

from __future__ import annotations

import importlib.util
import time
import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import hikari

from plugin.corridor import first_use
from plugin.corridor.alerts.history import AlertHistory
from plugin.corridor.drawing import Drawing
from plugin.corridor.look_back import HistorySource
from plugin.corridor.reports.delivery import ReportDelivery
from plugin.corridor.reports.reports import PART, Reports
from plugin.corridor.zones import zone_named
from plugin.instrument.containment import Containment
from plugin.model import ReportNotices
from plugin.outlets.discord_channel import DiscordChannel
from plugin.outlets.target import Target
from plugin.settings import Settings

if TYPE_CHECKING:
    from plugin.corridor.reports.schedule import DueReport, ReportSchedule
    from plugin.insight.pseudonyms import Pseudonyms

SLACK_S = 30.0
"""How much later than its interval an instance may write a minute."""
LONGEST_DRAWING_S = 15.0
NO_ZONE = "this machine does not know the time zone (setting timezone): correct it, or install tzdata"


def new_reports(
    rest: hikari.api.RESTClient,
    settings: Settings,
    history: HistorySource,
    names: Callable[[], Pseudonyms],
    drawing: Drawing,
    containment: Containment,
) -> Reports | None:
    """What sends the reports of the settings; None, with a part switched off, if something for it is missing.

    `names` stand for what readers may not see.
    """
    zone, missing, owner = zone_named(settings.timezone), missing_for_reports(settings), uuid.uuid4().hex
    if zone is None or missing:
        containment.switch_off(PART, missing or NO_ZONE)
        return None

    async def schedules() -> Sequence[ReportSchedule]:
        await first_use.load("plugin.corridor.reports.schedule")
        from plugin.corridor.reports.schedule import schedules

        return list(schedules(settings, zone))

    async def make(due: DueReport) -> ReportNotices | None:
        await first_use.load("plugin.corridor.reports.making")
        from plugin.corridor.readers import ReadersHistory
        from plugin.corridor.reports.making import make_report_notices

        shown = history if settings.details == "readers" else ReadersHistory(history, names())
        return await make_report_notices(
            due, shown, settings, zone, lambda charts: drawing.draw(charts, LONGEST_DRAWING_S), time.time()
        )

    def delivery(target: Target, *, mail: bool) -> ReportDelivery:
        # Each process by itself, not each instance: two of one name must not both send.
        return ReportDelivery(target, AlertHistory(history, f"report {target.name}", lambda: owner), mail=mail)

    deliveries: list[ReportDelivery] = []
    if settings.alert_channel:
        deliveries.append(delivery(DiscordChannel(rest, settings.alert_channel), mail=False))
    if settings.alert_targets:
        from plugin.outlets.apprise_target import apprise_targets  # here, since not every bot has such targets

        deliveries += [delivery(target, mail=True) for target in apprise_targets(settings.alert_targets)]
    return Reports(schedules, deliveries, make, containment, after_s=settings.flush_interval_s + SLACK_S)


def missing_for_reports(settings: Settings) -> str:
    """What is not there that reports need, and what to do."""
    if not settings.database:
        return "reports need history (setting database)"
    if not (settings.alert_channel or settings.alert_targets):
        return "there is no target for reports (settings alert_channel, alert_targets)"
    if importlib.util.find_spec("cronsim") is None:
        return "reports need cronsim: pip install cronsim"
    return ""
