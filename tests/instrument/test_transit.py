"""What passed before an interaction was received, told from its id and a clock that may be wrong."""

from __future__ import annotations

import pytest

from plugin.instrument.transit import FEWEST, SPAN_S, SPANS, Transit

S = 1_000_000_000


def made_at(unix_s: float) -> int:
    """An id as Discord makes it at that moment, here without its epoch: what is constant is taken off."""
    return int(unix_s * 1000) << 22


def before_ns(transit: Transit, made_s: float, received_s: float, monotonic_s: float | None = None) -> int:
    """What is told of an interaction; the two clocks of ours go alike where nothing else is said."""
    monotonic_s = received_s if monotonic_s is None else monotonic_s
    transit.compare(received_s - monotonic_s)
    return transit.before_receipt_ns(made_at(made_s), round(monotonic_s * S))


@pytest.fixture
def transit() -> Transit:
    """Clocks that were compared often enough, with ours three hours ahead and 40 ms on the way at the least."""
    transit = Transit()
    for number in range(FEWEST):
        assert before_ns(transit, number, number + 10_800.04 + number % 3) == -1
    return transit


def test_a_clock_that_is_wrong_is_no_delay(transit: Transit) -> None:
    """How far the clocks are apart is taken off: the quickest one took no time at all."""
    assert before_ns(transit, 20, 10_820.04) == 0


def test_a_delay_is_what_it_took_longer_than_the_quickest(transit: Transit) -> None:
    """One that was 2.5 s longer on the way than the quickest is told as that."""
    assert before_ns(transit, 20, 10_822.54) / S == pytest.approx(2.5, abs=0.002)


def test_a_quicker_one_sets_the_measure(transit: Transit) -> None:
    """What was thought to be the way alone is a delay once something quicker was seen."""
    assert before_ns(transit, 20, 10_820.01) == 0
    assert before_ns(transit, 21, 10_821.04) / S == pytest.approx(0.03, abs=0.002)


@pytest.mark.parametrize("ahead_s", [-86_400, -5, -0.5, 0.5, 60, 599, 86_400])
def test_a_clock_that_is_set_is_no_delay(transit: Transit, ahead_s: float) -> None:
    """Clocks are compared anew from then on, whichever way ours was set."""
    at = 20.0
    for _ in range(FEWEST):
        assert before_ns(transit, at, at + 10_800.04 + ahead_s, at + 10_800.04) == -1
        at += 1
    assert before_ns(transit, at, at + 10_800.04 + ahead_s, at + 10_800.04) == 0
    assert before_ns(transit, at, at + 10_802.54 + ahead_s, at + 10_802.54) / S == pytest.approx(2.5, abs=0.002)


def test_a_clock_that_is_slowed_down_is_followed(transit: Transit) -> None:
    """What is put right little by little is no delay for longer than ten minutes."""
    for second in range(20, 20 + (SPANS + 30) * SPAN_S):
        told_ns = before_ns(transit, second, second * 1.0005 + 10_800.04, second + 10_800.04)
        assert 0 <= told_ns / S < 0.0005 * SPANS * SPAN_S + 0.002


def test_after_a_long_silence_the_clocks_are_compared_anew(transit: Transit) -> None:
    """A bot that nobody used for an hour does not judge by a clock that may have changed since."""
    assert before_ns(transit, 4000, 4000 + 10_805.0) == -1
