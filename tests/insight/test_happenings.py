"""What charts of a period mark."""

from __future__ import annotations

import pytest

from plugin.insight.happenings import LONG_S, MOST_INCIDENTS, MOST_OCCURRENCES, SILENCE_S, happenings
from plugin.model import (
    BootSeen,
    Finding,
    FindingKept,
    Period,
    Scope,
    Severity,
    Spans,
    StartSeen,
    Subject,
    SubjectKind,
)
from plugin.model.happenings import Happenings

START, HOUR = 1_700_000_000, 3600
END = START + 24 * HOUR
ONE = Scope(1, "host-a")


def boot(began: float, last: float, *, release: str = "1.0", left: bool = False) -> BootSeen:
    """A process; times are hours of the period."""
    end = START + last * HOUR
    return BootSeen(str(began), release, START + began * HOUR, end, end if left else None, "")


def kept(since: float, until: float | None, rule: str = "shard_disconnected", **more: object) -> FindingKept:
    """A finding; times are hours of the period."""
    given = {"subject": Subject(SubjectKind.SHARD, "0"), "severity": Severity.CRITICAL, "sentence": "", **more}
    ended = None if until is None else START + until * HOUR
    found = Finding(rule, since=START + since * HOUR, until=ended, **given)  # pyright: ignore[reportArgumentType] # of any field
    return FindingKept(found, "host-a")


def happened(*boots: BootSeen, findings: tuple[FindingKept, ...] = (), scope: Scope = ONE) -> Happenings:
    """What is marked in the period."""
    over = Spans(Period.DAY, START, END, None, START, None if scope is ONE else 2)
    starts = [StartSeen(one.started, "host-a", one.release, one.last_seen) for one in boots]
    return happenings(scope, over, starts, boots if scope is ONE else (), findings)


def told(found: Happenings) -> list[tuple[float, str]]:
    """The occurrences, in hours of the period."""
    return [((one.at - START) / HOUR, one.what) for one in found.occurrences]


def spans(found: Happenings) -> list[tuple[float, float | None, Severity]]:
    """The incidents, in hours of the period."""
    return [
        ((one.start - START) / HOUR, None if one.end is None else (one.end - START) / HOUR, one.severity)
        for one in found.incidents
    ]


@pytest.mark.parametrize(
    ("before", "after", "marks"),
    [
        (boot(-5, 8, left=True), boot(8.5, 24), [(8.5, "restart")]),
        (boot(-5, 8, left=True), boot(8.5, 24, release="1.1"), [(8.5, "1.1")]),
        (boot(-5, 8), boot(8.5, 24), [(8, "unclean shutdown")]),
        (boot(-5, 8), boot(8.5, 24, release="1.1"), [(8, "unclean shutdown"), (8.5, "1.1")]),
        (boot(-5, -1), boot(1, 24), []),
        (boot(-5, 9), boot(8.5, 24), [(8.5, "restart")]),
    ],
    ids=["restart", "deploy", "death", "death and deploy", "died before", "overlap"],
)
def test_a_mark_says_what_it_was(before: BootSeen, after: BootSeen, marks: list[tuple[float, str]]) -> None:
    """A restart, a release, or an unclean shutdown, at the time of its last sign of life."""
    assert told(happened(before, after)) == marks


def test_a_fleet_shows_deaths_by_their_findings() -> None:
    """Restarts of its instances are not marked."""
    death = kept(8, 8.5, "unclean_shutdown")
    fleet = happened(boot(-5, 8), boot(8.5, 24), findings=(death,), scope=Scope(1))
    assert told(fleet) == [(8, "unclean shutdown")]


@pytest.mark.parametrize(("seconds", "marked"), [(LONG_S, True), (LONG_S - 1, False)])
def test_a_shard_that_reconnects_is_no_mark(seconds: float, marked: bool) -> None:
    """One that is away for long is."""
    found = happened(boot(-5, 24), findings=(kept(8, 8 + seconds / HOUR),))
    assert told(found) == ([(8, "disconnected")] if marked else [])


def test_findings_that_belong_together_are_one_incident() -> None:
    """From the begin of the first to the end of the last, coloured by the worst."""
    slow = kept(8.05, 9, "slow", severity=Severity.WARNING, subject=Subject(SubjectKind.COMMAND, "/a"))
    assert spans(happened(boot(-5, 24), findings=(kept(8, 8.5), slow))) == [(8, 9, Severity.CRITICAL)]


def test_incidents_lie_within_the_period() -> None:
    """One that began before begins with it, one that goes on has no end, and what is over is not there."""
    findings = (kept(-9, -8), kept(-2, 1), kept(8, None))
    assert spans(happened(boot(-10, 24), findings=findings)) == [
        (0, 1, Severity.CRITICAL),
        (8, None, Severity.CRITICAL),
    ]


def test_an_unclean_shutdown_is_critical() -> None:
    """Its finding is a warning, as it is over when it is found; but nobody was served."""
    host = Subject(SubjectKind.INSTANCE, "host-a")
    death = kept(8, 8.5, "unclean_shutdown", severity=Severity.WARNING, subject=host)
    assert spans(happened(boot(-5, 8), boot(8.5, 24), findings=(death,))) == [(8, 8.5, Severity.CRITICAL)]


def test_a_lost_shard_ends_with_its_process() -> None:
    """The next process finds only at its first check that it has it."""
    found = happened(boot(-5, 8), boot(8.5, 24), findings=(kept(7.9, 8.6),))
    assert spans(found) == [(pytest.approx(7.9), 8, Severity.CRITICAL)]


@pytest.mark.parametrize("rule", ["new_error", "slower", "memory_growth"])
def test_what_goes_on_for_days_is_not_shaded(rule: str) -> None:
    """It would hide what happened; pages tell it."""
    assert spans(happened(boot(-5, 24), findings=(kept(1, None, rule),))) == []


@pytest.mark.parametrize(("silent_s", "end"), [(SILENCE_S, None), (SILENCE_S + 36, 23.823)])
def test_what_a_dead_instance_left_open_is_over(silent_s: float, end: float | None) -> None:
    """With its last sign of life."""
    found = happened(boot(-5, 24 - silent_s / HOUR), findings=(kept(8, None),))
    (span,) = spans(found)
    assert span[1] == (None if end is None else pytest.approx(end, abs=0.01))


def test_marks_and_incidents_are_bounded() -> None:
    """The latest marks, and the worst incidents."""
    boots = [boot(n / 4, n / 4 + 0.1, left=True) for n in range(20)]
    slow = [
        kept(n / 3, n / 3 + 0.01, "slow", subject=Subject(SubjectKind.COMMAND, str(n)), severity=Severity.WARNING)
        for n in range(60)
    ]
    found = happened(*boots, findings=(*slow, kept(23, 23.1)))
    assert len(found.occurrences) == MOST_OCCURRENCES and told(found)[-2:] == [(4.75, "restart"), (23, "disconnected")]
    assert len(found.incidents) == MOST_INCIDENTS and found.incidents[-1].severity is Severity.CRITICAL
