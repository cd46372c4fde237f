"""Alerts: which incidents people are told of, and when one counts as resolved.

An incident is pending until something bad enough has stood for some time, and was found by two checks in a row, so
that what is over in a moment disturbs nobody, nor what is normal for a while after a start. An unclean shutdown is a
fact and told at once: a bot that crashes again and again would never get as far. An incident is resolved when it has
been over for some time, and for longer each time that it came back: what flaps is one alert.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from plugin.insight.incidents import Identity, IncidentBook, OpenIncident
from plugin.model import Alert, AlertState, Finding, Incident, Severity, Standing, Subject, SubjectKind

RESOLVED_AFTER_S = 300.0
"""How long an incident must be over, in seconds; doubled each time that it came back."""
LONGEST_RESOLVED_AFTER_S = 3600.0
REMEMBERED_S = 3600.0
"""How long after its end something that is found again counts as having come back."""
LONGEST_TOLD_S = 86_400.0
"""An alert whose end could not be told for so long is forgotten."""


class _AlertTimes:
    """Since when an incident has stood, or been over."""

    def __init__(self, returns: int = 0) -> None:
        self.bad: tuple[float, int] | None = None
        """Since when something has stood that is bad enough, and the check that found it first."""
        self.fired: float | None = None
        self.over: float | None = None
        self.resolved: float | None = None
        self.returns = returns


class AlertBook:
    """Follows the alerts of one process from the findings that stand at each check."""

    def __init__(self, instance: str, minimum: Severity, pending_s: float, grace_s: float = 0.0) -> None:
        """`minimum` is the least severity that people are told of; `pending_s` how long it must stand before.

        With 0 seconds one check is enough. What is found within `grace_s` of the begin must be found again after it.
        """
        self._incidents = IncidentBook(instance)
        self._minimum = minimum
        self._pending_s = pending_s
        self._grace_s = grace_s
        self._began: float | None = None
        self._in_grace = False
        self._unsettled = 0
        """The last check of the time of grace."""
        self._times: dict[str, _AlertTimes] = {}
        self._returns: dict[Identity, tuple[float, int]] = {}
        """By what a told incident was about: when it was forgotten, and how often it had come back."""

    def begin(self, now: float) -> None:
        """The process starts now, or has started before."""
        self._began = now if self._began is None else self._began

    def update(self, standing: Standing, now: float) -> list[Alert]:
        """Take what stands as of the last check; returns the alerts that fire, or whose end is to be told."""
        self.begin(now)
        self._in_grace = self._began is not None and 0 <= now - self._began < self._grace_s
        if self._in_grace:
            self._unsettled = standing.check
        self._incidents.update(standing.findings, now)
        self._returns = {key: told for key, told in self._returns.items() if abs(now - told[0]) < REMEMBERED_S}
        for incident in list(self._incidents.open.values()):
            times = self._times.get(incident.id)
            if times is None:
                before = (self._returns[key][1] + 1 for key in incident.members if key in self._returns)
                times = self._times[incident.id] = _AlertTimes(max(before, default=0))
            self._follow(incident, times, standing, now)
        return list(self._alerts())

    def forget(self, alert: Alert, now: float) -> None:
        """The end of an alert was told: what is found from now on is another incident."""
        incident = self._incidents.open.get(alert.incident.id)
        if incident is not None:
            self._returns.update(dict.fromkeys(incident.members, (now, alert.returns)))
            self._drop(incident)

    def adopt(self, written: str, now: float, *, others: bool = False) -> bool:
        """Go on with an alert that another process told of, as `write` wrote it; False if it is not taken.

        Of `others`, which are processes of another instance, only alerts about the program are: a process that is gone
        has nothing to say about itself any more.
        """
        read = _read(written)
        if read is None or (others and not read[0].everywhere):
            return False
        incident, times = read
        self._incidents.open[incident.id] = incident
        self._times[incident.id] = times
        if times.resolved is None and times.over is not None:
            times.over = now  # what was over must stay so for the whole time again
        return True

    def incident(self, incident: str) -> Incident | None:
        """An incident that is not resolved, as it stands."""
        found = self._incidents.open.get(incident)
        return None if found is None or self._times[incident].resolved is not None else found.record

    def write(self, alert: Alert) -> str:
        """What `adopt` needs after a restart."""
        record, times = alert.incident, self._times[alert.incident.id]
        return json.dumps(
            {
                "id": record.id,
                "severity": int(record.severity),
                "since": record.since,
                "left_out": record.left_out,
                "fired": times.fired,
                "over": times.over,
                "resolved": times.resolved,
                "returns": times.returns,
                "findings": [_written(finding) for finding in record.findings],
            }
        )

    def _follow(self, incident: OpenIncident, times: _AlertTimes, standing: Standing, now: float) -> None:
        if not incident.is_over:
            if times.over is not None:
                times.over, times.resolved, times.returns = None, None, times.returns + 1
            if incident.standing_severity < self._minimum:
                times.bad = None
                return
            since, first = times.bad or (now, standing.check)
            since, first = times.bad = min(since, now), first  # the clock may have been set back
            stands = self._is_sure(incident, standing, first) and now - since >= self._pending_s
            if times.fired is None and (stands or incident.has_died(self._minimum)):
                times.fired = now
            return
        times.bad = None
        times.over = now if times.over is None else min(times.over, now)
        lasted = now - times.over
        if times.resolved is None and lasted >= _resolved_after_s(times.returns):
            times.resolved = now
        if times.fired is None or lasted >= LONGEST_TOLD_S:
            self._drop(incident)

    def _is_sure(self, incident: OpenIncident, standing: Standing, first: int) -> bool:
        """Whether it was found again since the `first` check and the grace, or has stood for long enough by a rule."""
        if incident.severity_of(standing.sure) >= self._minimum:
            return not self._in_grace
        return (standing.check > first or not self._pending_s) and standing.check > self._unsettled

    def _drop(self, incident: OpenIncident) -> None:
        del self._incidents.open[incident.id], self._times[incident.id]

    def _alerts(self) -> Iterator[Alert]:
        for incident in self._incidents.open.values():
            times = self._times[incident.id]
            if times.fired is not None:
                state = AlertState.FIRING if times.resolved is None else AlertState.RESOLVED
                yield Alert(incident.record, state, times.returns)


def read_incident(written: str) -> Incident | None:
    """The incident of an alert that any process wrote; None if it is resolved, and for what a later version wrote."""
    read = _read(written)
    return None if read is None or read[1].resolved is not None else read[0].record


def _written(finding: Finding) -> list[Any]:
    subject, severity = finding.subject, int(finding.severity)
    return [finding.rule, subject.kind.value, subject.name, severity, *finding[3:]]


def _read(text: str) -> tuple[OpenIncident, _AlertTimes] | None:
    """What was written; None for what a later version wrote, or nobody."""
    try:
        kept: dict[str, Any] = json.loads(text)
        findings = [_finding(*written) for written in kept["findings"]]
        severity, since, left_out = Severity(kept["severity"]), float(kept["since"]), int(kept["left_out"])
        incident = OpenIncident.of(str(kept["id"]), findings, severity, since, left_out)
        times = _AlertTimes(int(kept["returns"]))
        times.fired, times.over, times.resolved = (_time(kept[name]) for name in ("fired", "over", "resolved"))
    except (ValueError, TypeError, KeyError, IndexError):
        return None
    return incident, times


def _time(kept: Any) -> float | None:
    return None if kept is None else float(kept)


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
