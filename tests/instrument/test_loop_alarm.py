"""An alarm wakes the thread that waits for it when it is due, and no other time."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator

import pytest

from examples.localdiscord.primitives import PATIENCE_S
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
    alarm.done()


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
    assert sleeper.woken.acquire(timeout=PATIENCE_S)
    assert sleeper.woken_ns[0] >= due_ns
    alarm.shut()
    sleeper.thread.join(PATIENCE_S)
    assert len(sleeper.woken_ns) == 1


def test_it_may_be_put_off(alarm: Alarm) -> None:
    """Set anew while somebody waits, it rings at the later moment only."""
    alarm.set(time.monotonic_ns() + 500 * MS)
    sleeper = Sleeper(alarm)
    due_ns = time.monotonic_ns() + 600 * MS
    alarm.set(due_ns)
    assert sleeper.woken.acquire(timeout=PATIENCE_S)
    assert sleeper.woken_ns[0] >= due_ns
    alarm.shut()
    sleeper.thread.join(PATIENCE_S)


def test_whoever_waits_returns_when_it_is_shut(alarm: Alarm) -> None:
    """However long it would be until it rings, and to whoever waits later."""
    alarm.set(time.monotonic_ns() + 60_000 * MS)
    sleeper = Sleeper(alarm)
    alarm.shut()
    sleeper.thread.join(PATIENCE_S)
    assert not sleeper.thread.is_alive()
    assert sleeper.woken_ns == []


def test_whoever_sets_it_late_does_not_open_it_again(alarm: Alarm) -> None:
    """A moment that is set after it was shut keeps nobody waiting."""
    alarm.shut()
    alarm.set(time.monotonic_ns() + 60_000 * MS)
    before_ns = time.monotonic_ns()
    assert not alarm.wait()
    assert time.monotonic_ns() - before_ns < 60_000 * MS


@pytest.mark.parametrize("another", [True, False], ids=["another file", "closed"])
def test_it_goes_on_where_its_timer_was_closed(another: bool) -> None:
    """It rings when it is due and can be shut, though the bot closed the timer or opened another file in its place."""
    alarm = Alarm()
    if alarm._timer is None:
        pytest.skip("this platform has no such timer")
    file = alarm._timer._file
    with open(os.devnull, "rb") as other:
        os.dup2(other.fileno(), file)
    if not another:
        os.close(file)
    due_ns = time.monotonic_ns() + 50 * MS
    alarm.set(due_ns)
    assert alarm.wait()
    assert time.monotonic_ns() >= due_ns
    alarm.shut()
    assert not alarm.wait()
    alarm.done()
    if another:
        os.close(file)


def test_it_goes_on_where_its_timer_is_closed_after_it_was_set() -> None:
    """It rings when it is due nevertheless."""
    alarm = Alarm()
    if alarm._timer is None:
        pytest.skip("this platform has no such timer")
    due_ns = time.monotonic_ns() + 50 * MS
    alarm.set(due_ns)
    os.close(alarm._timer._file)
    assert alarm.wait()
    assert time.monotonic_ns() >= due_ns
    alarm.done()
