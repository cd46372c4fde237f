"""The clock of history, while the machine's is set anew."""

from __future__ import annotations

import logging

import pytest

from plugin.corridor.clock import HistoryClock

DAY = 86_400.0
NOON = 20_000 * DAY + DAY / 2


class Machine:
    """Two clocks that a test moves: one that can be set, and one that cannot."""

    def __init__(self, wall: float = NOON) -> None:
        self.wall = wall
        self.steady = 5.0
        self.clock = HistoryClock(lambda: self.wall, lambda: self.steady)

    def passes(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds


def test_intervals_follow_each_other() -> None:
    """Where nobody sets the clock, each interval begins where the one before has ended."""
    machine = Machine()
    machine.passes(60)
    assert machine.clock.interval() == (NOON, NOON + 60)
    machine.passes(30)
    machine.wall += 0.4
    assert machine.clock.interval() == (NOON + 60, NOON + 90.4)


@pytest.mark.parametrize("step", [200 * DAY, -200 * DAY, 3600, -3600, -5], ids=str)
def test_a_step_moves_the_whole_interval(step: float) -> None:
    """The interval in which a clock is set lies just before now, as long as it lasted, and the next one follows it."""
    machine = Machine()
    machine.passes(20)
    machine.wall += step
    machine.passes(40)
    assert machine.clock.interval() == (NOON + step, NOON + step + 60)
    machine.passes(60)
    assert machine.clock.interval() == (NOON + step + 60, NOON + step + 120)


def test_a_boot_clock_that_is_corrected() -> None:
    """A machine that starts in 1970 files the interval in which it learns the time in the right year."""
    machine = Machine(wall=100.0)
    machine.passes(60)
    assert machine.clock.interval() == (100, 160)
    machine.wall = NOON
    machine.passes(60)
    assert machine.clock.interval() == (NOON, NOON + 60)


@pytest.mark.parametrize("impossible", [0.0, 2**33])
def test_an_impossible_time_is_not_believed(impossible: float) -> None:
    """A clock that is set to a year that cannot be is not followed until it says a possible one again."""
    machine = Machine()
    machine.wall = impossible
    machine.passes(60)
    assert machine.clock.interval() == (NOON, NOON + 60)
    machine.passes(60)
    assert machine.clock.interval() == (NOON + 60, NOON + 120)
    machine.wall = NOON + 120
    machine.passes(60)
    assert machine.clock.interval() == (NOON + 120, NOON + 180)


def test_a_suspended_machine_keeps_the_begin() -> None:
    """Both clocks go on while a laptop sleeps, so what it counted before stays there."""
    machine = Machine()
    machine.passes(8 * 3600)
    assert machine.clock.interval() == (NOON, NOON + 8 * 3600)


def test_a_step_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """A step of a minute or more is one line, a smaller one none."""
    caplog.set_level(logging.INFO, "plugin")
    machine = Machine()
    machine.wall += 200 * DAY
    machine.clock.interval()
    machine.wall -= 10
    machine.clock.interval()
    assert caplog.messages == ["the clock was set ahead by 200 d; history uses the new time"]
