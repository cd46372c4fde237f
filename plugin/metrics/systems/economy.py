"""The economy of a bot: what it tells of money becomes measures named `economy.…`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, ClassVar

from plugin.metrics.meters import OwnCounter, OwnGauge, OwnHistogram, OwnMeasures
from plugin.metrics.meters.numbers import checked, member_id, tallied
from plugin.metrics.meters.texts import text_of
from plugin.metrics.systems.declared import Declarer
from plugin.metrics.systems.sample import MemberSample
from plugin.metrics.systems.supply import LONGEST_AGE_S, Supply
from plugin.metrics.systems.wealth import balances_of, gini, top_share
from plugin.own_measures import DropReason

SYSTEM = "economy"
FAUCET, SINK, TRANSFER = "faucet", "sink", "transfer"
_HOUR_S = 3600


class EconomyMeasures:
    """The measures of an economy."""

    def __init__(self, measures: OwnMeasures, unit: str) -> None:
        """`unit` of the money, such as `{coin}`; ValueError if it is invalid or declared differently."""
        declare = Declarer(measures, SYSTEM)
        by, items = ("kind", "flow"), ("item",)
        self.transactions = declare(OwnCounter, "transactions", "{transaction}", "Transactions", by)
        self.volume = declare(OwnCounter, "volume", unit, "Money in transactions", by)
        self.flows = {  # beside the volume, whose flows are unknown where there are too many kinds
            FAUCET: declare(OwnCounter, "faucets", unit, "Money made"),
            SINK: declare(OwnCounter, "sinks", unit, "Money burnt"),
            TRANSFER: declare(OwnCounter, "transfers", unit, "Money that changed hands"),
        }
        self.supply = declare(OwnGauge, "supply", unit, "Money in circulation by now", shared=True)
        self.checked = declare(
            OwnGauge, "supply_checked", unit, "Between what the supply surely was", ("bound",), shared=True
        )
        self.checks = declare(OwnCounter, "supply_checks", "{check}", "Readings of the supply that were checked")
        self.price = declare(OwnGauge, "price", unit, "Prices as the bot says them", items, shared=True)
        self.sold = declare(OwnCounter, "sold", "{item}", "Items sold", items)
        self.sales = declare(OwnCounter, "sales", unit, "Money paid for items", items)
        self.holders = declare(OwnGauge, "holders", "{member}", "Members with a balance", shared=True)
        self.gini = declare(OwnGauge, "gini", "1", "Gini coefficient of the balances", shared=True)
        self.top_share = declare(OwnGauge, "top_share", "1", "What the richest hundredth of members hold", shared=True)
        self.earnings = declare(OwnHistogram, "earnings", unit, "What an active member makes in an hour")


class EconomyBook:
    """Follows one economy. Every method takes whatever the bot gives it, from any thread, and none raises."""

    system: ClassVar[str] = SYSTEM

    def __init__(
        self,
        measures: EconomyMeasures,
        clock_s: Callable[[], float] = time.time,
        steady_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock_s` is Unix time; `steady_s` only grows, in seconds."""
        self.measures = measures
        self._clock_s = clock_s
        self._steady_s = steady_s
        self.reset()

    def reset(self) -> None:
        """Begin anew, in a process that was forked."""
        self._lock = threading.RLock()
        self._supply = Supply()
        self._earners = MemberSample(_Earned)
        self._hour = self._posted = 0

    def transaction(self, amount: object, kind: object, flow: object, member: object) -> None:
        """Count one transaction; a wrong amount or flow is dropped, and the drop is counted."""
        volume, number, direction = self.measures.volume, checked(amount), text_of(flow)
        if isinstance(number, DropReason):
            volume.drop(number)
        elif isinstance(direction, DropReason) or direction not in self.measures.flows:
            volume.drop(DropReason.UNKNOWN_FLOW)
        else:
            who = self._member(member)
            with self._lock:
                self._count(number, kind, direction, who)

    def supply(self, total: object, age_s: object) -> None:
        """Take the supply as the bot says it, as it was at most `age_s` seconds ago."""
        number, age = checked(total, negative=True), checked(age_s)
        if isinstance(number, DropReason):
            self.measures.supply.drop(number)
        elif isinstance(age, DropReason):
            self.measures.supply.drop(age)
        else:
            with self._lock:
                self._supply.said(self._steady_s(), number, min(age, LONGEST_AGE_S))

    def balances(self, balances: object) -> None:
        """Take the balances of all members, or of a fair sample of them; wrong ones are left out and counted.

        An inequality that these do not have is not known any more.
        """
        found = tallied(balances)
        if found is None:
            self.measures.holders.drop(DropReason.NOT_A_NUMBER)
            return
        known: dict[float, int] = {}
        for value, count in found.items():
            number = checked(value)
            if isinstance(number, DropReason):
                self.measures.holders.drop(number)
            else:
                known[number] = known.get(number, 0) + count
        self.measures.holders.set(balances_of(known)[0])
        for gauge, value in ((self.measures.gini, gini(known)), (self.measures.top_share, top_share(known))):
            if value is None:
                gauge.unset()
            else:
                gauge.set(value)

    def price(self, item: object, amount: object, sold: object) -> None:
        """Take the price of an item, and how many of it were sold at that price."""
        number, count = checked(amount), checked(sold)
        name = text_of(item)
        if isinstance(number, DropReason):
            self.measures.price.drop(number)
        elif isinstance(count, DropReason):
            self.measures.sold.drop(count)
        elif isinstance(name, DropReason):
            self.measures.price.drop(name)
        else:
            self.measures.price.set(number, item=name)
            if count:
                self.measures.sold.add(count, item=name)
                self.measures.sales.add(number * count, item=name)

    def post(self) -> None:
        """Bring gauges up to date: they are about to be read."""
        with self._lock:
            self._roll()
            supply, bounds = self._supply.now(), self._supply.checked(self._steady_s())
            if supply is not None:
                self.measures.supply.set(supply)
            if bounds is not None:
                self.measures.checked.set(bounds.least, bound="least")
                self.measures.checked.set(bounds.most, bound="most")
                self.measures.checks.add(self._supply.readings - self._posted)
                self._posted = self._supply.readings

    def _count(self, number: float, kind: Any, flow: str, member: int | None) -> None:
        self.measures.flows[flow].add(number)
        self.measures.volume.add(number, kind=kind, flow=flow)
        self.measures.transactions.add(kind=kind, flow=flow)
        made, burned = number if flow == FAUCET else 0, number if flow == SINK else 0
        if made or burned:
            self._supply.flow(self._steady_s(), made, burned)
        if member is not None:
            self._roll()
            earner = self._earners.of(member)
            if earner is not None:
                earner.amount += made

    def _member(self, member: object) -> int | None:
        if member is None:
            return None
        found = member_id(member)
        if found is None:
            self.measures.earnings.drop(DropReason.NO_MEMBER)
        return found

    def _roll(self) -> None:
        """Record the earnings of an hour that is over."""
        hour = int(self._clock_s() // _HOUR_S)
        if hour != self._hour:
            self._hour = hour
            for earner in self._earners.values.values():
                self.measures.earnings.record(earner.amount)
            self._earners.clear()


class _Earned:
    __slots__ = ("amount",)

    def __init__(self) -> None:
        self.amount: float = 0
