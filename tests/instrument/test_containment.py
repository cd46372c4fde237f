"""The faults of instruments."""

from __future__ import annotations

import logging

import pytest

from plugin.instrument.containment import FAULTS_UNTIL_OFF, FAULTS_WITHIN_S, Containment


def fail(*_: object) -> None:
    """What an instrument should not do."""
    raise LookupError("broken")


def test_a_contained_function_returns_what_it_returns() -> None:
    """Without a fault nothing is changed."""
    assert Containment().contain("part", max)(3, 7) == 7


def test_a_fault_is_counted_and_not_raised(caplog: pytest.LogCaptureFixture) -> None:
    """A fault becomes None and a count, and only the first is logged, with its traceback."""
    containment = Containment()
    contained = containment.contain("part", fail)
    assert [contained(), contained()] == [None, None]
    assert containment.faults == {"part": 2}
    assert [bool(record.exc_info) for record in caplog.records] == [True]


def test_a_block_is_contained(caplog: pytest.LogCaptureFixture) -> None:
    """What a block raises is counted in the same way."""
    containment = Containment()
    with containment.containing("part"):
        fail()
    assert containment.faults == {"part": 1}
    assert caplog.records[0].levelno == logging.ERROR


def test_too_many_faults_switch_one_instrument_off(caplog: pytest.LogCaptureFixture) -> None:
    """An instrument that goes on failing is not called any more; others are."""
    containment, calls = Containment(), list[str]()

    def note_and_fail() -> None:
        calls.append("called")
        fail()

    contained = containment.contain("part", note_and_fail)
    for _ in range(FAULTS_UNTIL_OFF + 5):
        contained()
    assert len(calls) == FAULTS_UNTIL_OFF
    assert containment.switched_off == {"part": f"failed {FAULTS_UNTIL_OFF} times, last with LookupError"}
    assert containment.contain("other", max)(3, 7) == 7
    assert len(caplog.records) == 2


@pytest.mark.parametrize("exception", [KeyboardInterrupt, SystemExit], ids=lambda cls: cls.__name__)
def test_the_end_of_the_process_is_not_contained(exception: type[BaseException]) -> None:
    """What ends the process goes through."""

    def end() -> None:
        raise exception

    with pytest.raises(exception):
        Containment().contain("part", end)()


def test_the_first_reason_to_be_off_stays(caplog: pytest.LogCaptureFixture) -> None:
    """Switching off twice is said once."""
    containment = Containment()
    containment.switch_off("part", "moved")
    containment.switch_off("part", "failed")
    assert containment.switched_off == {"part": "moved"}
    assert len(caplog.records) == 1


def test_rare_faults_switch_nothing_off() -> None:
    """An instrument that fails now and then goes on; one that fails as often within an hour does not."""
    now = 0.0
    containment = Containment(lambda: now)
    for _ in range(3 * FAULTS_UNTIL_OFF):
        now += FAULTS_WITHIN_S / 4
        containment.fault("part", ValueError())
    assert containment.faults == {"part": 3 * FAULTS_UNTIL_OFF}
    assert not containment.switched_off
    for _ in range(FAULTS_UNTIL_OFF):
        containment.fault("part", ValueError())
    assert list(containment.switched_off) == ["part"]
