"""After a start people are told of what stands on, with its true begin; unclean shutdowns do not wait."""

from __future__ import annotations

import pytest

from plugin.insight.alerts import AlertBook
from plugin.insight.incidents import UNCLEAN_SHUTDOWN
from plugin.model import Finding, Severity, Standing, SubjectKind
from tests.insight.test_incidents import NOW, WARNING, finding

GRACE_S, CHECK_S = 120.0, 30.0


class Process:
    """An alert book of a process that has just started, and is checked every 30 seconds."""

    def __init__(
        self, pending_s: float = 0.0, grace_s: float = GRACE_S, minimum: Severity = Severity.CRITICAL, at: float = NOW
    ) -> None:
        self.book = AlertBook("one", minimum, pending_s, grace_s)
        self.began = at
        self.book.begin(at)
        self.checks = 0

    def told(self, *standing: Finding, after: float, checks: bool = True) -> list[float]:
        """The begin of each alert that fires so many seconds after the start."""
        self.checks += checks
        alerts = self.book.update(Standing(standing, self.checks), self.began + after)
        return [alert.incident.since for alert in alerts]


@pytest.mark.parametrize("pending_s", [0.0, 60.0])
def test_what_stands_on_is_told_with_its_true_begin(pending_s: float) -> None:
    """Once a check after the time of grace has found it again; what the last check before said is not enough."""
    process, slow = Process(pending_s), finding(since=NOW + 5)
    for after in (0, 30, 60, 90):
        assert process.told(slow, after=after) == []
    assert process.told(slow, after=125, checks=False) == []
    assert process.told(slow, after=150) == [NOW + 5]


def test_what_is_normal_after_a_start_is_not_told() -> None:
    """It is over by then."""
    process = Process()
    assert process.told(finding(), after=0) == []
    assert process.told(after=130) == []
    assert process.told(finding(since=NOW + 200), after=200) == [NOW + 200]


def test_without_grace_one_check_is_enough() -> None:
    """If nothing has to stand for any time."""
    assert Process(grace_s=0.0).told(finding(), after=0) == [NOW]


def test_a_clock_that_is_set_back_does_not_begin_it_again() -> None:
    """Nor one that is set forward end it for ever."""
    process = Process()
    assert process.told(finding(), after=-86_400) == [NOW]


def test_what_was_told_before_the_restart_goes_on() -> None:
    """Its message is changed as always."""
    process = Process(grace_s=0.0)
    (alert,) = process.book.update(Standing((finding(),), 1), NOW)
    again = Process()
    assert again.book.adopt(process.book.write(alert), NOW)
    assert again.told(finding(), after=0) == [NOW]


def test_a_crash_loop_is_told_although_each_process_lives_for_a_minute() -> None:
    """An unclean shutdown has happened, so neither grace nor a second check is waited for."""
    died = finding("one", rule=UNCLEAN_SHUTDOWN, kind=SubjectKind.INSTANCE, severity=WARNING)
    assert Process(60.0, minimum=WARNING).told(died, after=1) == [NOW]
    assert Process(60.0).told(died, after=1) == []
