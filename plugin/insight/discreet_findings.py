"""Findings as readers get them who see no details."""

from __future__ import annotations

from plugin.insight.own_sentences import OWN_THRESHOLD
from plugin.insight.pseudonyms import INSTANCE, WORK, Pseudonyms
from plugin.insight.reasons import RULES
from plugin.insight.systems import SYSTEM_RULES
from plugin.insight.systems.supply_rules import SUPPLY_RULES
from plugin.insight.thresholds import THRESHOLD_WORDS
from plugin.model import CommandKind, Finding, FindingKept, Subject, SubjectKind

NUMBERS_ONLY = frozenset(
    {
        *THRESHOLD_WORDS,
        OWN_THRESHOLD,
        *SUPPLY_RULES,
        *(rule.name for rule in SYSTEM_RULES),
        *(rule.name for rule in RULES if rule.numbers_only),
    }
)
"""Rules whose sentence, evidence and advice hold numbers and the name of the subject, and no detail.

A rule that is not here, such as one of a later version, says no more to readers than its own name.
"""

NAME_FIRST = frozenset({"instance_lost"})
"""Rules whose sentence begins with the name of the subject, and holds no other detail."""

_PLAIN = frozenset(
    {
        SubjectKind.COMMAND,
        SubjectKind.SHARD,
        SubjectKind.ROUTE,
        SubjectKind.PROCESS,
        SubjectKind.LOOP,
        SubjectKind.MEASURE,
    }
)
"""Subjects about which a rule of numbers can be read by all."""

_NAMED = frozenset({SubjectKind.COMMAND, SubjectKind.COG, SubjectKind.SHARD, SubjectKind.ROUTE, SubjectKind.MEASURE})
"""Subjects whose names all may see: what the bot's users see of it, and words of Discord's and of the monitor's own."""

_ONLY_ONE = frozenset({SubjectKind.PROCESS, SubjectKind.LOOP, SubjectKind.MONITOR})
"""Subjects that need no name."""

_KINDS = tuple(f" ({kind.value})" for kind in CommandKind if kind is not CommandKind.BACKGROUND)


def finding_kept(kept: FindingKept, names: Pseudonyms) -> FindingKept:
    """A finding of history without details."""
    instance = None if kept.instance is None else names.of(INSTANCE, kept.instance)
    return FindingKept(finding_shown(kept.finding, names), instance)


def finding_shown(finding: Finding, names: Pseudonyms) -> Finding:
    """A finding without details: who may not read its sentence gets its rule, its subject and its numbers."""
    subject = _subject(finding.subject, names)
    if finding.rule in NUMBERS_ONLY and subject.kind in _PLAIN and subject == finding.subject:
        return finding._replace(subject=subject)
    name, told = subject.name or subject.kind.value, finding.subject.name
    if finding.rule in NAME_FIRST and finding.sentence.startswith(told):
        return finding._replace(subject=subject, sentence=f"{name}{finding.sentence.removeprefix(told)}", evidence=())
    sentence = f"{name}: {finding.rule.replace('_', ' ')}"
    return finding._replace(subject=subject, sentence=sentence, evidence=(), look_at="")


def _subject(subject: Subject, names: Pseudonyms) -> Subject:
    if subject.kind is SubjectKind.COMMAND and not subject.name.startswith("/"):
        # Prefix commands end in their kind; background work, which is counted like commands, has no such mark.
        return subject if subject.name.endswith(_KINDS) else subject._replace(name=names.of(WORK, subject.name))
    if subject.kind in _NAMED:
        return subject
    if subject.kind in _ONLY_ONE:
        return subject._replace(name="")
    return subject._replace(name=names.of(subject.kind.value, subject.name))
