"""Turns an exception into what is kept of it: its type and place in words, nothing that holds a traceback."""

from __future__ import annotations

from dataclasses import replace

from plugin.instrument.places import Places
from plugin.instrument.values import class_name
from plugin.model import ErrorGroup, Place


def error_group(exception: BaseException, place: Place | None, at: float) -> ErrorGroup:
    """One failure, seen at a Unix time in seconds."""
    return ErrorGroup(class_name(type(exception)), place, 1, at, at)


class LastError:
    """The error group that was seen last, with how often it was seen in a row."""

    __slots__ = ("group",)

    def __init__(self) -> None:
        self.group: ErrorGroup | None = None

    def add(self, exception: BaseException, places: Places, at: float) -> None:
        """Take one failure, seen at a Unix time in seconds."""
        found, known = error_group(exception, places.of(exception), at), self.group
        if known is not None and (known.type, known.place) == (found.type, found.place):
            found = replace(known, count=known.count + 1, last_seen=at)
        self.group = found
