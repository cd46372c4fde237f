"""Turns exceptions into error groups: type and place as text, without references to tracebacks."""

from __future__ import annotations

from dataclasses import replace

from plugin.instrument.places import Places
from plugin.instrument.values import class_name
from plugin.model import ErrorGroup, Place


def error_group(exception: BaseException, place: Place | None, at: float) -> ErrorGroup:
    """The group of one error, at a Unix time in seconds."""
    return ErrorGroup(class_name(type(exception)), place, 1, at, at)


class LastError:
    """The latest error group, with the number of times it occurred in a row."""

    __slots__ = ("group",)

    def __init__(self) -> None:
        self.group: ErrorGroup | None = None

    def add(self, exception: BaseException, places: Places, at: float) -> None:
        """Add one error, at a Unix time in seconds."""
        found, known = error_group(exception, places.of(exception), at), self.group
        if known is not None and (known.type, known.place) == (found.type, found.place):
            found = replace(known, count=known.count + 1, last_seen=at)
        self.group = found
