"""Which thresholds are crossed, and since when."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace

from plugin.insight.finishing import finish
from plugin.insight.intervals import BEGINNING, LastSaid, RuleValue, read
from plugin.model import Alert, CommandKey, Snapshot
from plugin.settings import Settings
from plugin.words import label

LARGEST_BOOK = 50
"""How many alerts stand at once; the worst come first."""

READINGS_A_STEP = 100

FORGOTTEN_S = 7 * 86_400.0
"""An alert ends after this time without anything to judge it by."""


@dataclass(frozen=True, slots=True)
class AlertChange:
    """An alert that was raised, or is over."""

    alert: Alert
    """Its value is that of the last look at which it stood."""
    raised: bool
    """False: it is over."""
    at: float
    """Unix time in seconds."""
    value: float | None
    """The value that raised or cleared it; None where its subject is gone or says nothing any more."""


@dataclass(slots=True)
class _Standing:
    alert: Alert
    judged: int
    """How many invocations its subject had at the last look."""
    news_at: float
    """Unix time in seconds of the last look that had anything new to judge it by."""


_Identity = tuple[str, CommandKey | None]


class AlertBook:
    """Holds each look against the thresholds, and says once what is crossed and once what is over.

    A command is judged by its latest invocations, however long ago they were: an alert is raised where they prove that
    the threshold is crossed, and is over where those that came after it prove that it is not. Of a command that nobody
    calls there is nothing new to say.
    """

    def __init__(self) -> None:
        self.dropped = 0
        """How often an alert was not raised because the book was full."""
        self._standing: dict[_Identity, _Standing] = {}
        self._said: dict[_Identity, LastSaid] = {}

    @property
    def active(self) -> tuple[Alert, ...]:
        """The alerts that stand, oldest first."""
        return tuple(standing.alert for standing in self._standing.values())

    def update(self, now: float, snapshot: Snapshot, settings: Settings) -> list[AlertChange]:
        """Judge what is known now, in Unix seconds; alerts that are over come first, then the worst new ones."""
        return finish(self.updating(now, snapshot, settings))

    def updating(self, now: float, snapshot: Snapshot, settings: Settings) -> Generator[None, None, list[AlertChange]]:
        """The same as `update`, but it yields wherever others may run in between."""
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

    def _follow(
        self, identity: _Identity, reading: RuleValue | None, present: set[CommandKey], now: float
    ) -> AlertChange | None:
        standing, key = self._standing[identity], identity[1]
        if key is not None and key not in present:
            return self._clear(identity, reading, now, None)
        if reading is not None:
            value = reading.evidence.value
            if reading.evidence.over:
                return self._clear(identity, reading, now, value)
            if value is not None:
                standing.alert = replace(standing.alert, value=value, threshold=reading.threshold)
            if reading.judged != standing.judged or (key is None and value is not None):
                standing.judged, standing.news_at = reading.judged, now
        return self._clear(identity, reading, now, None) if now - standing.news_at >= FORGOTTEN_S else None

    def _clear(self, identity: _Identity, reading: RuleValue | None, now: float, value: float | None) -> AlertChange:
        if reading is not None:
            self._said[identity] = LastSaid(now, reading.judged, None)
        return AlertChange(self._standing.pop(identity).alert, raised=False, at=now, value=value)

    def _raise_new(self, readings: dict[_Identity, RuleValue], now: float) -> list[AlertChange]:
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

    def _raise(self, reading: RuleValue, value: float, now: float) -> AlertChange:
        subject, identity = None if reading.key is None else label(reading.key), (reading.rule, reading.key)
        alert = Alert(reading.rule, subject, value, reading.threshold, reading.unit, now)
        self._standing[identity] = _Standing(alert, reading.judged, now)
        least = reading.evidence.least
        self._said[identity] = LastSaid(now, reading.judged, value if least is None else least)
        return AlertChange(alert, raised=True, at=now, value=value)
