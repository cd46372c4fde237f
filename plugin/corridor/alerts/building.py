"""Puts together what tells people of incidents, as the settings say."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, tzinfo

import hikari

from plugin.corridor.alerts.alerting import Alerting
from plugin.corridor.alerts.alerts import Alerts
from plugin.corridor.alerts.courses import AlertCourses
from plugin.corridor.alerts.history import AlertHistory
from plugin.corridor.alerts.manners import Manners
from plugin.corridor.alerts.people import People
from plugin.corridor.alerts.pictures import AlertPictures
from plugin.corridor.drawing import Drawing
from plugin.corridor.keeping import Keeper
from plugin.corridor.look_back import HistorySource
from plugin.corridor.readers import ReadersHistory
from plugin.corridor.sampling import Sampler
from plugin.corridor.zones import zone_named
from plugin.display.alert import alert_notice, alert_test_notice
from plugin.insight.alerts import AlertBook
from plugin.insight.discreet_findings import finding_shown
from plugin.insight.pseudonyms import Pseudonyms
from plugin.instrument.containment import Containment
from plugin.model import Alert, Finding, Notice, Severity, Standing
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
    drawing: Drawing,
    containment: Containment,
    told: Callable[[Standing], Standing],
) -> Alerts | None:
    """What tells the targets of the settings; None where there are none.

    `history` is None where none is kept, `names` stand for what readers may not see; `told` says which findings that
    stand people are told of.
    """

    def seen() -> HistorySource | None:
        """History as the readers of the targets may see it."""
        return history if history is None or settings.details == "readers" else ReadersHistory(history, names())

    def charted(alert: Alert) -> Sequence[Finding]:
        """The findings whose subjects the readers of the targets may see."""
        found = alert.incident.findings
        if settings.details == "readers":
            return found
        return [one for one in found if finding_shown(one, names()).subject == one.subject]

    def shown(alert: Alert) -> tuple[Alert, str]:
        """An alert as those may see it who read the target, and the name of this instance, if they may see that."""
        if settings.details == "readers":
            return alert, keeper.instance
        findings = tuple(finding_shown(one, names()) for one in alert.incident.findings)
        return alert._replace(incident=alert.incident._replace(findings=findings)), settings.instance

    def book() -> AlertBook:
        minimum = Severity[settings.alert_severity.upper()]
        return AlertBook(keeper.instance, minimum, settings.alert_after_s, settings.alert_grace_s)

    def standing() -> Standing | None:
        return None if sampler.standing is None else told(sampler.standing)

    def alerting(target: Target, notice: Callable[[Alert], Notice]) -> Alerting:
        return Alerting(
            book(),
            target,
            standing,
            AlertHistory(history, target.name, lambda: keeper.instance),
            lambda: keeper.settled,
            notice,
            manners=manners,
            pictures=pictures.of,
        )

    def test() -> Notice:
        instance = keeper.instance if settings.details == "readers" else settings.instance
        return alert_test_notice(instance, time.time(), zone)

    def in_discord(alert: Alert) -> Notice:
        return alert_notice(*shown(alert), people.of(alert.incident, time.time()))

    zone = zone_of_alerts(settings)
    people, targets, channel = People(history), list[Alerting](), None
    manners = Manners(people, settings.alert_reminder_s, quiet_hours(settings, zone))
    pictures = AlertPictures(drawing, AlertCourses(seen, sampler.kept), charted, containment)
    if settings.alert_channel:
        channel = DiscordChannel(rest, settings.alert_channel, mentions=settings.alert_mentions)
        targets.append(alerting(channel, in_discord))
    if settings.alert_targets:
        from plugin.display.alert_text import alert_text_notice  # here, since not every bot has such targets
        from plugin.outlets.apprise_target import apprise_targets

        elsewhere = apprise_targets(settings.alert_targets)
        targets += [alerting(target, lambda alert: alert_text_notice(*shown(alert), zone)) for target in elsewhere]
    return Alerts(targets, containment, test, people, channel) if targets else None


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
