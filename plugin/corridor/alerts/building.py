"""Puts together what tells people of incidents, as the settings say."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import hikari

from plugin.corridor.alerts.alerting import Alerting
from plugin.corridor.alerts.alerts import Alerts
from plugin.corridor.alerts.courses import AlertCourses
from plugin.corridor.alerts.history import AlertHistory
from plugin.corridor.alerts.pictures import AlertPictures
from plugin.corridor.drawing import Drawing
from plugin.corridor.keeping import Keeper
from plugin.corridor.look_back import HistorySource
from plugin.corridor.readers import ReadersHistory
from plugin.corridor.sampling import Sampler
from plugin.display.alert import alert_notice
from plugin.insight.alerts import AlertBook
from plugin.insight.discreet_findings import finding_shown
from plugin.insight.pseudonyms import Pseudonyms
from plugin.instrument.containment import Containment
from plugin.model import Alert, Finding, Notice, Severity
from plugin.outlets.discord_channel import DiscordChannel
from plugin.outlets.target import Target
from plugin.settings import Settings


def new_alerts(
    rest: hikari.api.RESTClient,
    settings: Settings,
    sampler: Sampler,
    keeper: Keeper,
    history: HistorySource | None,
    names: Callable[[], Pseudonyms],
    drawing: Drawing,
    containment: Containment,
) -> Alerts | None:
    """What tells the targets of the settings; None where there are none.

    `history` is None where none is kept, `names` stand for what readers may not see.
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

    def notice(alert: Alert) -> Notice:
        """An alert as those may see it who read the target, with the name of this instance, if they may see that."""
        if settings.details == "readers":
            return alert_notice(alert, keeper.instance)
        findings = tuple(finding_shown(one, names()) for one in alert.incident.findings)
        shown = alert._replace(incident=alert.incident._replace(findings=findings))
        return alert_notice(shown, settings.instance)

    def alerting(target: Target) -> Alerting:
        return Alerting(
            AlertBook(keeper.instance, Severity[settings.alert_severity.upper()], settings.alert_after_s),
            target,
            lambda: sampler.standing,
            AlertHistory(history, target.name, lambda: keeper.instance),
            lambda: keeper.settled,
            notice,
            pictures=pictures.of,
        )

    pictures = AlertPictures(drawing, AlertCourses(seen, sampler.kept), charted, containment)
    targets: list[Target] = []
    if settings.alert_channel:
        targets.append(DiscordChannel(rest, settings.alert_channel))
    return Alerts([alerting(target) for target in targets], containment) if targets else None
