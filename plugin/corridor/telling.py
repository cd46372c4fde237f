"""What tells people, and other programs, how the bot is: as much of it as the settings ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugin.corridor.heartbeat import Heartbeat
from plugin.corridor.sources import Sources
from plugin.instrument.containment import Containment
from plugin.outlets.web import fetch

if TYPE_CHECKING:
    from plugin.corridor.alerts.alerts import Alerts
    from plugin.corridor.reports.reports import Reports
    from plugin.corridor.status_message import StatusMessage


class Telling:
    """The heartbeat, alerts, the status message and reports of one bot."""

    def __init__(self, sources: Sources, containment: Containment) -> None:
        settings = sources.settings
        url, interval_s = settings.heartbeat_url, settings.heartbeat_interval_s
        self.heartbeat = Heartbeat(url, interval_s, sources.wellness, fetch, containment)
        self.alerts = _alerts(sources, containment)
        self.status_message = _status_message(sources, containment)
        self.reports = _reports(sources, containment)
        found = (self.heartbeat, self.alerts, self.status_message, self.reports)
        self._all = [one for one in found if one is not None]

    def start(self) -> None:
        """Begin on the running loop; nothing where it runs already."""
        for one in self._all:
            one.start()

    def stop(self) -> None:
        """End at once."""
        for one in self._all:
            one.stop()


# Each imports what it needs only where it is used, so that a bot that tells nobody loads none of it.


def _alerts(of: Sources, containment: Containment) -> Alerts | None:
    if not (of.settings.alert_channel or of.settings.alert_targets):
        return None
    from plugin.corridor.alerts.building import new_alerts

    return new_alerts(of, containment)


def _status_message(of: Sources, containment: Containment) -> StatusMessage | None:
    if not of.settings.status_channel:
        return None
    from plugin.corridor.status_message import new_status_message

    return new_status_message(of.rest, of.settings, of.keeper, of.kept, of.look, containment)


def _reports(of: Sources, containment: Containment) -> Reports | None:
    if not (of.settings.daily_report or of.settings.weekly_report):
        return None
    from plugin.corridor.reports.building import new_reports

    return new_reports(of.rest, of.settings, of.history, of.names, of.drawing, containment)
