"""Puts together what tells people of incidents, as the settings say."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from datetime import UTC, tzinfo
from typing import NamedTuple

from plugin.corridor.alerts.alerting import Alerting
from plugin.corridor.alerts.alerts import Alerts
from plugin.corridor.alerts.audience import Audience
from plugin.corridor.alerts.courses import AlertCourses
from plugin.corridor.alerts.history import AlertHistory
from plugin.corridor.alerts.manners import Manners
from plugin.corridor.alerts.people import People
from plugin.corridor.alerts.pictures import AlertPictures
from plugin.corridor.alerts.told import told_by_rules
from plugin.corridor.sources import Sources
from plugin.corridor.zones import zone_named
from plugin.display.alert import alert_notice, alert_test_notice
from plugin.insight.alerts import AlertBook
from plugin.instrument.containment import Containment
from plugin.model import Alert, Notice, Severity, Standing
from plugin.outlets.discord_channel import DiscordChannel
from plugin.outlets.target import Target
from plugin.settings import Settings

_logger = logging.getLogger(__name__)


def new_alerts(of: Sources, containment: Containment) -> Alerts | None:
    """What tells the targets of the settings; None where there are none."""
    settings, zone = of.settings, zone_of_alerts(of.settings)
    audience, people = Audience(of), People(of.kept)
    parts = _Parts(
        audience,
        Manners(people, settings.alert_reminder_s, quiet_hours(settings, zone)),
        AlertPictures(of.drawing, AlertCourses(audience.history, of.sampler.kept), audience.charted, containment),
        told_by_rules(settings, lambda: of.keeper.instance, of.registry),
    )

    def in_discord(alert: Alert) -> Notice:
        done = people.of(alert.incident, time.time())
        return alert_notice(audience.alert(alert), audience.instance, done)

    targets, channel = list[Alerting](), None
    if settings.alert_channel:
        channel = DiscordChannel(of.rest, settings.alert_channel, mentions=settings.alert_mentions)
        targets.append(_alerting(of, parts, channel, in_discord))
    targets += _elsewhere(of, parts, zone)
    if not targets:
        return None
    return Alerts(
        targets, containment, lambda: alert_test_notice(audience.instance, time.time(), zone), people, channel
    )


class _Parts(NamedTuple):
    """What all targets share."""

    audience: Audience
    manners: Manners
    pictures: AlertPictures
    told: Callable[[Standing], Standing]
    """Which findings that stand people are told of."""


def _elsewhere(of: Sources, parts: _Parts, zone: tzinfo) -> Iterator[Alerting]:
    if not of.settings.alert_targets:
        return
    from plugin.display.alert_text import alert_text_notice  # here, since not every bot has such targets
    from plugin.outlets.apprise_target import apprise_targets

    def as_text(alert: Alert) -> Notice:
        return alert_text_notice(parts.audience.alert(alert), parts.audience.instance, zone)

    for target in apprise_targets(of.settings.alert_targets):
        yield _alerting(of, parts, target, as_text)


def _alerting(of: Sources, parts: _Parts, target: Target, notice: Callable[[Alert], Notice]) -> Alerting:
    settings, sampler, keeper = of.settings, of.sampler, of.keeper

    def standing() -> Standing | None:
        return None if sampler.standing is None else parts.told(sampler.standing)

    minimum = Severity[settings.alert_severity.upper()]
    return Alerting(
        AlertBook(keeper.instance, minimum, settings.alert_after_s, settings.alert_grace_s),
        target,
        standing,
        AlertHistory(of.kept, target.name, lambda: keeper.instance),
        lambda: keeper.settled,
        notice,
        manners=parts.manners,
        pictures=parts.pictures.of,
    )


def zone_of_alerts(settings: Settings) -> tzinfo:
    """The setting `timezone`; UTC with a warning where this machine does not know it."""
    zone = zone_named(settings.timezone)
    if zone is None:
        _logger.warning(
            "the time zone %s is not known here, alerts use UTC: correct the setting timezone, or install tzdata",
            settings.timezone,
        )
    return zone or UTC


def quiet_hours(settings: Settings, zone: tzinfo) -> Callable[[float], bool] | None:
    """What says of a time in Unix seconds whether it is quiet; None if it never is."""
    if not settings.alert_quiet_hours:
        return None
    from plugin.insight.quiet_hours import QuietHours  # here, since few bots have any

    return QuietHours(settings.alert_quiet_hours, zone).hold
