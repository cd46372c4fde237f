"""What those who read the targets of alerts may see, by the setting `details`."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.corridor.look_back import HistorySource
from plugin.corridor.readers import ReadersHistory
from plugin.corridor.sources import Sources
from plugin.insight.discreet_findings import finding_shown
from plugin.model import Alert, Finding


class Audience:
    """Leaves out what they may not see."""

    def __init__(self, sources: Sources) -> None:
        self._of = sources
        self._sees_all = sources.settings.details == "readers"

    @property
    def instance(self) -> str:
        """What this instance is called; empty where its name is not to be told."""
        return self._of.keeper.instance if self._sees_all else self._of.settings.instance

    def history(self) -> HistorySource | None:
        """History as they may see it; None where none is kept."""
        kept = self._of.kept
        return kept if kept is None or self._sees_all else ReadersHistory(kept, self._of.names())

    def alert(self, alert: Alert) -> Alert:
        """An alert as they may see it."""
        if self._sees_all:
            return alert
        findings = tuple(finding_shown(one, self._of.names()) for one in alert.incident.findings)
        return alert._replace(incident=alert.incident._replace(findings=findings))

    def charted(self, alert: Alert) -> Sequence[Finding]:
        """The findings of an alert whose subjects they may see."""
        found = alert.incident.findings
        if self._sees_all:
            return found
        return [one for one in found if finding_shown(one, self._of.names()).subject == one.subject]
