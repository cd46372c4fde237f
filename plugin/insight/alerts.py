"""Which thresholds are crossed, and since when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from plugin.insight.intervals import Intervals, Reading
from plugin.model import Alert, CommandKey, Snapshot
from plugin.settings import Settings
from plugin.words import label

LARGEST_BOOK = 50
"""How many alerts stand at once; the worst come first."""

CLEAR_SHARE = 0.95
"""An alert is over once its value is at most this share of the threshold, so that a value beside it does not flap."""

QUIET_INTERVALS = 3
"""An alert is also over after so many intervals in a row that say nothing of it."""


@dataclass(frozen=True, slots=True)
class AlertChange:
    """An alert that was raised, or is over."""

    alert: Alert
    """Its value is that of the last interval in which it stood."""
    raised: bool
    """False: it is over."""
    at: float
    """Unix time in seconds."""
    value: float | None
    """The value that raised or cleared it; None where its subject is gone or says nothing any more."""


@dataclass(slots=True)
class _Standing:
    alert: Alert
    quiet: int = 0


_Identity = tuple[str, CommandKey | None]


class AlertBook:
    """Holds what each interval says against the thresholds, and says once what is crossed and once what is over.

    A value above its threshold raises an alert; one that is not more than 95 % of it clears the alert. An error rate
    of fewer invocations than the minimum raises and clears nothing, but keeps an alert alive while it is too high.
    """

    def __init__(self) -> None:
        self.dropped = 0
        """How often an alert was not raised because the book was full."""
        self._standing: dict[_Identity, _Standing] = {}
        self._intervals = Intervals()

    @property
    def active(self) -> tuple[Alert, ...]:
        """The alerts that stand, oldest first."""
        return tuple(standing.alert for standing in self._standing.values())

    def update(self, now: float, snapshot: Snapshot, settings: Settings) -> list[AlertChange]:
        """Judge the interval that ends now, in Unix seconds; alerts that are over come first, then the worst new ones.

        The first update raises nothing about commands: it only learns their counters.
        """
        readings = {(reading.rule, reading.key): reading for reading in self._intervals.read(now, snapshot, settings)}
        present = {command.key for command in snapshot.commands}
        over = [self._follow(identity, readings.get(identity), present, now) for identity in list(self._standing)]
        return [change for change in over if change] + self._raise_new(readings.values(), now)

    def _follow(
        self, identity: _Identity, reading: Reading | None, present: set[CommandKey], now: float
    ) -> AlertChange | None:
        standing, key = self._standing[identity], identity[1]
        if key is not None and key not in present:
            return self._clear(identity, now, None)
        if reading is not None and reading.value is not None:
            if reading.value > reading.threshold * CLEAR_SHARE and (reading.firm or reading.value > reading.threshold):
                standing.quiet = 0
                standing.alert = replace(standing.alert, value=reading.value, threshold=reading.threshold)
                return None
            if reading.firm:
                return self._clear(identity, now, reading.value)
        standing.quiet += 1
        return self._clear(identity, now, None) if standing.quiet >= QUIET_INTERVALS else None

    def _clear(self, identity: _Identity, now: float, value: float | None) -> AlertChange:
        return AlertChange(self._standing.pop(identity).alert, raised=False, at=now, value=value)

    def _raise_new(self, readings: Iterable[Reading], now: float) -> list[AlertChange]:
        crossed = [
            (reading, reading.value)
            for reading in readings
            if reading.value is not None
            and reading.firm
            and reading.value > reading.threshold
            and (reading.rule, reading.key) not in self._standing
        ]
        # The process before its commands, then what is furthest beyond its threshold.
        crossed.sort(key=lambda pair: (pair[0].key is not None, -pair[1] / (pair[0].threshold or 1)))
        room = LARGEST_BOOK - len(self._standing)
        self.dropped += len(crossed[room:])
        return [self._raise(reading, value, now) for reading, value in crossed[:room]]

    def _raise(self, reading: Reading, value: float, now: float) -> AlertChange:
        subject = None if reading.key is None else label(reading.key)
        alert = Alert(reading.rule, subject, value, reading.threshold, reading.unit, now)
        self._standing[reading.rule, reading.key] = _Standing(alert)
        return AlertChange(alert, raised=True, at=now, value=value)
