"""An alarm wakes the thread that waits for it when it is due, and no other time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from plugin.instrument.loop import alarm as alarms
from plugin.instrument.loop.alarm import Alarm

MS = 1_000_000


@pytest.fixture(params=["the platform's timer", "no timer"])
def alarm(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Alarm]:
    """An alarm as this platform has it, and as one without such a timer has it."""
    if request.param == "no timer":
        monkeypatch.setattr(alarms, "_timer", lambda: None)
    alarm = Alarm()
    yield alarm
    alarm.close()


class Sleeper:
    """A thread that waits for an alarm until that is shut."""

    def __init__(self, alarm: Alarm) -> None:
        self.woken_ns: list[int] = []
        self.woken = threading.Semaphore(0)
        self._alarm = alarm
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        while self._alarm.wait():
            self.woken_ns.append(time.monotonic_ns())
            self._alarm.set(time.monotonic_ns() + 3_600_000 * MS)
            self.woken.release()


def test_it_rings_when_it_is_due(alarm: Alarm) -> None:
    """Not before the moment that was set."""
    due_ns = time.monotonic_ns() + 20 * MS
    alarm.set(due_ns)
    sleeper = Sleeper(alarm)
    assert sleeper.woken.acquire(timeout=10)
    assert sleeper.woken_ns[0] >= due_ns
    alarm.shut()
    sleeper.thread.join(10)
    assert len(sleeper.woken_ns) == 1


def test_it_may_be_put_off(alarm: Alarm) -> None:
    """Set anew while somebody waits, it rings at the later moment only."""
    alarm.set(time.monotonic_ns() + 50 * MS)
    sleeper = Sleeper(alarm)
    due_ns = time.monotonic_ns() + 150 * MS
    alarm.set(due_ns)
    assert sleeper.woken.acquire(timeout=10)
    assert sleeper.woken_ns[0] >= due_ns
    alarm.shut()
    sleeper.thread.join(10)


def test_whoever_waits_returns_when_it_is_shut(alarm: Alarm) -> None:
    """However long it would be until it rings, and to whoever waits later."""
    alarm.set(time.monotonic_ns() + 60_000 * MS)
    sleeper = Sleeper(alarm)
    alarm.shut()
    sleeper.thread.join(10)
    assert not sleeper.thread.is_alive()
    assert sleeper.woken_ns == []
