"""What passed before an interaction was received, told from its id and a clock that may be wrong."""

from __future__ import annotations

import pytest

from plugin.instrument.transit import FEWEST, SPAN_S, SPANS, Transit

S = 1_000_000_000


def made_at(unix_s: float) -> int:
    """An id as Discord makes it at that moment, here without its epoch: what is constant is taken off."""
    return int(unix_s * 1000) << 22


@pytest.fixture
def transit() -> Transit:
    """Clocks that were compared often enough, with ours three hours ahead and 40 ms on the way at the least."""
    transit = Transit()
    for number in range(FEWEST):
        assert transit.before_receipt_ns(made_at(number), number + 10_800.04 + number % 3) == -1
    return transit


def test_a_clock_that_is_wrong_is_no_delay(transit: Transit) -> None:
    """How far the clocks are apart is taken off: the quickest one took no time at all."""
    assert transit.before_receipt_ns(made_at(20), 10_820.04) == 0


def test_a_delay_is_what_it_took_longer_than_the_quickest(transit: Transit) -> None:
    """One that was 2.5 s longer on the way than the quickest is told as that."""
    assert transit.before_receipt_ns(made_at(20), 10_822.54) / S == pytest.approx(2.5, abs=0.002)


def test_a_quicker_one_sets_the_measure(transit: Transit) -> None:
    """What was thought to be the way alone is a delay once something quicker was seen."""
    assert transit.before_receipt_ns(made_at(20), 10_820.01) == 0
    assert transit.before_receipt_ns(made_at(21), 10_821.04) / S == pytest.approx(0.03, abs=0.002)


def test_a_clock_that_is_put_right_is_learnt_within_ten_minutes(transit: Transit) -> None:
    """A clock set forward looks like a delay until what was seen before is out of sight."""
    at = 20.0
    while at < 20 + (SPANS + 1) * SPAN_S:
        before_ns = transit.before_receipt_ns(made_at(at), at + 10_860.04)
        if at == 20:
            assert before_ns / S == pytest.approx(60, abs=0.002)
        at += 30
    assert before_ns == 0


def test_after_a_long_silence_the_clocks_are_compared_anew(transit: Transit) -> None:
    """A bot that nobody used for an hour does not judge by a clock that may have changed since."""
    assert transit.before_receipt_ns(made_at(4000), 4000 + 10_805.0) == -1
