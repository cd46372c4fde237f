"""How the findings of a rule become one phrase."""

from __future__ import annotations

import pytest

from plugin.insight.rule import Rule, alone, reasons_of, with_example
from plugin.model import PROCESS, Finding, Severity


def finding(severity: Severity, sentence: str, since: float = 0, until: float | None = None) -> Finding:
    """One of the rule `r`."""
    return Finding("r", PROCESS, severity, sentence, since, until)


def test_a_phrase_is_as_grave_as_the_gravest_finding() -> None:
    """Wherever that stands."""
    rule = Rule("r", lambda _: (), alone)
    for found in ([Severity.WARNING, Severity.CRITICAL], [Severity.CRITICAL, Severity.WARNING]):
        findings = [finding(severity, severity.name) for severity in found]
        assert list(reasons_of([rule], findings, 0)) == [(Severity.CRITICAL, found[0].name)]
    assert list(reasons_of([rule._replace(name="other")], [finding(Severity.CRITICAL, "")], 0)) == []


@pytest.mark.parametrize(("state", "told"), [(True, ["stands"]), (False, ["was", "stands"])])
def test_a_state_that_is_over_has_no_phrase(state: bool, told: list[str]) -> None:
    """What happened has one still."""
    rule = Rule("r", lambda _: (), lambda findings, _: " ".join(one.sentence for one in findings), state=state)
    findings = [finding(Severity.WARNING, "was", until=9), finding(Severity.WARNING, "stands")]
    assert [phrase for _, phrase in reasons_of([rule], findings, 10)] == [" ".join(told)]


@pytest.mark.parametrize(
    ("since", "until", "ago", "phrase"),
    [
        (0, None, True, "it failed, 2 min ago"),
        (0, 60, True, "it failed, 1 min ago"),
        (120, None, True, "it failed"),
        (130, None, True, "it failed"),
        (0, None, False, "it failed"),
    ],
)
def test_a_phrase_says_when_it_was(since: float, until: float | None, ago: bool, phrase: str) -> None:
    """When it last happened, unless that is now."""
    summary = with_example("things failed", ago=ago)
    found = finding(Severity.WARNING, "it failed", since, until)
    assert summary([found], 120) == phrase
    assert summary([found, found], 120) == f"2 things failed, for example: {phrase}"
