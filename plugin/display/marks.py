"""The colour code of all pages: each colour has a sign and a word, since not everyone can tell colours apart."""

from __future__ import annotations

from typing import NamedTuple

import hikari

from plugin.display import text
from plugin.model import Health, Severity


class SeverityMark(NamedTuple):
    """The sign, word and colour of one severity."""

    sign: str
    """Two cells wide."""
    colour: hikari.Color
    verdict: str


MARKS = {
    Severity.UNKNOWN: SeverityMark("⚪", hikari.Color(0x99AAB5), "No data yet."),
    Severity.WELL: SeverityMark("🟢", hikari.Color(0x57C785), "Your bot is healthy."),
    Severity.WARNING: SeverityMark("🟡", hikari.Color(0xFDCB58), "Your bot works, with warnings."),
    Severity.CRITICAL: SeverityMark("🔴", hikari.Color(0xED4245), "Your bot has problems."),
}
NO_SIGN = "  "
"""Takes the place of a sign for values that are not judged."""

REASON_CELLS = 80


def sign(severity: Severity) -> str:
    """The coloured dot of a severity."""
    return MARKS[severity].sign


def status(health: Health, reasons: int = 0) -> str:
    """The bot's status in one sentence, the same on every page, with its `reasons` worst reasons below."""
    sentence = f"**{MARKS[health.severity].verdict}**"
    if not reasons:
        return sentence
    shown = [f"• {text.unbroken(text.escaped(reason, REASON_CELLS))}" for reason in health.reasons]
    return "\n".join([sentence, *text.cut(shown, reasons, "• … and {:,} more")])
