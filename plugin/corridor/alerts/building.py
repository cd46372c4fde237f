"""Puts together what tells people of incidents, as the settings say."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, tzinfo

import hikari

from plugin.corridor.alerts.alerting import Alerting
from plugin.corridor.alerts.alerts import Alerts
from plugin.corridor.alerts.history import AlertHistory
from plugin.corridor.alerts.manners import Manners
from plugin.corridor.alerts.people import People
from plugin.corridor.keeping import Keeper
from plugin.corridor.look_back import HistorySource
from plugin.corridor.sampling import Sampler
from plugin.display.alert import alert_notice
from plugin.insight.alerts import AlertBook
from plugin.insight.discreet_findings import finding_shown
from plugin.insight.pseudonyms import Pseudonyms
from plugin.instrument.containment import Containment
from plugin.model import Alert, Notice, Severity
from plugin.outlets.discord_channel import DiscordChannel
from plugin.outlets.target import Target
from plugin.settings import Settings

_logger = logging.getLogger(__name__)


def new_alerts(
    rest: hikari.api.RESTClient,
    settings: Settings,
    sampler: Sampler,
    keeper: Keeper,
    history: HistorySource | None,
    names: Callable[[], Pseudonyms],
    containment: Containment,
) -> Alerts | None:
    """What tells the targets of the settings; None where there are none.

    `history` is None where none is kept, `names` stand for what readers may not see.
    """

    def notice(alert: Alert) -> Notice:
        """An alert as those may see it who read the target, with the name of this instance, if they may see that."""
        done = people.of(alert.incident, time.time())
        if settings.details == "readers":
            return alert_notice(alert, keeper.instance, done)
        findings = tuple(finding_shown(one, names()) for one in alert.incident.findings)
        shown = alert._replace(incident=alert.incident._replace(findings=findings))
        return alert_notice(shown, settings.instance, done)

    def book() -> AlertBook:
        minimum = Severity[settings.alert_severity.upper()]
        return AlertBook(keeper.instance, minimum, settings.alert_after_s, settings.alert_grace_s)

    def alerting(target: Target) -> Alerting:
        return Alerting(
            book(),
            target,
            lambda: sampler.standing,
            AlertHistory(history, target.name, lambda: keeper.instance),
            lambda: keeper.settled,
            notice,
            manners=manners,
        )

    people, targets, channel = People(history), list[Target](), None
    manners = Manners(people, settings.alert_reminder_s, quiet_hours(settings))
    if settings.alert_channel:
        channel = DiscordChannel(rest, settings.alert_channel, settings.alert_mentions)
        targets.append(channel)
    return Alerts([alerting(target) for target in targets], containment, people, channel) if targets else None


def quiet_hours(settings: Settings) -> Callable[[float], bool] | None:
    """What says of a time in Unix seconds whether it is quiet; None if it never is."""
    if not settings.alert_quiet_hours:
        return None
    from plugin.insight.quiet_hours import QuietHours  # here, since few bots have any

    return QuietHours(settings.alert_quiet_hours, _zone(settings.timezone)).hold


def _zone(name: str) -> tzinfo:
    if name.upper() == "UTC":
        return UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # here, since most bots stay with UTC

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        _logger.warning(
            "this machine does not know the time zone %s, quiet hours are in UTC: correct the setting timezone, "
            "or install tzdata",
            name,
        )
        return UTC
