"""Declares measures of one's own: `plugin.counter("economy.transactions").add()`.

What counts is imported with the first declaration, so that a bot without any does not pay for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from plugin.histogram import TICK_NS

if TYPE_CHECKING:
    from plugin.metrics.meters import OwnCounter, OwnGauge, OwnHistogram, OwnTimer

    T = TypeVar("T", OwnCounter, OwnGauge, OwnHistogram, OwnTimer)

MAXIMUM_SERIES = 100
"""Attribute sets of one measure that are told apart, unless a declaration says otherwise."""

_TIMER_RESOLUTION_S = TICK_NS / 1e9


def counter(
    name: str,
    *,
    unit: str = "1",
    description: str = "",
    attributes: Sequence[str] = (),
    maximum_series: int = MAXIMUM_SERIES,
    bot: object = None,
) -> OwnCounter:
    """Declare what adds up, and get it; the same declaration returns the same counter.

    `bot`: the only bot that it is of, where several run in one process; without it, each of them reports it.
    Raises ValueError or TypeError that say what to change; `add` never raises.
    """
    from plugin.metrics.meters import OwnCounter

    return _declared(OwnCounter, name, unit, description, attributes, maximum_series, bot)


def gauge(
    name: str,
    *,
    unit: str = "1",
    description: str = "",
    attributes: Sequence[str] = (),
    shared: bool = False,
    maximum_series: int = MAXIMUM_SERIES,
    bot: object = None,
) -> OwnGauge:
    """Declare what has a present value, and get it; otherwise like `counter`.

    `shared`: every instance of the bot reports the same value, such as the coins in a database that they share; without
    it, a fleet has the sum of its instances.
    """
    from plugin.metrics.meters import OwnGauge

    return _declared(OwnGauge, name, unit, description, attributes, maximum_series, bot, shared=shared)


def histogram(
    name: str,
    *,
    unit: str = "1",
    description: str = "",
    attributes: Sequence[str] = (),
    resolution: float | None = None,
    maximum_series: int = MAXIMUM_SERIES,
    bot: object = None,
) -> OwnHistogram:
    """Declare values whose sizes matter, and get their histogram; otherwise like `counter`.

    `resolution` is the width of the finest bucket: values are told within 1/17 from 8 resolutions up to 4 thousand
    million of them. Without it, 1 for what is counted (`{coin}`, `By`) and 0.001 for all else.
    """
    from plugin.metrics.meters import OwnHistogram

    return _declared(OwnHistogram, name, unit, description, attributes, maximum_series, bot, resolution)


def timer(
    name: str,
    *,
    description: str = "",
    attributes: Sequence[str] = (),
    maximum_series: int = MAXIMUM_SERIES,
    bot: object = None,
) -> OwnTimer:
    """Declare durations from 8 µs to 73 minutes in seconds, and get their timer; otherwise like `counter`."""
    from plugin.metrics.meters import OwnTimer

    return _declared(OwnTimer, name, "s", description, attributes, maximum_series, bot, _TIMER_RESOLUTION_S)


def _declared(
    kind: type[T],
    name: str,
    unit: str,
    description: str,
    attributes: Sequence[str],
    maximum_series: int,
    bot: object,
    resolution: Any = 1.0,
    shared: object = False,
) -> T:
    from plugin.corridor.bot_measures import measures_for
    from plugin.metrics.meters.rules import checked_measure

    measure = checked_measure(kind.kind, name, unit, description, attributes, maximum_series, resolution, shared)
    return measures_for(bot).declare(kind, measure)
