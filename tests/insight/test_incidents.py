"""Findings become incidents: what begins together or is about the same thing, with its cause first."""

from __future__ import annotations

import pytest

from plugin.insight.incidents import IncidentBook
from plugin.model import Finding, Incident, Severity, Subject, SubjectKind

LONGEST_JOIN_S, MOST_INCIDENTS, MOST_MEMBERS, TOGETHER_S = 3600.0, 50, 50, 600.0
"""What is promised."""

NOW = 1_790_000_000.0
CRITICAL, WARNING, WELL = Severity.CRITICAL, Severity.WARNING, Severity.WELL


def finding(
    name: str = "/shop buy",
    kind: SubjectKind = SubjectKind.COMMAND,
    since: float = NOW,
    rule: str = "slow_command",
    severity: Severity = CRITICAL,
    until: float | None = None,
    everywhere: bool = False,
) -> Finding:
    """Something that is said of a bot."""
    return Finding(rule, Subject(kind, name), severity, f"{name} {rule}", since, until, everywhere=everywhere)


def incidents(book: IncidentBook) -> list[Incident]:
    """All of them, as they stand."""
    return [incident.record for incident in book.open.values()]


def names(incident: Incident) -> list[str]:
    """What its findings are about, in their order."""
    return [one.subject.name or one.rule for one in incident.findings]


def test_what_begins_together_is_one_incident_with_its_cause_first() -> None:
    """A shard that is away stands before the commands that failed meanwhile, and a death before all."""
    book = IncidentBook("one")
    commands = [finding(f"/{name}", since=NOW + 60) for name in ("b", "a")]
    shard = finding("0", SubjectKind.SHARD, NOW + 120, "shard_disconnected")
    death = finding("", SubjectKind.PROCESS, NOW + 300, "unclean_shutdown", WARNING)
    memory = finding("", SubjectKind.PROCESS, NOW, "memory", WARNING)
    book.update([*commands, shard, memory, death], NOW + 400)
    (incident,) = incidents(book)
    assert names(incident) == ["unclean_shutdown", "0", "memory", "/a", "/b"]
    assert (incident.since, incident.until, incident.severity) == (NOW, None, CRITICAL)


@pytest.mark.parametrize(("later", "number"), [(TOGETHER_S, 1), (TOGETHER_S + 1, 2)])
def test_what_begins_later_is_another_incident(later: float, number: int) -> None:
    """Ten minutes after the one before it at most."""
    book = IncidentBook("one")
    book.update([finding("/a"), finding("/b", since=NOW + later)], NOW + later)
    assert len(incidents(book)) == number


def test_an_incident_does_not_grow_for_ever() -> None:
    """An hour after its begin it takes only findings about the same thing."""
    book = IncidentBook("one")
    steps = range(0, int(LONGEST_JOIN_S) + 1800, int(TOGETHER_S))
    book.update([finding(f"/{at:05}", since=NOW + at) for at in steps], NOW + 9000)
    first, second = incidents(book)
    assert names(first)[-1] == f"/{int(LONGEST_JOIN_S):05}" and len(second.findings) == 2
    fails = finding("/00000", since=NOW + 8000, rule="error_rate")
    book.update([finding(f"/{at:05}", since=NOW + at) for at in steps] + [fails], NOW + 9000)
    assert fails in incidents(book)[0].findings and len(incidents(book)) == 2


def test_things_without_a_name_are_not_the_same_thing() -> None:
    """Memory and CPU of the process are not one because both are about the process."""
    book = IncidentBook("one")
    memory, cpu = (finding("", SubjectKind.PROCESS, NOW + at, rule) for at, rule in ((0, "memory"), (7000, "cpu")))
    book.update([memory, cpu], NOW + 7000)
    assert [names(incident) for incident in incidents(book)] == [["memory"], ["cpu"]]


def test_it_is_over_when_nothing_of_it_stands() -> None:
    """Its end is that of the last finding; the worst that it was stays."""
    book = IncidentBook("one")
    slow, failing = finding("/a"), finding("/b", severity=WARNING)
    book.update([slow, failing], NOW)
    book.update([failing], NOW + 60)
    (incident,) = incidents(book)
    assert (incident.until, incident.severity) == (None, CRITICAL)
    assert [one.until for one in incident.findings] == [NOW + 60, None]
    book.update([], NOW + 120)
    (incident,) = incidents(book)
    assert incident.until == NOW + 120 and book.open[incident.id].is_over


def test_what_happened_once_stands_as_long_as_its_rule_tells_of_it() -> None:
    """A task that failed an hour ago is still worth saying; the incident ends when it last failed."""
    book = IncidentBook("one")
    failed = finding("feed", SubjectKind.TASK, NOW, "task_failed", WARNING, until=NOW + 30)
    book.update([failed], NOW + 60)
    assert incidents(book)[0].until is None
    book.update([], NOW + 3600)
    assert incidents(book)[0].until == NOW + 30


def test_good_news_and_the_unknown_are_no_incidents() -> None:
    """A command that became faster, or something of which nothing is known."""
    book = IncidentBook("one")
    book.update([finding(severity=WELL), finding("/b", severity=Severity.UNKNOWN)], NOW)
    assert incidents(book) == []


def test_the_latest_state_of_a_finding_is_told() -> None:
    """Its sentence and severity may change while it stands; the incident is the same."""
    book = IncidentBook("one")
    book.update([finding(severity=WARNING)], NOW)
    (before,) = incidents(book)
    worse = finding()._replace(sentence="now worse")
    book.update([worse], NOW + 60)
    (after,) = incidents(book)
    assert (after.id, after.findings, after.severity) == (before.id, (worse,), CRITICAL)


def test_ids_tell_incidents_apart_and_are_the_same_on_every_instance_only_for_the_program() -> None:
    """By instance and begin, but for findings that every instance makes."""
    ids = set[str]()
    for instance in ("one", "two"):
        for since in (NOW, NOW + 86_400):
            for everywhere in (False, True):
                book = IncidentBook(instance)
                book.update([finding(since=since, everywhere=everywhere)], since)
                (incident,) = incidents(book)
                assert incident.everywhere is everywhere and len(incident.id) == 8
                ids.add(incident.id)
    assert len(ids) == 4 + 1


def test_findings_about_the_program_are_incidents_of_their_own() -> None:
    """Since one instance of a fleet tells them for all; also where both are about the same."""
    for name in ("/a", "/b"):
        book = IncidentBook("one")
        book.update([finding("/a"), finding(name, everywhere=True, rule="new_error")], NOW)
        assert [incident.everywhere for incident in incidents(book)] == [False, True]


def test_since_when_it_goes_on_does_not_change() -> None:
    """A finding that comes back begins anew; its incident does not."""
    book = IncidentBook("one")
    book.update([finding()], NOW)
    book.update([], NOW + 60)
    book.update([finding(since=NOW + 120)], NOW + 120)
    assert [incident.since for incident in incidents(book)] == [NOW]


def test_both_bounds_hold() -> None:
    """Of incidents, and of findings in one; what is left out is counted."""
    book = IncidentBook("one")
    many = [finding(f"/{number:03}") for number in range(MOST_MEMBERS + 3)]
    book.update(many, NOW)
    book.update(many, NOW + 60)
    (incident,) = incidents(book)
    assert (len(incident.findings), incident.left_out) == (MOST_MEMBERS, 3)
    book.update(many[-2:], NOW + 120)
    (incident,) = incidents(book)
    assert (incident.left_out, incident.until) == (2, None)
    book.update([], NOW + 180)
    assert incidents(book)[0].until == NOW + 120
    apart = [finding(f"/{number}", since=NOW + number * 3 * TOGETHER_S) for number in range(MOST_INCIDENTS + 9)]
    book = IncidentBook("one")
    book.update(apart, NOW + 999_999)
    assert len(incidents(book)) == MOST_INCIDENTS
