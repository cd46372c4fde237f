"""Puts together what tells people of incidents, as the settings say."""

from __future__ import annotations

from collections.abc import Callable

import hikari

from plugin.corridor.alerts.alerting import Alerting
from plugin.corridor.alerts.alerts import Alerts
from plugin.corridor.alerts.history import AlertHistory
from plugin.corridor.keeping import Keeper
from plugin.corridor.look_back import HistorySource
from plugin.corridor.sampling import Sampler
from plugin.display.alert import alert_notice
from plugin.insight.alerts import AlertBook
from plugin.insight.discreet_findings import finding_shown
from plugin.insight.pseudonyms import Pseudonyms
from plugin.instrument.containment import Containment
from plugin.model import Alert, Notice, Severity, Standing
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
    containment: Containment,
    told: Callable[[Standing], Standing],
) -> Alerts | None:
    """What tells the targets of the settings; None where there are none.

    `history` is None where none is kept, `names` stand for what readers may not see; `told` says which findings that
    stand people are told of.
    """

    def notice(alert: Alert) -> Notice:
        """An alert as those may see it who read the target, with the name of this instance, if they may see that."""
        if settings.details == "readers":
            return alert_notice(alert, keeper.instance)
        findings = tuple(finding_shown(one, names()) for one in alert.incident.findings)
        shown = alert._replace(incident=alert.incident._replace(findings=findings))
        return alert_notice(shown, settings.instance)

    def standing() -> Standing | None:
        return None if sampler.standing is None else told(sampler.standing)

    def alerting(target: Target) -> Alerting:
        return Alerting(
            AlertBook(keeper.instance, Severity[settings.alert_severity.upper()], settings.alert_after_s),
            target,
            standing,
            AlertHistory(history, target.name, lambda: keeper.instance),
            lambda: keeper.settled,
            notice,
        )

    targets: list[Target] = []
    if settings.alert_channel:
        targets.append(DiscordChannel(rest, settings.alert_channel))
    return Alerts([alerting(target) for target in targets], containment) if targets else None
