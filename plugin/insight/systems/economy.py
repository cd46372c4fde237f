"""The review of an economy: how the supply grows and why, what sinks burn, prices, and how money is spread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plugin.insight.systems import courses, totals
from plugin.insight.systems.generic import (
    NOTHING,
    counter_change,
    quantile_change,
    review_generic,
    with_others,
)
from plugin.insight.systems.money import FAUCETS, PRICE, SINKS, SUPPLY, TRANSFERS, Money, by_kind, prices_of
from plugin.insight.systems.rows import MOST_PARTS, first_parts, left_out, percents, scaled, untested
from plugin.model import (
    SystemChart,
    SystemLine,
    SystemPast,
    SystemReview,
    SystemRow,
    SystemSection,
    SystemSeries,
)
from plugin.words import counted, percent

SYSTEM = "economy"
HOLDERS = "economy.holders"
TELLING_SHARE = 0.05
"""The least part of what was made for its kind to be named."""
STABLE = 0.0005
"""A change of prices below this is none."""

KNOWN = frozenset(
    f"{SYSTEM}.{name}"
    for name in (
        *("transactions", "volume", "faucets", "sinks", "transfers", "supply"),
        *("supply_checked", "supply_checks"),
        *("price", "sold", "sales", "holders", "gini", "top_share", "earnings"),
    )
)
"""The measures of the ready meter."""


def review_economy(past: SystemPast) -> SystemReview:
    """What the page of an economy says; measures of the bot's own beside those of the meter follow."""
    if past.series and not any(totals.of_measure(past, name) for name in (FAUCETS, SINKS, TRANSFERS)):
        return review_generic(past)
    return with_others(past, KNOWN, _review(past))


def _review(past: SystemPast) -> SystemReview:
    now, before = Money(past), Money(past, previous=True)
    sections = (
        _money(past, now, before),
        _kinds(past, "faucet", "Faucets"),
        _kinds(past, "sink", "Sinks"),
        _kinds(past, "transfer", "Moved"),
        _prices(past),
        _members(past),
    )
    return SystemReview(
        tuple(_sentences(past, now)), tuple(section for section in sections if section.rows), tuple(_charts(past))
    )


def _sentences(past: SystemPast, now: Money) -> Iterator[str]:
    if not past.series:
        yield NOTHING
        return
    yield f"{_growth(past, now)}{_burning(now)}."
    index = prices_of(past)
    if index is not None:
        inflation, of = index.inflation, f"{index.items} item{'' if index.items == 1 else 's'}"
        rise = "rose" if inflation > 0 else "fell"
        told = "are stable" if abs(inflation) < STABLE else f"{rise} {percent(100 * abs(inflation))}"
        yield f"Prices {told} ({of})."
    top, gini = (_spread(past, f"economy.{name}") for name in ("top_share", "gini"))
    if top is not None:
        told = "" if gini is None else f" (Gini {gini:.2f})"
        yield f"The richest 1 % of members hold {percent(100 * top)} of all money{told}."
    elif gini is not None:
        yield f"Gini coefficient of the balances: {gini:.2f}."


def _growth(past: SystemPast, now: Money) -> str:
    growth, unit, made = now.growth, _unit(past), now.made or 0
    if growth is None or now.supply is None:
        largest = _largest(past, made)
        told = "" if largest is None else f", {counted(round(largest[1] * made), '1')} of them from {largest[0]}"
        return f"Faucets made {counted(made, unit)}{told}"
    supply = counted(now.supply, unit)
    if not growth:
        return f"Supply is {supply}, as before"
    if growth < 0:
        return f"Supply shrank {percent(-100 * growth)} to {supply}"
    return f"Supply grew {percent(100 * growth)}{_explained(past, 100 * growth, made)} to {supply}"


def _explained(past: SystemPast, growth: float, made: float) -> str:
    """`, 3.0 of it from daily,`: the part of a growth in percent that the largest faucet has."""
    largest = _largest(past, made)
    if largest is None:
        return ""
    kind, part = largest[0], largest[1] * growth
    told = f"{part:.1f}" if 0.1 <= part < 99.95 else percent(part).removesuffix(" %")
    return f", {told} of it from {kind},"


def _largest(past: SystemPast, made: float) -> tuple[str, float] | None:
    """The largest faucet and its share of what was made; None if there is one kind only, or no kind has much."""
    kinds = by_kind(past, "faucet")
    if len(kinds) < 2 or not made:
        return None
    kind, series = next(iter(kinds.items()))
    share = totals.total(series) / made
    return (kind, share) if share >= TELLING_SHARE else None


def _burning(now: Money) -> str:
    share = now.burned_share
    if share is None:
        return ""
    return f"; sinks burn {percent(100 * share)} of what faucets make"


def _money(past: SystemPast, now: Money, before: Money) -> SystemSection:
    unit, days = _unit(past), totals.hours(past) / 24
    rows: list[SystemRow] = []
    if now.supply is not None:
        rows.append(SystemRow("supply", untested(before.supply if before.made is not None else None, now.supply), unit))
        rows.append(SystemRow("growth", percents(before.growth, now.growth), "%"))
        if days >= 2 and now.growth is not None:
            daily = [None if one.growth is None else (1 + one.growth) ** (1 / days) - 1 for one in (before, now)]
            rows.append(SystemRow("growth/day", percents(*daily), "%"))
    rows += [
        SystemRow(label, counter_change(series), unit)
        for label, name in (("made", FAUCETS), ("burnt", SINKS), ("moved", TRANSFERS))
        if (series := totals.of_measure(past, name))
    ]
    if now.burned_share is not None:
        rows.append(SystemRow("burnt/made", percents(before.burned_share, now.burned_share), "%"))
    if totals.has_rates(past) and now.velocity(days) is not None:
        rows.append(SystemRow("spent/day", percents(before.velocity(days), now.velocity(days)), "%"))
    return SystemSection("Money", tuple(rows))


def _kinds(past: SystemPast, flow: str, title: str) -> SystemSection:
    kinds = by_kind(past, flow)
    rows = [SystemRow(kind, counter_change(series), _unit(past)) for kind, series in kinds.items()]
    return first_parts(title, rows)


def _prices(past: SystemPast) -> SystemSection:
    rows: list[SystemRow] = []
    index, earlier = prices_of(past), prices_of(past, previous=True)
    if index is not None:
        rows.append(
            SystemRow("all items", percents(None if earlier is None else earlier.inflation, index.inflation), "%")
        )
    items = totals.of_measure(past, PRICE)
    sold = totals.split(totals.of_measure(past, "economy.sales"), "item")
    items.sort(key=lambda one: -totals.total(sold.get(one.attributes.get("item", ""), [])))
    for one in items[:MOST_PARTS]:
        change = untested(totals.level(one.before), totals.level(one.course))
        rows += [SystemRow(one.attributes.get("item", ""), change, one.unit)]
    return SystemSection("Prices", tuple(rows), left_out(len(items)))


def _members(past: SystemPast) -> SystemSection:
    rows: list[SystemRow] = []
    for label, name, factor, unit in (
        ("top 1 %", "top_share", 100, "%"),
        ("Gini", "gini", 1, "1"),
        ("members", "holders", 1, "1"),
    ):
        series = totals.of_measure(past, f"economy.{name}")
        if series:
            before, now = totals.level(series[0].before), _spread(past, series[0].measure)
            rows.append(SystemRow(label, scaled(before, now, factor), unit))
    earnings = totals.of_measure(past, "economy.earnings")
    if earnings:
        rows.append(SystemRow("earned/h", quantile_change(earnings, 0.5), earnings[0].unit))
    return SystemSection("Members", tuple(rows))


def _spread(past: SystemPast, measure: str) -> float | None:
    """The last value of a measure of the balances; None where newer balances have none."""
    found, counted_last = totals.course(past, measure), totals.course(past, HOLDERS)
    if found is None or not found.points:
        return None
    if counted_last is not None and counted_last.points and counted_last.points[-1].at > found.points[-1].at:
        return None
    return totals.level(found)


def _charts(past: SystemPast) -> Iterator[SystemChart]:
    if past.since_start:
        return
    course, unit = totals.course(past, SUPPLY), _unit(past)
    if course is not None:
        yield SystemChart("supply", (SystemLine("supply", courses.levels(course)),), unit)
    lines = [
        SystemLine(label, courses.per_hour(past, series))
        for label, name in (("made", FAUCETS), ("burnt", SINKS))
        if (series := totals.of_measure(past, name))
    ]
    if lines:
        yield SystemChart("made and burnt per hour", tuple(lines), unit)
    index = prices_of(past)
    if index is not None:
        points = tuple((float(at), 100 * value) for at, value in index.points)
        yield SystemChart("prices, 100 at the begin", (SystemLine("prices", points),))


def _unit(past: SystemPast) -> str:
    """That of the money."""
    found: Sequence[SystemSeries] = [one for name in (FAUCETS, SINKS, SUPPLY) for one in totals.of_measure(past, name)]
    return found[0].unit if found else "1"
