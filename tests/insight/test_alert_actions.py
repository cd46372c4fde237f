"""What people did with an alert: who acknowledged it, which silence holds, and what they noted."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.insight.alert_actions import fingerprints, people_of
from plugin.model import Finding, Incident, Severity, SubjectKind
from plugin.model.alert_actions import ActionKind, AlertAction, AlertPeople
from tests.insight.test_incidents import NOW, finding

SLOW, AWAY = finding(), finding("0", SubjectKind.SHARD, rule="shard_disconnected")
ACKNOWLEDGED, SILENCED, NOTE = ActionKind.ACKNOWLEDGED, ActionKind.SILENCED, ActionKind.NOTE


def incident(*findings: Finding, id: str = "3f2a1b9c", left_out: int = 0) -> Incident:
    """One that began now."""
    return Incident(id, NOW, None, Severity.CRITICAL, findings or (SLOW,), left_out, False)


def action(kind: ActionKind, after_s: float = 10.0, of: str = "3f2a1b9c", **more: Any) -> AlertAction:
    """What Ada did so long after the incident had begun."""
    return AlertAction(f"{kind.value}{after_s}{of}", of, kind, NOW + after_s, "Ada", **more)


def silence(after_s: float = 10.0, *about: Finding, of: str = "3f2a1b9c", **more: Any) -> AlertAction:
    """A silence about findings, the slow command by default."""
    return action(SILENCED, after_s, of, about=fingerprints(incident(*about)), **more)


def test_a_fingerprint_is_of_rule_and_subject() -> None:
    """Each finding has one, once; when it comes back it has the same."""
    back = SLOW._replace(since=NOW + 900, sentence="slower", severity=Severity.WARNING)
    assert fingerprints(incident(SLOW, AWAY, back)) == fingerprints(incident(back, AWAY))
    others = [SLOW, finding(rule="error_rate"), finding("/pay"), finding(kind=SubjectKind.TASK), AWAY]
    assert len(set(fingerprints(incident(*others)))) == 5


def test_the_first_acknowledgement_counts_and_every_note() -> None:
    """Those of this incident, since it began."""
    first, second, early = (action(ACKNOWLEDGED, at) for at in (10.0, 20.0, -1.0))
    notes = (action(NOTE, 5.0, text="a"), action(NOTE, 6.0, text="b"))
    others = action(ACKNOWLEDGED, 1.0, of="another")
    told = people_of(incident(), [early, others, *notes, first, second], NOW + 60)
    assert told == AlertPeople(first, None, None, notes)
    at_once = action(ACKNOWLEDGED, 0.0)
    assert people_of(incident(), [at_once], NOW + 60).acknowledged is at_once


@pytest.mark.parametrize(("now_s", "holds"), [(69.0, True), (70.0, False), (71.0, False)])
def test_a_silence_with_a_time_holds_until_then(now_s: float, holds: bool) -> None:
    """After that it is the one that ran out."""
    one = silence(until=NOW + 70)
    assert people_of(incident(), [one], NOW + now_s) == AlertPeople(
        None, one if holds else None, None if holds else one
    )


def test_the_latest_silence_of_an_incident_counts() -> None:
    """One that ends an earlier one has not run out: somebody wants to be told again."""
    first, longer = silence(until=NOW + 70), silence(20.0, until=NOW + 700)
    assert people_of(incident(), [first, longer], NOW + 100).silence is longer
    ended = silence(30.0, until=NOW + 30)
    assert people_of(incident(), [first, longer, ended], NOW + 100) == AlertPeople()


def test_a_silence_until_resolved_has_no_end() -> None:
    """As long as the incident is told."""
    one = silence()
    assert people_of(incident(), [one], NOW + 10**7) == AlertPeople(None, one)


@pytest.mark.parametrize(
    ("other", "silenced"),
    [
        ({"until": NOW + 900}, True),
        ({"until": NOW + 100}, False),
        ({"is_told": True}, True),
        ({"is_told": False}, False),
        ({"is_told": False, "until": NOW + 900}, True),
    ],
    ids=["for a time", "for a time that is over", "until resolved", "resolved or lost", "for a time, and resolved"],
)
def test_a_silence_holds_for_another_incident_about_the_same(other: dict[str, Any], silenced: bool) -> None:
    """It is none of its own, so nothing has run out."""
    one = silence(of="another", **other)
    told = people_of(incident(), [one], NOW + 100)
    assert told == AlertPeople(None, one if silenced else None)


def test_all_of_an_incident_must_be_silenced_by_others() -> None:
    """By one silence or several; what found no room may be about anything."""
    both, slow, away = silence(10, SLOW, AWAY, of="a"), silence(20, SLOW, of="b"), silence(30, AWAY, of="c")
    assert people_of(incident(SLOW, AWAY), [both], NOW + 100).silence is both
    assert people_of(incident(SLOW, AWAY), [slow], NOW + 100).silence is None
    assert people_of(incident(SLOW, AWAY), [slow, away], NOW + 100).silence is away
    assert people_of(incident(SLOW, AWAY, left_out=1), [both], NOW + 100).silence is None
