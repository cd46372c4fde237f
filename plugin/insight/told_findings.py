"""Which findings people are told of, and as how bad, by the operator's own rules; pages show them as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from plugin.insight.incidents import Identity
from plugin.insight.own_commands import fits, is_pattern
from plugin.insight.own_sentences import OWN_THRESHOLD
from plugin.model import CommandKey, Finding, Severity, Standing, SubjectKind
from plugin.own_rules import ANY, OFF, FindingRule
from plugin.words import label

_SEVERITIES = {"critical": Severity.CRITICAL, "warning": Severity.WARNING}
_SUBJECTS = {"command": SubjectKind.COMMAND, "cog": SubjectKind.COMMAND, "task": SubjectKind.TASK}
_SUBJECTS["shard"] = SubjectKind.SHARD
MOST_DECIDED = 10_000
"""Subjects for which it is remembered which rule decides."""


class _Told(NamedTuple):
    finding: Finding
    for_s: float


class _Rules:
    """Rules about one finding, the narrowest first; those about a name are found by it."""

    def __init__(self, rules: Iterable[FindingRule]) -> None:
        self._named: dict[str, list[tuple[int, FindingRule]]] = {}
        self._others: list[tuple[int, FindingRule]] = []
        for place in enumerate(rules):
            rule = place[1]
            is_named = rule.kind != ANY and not is_pattern(rule.about)
            (self._named.setdefault(rule.about, []) if is_named else self._others).append(place)

    def about(self, name: str, cog: str) -> Iterator[FindingRule]:
        """Those that may be about something of this name, or in this cog."""
        named = [*self._named.get(name, ()), *(self._named.get(cog, ()) if cog != name else ())]
        yield from (rule for _, rule in sorted([*named, *self._others], key=lambda place: place[0]))


class ToldFindings:
    """Applies the rules about findings to what stands."""

    def __init__(
        self,
        rules: Iterable[FindingRule],
        instance: Callable[[], str] = str,
        commands: Callable[[], Iterable[CommandKey]] = tuple,
    ) -> None:
        """`instance` is the name of this process in its fleet; `commands` those that belong to cogs."""
        ordered = sorted(rules, key=_narrowness, reverse=True)
        self._rules = {name: _Rules(rule for rule in ordered if rule.finding == name) for name in _names(ordered)}
        self._by_cog = any(rule.kind == "cog" for rule in ordered)
        self._instance = instance
        self._commands = commands
        self._decided: dict[tuple[str, ...], FindingRule | None] = {}
        self._first: dict[Identity, float] = {}
        """When a finding that must stand for some time was first seen."""

    def of(self, standing: Standing, now: float) -> Standing:
        """What people are told of, as of now in Unix seconds."""
        told = list(self._told(standing.findings))
        waiting = {one.finding.identity for one in told if one.for_s}
        self._first = {identity: self._first.get(identity, now) for identity in waiting}
        due = [one for one in told if not one.for_s or self._is_due(one, now)]
        sure = {one.finding.identity for one in due if one.for_s or one.finding.rule == OWN_THRESHOLD}
        return Standing(tuple(one.finding for one in due), standing.check, frozenset(sure))

    def _told(self, findings: Iterable[Finding]) -> Iterator[_Told]:
        cogs = {label(key): key.cog or "" for key in self._commands()} if self._by_cog else {}
        instance = self._instance() if self._rules else ""
        for finding in findings:
            rule = self._rule_of(finding, cogs, instance) if finding.severity > Severity.WELL else None
            if rule is None:
                yield _Told(finding, 0.0)
            elif rule.severity != OFF:
                yield _Told(finding._replace(severity=_SEVERITIES[rule.severity]), rule.for_s)

    def _rule_of(self, finding: Finding, cogs: Mapping[str, str], instance: str) -> FindingRule | None:
        rules = self._rules.get(finding.rule)
        if not rules:
            return None
        subject, cog = finding.subject, cogs.get(finding.subject.name, "")
        known = (finding.rule, subject.kind.value, subject.name, cog, instance)
        if known not in self._decided:
            if len(self._decided) >= MOST_DECIDED:
                self._decided.clear()
            candidates = rules.about(subject.name, cog)
            fitting = (one for one in candidates if one.instance in ("", instance) and _is_about(one, finding, cogs))
            self._decided[known] = next(fitting, None)
        return self._decided[known]

    def _is_due(self, told: _Told, now: float) -> bool:
        """Whether it has stood for long enough; one of before a restart is older than this process knows."""
        identity, since = told.finding.identity, told.finding.since
        self._first[identity] = min(self._first[identity], now)  # the clock may have been set back
        return now - min(self._first[identity], since) >= told.for_s


def _names(rules: Iterable[FindingRule]) -> Iterable[str]:
    return dict.fromkeys(rule.finding for rule in rules)


def _is_about(rule: FindingRule, finding: Finding, cogs: Mapping[str, str]) -> bool:
    if rule.kind == ANY:
        return True
    if finding.subject.kind is not _SUBJECTS[rule.kind]:
        return False
    name = cogs.get(finding.subject.name, "") if rule.kind == "cog" else finding.subject.name
    return fits(name, rule.about)


def _narrowness(rule: FindingRule) -> tuple[bool, int]:
    """Of several rules about a finding, that which says most precisely what it is about decides."""
    about = 0 if rule.kind == ANY else 1 if rule.kind == "cog" else 2 if is_pattern(rule.about) else 3
    return bool(rule.instance), about
