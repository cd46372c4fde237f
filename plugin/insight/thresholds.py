"""Crossed thresholds, and since when."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from plugin.insight.finishing import finish
from plugin.insight.intervals import BEGINNING, LastSaid, RuleValue, read
from plugin.measures import JUDGED
from plugin.model import PROCESS, CommandKey, Finding, Severity, Snapshot, Subject, SubjectKind
from plugin.settings import Settings
from plugin.words import amount, label, lasting

THRESHOLD_WORDS = {
    **{limits.alert: (shown.phrase, limits.threshold) for _, shown, limits in JUDGED if limits.alert},
    "slow_command": ("average answer time", "slow_command_threshold_ms"),
    "slow_deferred_answer": ("average answer time after deferring", "deferred_answer_threshold_ms"),
    "error_rate": ("error rate", "error_rate_threshold_percent"),
}
"""What each rule judges, and its setting."""

LARGEST_BOOK = 50
"""Most open findings at once; the worst come first."""

READINGS_A_STEP = 100

FORGOTTEN_S = 7 * 86_400.0
"""A finding ends after this time without new evidence."""


@dataclass(slots=True)
class _Standing:
    finding: Finding
    judged: int
    """Invocations of its subject at the last check."""
    news_at: float
    """Unix time in seconds of the last check with new evidence."""


_Identity = tuple[str, CommandKey | None]


class ThresholdBook:
    """Compares each check with the thresholds: a finding begins when one is crossed and ends when it no longer is.

    A command is judged by its latest invocations, however long ago they were: they must prove that the threshold is
    crossed, and those that come later that it no longer is. An idle command changes nothing.
    """

    def __init__(self) -> None:
        self.dropped = 0
        """Findings that were dropped because the book was full."""
        self._standing: dict[_Identity, _Standing] = {}
        self._said: dict[_Identity, LastSaid] = {}

    @property
    def active(self) -> tuple[Finding, ...]:
        """The open findings, oldest first."""
        return tuple(standing.finding for standing in self._standing.values())

    def update(self, now: float, snapshot: Snapshot, settings: Settings) -> list[Finding]:
        """Judge what is known now, in Unix seconds; findings that ended come first, then the worst new ones."""
        return finish(self.updating(now, snapshot, settings))

    def updating(self, now: float, snapshot: Snapshot, settings: Settings) -> Generator[None, None, list[Finding]]:
        """The same as `update`, but yields so that other work can run in between."""
        present = {command.key for command in snapshot.commands}
        for identity in [identity for identity in self._said if identity[1] not in present and identity[1] is not None]:
            del self._said[identity]
        found = read(now, snapshot, settings, lambda rule, key: self._said.get((rule, key), BEGINNING))
        readings = dict[_Identity, RuleValue]()
        for number, reading in enumerate(found, 1):
            readings[reading.rule, reading.key] = reading
            if number % READINGS_A_STEP == 0:
                yield
        over = [self._follow(identity, readings.get(identity), present, now) for identity in list(self._standing)]
        return [change for change in over if change] + self._raise_new(readings, now)

    def adopt(self, finding: Finding, key: CommandKey | None, now: float) -> Finding:
        """Go on with a finding that stood when the process before this one ended; returns the one that stands."""
        identity = finding.rule, key
        if identity not in self._standing:
            self._standing[identity] = _Standing(finding, 0, now)
            self._said[identity] = LastSaid(now, 0, finding.value)
        return self._standing[identity].finding

    def _follow(
        self, identity: _Identity, reading: RuleValue | None, present: set[CommandKey], now: float
    ) -> Finding | None:
        standing, key = self._standing[identity], identity[1]
        if key is not None and key not in present:
            return self._clear(identity, reading, now, None)
        if reading is not None:
            value = reading.evidence.value
            if reading.evidence.over:
                return self._clear(identity, reading, now, value)
            if value is not None:
                standing.finding = standing.finding._replace(value=value, threshold=reading.threshold)
            if reading.judged != standing.judged or (key is None and value is not None):
                standing.judged, standing.news_at = reading.judged, now
        return self._clear(identity, reading, now, None) if now - standing.news_at >= FORGOTTEN_S else None

    def _clear(self, identity: _Identity, reading: RuleValue | None, now: float, value: float | None) -> Finding:
        if reading is not None:
            self._said[identity] = LastSaid(now, reading.judged, None)
        return ended(self._standing.pop(identity).finding, now, value)

    def _raise_new(self, readings: dict[_Identity, RuleValue], now: float) -> list[Finding]:
        crossed = [
            (reading, reading.evidence.value)
            for identity, reading in readings.items()
            if reading.evidence.crossed and reading.evidence.value is not None and identity not in self._standing
        ]
        # The process before its commands, then what is furthest beyond its threshold.
        crossed.sort(key=lambda pair: (pair[0].key is not None, -pair[1] / (pair[0].threshold or 1)))
        room = LARGEST_BOOK - len(self._standing)
        self.dropped += len(crossed[room:])
        return [self._raise(reading, value, now) for reading, value in crossed[:room]]

    def _raise(self, reading: RuleValue, value: float, now: float) -> Finding:
        identity = reading.rule, reading.key
        finding = began(reading, value, now)
        self._standing[identity] = _Standing(finding, reading.judged, now)
        least = reading.evidence.least
        self._said[identity] = LastSaid(now, reading.judged, value if least is None else least)
        return finding


def began(reading: RuleValue, value: float, now: float) -> Finding:
    """The finding of a threshold that was crossed."""
    subject = PROCESS if reading.key is None else Subject(SubjectKind.COMMAND, label(reading.key))
    what, setting = THRESHOLD_WORDS[reading.rule]
    what = f"{subject.name}: {what}" if subject.name else what
    over = f"{amount(value, reading.unit, beside=reading.threshold)} is over {amount(reading.threshold, reading.unit)}"
    return Finding(
        reading.rule,
        subject,
        Severity.CRITICAL,
        f"{what} {over} ({setting})",
        now,
        value=value,
        threshold=reading.threshold,
        unit=reading.unit,
        look_at=f"/commandstats command:{subject.name}" if subject.name else "/performance",
    )


def ended(finding: Finding, now: float, value: float | None) -> Finding:
    """The same when the threshold is no longer crossed; the value is None where nothing recent tells it."""
    what, setting = THRESHOLD_WORDS[finding.rule]
    what = f"{finding.subject.name}: {what}" if finding.subject.name else what
    bound, lasted = amount(finding.threshold or 0, finding.unit), lasting(now - finding.since)
    if value is None:
        sentence = f"resolved: {what} was over {bound} ({setting}) for {lasted}; no recent data"
    else:
        sentence = f"resolved: {what} {amount(value, finding.unit)}, was over {bound} ({setting}) for {lasted}"
    return finding._replace(sentence=sentence, until=now, value=value)
