"""The share of time with every shard connected."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.insight.uptime import UptimeMeter


def test_share_is_unknown_before_time_has_passed() -> None:
    """Neither a meter that was not started nor one started this moment knows a share."""
    meter = UptimeMeter()
    meter.update(5, True)
    assert meter.share(10) is None
    meter.start(10)
    assert meter.share(10) is None


def test_time_before_the_first_connection_counts_as_down() -> None:
    """From the start on, only connected time counts as up."""
    meter = UptimeMeter()
    meter.start(100)
    assert meter.share(200) == 0
    meter.update(200, True)
    assert meter.share(400) == pytest.approx(2 / 3)


def test_share_falls_while_disconnected() -> None:
    """A lost shard stops the clock until it is back."""
    meter = UptimeMeter()
    meter.start(0)
    meter.update(0, True)
    meter.update(60, False)
    meter.update(80, True)
    assert meter.share(100) == pytest.approx(0.8)


def test_start_begins_anew() -> None:
    """What was before a second start is forgotten."""
    meter = UptimeMeter()
    meter.start(0)
    meter.update(0, True)
    meter.start(100)
    assert meter.share(200) == 0


@given(st.lists(st.tuples(st.integers(0, 1000), st.booleans()), min_size=1))
def test_share_is_the_sum_of_the_connected_stretches(steps: list[tuple[int, bool]]) -> None:
    """However often the state changes or is repeated, the share is connected time over all time."""
    meter = UptimeMeter()
    meter.start(0)
    steps.sort(key=lambda step: step[0])
    for now_ns, connected in steps:
        meter.update(now_ns, connected)
    connected_ns = sum(after[0] - before[0] for before, after in pairwise([*steps, (2000, False)]) if before[1])
    assert meter.share(2000) == pytest.approx(connected_ns / 2000)


@given(st.lists(st.tuples(st.integers(-100, 100), st.booleans())), st.integers(-100, 200))
def test_share_stays_between_0_and_1(steps: list[tuple[int, bool]], now_ns: int) -> None:
    """Even where updates come out of order the share is a share."""
    meter = UptimeMeter()
    meter.start(0)
    for at_ns, connected in steps:
        meter.update(at_ns, connected)
    share = meter.share(now_ns)
    assert share is None or 0 <= share <= 1
