"""Reads a rule about findings."""

from __future__ import annotations

from plugin.own_rules.keys import Keys, hint
from plugin.own_rules.names import ANY, COMMAND, FINDINGS, SHARD, FindingKind
from plugin.own_rules.records import OFF, FindingRule

FINDING_KEYS = ("finding", "severity", "for", "command", "cog", "task", "shard", "instance", "name")
SUBJECTS = ("command", "cog", "task", "shard")
MOST_SHARDS = 10**6


def read_finding_rule(keys: Keys) -> FindingRule:
    """What the table says; only if it has no problem is it right."""
    keys.only(FINDING_KEYS, lambda key: _strange(key))
    finding = keys["finding"]
    known = FINDINGS.get(finding) if isinstance(finding, str) else None
    if known is None:
        keys.refuse(f"finding: there is no finding {finding!r}; {hint(str(finding), FINDINGS, 'known are')}")
    kind, about = _subject(keys, finding, known)
    for_s = keys.duration_s("for")
    if for_s and known is not None and not known.lasts:
        keys.refuse(f"for: {finding} happens at a moment and does not last: leave it out")
    severity = keys.word("severity", ("critical", "warning", OFF), "critical")
    if for_s and severity == OFF:
        keys.refuse("for: nobody is told of what is off: leave it out")
    return FindingRule(
        str(finding),
        severity,
        about,
        kind,
        keys.name("instance", "eu-1"),
        for_s,
        keys.name("name", "new errors"),
    )


def _subject(keys: Keys, finding: object, known: FindingKind | None) -> tuple[str, str]:
    given = [key for key in SUBJECTS if key in keys]
    if not given:
        return ANY, ""
    kind = given[0]
    if len(given) > 1:
        keys.refuse(f"{given[1]}: a rule takes either {' or '.join(given)}")
    fitting = ("command", "cog") if known is not None and known.subject == COMMAND else (known and known.subject,)
    if known is not None and kind not in fitting:
        which = " or ".join(filter(None, fitting))
        can = f"use {which}" if which else "leave it out"
        keys.refuse(f"{kind}: {finding} is not about a {kind}: {can}")
    if kind == SHARD:
        return kind, str(keys.whole(SHARD, 0, MOST_SHARDS))
    return kind, keys.name(kind, {"command": '"/shop buy"', "cog": '"Shop"'}.get(kind, '"restock"'))


def _strange(key: str) -> str:
    if key in ("above", "below", "per", "value", "least", "where", "absent", "keep_firing_for", "measure"):
        return "is for rules with a measure; a finding has its own evidence: leave out one or the other"
    return ""
