"""The likely story of a window, and its findings grouped into incidents."""

from __future__ import annotations

import pytest

from plugin.model import HELD_THE_LOOP, BootSeen, Finding, FindingKept, Severity, Subject, SubjectKind
from plugin.model.timeline import MomentPast, Timeline
from tests.insight.test_timeline import NOBODY, NOON, boot, failed, kept
from tests.insight.test_timeline import timeline as concluded

STATUS = "memory 254 MB (98 % of total), running /report"


def slow(name: str, since: float, until: float | None = None, severity: Severity = Severity.WARNING) -> FindingKept:
    """A slow command of the only instance."""
    return FindingKept(
        Finding("slow_command", Subject(SubjectKind.COMMAND, name), severity, f"{name} is slow", since, until), "one"
    )


def told(*boots: BootSeen, findings: tuple[FindingKept, ...] = (), **more: object) -> Timeline:
    """The timeline of one instance."""
    return concluded(NOBODY._replace(boots={"one": boots}, findings=findings, **more))  # pyright: ignore[reportArgumentType] # of any field


def test_a_death_is_told_with_what_came_before_it_and_how_it_ended() -> None:
    """In the order in which it happened; what the process said last may explain it."""
    night = told(
        boot(NOON - 50_000, NOON + 300, status=STATUS),
        boot(NOON + 660, NOON + 5000, release="1.4.2"),
        findings=(kept("shard_disconnected", NOON + 60, NOON + 240),),
        errors=(failed(HELD_THE_LOOP, NOON, 1, NOON - 9000),),
    )
    assert night.story == (
        "down for up to 6 min after an unclean shutdown, then back with release 1.4.2, was 1.4.1",
        "before it: event loop blocked by /buy at shop.py:9, then shard 0 is not connected",
        f"last status: {STATUS} (possibly out of memory)",
    )


@pytest.mark.parametrize(
    ("boots", "story"),
    [
        (
            (boot(NOON - 9000, NOON + 300, status="CPU 4 %"), boot(NOON + 360, NOON + 5000)),
            ["down for up to 1 min after an unclean shutdown", "last status: CPU 4 %"],
        ),
        (
            (boot(NOON - 9000, NOON + 300, left=NOON + 300), boot(NOON + 3900, NOON + 5000, release="1.4.2")),
            ["down for 1 h after a clean shutdown, then back with release 1.4.2, was 1.4.1"],
        ),
        ((boot(NOON - 9000, NOON + 300, left=NOON + 300), boot(NOON + 310, NOON + 5000)), []),
        ((boot(NOON - 9000, NOON + 300),), ["not started since an unclean shutdown"]),
        ((boot(NOON - 9000, NOON - 3000),), ["not started since an unclean shutdown"]),
        (
            (boot(NOON - 9000, NOON), boot(NOON + 20, NOON + 300), boot(NOON + 500, NOON + 5000)),
            ["down for up to 3 min after an unclean shutdown, the longest of 2"],
        ),
    ],
    ids=["death", "pause", "restart", "gone", "gone before", "two deaths"],
)
def test_an_absence_is_the_story(boots: tuple[BootSeen, ...], story: list[str]) -> None:
    """The longest; a restart of a few seconds is none."""
    assert [*told(*boots).story] == story


@pytest.mark.parametrize(("at", "before"), [(NOON, True), (NOON + 360, True), (NOON + 361, False)])
def test_only_what_came_before_the_end_is_told_before_it(at: float, before: bool) -> None:
    """The end is known to one heartbeat."""
    boots = boot(NOON - 50_000, NOON + 300), boot(NOON + 660, NOON + 5000)
    story = told(*boots, findings=(kept("away", at),)).story
    assert ("before it: shard 0 is not connected" in story) is before


def test_the_worst_of_many_are_told_before_it() -> None:
    """A few, in the order in which they began."""
    errors = tuple(failed(f"Error{number}", NOON + number, 1, NOON - 9000) for number in range(9))
    boots = boot(NOON - 50_000, NOON + 300), boot(NOON + 660, NOON + 5000)
    _, before = told(*boots, findings=(kept("away", NOON + 60),), errors=errors).story
    assert before.endswith("Error1 in shop.py:9 in /buy, then shard 0 is not connected") and before.count("then") == 2


def test_a_fleet_names_the_instance() -> None:
    """And tells what was wrong with that one, or with all."""
    past = MomentPast(*NOBODY)._replace(
        boots={"one": (boot(NOON - 9000, NOON + 300),), "two": (boot(NOON - 9000, NOON + 5000),)},
        findings=(kept("away", NOON + 60), kept("away", NOON + 61)._replace(instance="two")),
        running="two",
    )
    assert concluded(past).story == (
        "one: not started since an unclean shutdown",
        "before it: shard 0 is not connected",
    )


def test_one_problem_speaks_for_itself() -> None:
    """So do none."""
    running = boot(NOON - 50_000, NOON + 5000)
    assert told(running).story == told(running, findings=(slow("/a", NOON + 60),)).story == ()


def test_an_incident_is_the_story_where_the_bot_ran() -> None:
    """Its likely cause, how long it lasted, the release before it, and how much else began."""
    boots = boot(NOON - 50_000, NOON, left=NOON), boot(NOON + 10, NOON + 5000, release="1.4.2")
    findings = (
        slow("/a", NOON + 250),
        slow("/b", NOON + 260),
        kept("shard_disconnected", NOON + 250, NOON + 430),
    )
    assert told(*boots, findings=findings).story == (
        "shard 0 is not connected, for 3 min, 4 min after release 1.4.2 was started",
        "2 more problems began with it",
    )


def test_findings_that_began_together_are_one_entry() -> None:
    """The likely cause first, and the entry where the first of them began; what began much later has its own."""
    findings = (
        slow("/a", NOON + 20),
        kept("shard_disconnected", NOON + 80, NOON + 140),
        slow("/b", NOON + 90),
        slow("/later", NOON + 800),
    )
    night = told(boot(NOON - 50_000, NOON + 5000), findings=findings, errors=(failed("KeyError", NOON + 60, 1, NOON),))
    assert [(entry.text, [part.text for part in entry.parts]) for entry in night.entries] == [
        ("shard 0 is not connected", ["/a is slow", "/b is slow"]),
        ("new error: KeyError in shop.py:9 in /buy", []),
        ("/later is slow", []),
    ]


def test_what_flaps_is_told_each_time() -> None:
    """Within its incident."""
    findings = tuple(kept("shard_disconnected", NOON + 60 * n, NOON + 60 * n + 20) for n in range(3))
    (entry,) = told(boot(NOON - 50_000, NOON + 5000), findings=findings).entries
    assert [entry.at, *(part.at for part in entry.parts)] == [NOON, NOON + 60, NOON + 120]


def test_ends_of_one_incident_are_told_together() -> None:
    """Of what began before the window."""
    findings = (slow("/a", NOON - 400, NOON + 90), kept("shard_disconnected", NOON - 420, NOON + 60))
    (entry,) = told(boot(NOON - 50_000, NOON + 5000), findings=findings).entries
    assert (entry.text, [part.text for part in entry.parts]) == (
        "over: shard 0 is not connected, after 8 min",
        ["over: /a is slow, after 8 min"],
    )


def test_good_news_is_no_part_of_an_incident() -> None:
    """It is told all the same."""
    good = slow("/a", NOON + 60, severity=Severity.WELL)
    night = told(boot(NOON - 50_000, NOON + 5000), findings=(good, kept("shard_disconnected", NOON + 60)))
    assert sorted(entry.text for entry in night.entries) == ["/a is slow", "shard 0 is not connected"]


@pytest.mark.parametrize("until", [None, NOON + 2000, NOON + 100])
def test_a_lost_shard_ends_with_its_process(until: float | None) -> None:
    """The next process finds only at its first check that it has it."""
    boots = boot(NOON - 50_000, NOON + 300), boot(NOON + 660, NOON + 5000)
    lost, *_ = told(*boots, findings=(kept("shard_disconnected", NOON + 60, until),)).entries
    assert (lost.text, lost.until) == ("shard 0 is not connected", min(NOON + 300, until or NOON + 300))
