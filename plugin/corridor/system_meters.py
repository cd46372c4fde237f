"""Ready meters: typed methods by which a bot tells what happens in its economy, and what its members do."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Literal

from plugin.corridor.bot_measures import measures_for
from plugin.metrics.systems.activity import ActivityBook, ActivityMeasures
from plugin.metrics.systems.economy import EconomyBook, EconomyMeasures

MESSAGE_COOLDOWNS: Mapping[str, float] = {"message": 60.0}
_LONGEST_COOLDOWN_S = 86_400.0


class EconomyMeter:
    """Takes what happens in the economy of a bot. Meters in several files are one; no method raises."""

    def __init__(self, *, unit: str = "{coin}", bot: object = None) -> None:
        """`unit` is that of the money; `bot` as in `plugin.counter`. ValueError or TypeError say what to change."""
        registry = measures_for(bot)
        measures = EconomyMeasures(registry, unit)
        self._book = registry.book(EconomyBook, lambda: EconomyBook(measures))

    def transaction(
        self, amount: float, kind: str, flow: Literal["faucet", "sink", "transfer"], *, member: int | None = None
    ) -> None:
        """Count a transaction of an amount from 0 up.

        A faucet makes money, a sink burns it, a transfer moves it from one member to another. `member` is the id of who
        gets or pays it; it is kept in memory until the hour ends, under another name, and nowhere else.
        """
        self._book.transaction(amount, kind, flow, member)

    def earned(self, amount: float, kind: str, *, member: int | None = None) -> None:
        """Count money that was made: a daily bonus, a reward, a refund."""
        self._book.transaction(amount, kind, "faucet", member)

    def burned(self, amount: float, kind: str, *, member: int | None = None) -> None:
        """Count money that is gone: a purchase, a fee, a lost bet."""
        self._book.transaction(amount, kind, "sink", member)

    def transferred(self, amount: float, kind: str, *, member: int | None = None) -> None:
        """Count money that changed hands: a gift, a trade."""
        self._book.transaction(amount, kind, "transfer", member)

    def supply(self, total: float, *, age_s: float = 5.0) -> None:
        """Say how much money there is, as it was at most `age_s` seconds ago (60 at most)."""
        self._book.supply(total, age_s)

    def balances(self, balances: Iterable[float] | Mapping[int, float]) -> None:
        """Say what members have, all of them or a fair sample, in any order; of a mapping only the values are taken."""
        self._book.balances(balances)

    def price(self, item: str, amount: float, *, sold: int = 0) -> None:
        """Say the present price of an item, and how many of it were just sold at this price."""
        self._book.price(item, amount, sold)


class ActivityMeter:
    """Takes what members are awarded for their activity. Meters in several files are one; no method raises."""

    def __init__(
        self, *, unit: str = "{point}", cooldowns_s: Mapping[str, float] = MESSAGE_COOLDOWNS, bot: object = None
    ) -> None:
        """`cooldowns_s`: after an award of a kind, the seconds until the same member can get the next one.

        `unit` is that of the points; `bot` as in `plugin.counter`. ValueError or TypeError say what to change.
        """
        checked = _checked_cooldowns(cooldowns_s)
        registry = measures_for(bot)
        measures = ActivityMeasures(registry, unit)
        self._book = registry.book(ActivityBook, lambda: ActivityBook(measures, checked))
        if self._book.cooldowns_s != checked:
            raise ValueError(
                f"activity is already declared with the cooldowns {self._book.cooldowns_s}: "
                f"say the same in every file, not {checked}"
            )

    def award(self, points: float, *, member: int, kind: str = "message", channel: int | None = None) -> None:
        """Count points that a member was awarded. Ids stay in memory under other names; history has none of them."""
        self._book.award(points, member, kind, channel)

    def held_back(self, *, member: int, kind: str = "message") -> None:
        """Count an award that a member did not get as the cooldown of the one before still ran."""
        self._book.hold_back(member, kind)

    def level_up(self, *, took_s: float | None = None) -> None:
        """Count a level that a member gained; `took_s` are the seconds since the level before."""
        self._book.level_up(took_s)


def _checked_cooldowns(cooldowns_s: object) -> dict[str, float]:
    if not isinstance(cooldowns_s, Mapping):
        raise TypeError("cooldowns_s is a mapping from a kind of award to seconds, such as {'message': 60}")
    found: dict[str, float] = {}
    for kind, seconds in cooldowns_s.items():  # pyright: ignore[reportUnknownVariableType] # checked here
        if not isinstance(kind, str) or isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise TypeError(f"cooldowns_s: {kind!r}: {seconds!r} is no kind of award with seconds")
        if not (math.isfinite(seconds) and 1 <= seconds <= _LONGEST_COOLDOWN_S):
            raise ValueError(f"cooldowns_s: {kind}: a cooldown lasts from 1 to 86,400 seconds, not {seconds!r}")
        found[kind] = float(seconds)
    return found
