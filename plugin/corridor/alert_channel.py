"""Puts together what tells a channel of Discord of incidents, as the settings say."""

from __future__ import annotations

from collections.abc import Callable

import hikari

from plugin.corridor.alert_history import AlertHistory
from plugin.corridor.alerting import Alerting
from plugin.corridor.keeping import Keeper
from plugin.corridor.look_back import HistorySource
from plugin.corridor.sampling import Sampler
from plugin.insight.alerts import AlertBook
from plugin.insight.discreet_findings import finding_shown
from plugin.insight.pseudonyms import Pseudonyms
from plugin.instrument.containment import Containment
from plugin.model import Alert, Severity
from plugin.outlets.discord_channel import DiscordChannel
from plugin.settings import Settings


def new_alerting(
    rest: hikari.api.RESTClient,
    settings: Settings,
    sampler: Sampler,
    keeper: Keeper,
    history: HistorySource | None,
    names: Callable[[], Pseudonyms],
    containment: Containment,
) -> Alerting:
    """What tells `alert_channel`; `history` is None where none is kept, `names` stand for what readers may not see."""

    def shown(alert: Alert) -> tuple[Alert, str]:
        """An alert as those may see it who read the channel, and the name of this instance, if they may see that."""
        if settings.details == "readers":
            return alert, keeper.instance
        findings = tuple(finding_shown(one, names()) for one in alert.incident.findings)
        return alert._replace(incident=alert.incident._replace(findings=findings)), settings.instance

    channel = DiscordChannel(rest, settings.alert_channel)
    return Alerting(
        AlertBook(keeper.instance, Severity[settings.alert_severity.upper()], settings.alert_after_s),
        channel,
        lambda: sampler.standing,
        AlertHistory(history, channel.name, lambda: keeper.instance),
        lambda: keeper.settled,
        shown,
        containment,
    )
