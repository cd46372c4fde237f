"""What people did with an alert, as its message shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plugin.display import text
from plugin.display.numbers import date_time, discord_time
from plugin.model.alert_actions import AlertAction, AlertPeople

AUTHOR_CELLS, NOTE_CELLS = 32, 200
NOTES_SHOWN = 5
FIELD_CHARACTERS = 1024
"""Discord's limit of the text of a field."""


def people_fields(people: AlertPeople) -> tuple[tuple[str, str], ...]:
    """Headings and texts, for the fields of an embed."""
    return tuple(_fields(people))


def _fields(people: AlertPeople) -> Iterator[tuple[str, str]]:
    seen, silence = people.acknowledged, people.silence
    if seen is not None:
        yield "Acknowledged", f"by {_name(seen.author)} {discord_time(seen.at)}"
    if silence is not None:
        until = "it is resolved" if silence.until is None else date_time(silence.until)
        yield "Silenced", f"by {_name(silence.author)} until {until}"
    if people.notes:
        yield "Notes" if len(people.notes) > 1 else "Note", "\n".join(_notes(people.notes))


def _notes(notes: Sequence[AlertAction]) -> Sequence[str]:
    """The latest, as far as there is room."""
    lines, room = list[str](), FIELD_CHARACTERS - len("… and 1,000 earlier")
    for note in reversed(notes[-NOTES_SHOWN:]):
        line = f"{text.escaped(note.text, NOTE_CELLS)} ({_name(note.author)})"
        room -= len(line.encode("utf-16-le")) // 2 + 1
        if room < 0:
            break
        lines.insert(0, line)
    left_out = len(notes) - len(lines)
    return [f"… and {left_out:,} earlier", *lines] if left_out else lines


def _name(author: str) -> str:
    return text.escaped(author, AUTHOR_CELLS)
