"""Numbers as the bot's code gives them, whatever their type."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from plugin.own_measures import DropReason

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


def _plain(value: Any) -> float | None:
    if type(value) is float:
        return value
    whole = _asked(operator.index, value)
    return whole if whole is not None or issubclass(type(value), _TEXT) else _asked(float, value)


def _asked(question: Callable[[Any], float], value: Any) -> float | None:
    """What a value says of itself; None whatever it raises, also what is no `Exception`: it must not reach the bot."""
    try:
        return question(value)
    except BaseException:  # noqa: BLE001 # as said
        return None
