"""How late the beats of a loop come, and which of them tell of a block."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from plugin.histogram import RELATIVE_ERROR
from plugin.instrument.containment import Containment
from plugin.instrument.loop.beats import Beats
from plugin.instrument.loop.clocks import ClockReading, Clocks

MS = 1_000_000
INTERVAL_MS = 100


class Loop:
    """Keeps what is due, and runs it when a test says so."""

    def __init__(self) -> None:
        self.now_ns = 0
        self._due: Any = None

    def read(self) -> ClockReading:
        """All clocks as of now."""
        return ClockReading(self.now_ns, self.now_ns // 2, None, None)

    def call_later(self, delay_s: float, callback: Any, *, context: Any) -> Loop:
        assert delay_s == INTERVAL_MS / 1000
        self._due = callback
        return self

    def cancel(self) -> None:
        self._due = None

    @property
    def idle(self) -> bool:
        """Whether nothing is due."""
        return self._due is None

    def beat(self, lag_ms: float = 0, times: int = 1) -> None:
        """Run what is due, so much too late."""
        for _ in range(times):
            self.now_ns += int((INTERVAL_MS + lag_ms) * MS)
            self._due()


@pytest.fixture
def loop() -> Loop:
    """A loop that stands still."""
    return Loop()


@pytest.fixture
def told() -> list[int]:
    """The moments of all beats that were told."""
    return []


@pytest.fixture
def beats(loop: Loop, told: list[int]) -> Beats:
    """Beats on it; 250 ms are a block."""
    beats = Beats("event loop", Containment(), 250 * MS)
    beats.start(cast("asyncio.AbstractEventLoop", loop), cast("Clocks", loop), told.append)
    return beats


def test_the_lag_is_unknown_at_first(beats: Beats) -> None:
    """Before the first beat nothing is known."""
    assert (beats.lag(), beats.recent(), beats.roll()) == (None, None, None)


def test_quantiles_and_maximum(loop: Loop, beats: Beats) -> None:
    """Most beats were on time, and the longest lag is kept exactly."""
    loop.beat(1, times=990)
    loop.beat(40, times=10)
    lag = beats.lag()
    assert lag is not None
    assert lag.p50_ns == pytest.approx(1 * MS, rel=RELATIVE_ERROR)
    assert lag.p99_ns == pytest.approx(1 * MS, rel=RELATIVE_ERROR)
    assert lag.longest_ns == 40 * MS


def test_a_long_block_weighs_as_long_as_it_lasted(loop: Loop, beats: Beats) -> None:
    """Half the time was a block of ten seconds: the median is in the middle between what one and the other met."""
    loop.beat(0, times=100)
    loop.beat(10_000)
    beats.prove(beats.ended.popleft())
    lag = beats.lag()
    assert lag is not None
    assert lag.p50_ns < 200 * MS
    assert lag.p99_ns > 9_000 * MS


def test_a_pause_of_the_machine_is_no_lag(loop: Loop, beats: Beats) -> None:
    """A time in which the whole process stood still counts only once somebody has found that the loop was blocked."""
    loop.beat(2, times=100)
    loop.beat(20_000)
    lag = beats.roll()
    assert lag is not None
    assert lag.longest_ns == 2 * MS
    beats.prove(beats.ended.popleft())
    late = beats.roll()
    assert late is not None
    assert late.longest_ns == 20_000 * MS


def test_each_interval_stands_for_itself(loop: Loop, beats: Beats) -> None:
    """`roll` tells of what came since it was called last; what came before stays in the whole."""
    loop.beat(80)
    first = beats.roll()
    loop.beat(2)
    assert beats.recent() == first
    second = beats.roll()
    assert (first and first.longest_ns, second and second.longest_ns) == (80 * MS, 2 * MS)
    whole = beats.lag()
    assert (whole and whole.longest_ns, beats.recent()) == (80 * MS, second)


def test_only_what_is_longer_than_the_threshold_is_a_block(loop: Loop, beats: Beats) -> None:
    """A block began between two beats, so half an interval is added to the lag."""
    loop.beat(199)
    assert not beats.ended
    before = loop.read()
    loop.beat(200)
    assert list(beats.ended) == [(before.now_ns, 250 * MS, before, loop.read())]


def test_a_loop_that_was_stopped_by_its_owner_is_forgiven(loop: Loop, beats: Beats) -> None:
    """Between two runs of a loop nothing is late; afterwards it is measured again."""
    beats.forgiven = True
    loop.beat(5_000)
    assert (beats.lag(), list(beats.ended)) == (None, [])
    loop.beat(30)
    lag = beats.lag()
    assert lag is not None
    assert lag.longest_ns == 30 * MS


def test_each_beat_is_told(loop: Loop, beats: Beats, told: list[int]) -> None:
    """Whoever watches need not ask whether the loop beats."""
    loop.beat()
    loop.beat(300)
    assert told == [100 * MS, 500 * MS]


def test_after_a_stop_nothing_is_due(loop: Loop, beats: Beats) -> None:
    """Nothing stays behind in the loop."""
    beats.stop()
    assert loop.idle
