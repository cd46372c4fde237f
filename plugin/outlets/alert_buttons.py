"""Buttons below the message about an alert. Their ids name the incident, so they work in every process."""

from __future__ import annotations

import enum
import re
from typing import NamedTuple

import hikari

from plugin.model.alert_actions import AlertPeople

HOUR_S, DAY_S = 3600.0, 86_400.0
LONGEST_NOTE = 200


class Does(enum.Enum):
    """What a click asks for."""

    ACKNOWLEDGE = "acknowledge"
    SILENCE = "silence"
    NOTE = "note"


class Control(NamedTuple):
    """A button, menu or form of an alert."""

    does: Does
    incident: str

    @property
    def custom_id(self) -> str:
        """How Discord names it."""
        return f"golem:alert:{self.incident}:{self.does.value}"


class Silence(NamedTuple):
    """A choice in the menu."""

    label: str
    lasts_s: float | None
    """None is until the incident is resolved, 0 ends the silence."""


SILENCES = {
    "hour": Silence("Silence for 1 hour", HOUR_S),
    "day": Silence("Silence for 1 day", DAY_S),
    "resolved": Silence("Silence until resolved", None),
    "end": Silence("End the silence", 0.0),
}

_IDS = re.compile(rf"golem:alert:([0-9a-f]{{8}}):({'|'.join(does.value for does in Does)})")


def control_of(custom_id: str) -> Control | None:
    """Which one a click was on; None where it is none of an alert."""
    found = _IDS.fullmatch(custom_id)
    return None if found is None else Control(Does(found[2]), found[1])


def rows_of(incident: str, people: AlertPeople) -> list[hikari.impl.MessageActionRowBuilder]:
    """The buttons and the menu of a message about an incident."""
    buttons, silences = hikari.impl.MessageActionRowBuilder(), hikari.impl.MessageActionRowBuilder()
    buttons.add_interactive_button(
        hikari.ButtonStyle.PRIMARY,
        Control(Does.ACKNOWLEDGE, incident).custom_id,
        label="Acknowledge" if people.acknowledged is None else "Acknowledged",
        is_disabled=people.acknowledged is not None,
    )
    note = Control(Does.NOTE, incident).custom_id
    buttons.add_interactive_button(hikari.ButtonStyle.SECONDARY, note, label="Add a note")
    shown = "Silence" if people.silence is None else "Silenced"
    menu = silences.add_text_menu(Control(Does.SILENCE, incident).custom_id, placeholder=shown, min_values=1)
    for choice, silence in SILENCES.items():
        if silence.lasts_s != 0 or people.silence is not None:
            menu.add_option(silence.label, choice)
    return [buttons, silences]


def note_form() -> hikari.impl.ModalActionRowBuilder:
    """The line of the form in which a note is written."""
    return hikari.impl.ModalActionRowBuilder().add_text_input("note", "Note", min_length=1, max_length=LONGEST_NOTE)
