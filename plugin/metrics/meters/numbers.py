"""Numbers as the bot's code gives them, whatever their type."""

from __future__ import annotations

import math
import operator
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from plugin.own_measures import DropReason

A = TypeVar("A")

LARGEST = 1e150
"""Below it, sums of any number of measurements stay finite."""

_TEXT = (str, bytes, bytearray)
"""`float` would read digits in them."""


def checked(value: object, *, negative: bool = False) -> float | DropReason:
    """A number as an int or float, or why it is none."""
    number = _plain(value)
    if number is None:
        return DropReason.NOT_A_NUMBER
    if not -math.inf < number < math.inf:  # math.isfinite fails for ints beyond floats
        return DropReason.NOT_FINITE
    if number < 0 and not negative:
        return DropReason.NEGATIVE
    return number if -LARGEST < number < LARGEST else DropReason.TOO_LARGE


def tallied(values: Any) -> Counter[Any] | None:
    """How often each of several values occurs, of a mapping those behind its keys; None if they cannot be counted."""
    return _asked(_tally, values)


def _tally(values: Any) -> Counter[Any]:
    return Counter[Any](iter(cast("Mapping[Any, Any]", values).values() if isinstance(values, Mapping) else values))


def member_id(value: Any) -> int | None:
    """An id of a user as a plain int; None for what is none."""
    found = _asked(operator.index, value)
    return found if found is not None and 0 <= found < 1 << 64 else None


def _plain(value: Any) -> float | None:
    if type(value) is float:
        return value
    whole = _asked(operator.index, value)
    return whole if whole is not None or issubclass(type(value), _TEXT) else _asked(float, value)


def _asked(question: Callable[[Any], A], value: Any) -> A | None:
    """What a value says of itself; None whatever it raises, also what is no `Exception`: it must not reach the bot."""
    try:
        return question(value)
    except BaseException:  # noqa: BLE001 # as said
        return None
