"""What a rule is: a condition that is looked for in a judged snapshot, and the phrase that sums its findings up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from plugin.model import Finding, Health, Severity, Snapshot
from plugin.words import lasting

Reason = tuple[Severity, str]
"""How bad it is, and a short phrase."""


class Look(NamedTuple):
    """A snapshot and what was judged of it so far."""

    snapshot: Snapshot
    health: Health


class Rule(NamedTuple):
    """One condition."""

    name: str
    find: Callable[[Look], Iterable[Finding]]
    """Yields what meets it now; `since` is when it began, or now where that is not known. Of something that happened,
    `until` is when it last did."""
    summary: Callable[[Sequence[Finding], float], str]
    """One phrase for all of them, of which there is at least one, as of a moment in Unix seconds."""
    counts: bool = False
    """Whether the values of its findings count since the start, so that it happened when they last grew."""
    state: bool = False
    """Whether it finds something that lasts: once that is over, no phrase tells of it any more."""
    numbers_only: bool = False
    """Whether its sentences name nothing that only owners may see: no place in code, no error type, no host."""


def findings_of(rules: Iterable[Rule], look: Look) -> list[Finding]:
    """Everything that meets any of these rules now."""
    return [finding for rule in rules for finding in rule.find(look)]


def reasons_of(rules: Iterable[Rule], findings: Iterable[Finding], at: float) -> Iterator[Reason]:
    """A phrase for each rule that has findings, as of a moment in Unix seconds."""
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.rule, []).append(finding)
    for rule in rules:
        of_rule = [one for one in found.get(rule.name, ()) if one.until is None or not rule.state]
        if of_rule:
            yield max(finding.severity for finding in of_rule), rule.summary(of_rule, at)


def with_example(several: str, *, ago: bool = False) -> Callable[[Sequence[Finding], float], str]:
    """Sums up as the only finding, or as `3 tasks will not run again, for example: …`; `ago` adds when it was."""

    def summary(findings: Sequence[Finding], at: float) -> str:
        first = findings[0]
        when = first.since if first.until is None else first.until
        told = f"{first.sentence}, {lasting(at - when)} ago" if ago and at > when else first.sentence
        return told if len(findings) == 1 else f"{len(findings)} {several}, for example: {told}"

    return summary


def alone(findings: Sequence[Finding], at: float) -> str:  # noqa: ARG001 # every summary gets both
    """The first finding, of a rule that has one at most."""
    return findings[0].sentence
