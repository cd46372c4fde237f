"""What people did with an alert, as its message shows it, and the messages beside it."""

from __future__ import annotations

from plugin.display.alert_held_back import held_back_notice
from plugin.display.alert_people import FIELD_CHARACTERS, people_fields
from plugin.display.alert_reminder import reminder_notice
from plugin.model import Notice
from plugin.model.alert_actions import NOBODY, ActionKind, AlertAction, AlertPeople

SEEN = AlertAction("1", "3f2a1b9c", ActionKind.ACKNOWLEDGED, 600.0, "Ada")
SILENCE = SEEN._replace(kind=ActionKind.SILENCED, until=4200.0)
NOTE = SEEN._replace(kind=ActionKind.NOTE, text="Rolled back.")


def test_each_thing_has_a_heading() -> None:
    """With who did it, and how long it holds."""
    assert people_fields(NOBODY) == ()
    assert people_fields(AlertPeople(SEEN, SILENCE, None, (NOTE,))) == (
        ("Acknowledged", "by Ada <t:600:R>"),
        ("Silenced", "by Ada until <t:4200:f>"),
        ("Note", "Rolled back. (Ada)"),
    )
    assert people_fields(AlertPeople(silence=SILENCE._replace(until=None))) == (
        ("Silenced", "by Ada until it is resolved"),
    )


def test_the_latest_notes_are_shown_as_far_as_there_is_room() -> None:
    """No name and no text brings markdown or mentions to life."""
    notes = tuple(NOTE._replace(author="**@everyone**", text=f"{number} <@1> {'🟢' * 200}") for number in range(8))
    ((heading, shown),) = people_fields(AlertPeople(notes=notes))
    assert heading == "Notes" and shown.startswith("… and ") and "7 \\<\\@1\\>" in shown
    assert "**" not in shown.replace("\\*", "") and len(shown.encode("utf-16-le")) <= 2 * FIELD_CHARACTERS


def test_a_reminder_says_why_it_comes() -> None:
    """And has a mark of its own, or it would be taken for the message."""
    told = Notice("incident 3f2a1b9c", "🔴 down", "…", 7, "incident 3f2a1b9c · one", incident="3f2a1b9c", critical=True)
    reminder = reminder_notice(told, 600.0, "99", silence_over=False)
    assert reminder == Notice(
        "reminder of incident 3f2a1b9c",
        "Still firing: 🔴 down",
        "Since <t:600:R>. Nobody has acknowledged it.",
        7,
        "reminder of incident 3f2a1b9c · one",
        reply="99",
    )
    assert reminder_notice(told, 600.0, "99", silence_over=True).text == "Since <t:600:R>. The silence is over."


def test_how_many_wait_is_said_as_a_number() -> None:
    """One is one incident."""
    assert [held_back_notice(number, 10, "ab").title for number in (1, 1200, 0)] == [
        "🟡 and 1 more incident",
        "🟡 and 1,200 more incidents",
        "🟢 No more incidents",
    ]
