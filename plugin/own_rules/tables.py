"""Reads the tables `[[golem.rule]]` and `[[golem.threshold]]`, which take the same keys, and the same lists in code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from plugin.own_rules.finding_table import FINDING_KEYS, read_finding_rule
from plugin.own_rules.keys import Keys, shown
from plugin.own_rules.measure_table import MEASURE_KEYS, read_threshold
from plugin.own_rules.records import FindingRule, OwnThreshold

MOST_RULES = 500


class Given(NamedTuple):
    """The tables of one place."""

    kind: str
    """`rule` or `threshold`, as the operator wrote it."""
    tables: object
    place: str
    """Where they are from, such as `golem.toml`."""


class RuleTables(NamedTuple):
    """What was read, and what is wrong with the rest."""

    thresholds: tuple[OwnThreshold, ...]
    findings: tuple[FindingRule, ...]
    refused: Mapping[str, tuple[str, ...]]
    """The problems of each table that was refused, by `rule 2 in golem.toml (shop errors)`."""

    @property
    def problems(self) -> list[str]:
        """One line for each problem."""
        return [f"{table}: {problem}" for table, problems in self.refused.items() for problem in problems]


def read_rules(given: Iterable[Given]) -> RuleTables:
    """Every rule that makes sense; each of the others is refused by itself."""
    reading = _RuleReader()
    for place in given:
        reading.take(place)
    thresholds = tuple(rule for rule in reading.found if isinstance(rule, OwnThreshold))
    findings = tuple(rule for rule in reading.found if isinstance(rule, FindingRule))
    return RuleTables(thresholds, findings, {table: tuple(found) for table, found in reading.refused.items()})


class _RuleReader:
    def __init__(self) -> None:
        self.found: list[OwnThreshold | FindingRule] = []
        self.refused: dict[str, list[str]] = {}
        self._seen: dict[tuple[str, str], str] = {}

    def take(self, given: Given) -> None:
        tables: object = given.tables
        if not isinstance(tables, list | tuple):
            self.refused[f"{given.kind} in {given.place}"] = [_tables(given.kind)]
            return
        for number, table in enumerate(cast("Sequence[object]", tables), 1):
            self._table(table, given, number)

    def _table(self, table: object, given: Given, number: int) -> None:
        title = f"{given.kind} {number}"
        if not isinstance(table, Mapping):
            self.refused[f"{title} in {given.place}"] = [_tables(given.kind)]
            return
        named = cast("Mapping[str, Any]", table)
        keys = Keys(named)
        rule = read_finding_rule(keys) if "finding" in keys else read_threshold(keys)
        known = self._seen.setdefault((rule.judged, rule.instance), title)
        if not keys.problems and known != title:
            keys.refuse(f"is the same as {known}: remove one of them")
        if not keys.problems and len(self.found) >= MOST_RULES:
            keys.refuse(f"is one too many: use at most {MOST_RULES}")
        if keys.problems:
            self.refused[f"{title} in {given.place}{_called(named)}"] = keys.problems
            if known == title:
                self._seen.pop((rule.judged, rule.instance))
        else:
            self.found.append(rule)


def _tables(kind: str) -> str:
    return f"must be tables, each under a line [[golem.{kind}]]"


def _called(table: Mapping[str, Any]) -> str:
    name = table.get("name")
    return f" ({shown(name)[1:-1]})" if isinstance(name, str) and name else ""


KEYS = tuple(dict.fromkeys((*MEASURE_KEYS, *FINDING_KEYS)))
"""Every key that a table may have."""
