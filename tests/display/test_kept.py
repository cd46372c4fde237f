"""How it stands with history, as the page of the monitor's health tells it."""

from __future__ import annotations

from plugin.display.marks import sign
from plugin.display.pages.kept import alert_rows, history_rows
from plugin.display.text import LINE_CELLS, cells
from plugin.model import AlertingState, Severity
from tests.display import pasts
from tests.display.builders import AT


def lines(row: str) -> str:
    """The text without what only isolates it, and without the places at which its lines are broken."""
    return "".join(row.translate({0x2068: None, 0x2069: None}).split())


def test_damage_that_was_mended_is_told() -> None:
    """History is kept, and yet somebody should look at what befell its file, and at who else has its name."""
    (row,) = history_rows(pasts.MENDED, AT)
    told = lines(row)
    assert told.startswith(f"{sign(Severity.WARNING)}History") and "ok" in told
    assert all(lines(warning) in told for warning in pasts.MENDED.warnings)


def test_other_instances_are_a_hint_only() -> None:
    """That history knows other names is no reason to worry."""
    (row,) = history_rows(pasts.KEPT._replace(hint=pasts.MENDED.hint), AT)
    told = lines(row)
    assert told.startswith(f"{sign(Severity.WELL)}History")
    assert pasts.MENDED.hint is not None and lines(pasts.MENDED.hint) in told


def test_several_targets_have_names() -> None:
    """Each with when it last worked, and why it does not; one alone needs no name."""
    working = AlertingState("discord:1234567890123456789", "alert_channel", AT - 120, None, "", 1, 0)
    down = AlertingState("mailto:3f2a1b9c", "alert_targets", None, AT, "the server refused the login", 1, 0)
    assert alert_rows([working, down], AT) == [
        "🔴 Alerts             1 firing\n   discord:1234567890123456789\n   last sent         2 min ago",
        "🟡 Alerts              failing\n   mailto:3f2a1b9c\n   last sent             never\n"
        "   the server refused the\n   login",
    ]
    (alone,) = alert_rows([working], AT)
    assert "discord" not in alone
    lines = [line for row in alert_rows([working, down], AT) for line in row.splitlines()]
    assert max(map(cells, lines)) <= LINE_CELLS
