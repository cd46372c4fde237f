"""The operator's own rules as tables: what each key means, and what makes no sense."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.insight.findings import RULE_NAMES
from plugin.insight.history_rules import HISTORY_RULES
from plugin.insight.systems import SYSTEM_RULES
from plugin.insight.systems.supply_rules import SUPPLY_RULES
from plugin.insight.thresholds import THRESHOLD_WORDS
from plugin.own_rules import FINDINGS, FindingRule, OwnThreshold
from plugin.own_rules.tables import MOST_RULES, Given, read_rules

GOOD_NEWS = {"faster", "failing_less"}


def read(*tables: object) -> tuple[OwnThreshold | FindingRule, ...]:
    """The rules of tables that make sense."""
    found = read_rules([Given("rule", list(tables), "golem.toml")])
    assert found.refused == {}
    return *found.thresholds, *found.findings


def problems(**table: Any) -> list[str]:
    """What is wrong with one table."""
    found = read_rules([Given("rule", [table], "golem.toml")])
    ((place, refused),) = found.refused.items()
    assert place.startswith("rule 1 in golem.toml") and not found.thresholds and not found.findings
    return list(refused)


@pytest.mark.parametrize(
    ("table", "rule"),
    [
        (
            {"measure": "error_rate_percent", "command": "/shop buy", "above": 5, "for": "5m", "name": "shop errors"},
            OwnThreshold("error_rate_percent", 5.0, command="/shop buy", for_s=300, name="shop errors"),
        ),
        (
            {"measure": "answer_time_ms", "cog": "Shop", "value": "p95", "above": 800, "keep_firing_for": "1h30m"},
            OwnThreshold("answer_time_ms", 800.0, cog="Shop", value="p95", keep_s=5400),
        ),
        (
            {"measure": "invocations", "below": 10, "per": "day", "severity": "warning"},
            OwnThreshold("invocations", 10.0, below=True, per="day", severity="warning"),
        ),
        (
            {"command": "/daily", "absent": True, "for": 7200},
            OwnThreshold("invocations", command="/daily", absent=True, for_s=7200),
        ),
        (
            {"measure": "economy.payments", "absent": True, "for": "2h", "where": {"kind": "daily"}},
            OwnThreshold("economy.payments", where=(("kind", "daily"),), absent=True, for_s=7200),
        ),
        (
            {"measure": "shard_latency_s", "shard": 3, "above": 0.5, "instance": "eu-1"},
            OwnThreshold("shard_latency_s", 0.5, where=(("shard", "3"),), instance="eu-1"),
        ),
        ({"finding": "new_error"}, FindingRule("new_error")),
        ({"finding": "task_stopped", "task": "restock"}, FindingRule("task_stopped", about="restock", kind="task")),
        (
            {"finding": "error_rate", "cog": "Fun", "severity": "off"},
            FindingRule("error_rate", "off", about="Fun", kind="cog"),
        ),
        (
            {"finding": "shard_disconnected", "shard": 0, "for": "10m"},
            FindingRule("shard_disconnected", about="0", kind="shard", for_s=600),
        ),
    ],
)
def test_a_table_is_one_rule(table: dict[str, Any], rule: object) -> None:
    """A bound of a measure, a silence, or how people are told of findings."""
    assert read(table) == (rule,)


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        (
            {"measure": "error_rate", "above": 5},
            "measure: must be the name of a measure, .*; did you mean error_rate_p",
        ),
        ({"measure": "process.memory.usage", "above": 5}, "not 'process.memory.usage'; did you mean memory_bytes?"),
        ({"measure": "error_rate_percent", "above": 100}, "above: must be from 0 to less than 100 percent, not 100"),
        ({"measure": "error_rate_percent", "below": 5}, "below: an error rate is never too low: use above"),
        ({"measure": "error_rate_percent", "above": 5, "per": "minute"}, "per: a minute is too short to prove"),
        ({"measure": "error_rate_percent", "above": 5, "value": "p95"}, "value: error_rate_percent has no p95"),
        ({"measure": "answer_time_ms", "above": -5}, "above: a time is never negative"),
        ({"measure": "invocations", "below": 0}, "below: a count is never below 0; for none at all use absent = true"),
        ({"measure": "rest_calls", "below": 0}, "below: a count is never below 0; for none at all use absent = true"),
        ({"measure": "errors", "command": "/a", "absent": True, "for": 60}, "absent: none of errors is no problem"),
        ({"command": "/daily", "absent": True}, "for: is needed with absent: how long nothing was counted"),
        ({"command": "/daily", "absent": False, "for": 60}, "absent: must be true, or left out, not False"),
        ({"command": "/daily", "absent": True, "for": 60, "above": 5}, "above: does not go with absent"),
        (
            {"measure": "invocations", "above": 5, "command": "/a", "cog": "A"},
            "cog: a rule takes either command or cog",
        ),
        ({"measure": "invocations", "above": 5, "shard": 1}, "shard: invocations is counted by command, not by shard"),
        ({"measure": "memory_bytes", "above": 5, "command": "/a"}, "command: memory_bytes is not counted by command"),
        ({"measure": "memory_bytes", "above": 5, "shard": 1}, "shard: memory_bytes is not counted by shard: it has no"),
        ({"measure": "memory_bytes", "above": 5, "value": "p95"}, "value: memory_bytes is a gauge and has no p95"),
        ({"measure": "shard_latency_s", "above": 1}, "shard: shard_latency_s has a value for each shard, which do not"),
        ({"measure": "invocations", "above": 5, "for": "5 minutes"}, "for: must be a time from 1 second to 30 days"),
        ({"measure": "invocations", "above": 5, "for": 0}, "for: must be a time from 1 second to 30 days"),
        ({"measure": "invocations", "above": 5, "for": "31d"}, "for: must be a time from 1 second to 30 days"),
        ({"measure": "invocations", "above": 5, "for": True}, "for: must be a time from 1 second to 30 days"),
        ({"measure": "invocations", "above": 5, "command": ""}, "command: must be a name, such as"),
        ({"measure": "invocations", "above": 5, "task": "a"}, "task: is for rules with a finding: leave it out"),
        ({"measure": "invocations", "above": 5, "severity": "off"}, "severity: must be one of critical, warning, not"),
        ({"finding": "new_eror"}, "finding: there is no finding 'new_eror'; did you mean new_error"),
        ({"finding": 5}, "finding: there is no finding 5; known are memory,"),
        ({"finding": "memory", "above": 5}, "above: is for rules with a measure; a finding has its own evidence"),
        ({"finding": "memory", "command": "/a"}, "command: memory is not about a command: leave it out"),
        ({"finding": "task_stopped", "command": "/a"}, "command: task_stopped is not about a command: use task"),
        ({"finding": "error_rate", "task": "a"}, "task: error_rate is not about a task: use command or cog"),
        ({"finding": "error_rate", "command": "/a", "cog": "A"}, "cog: a rule takes either command or cog"),
        ({"finding": "new_error", "for": "5m"}, "for: new_error happens at a moment and does not last: leave it out"),
        ({"finding": "memory", "for": "5m", "severity": "off"}, "for: nobody is told of what is off: leave it out"),
        ({"finding": "shard_deaf", "shard": -1}, "shard: must be a whole number from 0 to 1000000, not -1"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(table: dict[str, Any], problem: str) -> None:
    """The key, what is wrong with it, and what to write."""
    (found,) = problems(**table)
    first, _, rest = problem.partition(".*")
    assert found.startswith(first) if rest else first in found
    assert rest in found


def test_a_rule_is_refused_by_its_name_with_all_its_problems() -> None:
    """Every other rule is taken; what is the same as a rule that was refused is not the same as anything."""
    bad = {"name": "shop errors", "measure": "errors", "above": "5", "for": "soon", "commnd": "/shop"}
    found = read_rules([Given("rule", [bad, {"finding": "memory"}, {"measure": "errors", "above": 0}], "golem.toml")])
    assert found.problems == [
        "rule 1 in golem.toml (shop errors): commnd: no such key; did you mean command?",
        "rule 1 in golem.toml (shop errors): above: must be a number, not '5'",
        'rule 1 in golem.toml (shop errors): for: must be a time from 1 second to 30 days, such as 90, "5m" or '
        "\"1h30m\", not 'soon'",
    ]
    assert len(found.thresholds) == len(found.findings) == 1


def test_what_judges_the_same_is_refused() -> None:
    """Whatever it is called and however long it must last: only one of them could stand."""
    table = {"measure": "errors", "above": 5}
    again = {**table, "severity": "warning", "for": "1h", "name": "again"}
    found = read_rules(
        [Given("threshold", [table], "golem.toml"), Given("rule", [again, {**again, "instance": "a"}], "golem.toml")]
    )
    assert found.problems == ["rule 1 in golem.toml (again): is the same as threshold 1: remove one of them"]
    assert len(found.thresholds) == 2


def test_there_is_room_for_five_hundred() -> None:
    """One more is refused, and named."""
    tables = [{"measure": "errors", "above": number} for number in range(MOST_RULES + 1)]
    found = read_rules([Given("rule", tables, "golem.toml")])
    assert len(found.thresholds) == 500
    assert found.problems == ["rule 501 in golem.toml: is one too many: use at most 500"]


def test_every_bad_finding_has_a_name() -> None:
    """A rule can be about each; good news and what has no side are told to nobody."""
    systems = {rule.name for rule in SYSTEM_RULES}
    known = {*RULE_NAMES, *THRESHOLD_WORDS, *HISTORY_RULES, *systems, *SUPPLY_RULES}
    assert set(FINDINGS) == known - GOOD_NEWS
