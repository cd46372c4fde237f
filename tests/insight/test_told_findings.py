"""Rules about findings: which ones people are told of, as how bad, and after how long."""

from __future__ import annotations

import pytest

from plugin.insight import told_findings
from plugin.insight.alerts import AlertBook
from plugin.insight.told_findings import ToldFindings
from plugin.model import CommandKey, CommandKind, Finding, Severity, Standing, SubjectKind
from plugin.own_rules import FindingRule
from tests.insight.test_incidents import CRITICAL, NOW, WARNING, WELL, finding

BUY = CommandKey(CommandKind.SLASH, "shop buy", "Shop")
TASK, ERROR = SubjectKind.TASK, SubjectKind.ERROR


def told(finding: Finding, *rules: FindingRule, instance: str = "one") -> Severity | None:
    """As how bad it is told; None where it is not."""
    found = ToldFindings(rules, lambda: instance, lambda: [BUY]).of(Standing((finding,), 1), NOW)
    return found.findings[0].severity if found.findings else None


def rule(severity: str, kind: str = "", about: str = "", **more: str) -> FindingRule:
    """A rule about slow commands."""
    return FindingRule("slow_command", severity, about, kind, **more)


@pytest.mark.parametrize(
    ("rules", "severity"),
    [
        pytest.param([], WARNING, id="as it is"),
        pytest.param([FindingRule("error_rate")], WARNING, id="of another finding"),
        pytest.param([rule("critical")], CRITICAL, id="worse"),
        pytest.param([rule("off")], None, id="off"),
        pytest.param([rule("off", "command", "/shop buy")], None, id="a command"),
        pytest.param([rule("off", "command", "/shop *")], None, id="a pattern"),
        pytest.param([rule("off", "command", "/pay")], WARNING, id="another command"),
        pytest.param([rule("off", "cog", "Shop")], None, id="a cog"),
        pytest.param([rule("off", "cog", "Fun")], WARNING, id="another cog"),
        pytest.param([rule("off"), rule("critical", "cog", "Shop")], CRITICAL, id="the cog beats all"),
        pytest.param([rule("off", "command", "/s*"), rule("critical", "cog", "Shop")], None, id="a pattern beats it"),
        pytest.param(
            [rule("off", "command", "/s*"), rule("critical", "command", "/shop buy")], CRITICAL, id="a name beats both"
        ),
        pytest.param([rule("off", instance="two")], WARNING, id="another instance"),
        pytest.param([rule("critical", instance="one"), rule("off", "command", "/*")], CRITICAL, id="this instance"),
    ],
)
def test_the_narrowest_rule_decides(rules: list[FindingRule], severity: Severity | None) -> None:
    """In whatever order they stand."""
    slow = finding(severity=WARNING)
    assert told(slow, *rules) is told(slow, *reversed(rules)) is severity


def test_tasks_and_shards_are_chosen_by_name() -> None:
    """A dead task, a shard that is away, an error of any command."""
    task = finding("restock", TASK, rule="task_stopped", severity=WARNING)
    assert told(task, FindingRule("task_stopped", about="rest*", kind="task")) is CRITICAL
    shard = finding("3", SubjectKind.SHARD, rule="shard_disconnected")
    assert told(shard, FindingRule("shard_disconnected", "off", "3", "shard")) is None
    assert told(shard, FindingRule("shard_disconnected", "off", "33", "shard")) is CRITICAL
    error = finding("KeyError", ERROR, rule="new_error", severity=WARNING, everywhere=True)
    assert told(error, FindingRule("new_error")) is CRITICAL


@pytest.mark.parametrize("severity", [WELL, Severity.UNKNOWN])
def test_what_is_not_bad_does_not_become_bad(severity: Severity) -> None:
    """Memory that grows, but will not cross its limit, is nothing to wake up for."""
    growing = finding("memory_bytes", SubjectKind.MEASURE, rule="memory_growth", severity=severity)
    assert told(growing, FindingRule("memory_growth")) is severity


def test_a_finding_must_stand_for_as_long_as_its_rule_says() -> None:
    """In a row; one that has stood since before this process began has done so already."""
    book = ToldFindings([FindingRule("slow_command", for_s=600)])
    times = [0, 300, 599, 600, 700]
    stands = [book.of(Standing((finding(),), 1), NOW + after).findings for after in times]
    assert [bool(found) for found in stands] == [False, False, False, True, True]
    assert not book.of(Standing((), 2), NOW + 800).findings
    assert not book.of(Standing((finding(since=NOW + 900),), 3), NOW + 900).findings
    assert ToldFindings([FindingRule("slow_command", for_s=600)]).of(Standing((finding(),), 1), NOW + 600).findings


def test_a_clock_that_is_set_back_delays_a_finding_no_longer_than_its_rule_says() -> None:
    """The time that it had stood by then is lost, and no more."""
    book, slow = ToldFindings([FindingRule("slow_command", for_s=600)]), finding()
    assert not book.of(Standing((slow,), 1), NOW + 500).findings
    assert not book.of(Standing((slow,), 1), NOW - 7200).findings
    assert book.of(Standing((slow,), 1), NOW - 6600).findings


def test_people_are_told_at_once_of_what_has_waited_already() -> None:
    """A rule's own time takes the place of the second check; that of alerts still passes."""
    rules, book = ToldFindings([FindingRule("slow_command", for_s=600)]), AlertBook("one", CRITICAL, 60)

    def alerts(after: float) -> int:
        return len(book.update(rules.of(Standing((finding(severity=WARNING),), 1), NOW + after), NOW + after))

    assert [alerts(after) for after in (0, 600, 659, 660)] == [0, 0, 0, 1]


def test_a_rule_about_a_measure_needs_no_second_check() -> None:
    """It is judged every minute, not with the checks."""
    own, book = finding("errors > 5", SubjectKind.MEASURE, rule="threshold"), AlertBook("one", CRITICAL, 60)
    told_now = [len(book.update(ToldFindings([]).of(Standing((own,), 1), NOW + at), NOW + at)) for at in (0, 60)]
    assert told_now == [0, 1]


def test_what_decides_follows_the_name_of_the_instance_and_the_cog_of_a_command() -> None:
    """Both may become known, or change, while findings stand."""
    instance, commands = ["host"], list[CommandKey]()
    by_instance, by_cog = rule("critical", instance="one"), rule("off", "cog", "Shop")
    found = ToldFindings([by_instance, by_cog], lambda: instance[0], lambda: commands)
    standing = Standing((finding(severity=WARNING),), 1)

    def severities() -> list[Severity]:
        return [one.severity for one in found.of(standing, NOW).findings]

    assert severities() == [WARNING]
    commands.append(BUY)
    assert severities() == []
    instance[0] = "one"
    assert severities() == [CRITICAL]


def test_more_subjects_than_are_remembered_are_decided_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the same rules."""
    monkeypatch.setattr(told_findings, "MOST_DECIDED", 2)
    names = [f"/c{number}" for number in range(5)] * 2
    found = ToldFindings([rule("critical", "command", "/c3")])
    severities = [found.of(Standing((finding(name, severity=WARNING),), 1), NOW).findings[0].severity for name in names]
    assert severities == [CRITICAL if name == "/c3" else WARNING for name in names]
