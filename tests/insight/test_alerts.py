"""Alerts: told after a while, resolved after a while, once for what flaps, and once over restarts."""

from __future__ import annotations

import pytest

from plugin.insight.alerts import AlertBook
from plugin.model import Alert, AlertState, Finding, Severity, Standing
from tests.insight.test_incidents import NOW, WARNING, finding

LONGEST_RESOLVED_AFTER_S, LONGEST_TOLD_S, REMEMBERED_S, RESOLVED_AFTER_S = 3600.0, 86_400.0, 3600.0, 300.0
"""What is promised."""

PENDING_S = 60.0
FIRING, RESOLVED = AlertState.FIRING, AlertState.RESOLVED


class Told:
    """An alert book on a clock that the test moves."""

    def __init__(self, minimum: Severity = Severity.CRITICAL) -> None:
        self.now = NOW
        self.checks = 0
        self.book = AlertBook("one", minimum, PENDING_S)

    def check(self, *standing: Finding, after: float = 0.0) -> list[tuple[AlertState, int]]:
        """What is told after so many seconds."""
        self.now += after
        return [(alert.state, alert.returns) for alert in self.alerts(*standing)]

    def alerts(self, *standing: Finding) -> list[Alert]:
        """The same in full, now."""
        self.checks += 1
        return self.book.update(Standing(standing, self.checks), self.now)


def test_what_is_over_in_a_moment_is_not_told() -> None:
    """An incident must stand for the pending time."""
    told = Told()
    assert told.check(finding()) == [] and told.check(after=PENDING_S - 1) == []
    assert told.check(finding(), after=60) == []
    assert told.check(finding(), after=PENDING_S - 1) == []
    assert told.check(finding(), after=1) == [(FIRING, 0)]


@pytest.mark.parametrize("minimum", [WARNING, Severity.CRITICAL])
def test_only_what_is_bad_enough_is_told(minimum: Severity) -> None:
    """A warning that becomes critical is told once that has stood for the pending time."""
    told, warning = Told(minimum), finding(severity=WARNING)
    told.check(warning)
    assert told.check(warning, after=PENDING_S) == [(FIRING, 0)] * (minimum is WARNING)
    told.check(finding(), after=60)
    assert told.check(finding(), after=PENDING_S) == [(FIRING, 0)]
    assert told.check(warning, after=60) == [(FIRING, 0)]


def test_what_was_critical_for_a_moment_is_not_told_because_a_warning_goes_on() -> None:
    """The bad part itself must stand."""
    told, warning = Told(), finding("/b", severity=WARNING)
    told.check(finding(), warning)
    assert told.check(warning, after=PENDING_S / 2) == []
    assert told.check(warning, after=10 * PENDING_S) == []


def test_it_is_resolved_after_a_while_and_told_until_it_is_forgotten() -> None:
    """With when the last finding ended; what cannot be told for a day is forgotten, too."""
    for forgets in (True, False):
        told = Told()
        told.check(finding())
        told.check(finding(), after=PENDING_S)
        assert told.check(after=60) == [(FIRING, 0)]
        assert told.check(after=RESOLVED_AFTER_S - 1) == [(FIRING, 0)]
        told.now += 1
        (alert,) = told.alerts()
        assert (alert.state, alert.incident.until) == (RESOLVED, NOW + PENDING_S + 60)
        assert told.check(after=LONGEST_TOLD_S - RESOLVED_AFTER_S - 1) == [(RESOLVED, 0)]
        if forgets:
            told.book.forget(alert, told.now)
        assert told.check(after=0 if forgets else 1) == []


@pytest.mark.parametrize(("later", "returns"), [(REMEMBERED_S - 1, 1), (REMEMBERED_S, 0)])
def test_what_comes_back_after_its_end_is_another_incident_that_takes_longer(later: float, returns: int) -> None:
    """Within an hour; so a fault that comes and goes tells less and less."""
    told = Told()
    told.check(finding())
    told.check(finding(), after=PENDING_S)
    told.check(after=1)
    told.now += RESOLVED_AFTER_S
    (alert,) = told.alerts()
    told.book.forget(alert, told.now)
    told.check(finding(since=told.now + later), after=later)
    assert told.check(finding(since=told.now), after=PENDING_S) == [(FIRING, returns)]


def test_what_flaps_is_one_alert_that_takes_longer_each_time() -> None:
    """Up to an hour; since when it goes on does not change."""
    told = Told()
    told.check(finding())
    told.check(finding(), after=PENDING_S)
    for returns in range(6):
        wait = min(LONGEST_RESOLVED_AFTER_S, RESOLVED_AFTER_S * 2**returns)
        assert told.check(after=1) == [(FIRING, returns)]
        assert told.check(after=wait - 1) == [(FIRING, returns)]
        assert told.check(finding(since=told.now)) == [(FIRING, returns + 1)]
    assert told.check(after=1) == [(FIRING, 6)]
    assert told.check(after=LONGEST_RESOLVED_AFTER_S) == [(RESOLVED, 6)]
    assert told.check(finding(since=told.now), after=60) == [(FIRING, 7)]


def test_a_clock_that_is_set_back_delays_nothing() -> None:
    """Neither the begin nor the end, however far it is set back."""
    told = Told()
    told.check(finding())
    told.check(finding(), after=-9000.0)
    assert told.check(finding(), after=PENDING_S) == [(FIRING, 0)]
    told.check(after=60)
    told.check(after=-9000.0)
    assert told.check(after=RESOLVED_AFTER_S) == [(RESOLVED, 0)]


def test_a_restart_goes_on() -> None:
    """With the same id, begin and count; what stands still fires at once, and what does not is resolved in time."""
    told = Told()
    told.check(finding(), finding("/b", severity=WARNING))
    (before,) = (
        told.alerts(finding(), finding("/b", severity=WARNING)) if told.check(finding(), after=PENDING_S) else []
    )
    written = told.book.write(before)
    again = Told()
    again.now = told.now + 30
    assert [again.book.adopt(text, again.now) for text in (written, "{}", "no json", '{"id": 1}', "[]")] == [
        True
    ] + 4 * [False]
    (alert,) = again.alerts(finding())
    assert alert.incident.id == before.incident.id and alert.state is FIRING
    assert [one.identity for one in alert.incident.findings] == [one.identity for one in before.incident.findings]
    assert (alert.incident.since, alert.incident.severity) == (before.incident.since, before.incident.severity)
    assert again.check(after=60) == [(FIRING, 0)]
    assert again.check(after=RESOLVED_AFTER_S) == [(RESOLVED, 0)]


def test_what_was_over_before_a_restart_waits_anew() -> None:
    """Nobody knows what happened meanwhile."""
    told = Told()
    told.check(finding())
    told.check(finding(), after=PENDING_S)
    (over,) = told.book.update(Standing((), 99), told.now + 200)
    again = Told()
    again.now = told.now + 10_000
    again.book.adopt(told.book.write(over), again.now)
    assert again.check() == [(FIRING, 0)] and again.check(after=RESOLVED_AFTER_S - 1) == [(FIRING, 0)]
    assert again.check(after=1) == [(RESOLVED, 0)]


def test_what_is_written_holds_every_field_of_a_finding() -> None:
    """Numbers, units, evidence and advice come back as they were."""
    full = finding()._replace(value=480.5, threshold=250.0, unit="ms", evidence=(("failed", 3.0),), look_at="/health")
    told = Told()
    told.check(full)
    told.now += PENDING_S
    (alert,) = told.alerts(full)
    again = Told()
    again.book.adopt(told.book.write(alert), told.now)
    assert again.book.update(Standing((full,), 1), told.now)[0].incident.findings == (full,)


@pytest.mark.parametrize("everywhere", [False, True])
def test_of_another_instance_only_what_is_about_the_program_is_taken_over(everywhere: bool) -> None:
    """A process that is gone has nothing to say about itself any more."""
    told, found = Told(), finding(everywhere=everywhere)
    told.check(found)
    told.now += PENDING_S
    (alert,) = told.alerts(found)
    again = Told()
    assert again.book.adopt(told.book.write(alert), told.now, others=True) is everywhere
    assert bool(again.book.update(Standing((), 1), told.now)) is everywhere


def test_a_restart_after_the_end_was_told_tells_the_end_again() -> None:
    """Not that it fires once more."""
    told = Told()
    told.check(finding())
    told.check(finding(), after=PENDING_S)
    told.check(after=1)
    told.now += RESOLVED_AFTER_S
    (alert,) = told.alerts()
    again = Told()
    again.now = told.now + 10
    again.book.adopt(told.book.write(alert), again.now)
    assert again.check() == [(RESOLVED, 0)]


def test_one_check_proves_nothing() -> None:
    """What stands is as of the last check, however long that is ago; without a pending time it is enough."""
    for pending_s, fires in ((PENDING_S, False), (0.0, True)):
        book = AlertBook("one", Severity.CRITICAL, pending_s)
        assert bool(book.update(Standing((finding(),), 1), NOW)) is fires
        assert bool(book.update(Standing((finding(),), 1), NOW + 5 * PENDING_S)) is fires
        assert book.update(Standing((finding(),), 2), NOW + 5 * PENDING_S)
