"""What a report concludes: which commands, errors and incidents it names, in which order, and what it leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from plugin.insight.availability import Downtime
from plugin.insight.outages import ended
from plugin.insight.report import ReportRows, make_report
from plugin.insight.updates import Deployment
from plugin.model import (
    Change,
    ChangeVerdict,
    CommandKey,
    CommandKind,
    CommandTotals,
    Finding,
    FindingKept,
    Judged,
    Scope,
    Severity,
    Subject,
    SubjectKind,
)
from plugin.model.command_reviews import CommandReview, CommandsReview
from plugin.model.past import ErrorReview, ErrorState
from plugin.model.report import Report
from tests.insight.test_spans import END, START, kept, review

MOST_COMMANDS, MOST_FIRST, MOST_GROUPS, MOST_INCIDENTS = 5, 3, 5, 10
"""What is promised."""

CRITICAL, WARNING, WELL = Severity.CRITICAL, Severity.WARNING, Severity.WELL
WELL_JUDGED = Judged(1.0, 100.0, 1000.0, WELL)


def finding(
    rule: str = "memory", since: float = START, until: float | None = None, severity: Severity = WARNING
) -> Finding:
    """Something that was found."""
    return Finding(rule, Subject(SubjectKind.PROCESS), severity, f"{rule} was found", since, until)


def key(name: str) -> CommandKey:
    """A command."""
    return CommandKey(CommandKind.SLASH, name, None)


def command(name: str, *changes: Change) -> CommandReview:
    """A row of a list."""
    return CommandReview(key(name), (9, 0, 1, 0), WELL_JUDGED, WELL_JUDGED, changes)


def changed(before: float | None, after: float, verdict: ChangeVerdict = ChangeVerdict.MOVED) -> Change:
    """A change, which holds unless it is the same."""
    return Change(before, after, 0.001, verdict)


def report(
    *,
    findings: Sequence[Finding] = (),
    instances: Sequence[str | None] = (),
    used: Sequence[CommandReview] = (),
    slowest: Sequence[CommandReview] = (),
    failing: Sequence[CommandReview] = (),
    errors: Sequence[ErrorReview] = (),
    since: int = 0,
    **more: Any,
) -> Report:
    """The report of 100 minutes."""
    span = review(kept(), kept())
    span = span._replace(spans=span.spans._replace(since=since))
    commands = CommandsReview(span.spans, (90, 0, 7, 0), 3, 0, 0, tuple(used), tuple(slowest), tuple(failing), ())
    names = [*instances, *[None] * (len(findings) - len(instances))]
    rows: dict[str, Any] = {"before": None, "lost": (), "downtimes": (), "deployments": (), "several": False, **more}
    return make_report(
        ReportRows(
            scope=Scope(7),
            review=span,
            commands=commands,
            errors=errors,
            findings=[FindingKept(one, name) for one, name in zip(findings, names, strict=True)],
            availability=None,
            **rows,
        )
    )


def test_the_worst_incident_comes_first_then_the_longest() -> None:
    """With its duration in the period; good news is none, nor what other parts of the report tell."""
    found = report(
        findings=[
            finding("short", START + 10, START + 20),
            finding("long", START - 500, START + 900),
            finding("bad", START + 50, severity=CRITICAL),
            finding("good", severity=WELL),
            finding("unknown", severity=Severity.UNKNOWN),
            finding("new_error"),
            finding("unclean_shutdown"),
            finding("after", START + 30, END + 500),
        ]
    )
    assert [(one.what, one.begin, one.end, one.seconds) for one in found.incidents] == [
        ("bad was found", START + 50, None, END - START - 50),
        ("after was found", START + 30, None, END - START - 30),
        ("long was found", START - 500, START + 900, 900),
        ("short was found", START + 10, START + 20, 10),
    ]
    assert {one.instance for one in found.incidents} == {""}


def test_what_was_over_at_once_or_before_the_period_takes_no_time() -> None:
    """It is told all the same, and nothing is left out."""
    found = report(findings=[finding("blink", START + 10, START + 10), finding("before", START - 90, START - 50)])
    assert [(one.what, one.seconds) for one in found.incidents] == [("before was found", 0), ("blink was found", 0)]
    assert (found.incidents_left_out, found.releases_left_out, found.failures.left_out) == (0, 0, 0)


def test_incidents_beyond_the_bound_are_counted() -> None:
    """And of a fleet each names its instance."""
    many = [finding(f"rule {number}", START + number) for number in range(MOST_INCIDENTS + 2)]
    found = report(findings=many, instances=["one"] * len(many), several=True)
    assert (len(found.incidents), found.incidents_left_out) == (MOST_INCIDENTS, 2)
    assert {one.instance for one in found.incidents} == {"one"}


def test_downtimes_are_incidents_unless_they_were_restarts() -> None:
    """After an unclean shutdown always, with the last status; after a clean one only if it lasts."""
    downtimes = [
        Downtime("one", START + 10, START + 40, True, "memory 90 MB"),
        Downtime("two", START + 50, START + 60, True, ""),
        Downtime("one", START + 70, START + 80, False, "memory 90 MB"),
        Downtime("one", END - 100, None, False, "memory 90 MB"),
    ]
    found = report(downtimes=downtimes, several=True)
    assert [(one.severity, one.what, one.seconds, one.instance) for one in found.incidents] == [
        (CRITICAL, "down after an unclean shutdown; last status: memory 90 MB", 30, "one"),
        (CRITICAL, "down after an unclean shutdown", 10, "two"),
        (WARNING, "stopped, not started since", 100, "one"),
    ]


def test_findings_of_an_instance_that_is_gone_end_with_it() -> None:
    """Those of one that runs go on; what ended before the period is left out."""
    open_ones = [finding("gone", START - 50), finding("runs"), finding("everywhere"), finding("old", START - 90)]
    names = ["gone", "runs", None, "older"]
    ends: dict[str, float | None] = {"gone": START + 9, "runs": None, "older": START - 10}
    found = ended([FindingKept(one, name) for one, name in zip(open_ones, names, strict=True)], ends, START)
    assert [(one.finding.rule, one.finding.until) for one in found] == [
        ("gone", START + 9),
        ("runs", None),
        ("everywhere", None),
    ]


def test_what_to_do_first_is_the_worst_of_each_rule() -> None:
    """What goes on before what is over, then the worst, then the longest; lost instances with the others."""
    found = report(
        findings=[
            finding("over", severity=CRITICAL, until=START + 5),
            finding("twice", START + 60),
            finding("twice", START + 50),
            finding("good", severity=WELL),
            finding("worse", START + 70, severity=CRITICAL),
        ],
        lost=[finding("lost", START + 80, severity=CRITICAL)],
    )
    assert [(one.rule, one.since) for one in found.first] == [
        ("worse", START + 70),
        ("lost", START + 80),
        ("twice", START + 50),
    ]
    assert len(found.first) == MOST_FIRST


def test_commands_that_grew_are_told_by_how_much() -> None:
    """Only where the growth is significant; one that shrank, or is new with nothing to compare, did not grow."""
    used = [
        command("same", changed(100, 190, ChangeVerdict.SAME)),
        command("little", changed(10, 20)),
        command("much", changed(10, 90)),
        command("less", changed(90, 10)),
        command("equal", changed(10, 10)),
        command("unknown", changed(None, 50)),
        *(command(f"more {number}", changed(10, 15 - number / 10)) for number in range(9)),
    ]
    found = report(used=used).usage
    assert [one.key.name for one in found.grown] == ["much", "little", "more 0", "more 1", "more 2"]
    assert ([one.key.name for one in found.top], found.commands) == ([one.key.name for one in used[:MOST_COMMANDS]], 3)


@pytest.mark.parametrize(
    ("worse", "what"),
    [((0, 1, 2, 3), "p95"), ((0, 1, 3), "median"), ((0, 3), "average"), ((3,), "p99"), ((), None)],
)
def test_a_slower_command_is_told_by_its_most_telling_number(worse: tuple[int, ...], what: str | None) -> None:
    """Of average, median, p95 and p99."""
    verdicts = [ChangeVerdict.WORSE if number in worse else ChangeVerdict.BETTER for number in range(4)]
    changes = [changed(10, 20 + number, verdict) for number, verdict in enumerate(verdicts)]
    assert [one.what for one in report(slowest=[command("slow", *changes)]).slower] == ([] if what is None else [what])


def test_the_slowest_growth_and_the_largest_rise_come_first() -> None:
    """Answers by their ratio, error rates by their difference."""
    worse = ChangeVerdict.WORSE
    slowest = [command(name, *[changed(10, after, worse)] * 4) for name, after in (("twice", 20), ("treble", 30))]
    failing = [
        command("little", changed(0.1, 0.2, worse)),
        command("much", changed(0.1, 0.9, worse)),
        command("better", changed(0.9, 0.1, ChangeVerdict.BETTER)),
    ]
    before = [CommandTotals(key("any"), (1, 0, number, 0), 0) for number in (3, 4)]
    found = report(slowest=slowest, failing=failing, before=before)
    assert [one.key.name for one in found.slower] == ["treble", "twice"]
    assert [one.key.name for one in found.failures.rising] == ["much", "little"]
    assert (found.failures.errors, found.failures.errors_before) == (7, 7)
    assert report().failures.errors_before is None


def test_errors_are_new_or_frequent() -> None:
    """First seen is new only where history is older than the period; what is gone is not told."""

    def error(state: ErrorState, occurrences: int) -> ErrorReview:
        return ErrorReview(state, state.name, None, occurrences, START, END, ())

    states = [ErrorState.ONGOING, ErrorState.GONE, ErrorState.FIRST_SEEN, ErrorState.REGRESSED, ErrorState.NEW]
    errors = [error(state, number) for number, state in enumerate(states)]
    for since, new, frequent in (
        (START - 1, ["FIRST_SEEN", "REGRESSED", "NEW"], ["ONGOING"]),
        (START, ["REGRESSED", "NEW"], ["FIRST_SEEN", "ONGOING"]),
    ):
        found = report(errors=errors, since=since).failures
        assert ([one.type for one in found.new], [one.type for one in found.frequent]) == (new, frequent)
        assert found.left_out == 0
    many = [error(ErrorState.NEW, 1)] * (MOST_GROUPS + 1) + [error(ErrorState.ONGOING, 1)] * (MOST_GROUPS + 2)
    assert report(errors=many).failures.left_out == 3


def test_a_release_has_the_findings_of_its_minute() -> None:
    """The worst first; and no rule but those of releases."""
    minute = START // 60 * 60
    findings = [
        finding("slower", minute + 59.0),
        finding("faster", minute + 60.0),
        finding("memory", minute),
        finding("changed_with_update", minute, severity=CRITICAL),
    ]
    (release,) = report(findings=findings, deployments=[Deployment(minute + 30.0, "2", "1")]).releases
    assert [one.rule for one in release.findings] == ["changed_with_update", "slower"]
