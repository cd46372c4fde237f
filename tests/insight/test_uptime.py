"""The share of the last day in which the shards were connected."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.insight.uptime import UptimeMeter

S_NS = 1_000_000_000
MINUTE_NS, HOUR_NS = 60 * S_NS, 3600 * S_NS
UP, DOWN = {0: True}, {0: False}


def meter(*updates: tuple[int, dict[int, bool]]) -> UptimeMeter:
    """One that started at 0 and was told this."""
    made = UptimeMeter()
    made.start(0)
    for now_ns, connected in updates:
        made.update(now_ns, connected)
    return made


def test_share_is_unknown_before_time_has_passed() -> None:
    """Neither a meter that was not started, nor one started this moment, nor one without shards knows a share."""
    made = UptimeMeter()
    made.update(5, UP)
    assert made.share(10) is None
    made.start(10)
    made.update(10, UP)
    assert made.share(10) is None
    made.start(10)
    assert made.share(20) is None


def test_time_before_the_first_connection_counts_as_down() -> None:
    """From the start on, only connected time counts as up."""
    assert meter((HOUR_NS, UP)).share(4 * HOUR_NS) == pytest.approx(3 / 4)


def test_share_falls_while_a_shard_is_away() -> None:
    """A lost shard stops the clock until it is back, and at once."""
    made = meter((0, UP), (HOUR_NS, DOWN))
    assert made.share(2 * HOUR_NS) == pytest.approx(1 / 2)
    made.update(2 * HOUR_NS, UP)
    assert made.share(4 * HOUR_NS) == pytest.approx(3 / 4)


def test_a_shard_that_resumes_within_seconds_was_not_away() -> None:
    """Discord asks for a resume several times a day, and nothing is missed."""
    made = meter((0, UP), *((n * HOUR_NS + 5 * S_NS * up, {0: bool(up)}) for n in range(1, 5) for up in (0, 1)))
    assert made.share(5 * HOUR_NS) == 1
    made.update(5 * HOUR_NS, DOWN)
    assert made.share(5 * HOUR_NS + 59 * S_NS) == 1


def test_the_share_is_the_mean_over_all_shards() -> None:
    """One of four that is away for half of the time takes an eighth."""
    all_up = dict.fromkeys(range(4), True)
    assert meter((0, all_up), (HOUR_NS, all_up | {2: False})).share(2 * HOUR_NS) == pytest.approx(7 / 8)


def test_an_outage_is_forgotten_after_a_day() -> None:
    """Forty minutes count for 24 hours, and for those as much as they were."""
    made = meter((0, UP), (10 * HOUR_NS, DOWN), (10 * HOUR_NS + 40 * MINUTE_NS, UP))
    assert made.share(30 * HOUR_NS) == pytest.approx(1 - 40 / 60 / 24)
    assert made.share(34 * HOUR_NS + 20 * MINUTE_NS) == pytest.approx(1 - 20 / 60 / 24)
    assert made.share(35 * HOUR_NS) == 1


def test_a_shard_counts_as_connected_until_it_cannot_be_resuming() -> None:
    """One of two is away for a minute before the share of this moment falls; it is unknown before the start."""
    assert UptimeMeter().connected_share(5) is None
    made = meter((0, {0: True, 1: True}), (HOUR_NS, {0: False, 1: True}))
    assert [made.connected_share(HOUR_NS + after * S_NS) for after in (0, 59, 60, 3600)] == [1, 1, 0.5, 0.5]
    made.update(2 * HOUR_NS, {0: True})
    assert made.connected_share(2 * HOUR_NS) == 1


def test_start_begins_anew() -> None:
    """What was before a second start is forgotten."""
    made = meter((0, UP))
    made.start(HOUR_NS)
    made.update(2 * HOUR_NS, UP)
    assert made.share(3 * HOUR_NS) == pytest.approx(1 / 2)


@given(st.lists(st.tuples(st.integers(-100, 100), st.booleans(), st.integers(0, 2))), st.integers(-100, 200))
def test_share_stays_between_0_and_1(steps: list[tuple[int, bool, int]], now_minutes: int) -> None:
    """Even where updates come out of order the share is a share."""
    made = meter(*((at * MINUTE_NS, {shard: connected}) for at, connected, shard in steps))
    share = made.share(now_minutes * MINUTE_NS)
    assert share is None or 0 <= share <= 1
