"""Incidents: findings that began at about the same time, or are about the same thing, with their cause first.

What happens at once to many commands has one cause, which is seldom a command: a shard that is away, a loop that is
blocked, a process without memory. So findings are ordered by what can cause the others, and then by time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from plugin.model import Finding, FindingKept, Incident, Severity, Subject, SubjectKind

TOGETHER_S = 600.0
"""A finding that begins within so many seconds of the one before it belongs to the same incident."""
LONGEST_JOIN_S = 3600.0
"""An incident that is older takes only findings about what it is about already."""
OVER_AFTER_S = 300.0
"""An incident of the past is over when nothing of it has stood for so long."""
MOST_INCIDENTS = 50
MOST_MEMBERS = 50

UNCLEAN_SHUTDOWN = "unclean_shutdown"
CAUSES = (
    SubjectKind.INSTANCE,
    SubjectKind.SHARD,
    SubjectKind.LOOP,
    SubjectKind.PROCESS,
    SubjectKind.ROUTE,
    SubjectKind.TASK,
    SubjectKind.LISTENER,
    SubjectKind.ERROR,
    SubjectKind.COG,
    SubjectKind.COMMAND,
)
"""What can cause findings about what stands below it; anything else stands last."""
_RANKS = {kind: rank for rank, kind in enumerate(CAUSES)}

Identity = tuple[str, Subject]


class OpenIncident:
    """An incident while it goes on, and for some time afterwards."""

    def __init__(self, id: str, first: Finding) -> None:
        self.id = id
        self.everywhere = first.everywhere
        self.members: dict[Identity, Finding] = {first.identity: first}
        self.severity = first.severity
        self.since = first.since
        self.left_out = 0
        """Findings that stand and found no room, as of the last check."""
        self._crowd: set[Identity] = set()
        self._joined = first.since
        self._standing: Collection[Identity] = {first.identity}

    @classmethod
    def of(cls, id: str, members: Sequence[Finding], severity: Severity, since: float, left_out: int) -> OpenIncident:
        """One of before a restart; IndexError without members."""
        made = cls(id, members[0])
        for member in members:
            made.take(member)
        made.severity, made.left_out = severity, left_out
        made.since = min(since, made.since)
        return made

    def belongs(self, finding: Finding) -> bool:
        """Whether a finding that stands and is in no incident is part of this one."""
        if finding.everywhere is not self.everywhere:
            return False  # only one instance of a fleet tells of the program, and each of itself
        if any(finding.subject == member.subject and _is_named(member) for member in self.members.values()):
            return True
        return abs(finding.since - self._joined) <= TOGETHER_S and finding.since <= self.since + LONGEST_JOIN_S

    def has(self, identity: Identity) -> bool:
        """Whether a finding is part of it already."""
        return identity in self.members or identity in self._crowd

    def take(self, finding: Finding) -> None:
        """Add a finding, or its latest state."""
        if finding.identity not in self.members:
            if len(self.members) >= MOST_MEMBERS:
                self._crowd.add(finding.identity)
                return
            self._joined = max(self._joined, finding.since)
        self.members[finding.identity] = finding
        self.severity, self.since = max(self.severity, finding.severity), min(self.since, finding.since)

    def close(self, standing: Collection[Identity], now: float) -> None:
        """Let those end that do not stand any more."""
        self._standing = self.members.keys() & standing
        self._crowd &= set(standing)
        self.left_out = len(self._crowd)
        for identity, member in self.members.items():
            if identity not in standing and member.until is None:
                self.members[identity] = member._replace(until=now)

    @property
    def is_over(self) -> bool:
        """Whether nothing of it stands any more; what happened once stands as long as its rule tells of it."""
        return not self._standing and not self._crowd

    def goes_on_at(self, at: float) -> bool:
        """Whether something of it stood at a time, or shortly before."""
        return any(one.until is None or at - one.until <= OVER_AFTER_S for one in self.members.values())

    @property
    def standing_severity(self) -> Severity:
        """The worst of what stands now."""
        return self.severity_of(self._standing)

    def severity_of(self, identities: Collection[Identity]) -> Severity:
        """The worst of these, of what stands now."""
        mine = (self.members[identity].severity for identity in self._standing if identity in identities)
        return max(mine, default=Severity.UNKNOWN)

    def has_died(self, minimum: Severity) -> bool:
        """Whether an unclean shutdown of at least this severity belongs to it."""
        return any(one.rule == UNCLEAN_SHUTDOWN and one.severity >= minimum for one in self.members.values())

    @property
    def record(self) -> Incident:
        """As it stands."""
        found = tuple(sorted(self.members.values(), key=_rank))
        ends = [member.until for member in found if member.until is not None]
        until = max(ends, default=self.since) if self.is_over else None
        return Incident(self.id, self.since, until, self.severity, found, self.left_out, self.everywhere)


class IncidentBook:
    """Follows incidents from the findings that stand at each check."""

    def __init__(self, instance: str) -> None:
        """`instance` is the name of this process in its fleet."""
        self._instance = instance
        self.open: dict[str, OpenIncident] = {}
        """By id; those that are over stay until they are taken out."""

    def update(self, standing: Iterable[Finding], now: float) -> None:
        """Take everything that stands at a check; `now` in Unix seconds. Good news is no incident."""
        found = [one for one in standing if one.severity > Severity.WELL]
        for finding in sorted(found, key=lambda one: (one.since, _rank(one))):
            incident = self._of(finding)
            if incident is not None:
                incident.take(finding)
        identities = {finding.identity for finding in found}
        for incident in self.open.values():
            incident.close(identities, now)

    def _of(self, finding: Finding) -> OpenIncident | None:
        for incident in self.open.values():
            if incident.has(finding.identity):
                return incident
        for incident in self.open.values():
            if incident.belongs(finding):
                return incident
        if len(self.open) >= MOST_INCIDENTS:
            return None
        made = OpenIncident(incident_id(finding, self._instance), finding)
        return self.open.setdefault(made.id, made)


class PastIncident(NamedTuple):
    """An incident as history has it."""

    instance: str
    """Empty where it is about the bot as a program."""
    findings: tuple[Finding, ...]
    """The cause first; what came and went may be in it several times."""

    @property
    def since(self) -> float:
        """Unix time in seconds at which the first of them began."""
        return min(finding.since for finding in self.findings)

    @property
    def until(self) -> float | None:
        """When the last of them ended; None where one goes on."""
        ends = [finding.until for finding in self.findings if finding.until is not None]
        return max(ends) if len(ends) == len(self.findings) else None

    @property
    def severity(self) -> Severity:
        """The worst of them."""
        return max(finding.severity for finding in self.findings)


def past_incidents(findings: Iterable[FindingKept]) -> list[PastIncident]:
    """The incidents of findings that history has, oldest first; good news is none.

    What begins once an incident is over belongs to another one.
    """
    found: list[tuple[OpenIncident, str, list[Finding]]] = []
    for finding, instance in sorted(findings, key=lambda kept: (kept.finding.since, _rank(kept.finding))):
        if finding.severity <= Severity.WELL:
            continue
        whose = instance or ""
        mine = (one for one in reversed(found) if one[1] == whose and one[0].goes_on_at(finding.since))
        known = next((one for one in mine if one[0].belongs(finding)), None)
        if known is None:
            found.append((OpenIncident(incident_id(finding, whose), finding), whose, [finding]))
        else:
            known[0].take(finding)
            known[2].append(finding)
    return [PastIncident(whose, tuple(sorted(members, key=_rank))) for _, whose, members in found]


def incident_id(first: Finding, instance: str) -> str:
    """What tells an incident from others: of the program, the same on every instance of a fleet."""
    told = [first.rule, first.subject.kind.value, first.subject.name]
    if not first.everywhere:
        told += [instance, str(int(first.since))]
    return hashlib.blake2b("\0".join(told).encode(errors="surrogatepass"), digest_size=4).hexdigest()


def _is_named(finding: Finding) -> bool:
    return bool(finding.subject.name)


def _rank(finding: Finding) -> tuple[bool, int, float, str]:
    return (
        finding.rule != UNCLEAN_SHUTDOWN,
        _RANKS.get(finding.subject.kind, len(CAUSES)),
        finding.since,
        finding.subject.name,
    )
