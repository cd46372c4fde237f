"""The numbers of an economy over a period: how fast money grows and moves, and how prices do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from plugin.insight.systems import totals
from plugin.insight.systems.prices import PriceIndex, PriceStep, price_index
from plugin.measures import OTHERS
from plugin.model import SystemPast, SystemSeries

DAY_S = 86_400
FAUCETS, SINKS, TRANSFERS = "economy.faucets", "economy.sinks", "economy.transfers"
VOLUME, SUPPLY, PRICE, SALES = "economy.volume", "economy.supply", "economy.price", "economy.sales"


class Money:
    """What was made, burnt and moved in a period, or in the one before it."""

    def __init__(self, past: SystemPast, *, previous: bool = False) -> None:
        self._past = past
        self._add = totals.total_before if previous else totals.total
        self.made, self.burned, self.moved = (self._of(name) for name in (FAUCETS, SINKS, TRANSFERS))
        now = totals.level(totals.course(past, SUPPLY))
        if previous and now is not None:
            whole = Money(past)
            now -= (whole.made or 0) - (whole.burned or 0)
        self.supply = now
        """At the end of it; None where the bot does not say it."""

    @property
    def net(self) -> float | None:
        """What was made less what was burnt; None where history does not cover the period whole."""
        return None if self.made is None or self.burned is None else self.made - self.burned

    @property
    def growth(self) -> float | None:
        """Of the supply, as a share of that at the begin: monetary inflation."""
        if self.supply is None or self.net is None or self.supply - self.net <= 0:
            return None
        return self.net / (self.supply - self.net)

    @property
    def burned_share(self) -> float | None:
        """What sinks burn of what faucets make; None where these make nothing."""
        return self.burned / self.made if self.made and self.burned is not None else None

    def velocity(self, days: float) -> float | None:
        """How often a day each coin is spent: what sinks and transfers take, over the mean supply.

        I. Fisher, "The Purchasing Power of Money", 1911: `M V = P T`.
        """
        if self.supply is None or self.net is None or self.moved is None or self.burned is None:
            return None
        mean = self.supply - self.net / 2
        return (self.moved + self.burned) / mean / days if mean > 0 else None

    def _of(self, measure: str) -> float | None:
        series = totals.of_measure(self._past, measure)
        return self._add(series) if series else 0.0


def by_kind(past: SystemPast, flow: str) -> Mapping[str, list[SystemSeries]]:
    """The volume of one flow by the kind of transaction, the largest first."""
    return totals.split(totals.of_measure(past, VOLUME, flow=flow), "kind")


def prices_of(past: SystemPast, *, previous: bool = False) -> PriceIndex | None:
    """The index of prices over a period, in steps of a day, or of the course where that is shorter than two days."""
    days: dict[int, tuple[dict[str, list[float]], dict[str, float]]] = {}
    length = past.spans.end - past.spans.start
    step_s = DAY_S if length > 2 * DAY_S else 3600
    for series, is_price in _priced(past):
        course, item = series.before if previous else series.course, series.attributes.get("item", "")
        if course is None or item == OTHERS:
            continue
        for point in course.points:
            prices, sales = days.setdefault(point.at - point.at % step_s, ({}, {}))
            if is_price and point.values.count:
                prices.setdefault(item, []).append(point.values.sum / point.values.count)
            elif not is_price:
                sales[item] = sales.get(item, 0.0) + point.values.sum
    return price_index([PriceStep(at, _means(days[at][0]), days[at][1]) for at in sorted(days)])


def _priced(past: SystemPast) -> Sequence[tuple[SystemSeries, bool]]:
    prices, sales = totals.of_measure(past, PRICE), totals.of_measure(past, SALES)
    return [*((one, True) for one in prices), *((one, False) for one in sales)]


def _means(values: Mapping[str, Sequence[float]]) -> dict[str, float]:
    return {item: fmean(of) for item, of in values.items()}
