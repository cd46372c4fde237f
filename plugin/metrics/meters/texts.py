"""Attribute values as text that may be kept: short, printable, and no id of a user."""

from __future__ import annotations

import re
from typing import Any

from plugin.own_measures import DropReason

LONGEST = 100
"""Characters of an attribute value."""

_LOOKS_LIKE_ID = re.compile(r"\d{17}")
"""Discord's ids have 17 to 20 digits; also `<@…>` and `user:…` hold one."""

_LARGEST_INT = 10**16


def text_of(value: Any) -> str | DropReason:
    """The text of an attribute value, or why it is not kept. None of the bot's code is run."""
    if value is True or value is False:
        return "true" if value else "false"
    if issubclass(type(value), int):
        within = int.__lt__(value, _LARGEST_INT) and int.__gt__(value, -_LARGEST_INT)
        return int.__repr__(value) if within else DropReason.LOOKS_LIKE_ID
    if not issubclass(type(value), str):
        return DropReason.WRONG_TYPE
    text = str.__str__(value)
    if len(text) > LONGEST:
        return DropReason.TOO_LONG
    if _LOOKS_LIKE_ID.search(text):
        return DropReason.LOOKS_LIKE_ID
    return text if text.isprintable() else DropReason.NOT_PRINTABLE
