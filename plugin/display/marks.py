"""The one colour code of every page, each colour with a sign and a word, since colour alone tells not everybody."""

from __future__ import annotations

from typing import NamedTuple

import hikari

from plugin.display import text
from plugin.model import Health, Severity


class SeverityMark(NamedTuple):
    """How one severity looks."""

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
"""In the place of a sign, for what is not judged."""

REASON_CELLS = 80


def sign(severity: Severity) -> str:
    """The coloured dot of a severity."""
    return MARKS[severity].sign


def status(health: Health, reasons: int = 0) -> str:
    """The bot's status in one sentence, the same on every page, with so many of its gravest reasons below it."""
    sentence = f"**{MARKS[health.severity].verdict}**"
    if not reasons:
        return sentence
    shown = [f"• {text.unbroken(text.escaped(reason, REASON_CELLS))}" for reason in health.reasons]
    return "\n".join([sentence, *text.cut(shown, reasons, "• … and {:,} more")])
