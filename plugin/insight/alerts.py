"""Alerts: which incidents people are told of, and when one counts as resolved.

An incident is pending until it has stood for some time, so that what is over in a moment disturbs nobody. It is
resolved when it has been over for some time, and for longer each time that it came back: what flaps is one alert.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from plugin.insight.incidents import IncidentBook, OpenIncident
from plugin.model import Alert, AlertState, Finding, Severity, Subject, SubjectKind

RESOLVED_AFTER_S = 300.0
"""How long an incident must be over, in seconds; doubled each time that it came back."""
LONGEST_RESOLVED_AFTER_S = 3600.0
FORGOTTEN_AFTER_S = 600.0
"""How long a resolved alert is still told, so that its message can be edited."""


class _AlertTimes:
    """Since when an incident has stood, or been over."""

    def __init__(self, begun: float) -> None:
        self.begun = begun
        self.fired: float | None = None
        self.over: float | None = None
        self.returns = 0
        self.resolved: float | None = None


class AlertBook:
    """Follows the alerts of one process from the findings that stand at each check."""

    def __init__(self, instance: str, minimum: Severity, pending_s: float) -> None:
        """`minimum` is the least severity that people are told of; `pending_s` how long it must stand before."""
        self._incidents = IncidentBook(instance)
        self._minimum = minimum
        self._pending_s = pending_s
        self._watches: dict[str, _AlertTimes] = {}

    def update(self, standing: Iterable[Finding], now: float) -> list[Alert]:
        """Take everything that stands at a check; returns the alerts that fire or were resolved just now."""
        self._incidents.update(standing, now)
        for incident in list(self._incidents.open.values()):
            watch = self._watches.setdefault(incident.id, _AlertTimes(now))
            self._follow(incident, watch, now)
        return list(self._alerts())

    def adopt(self, written: str, now: float, *, others: bool = False) -> bool:
        """Go on with an alert that another process told of, as `write` wrote it; False if it is not taken.

        Of `others`, which are processes of another instance, only alerts about the program are: a process that is gone
        has nothing to say about itself any more.
        """
        read = _read(written)
        if read is None or (others and not read[0].everywhere):
            return False
        incident, watch = read
        self._incidents.open[incident.id] = incident
        self._watches[incident.id] = watch
        watch.over = watch.over and now  # what was over must stay so for the whole time again
        return True

    def write(self, alert: Alert) -> str:
        """What `adopt` needs after a restart."""
        watch = self._watches[alert.incident.id]
        record = alert.incident
        return json.dumps(
            {
                "id": record.id,
                "severity": int(record.severity),
                "left_out": record.left_out,
                "begun": watch.begun,
                "fired": watch.fired,
                "over": watch.over,
                "returns": watch.returns,
                "findings": [_written(finding) for finding in record.findings],
            }
        )

    def _follow(self, incident: OpenIncident, watch: _AlertTimes, now: float) -> None:
        if not incident.is_over:
            if watch.over is not None:
                watch.over, watch.resolved, watch.returns = None, None, watch.returns + 1
            if watch.fired is None and incident.severity >= self._minimum and now - watch.begun >= self._pending_s:
                watch.fired = now
            return
        watch.over = now if watch.over is None else watch.over
        if watch.fired is None:
            self._forget(incident)
        elif watch.resolved is None and now - watch.over >= _resolved_after_s(watch.returns):
            watch.resolved = now
        elif watch.resolved is not None and now - watch.resolved >= FORGOTTEN_AFTER_S:
            self._forget(incident)

    def _forget(self, incident: OpenIncident) -> None:
        del self._incidents.open[incident.id], self._watches[incident.id]

    def _alerts(self) -> Iterator[Alert]:
        for incident in self._incidents.open.values():
            watch = self._watches[incident.id]
            if watch.fired is not None:
                state = AlertState.FIRING if watch.resolved is None else AlertState.RESOLVED
                yield Alert(incident.record, state, watch.returns)


def _written(finding: Finding) -> list[Any]:
    subject, severity = finding.subject, int(finding.severity)
    return [finding.rule, subject.kind.value, subject.name, severity, *finding[3:]]


def _read(text: str) -> tuple[OpenIncident, _AlertTimes] | None:
    """What was written; None for what a later version wrote, or nobody."""
    try:
        kept: dict[str, Any] = json.loads(text)
        findings = [_finding(*written) for written in kept["findings"]]
        incident = OpenIncident.of(str(kept["id"]), findings, Severity(kept["severity"]), int(kept["left_out"]))
        watch = _AlertTimes(float(kept["begun"]))
        watch.fired, watch.over, watch.returns = kept["fired"], kept["over"], int(kept["returns"])
    except (ValueError, TypeError, KeyError, IndexError):
        return None
    return incident, watch


def _finding(rule: str, kind: str, name: str, severity: int, *rest: Any) -> Finding:
    sentence, since, until, value, threshold, unit, evidence, look_at, everywhere = rest
    told = tuple((str(what), float(number)) for what, number in evidence)
    subject = Subject(SubjectKind(kind), name)
    return Finding(
        rule,
        subject,
        Severity(severity),
        sentence,
        float(since),
        until,
        value,
        threshold,
        unit,
        told,
        look_at,
        everywhere,
    )


def _resolved_after_s(returns: int) -> float:
    return min(LONGEST_RESOLVED_AFTER_S, RESOLVED_AFTER_S * 2.0 ** min(returns, 10))
