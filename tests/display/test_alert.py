"""The message about an incident, as it is read on a phone."""

from __future__ import annotations

import pytest

from plugin.display.alert import alert_notice
from plugin.model import Alert, AlertState, Finding, Incident, Severity, Subject, SubjectKind

AT = 1_790_000_000.0
SHARD = Finding(
    "shard_disconnected",
    Subject(SubjectKind.SHARD, "3"),
    Severity.CRITICAL,
    "shard 3 is not connected",
    AT,
    look_at="/health",
)
SLOW = Finding(
    "slow_command",
    Subject(SubjectKind.COMMAND, "/shop buy"),
    Severity.WARNING,
    "/shop buy takes 3,050 ms, limit 1,000 ms",
    AT + 90,
    look_at="/commandstats command:/shop buy",
)


def alert(
    *findings: Finding, state: AlertState = AlertState.FIRING, until: float | None = None, **more: object
) -> Alert:
    """An alert about an incident with these findings."""
    fields: dict[str, object] = {"left_out": 0, "everywhere": False, "returns": 0, **more}
    incident = Incident(
        "3f2a1b9c",
        AT,
        until,
        max(one.severity for one in findings),
        findings,
        int(str(fields["left_out"])),
        bool(fields["everywhere"]),
    )
    return Alert(incident, state, int(str(fields["returns"])))


def told(of: Alert, instance: str = "shards-0-15") -> tuple[str, list[str], str]:
    """Title, lines and footer."""
    notice = alert_notice(of, instance)
    return notice.title, notice.text.splitlines(), notice.footer


def test_an_incident_that_goes_on() -> None:
    """The cause, since when, what else, and where to look."""
    assert told(alert(SHARD, SLOW)) == (
        "🔴 shard 3 is not connected",
        [
            "Since <t:1790000000:f> (<t:1790000000:R>)",
            "",
            "🟡 /shop buy takes 3,050 ms, limit 1,000 ms",
            "",
            "Look at: `/health`, `/commandstats command:/shop buy`",
        ],
        "incident 3f2a1b9c · shards-0-15",
    )


def test_an_incident_that_is_over() -> None:
    """How long it lasted; nowhere to look any more."""
    over = [one._replace(until=AT + 720) for one in (SHARD, SLOW)]
    title, lines, _ = told(alert(*over, state=AlertState.RESOLVED, until=AT + 720, returns=2))
    assert title == "🟢 Resolved: shard 3 is not connected"
    assert lines == [
        "Lasted 12 min, from <t:1790000000:f>",
        "It came back 2 times.",
        "",
        "🟡 /shop buy takes 3,050 ms, limit 1,000 ms",
    ]


def test_an_incident_that_may_be_over() -> None:
    """It has to stay so for a while."""
    over = SHARD._replace(until=AT + 60)
    title, lines, _ = told(alert(over, SLOW, until=None))
    assert title == "🔴 shard 3 is not connected" and lines[0].startswith("Since")
    _, lines, _ = told(alert(over, SLOW._replace(until=AT + 90), until=AT + 90, returns=1))
    assert lines[:4] == [
        "Over for now; lasted 1 min, from <t:1790000000:f>",
        "It came back once.",
        "",
        "🟡 /shop buy takes 3,050 ms, limit 1,000 ms (over)",
    ]


@pytest.mark.parametrize(("number", "more"), [(7, []), (8, ["… and 1 more"]), (12, ["… and 5 more"])])
def test_of_many_findings_the_first_are_told(number: int, more: list[str]) -> None:
    """Six beside the cause, and how many more there are."""
    many = [SLOW._replace(look_at="")] * number
    _, lines, _ = told(alert(*many))
    assert lines[2:] == ["🟡 /shop buy takes 3,050 ms, limit 1,000 ms"] * 6 + more


@pytest.mark.parametrize(
    ("everywhere", "instance", "footer"),
    [
        (False, "", "incident 3f2a1b9c"),
        (True, "one", "incident 3f2a1b9c · all instances"),
        (True, "", "incident 3f2a1b9c · all instances"),
    ],
)
def test_whose_incident_it_is(everywhere: bool, instance: str, footer: str) -> None:
    """An instance whose name is not to be told has none."""
    assert told(alert(SHARD, everywhere=everywhere), instance)[2] == footer


def test_names_cannot_do_anything() -> None:
    """No markdown, no mention, no line of their own."""
    hostile = SLOW._replace(sentence="**@everyone** <@1> [x](http://y)\n# big", look_at="`/x`\n# y")
    title, lines, _ = told(alert(hostile))
    assert "\\*\\*" in title and "\n" not in title and lines[-1] == "Look at: `'/x' # y`"
