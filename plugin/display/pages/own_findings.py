"""Findings about own measures that stand: crossed thresholds, what an update changed, what rules of systems prove."""

from __future__ import annotations

from collections.abc import Iterable

from plugin.display import numbers, text
from plugin.display.book import Section
from plugin.display.marks import sign
from plugin.model import Finding, SubjectKind

MOST_FINDINGS = 6
SENTENCE_CELLS = 150


def own_findings_section(findings: Iterable[Finding], system: str = "") -> Section:
    """Those of one system, or of all; worst first."""
    mine = [finding for finding in findings if _is_own(finding, system)]
    mine.sort(key=lambda finding: (-finding.severity, -finding.since))
    rows = [_row(finding) for finding in mine[: MOST_FINDINGS + 1]]
    heading = "Findings" if system else "The bot's own systems"
    return Section(f"{heading} ({len(mine):,})", text.cut(rows, MOST_FINDINGS, number=len(mine)), code=False)


def _is_own(finding: Finding, system: str) -> bool:
    # The rest of the name may have a dot, too: that of a command, or of a bound.
    of, dot, _ = finding.subject.name.partition("{")[0].partition(" ")[0].partition(".")
    return finding.subject.kind is SubjectKind.MEASURE and bool(dot) and system in ("", of)


def _row(finding: Finding) -> str:
    when = f", began {numbers.discord_time(finding.since)}"
    if finding.until is not None:
        when = f", {numbers.discord_time(finding.until)}"
    return f"{sign(finding.severity)} {text.unbroken(text.escaped(finding.sentence, SENTENCE_CELLS))}{when}"
