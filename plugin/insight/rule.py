"""Rules: a condition of a judged snapshot, and a phrase that sums up its findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from plugin.model import Finding, Health, Severity, Snapshot
from plugin.words import lasting

Reason = tuple[Severity, str]
"""Severity and a short phrase."""


class Look(NamedTuple):
    """A snapshot and its judgements so far."""

    snapshot: Snapshot
    health: Health


class Rule(NamedTuple):
    """One condition."""

    name: str
    find: Callable[[Look], Iterable[Finding]]
    """Yields what meets it now; `since` is when it began, or now where that is not known. Of something that happened,
    `until` is when it last did."""
    summary: Callable[[Sequence[Finding], float], str]
    """One phrase for all findings, of which there is at least one, at a Unix time in seconds."""
    counts: bool = False
    """Whether its findings have counts since the start, whose last growth is the time of the event."""
    state: bool = False
    """Whether it finds a lasting state, which has no phrase once it is over."""
    numbers_only: bool = False
    """Whether its sentences contain no details: no source location, error type or host."""


def findings_of(rules: Iterable[Rule], look: Look) -> list[Finding]:
    """Current findings of these rules."""
    return [finding for rule in rules for finding in rule.find(look)]


def reasons_of(rules: Iterable[Rule], findings: Iterable[Finding], at: float) -> Iterator[Reason]:
    """A phrase for each rule with findings, at a Unix time in seconds."""
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
