"""Every number on the page of an economy, each from a history in which it can be worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from plugin.insight.systems import review_system
from plugin.model import SystemPast, SystemReview, SystemSection, SystemSeries
from tests.insight.systems import END, HOUR, SPANS, START, a_past, counter, gauge, histogram

DAY = 24 * HOUR
Number = tuple[str, float | None, float | None, str]
"""Label, before, now, unit."""


def flow(name: str, now: float, before: float | None = None, **attributes: str) -> SystemSeries:
    """A counter of the economy that added as much in each hour."""
    return counter(f"economy.{name}", lambda _: now, None if before is None else lambda _: before, **attributes)


def level(name: str, now: float, before: float | None = None, **attributes: str) -> SystemSeries:
    """A gauge of the economy that stood still."""
    return gauge(f"economy.{name}", lambda _: now, None if before is None else lambda _: before, **attributes)


def section(past: SystemPast, title: str) -> SystemSection:
    """The section of this title."""
    (found,) = (one for one in review_system(past).sections if one.title == title)
    return found


def numbers(past: SystemPast, title: str) -> list[Number]:
    """Its rows."""
    return [(row.label, row.change.before, row.change.after, row.unit) for row in section(past, title).rows]


def near(*rows: Number) -> list[Number]:
    """The same rows, with values as sums of floats have them."""
    return [(label, pytest.approx(before), pytest.approx(after), unit) for label, before, after, unit in rows]


def titles(review: SystemReview) -> list[str]:
    """Of the sections."""
    return [one.title for one in review.sections]


def test_money_is_told_with_the_week_before() -> None:
    """Supply, growth, flows, what is burnt of what is made, and how often a coin is spent."""
    past = a_past(
        level("supply", 26_800), flow("faucets", 200, 150), flow("sinks", 100, 120), flow("transfers", 60, 30)
    )
    # The week added 16,800 to 10,000, and the week before 5,040 to 4,960.
    assert numbers(past, "Money") == near(
        ("supply", 10_000, 26_800, "{coin}"),
        ("growth", 100 * 5040 / 4960, 168, "%"),
        ("growth/day", 100 * ((1 + 5040 / 4960) ** (1 / 7) - 1), 100 * (2.68 ** (1 / 7) - 1), "%"),
        ("made", 25_200, 33_600, "{coin}"),
        ("burnt", 20_160, 16_800, "{coin}"),
        ("moved", 5040, 10_080, "{coin}"),
        ("burnt/made", 80, 50, "%"),
        ("spent/day", 100 * 25_200 / 7480 / 7, 100 * 26_880 / 18_400 / 7, "%"),
    )


def test_without_the_week_before_money_has_no_numbers_of_it() -> None:
    """Neither those of flows nor the supply of then, which follows from them."""
    past = a_past(level("supply", 26_800, 5), flow("faucets", 200), flow("sinks", 100))
    assert [(label, before) for label, before, _, _ in numbers(past, "Money")] == [
        ("supply", None),
        ("growth", None),
        ("growth/day", None),
        ("made", None),
        ("burnt", None),
        ("burnt/made", None),
        ("spent/day", None),
    ]


@pytest.mark.parametrize(("hours", "is_told"), [(47, False), (48, True), (49, True)])
def test_growth_is_told_by_the_day_from_two_days_on(hours: int, is_told: bool) -> None:
    """In the mean of the days, as interest is."""
    past = a_past(level("supply", 33_600), flow("faucets", 100), spans=SPANS._replace(start=END - hours * HOUR))
    told = {label: now for label, _, now, _ in numbers(past, "Money")}
    assert told["growth"] == pytest.approx(100)
    assert told.get("growth/day") == (pytest.approx(100 * (2 ** (24 / hours) - 1)) if is_told else None)


@pytest.mark.parametrize(("seconds", "is_told"), [(5, False), (HOUR - 1, False), (HOUR, True)])
def test_what_a_day_spends_is_not_told_of_minutes(seconds: int, is_told: bool) -> None:
    """What was spent in the first seconds is spent in no day."""
    past = a_past(level("supply", 33_600), flow("sinks", 100), spans=SPANS._replace(start=END - seconds))
    assert ("spent/day" in {label for label, *_ in numbers(past, "Money")}) is is_told


@pytest.mark.parametrize(("supply", "is_told"), [(16_799, False), (16_800, False), (16_801, True)])
def test_a_supply_that_was_nothing_has_no_growth(supply: float, is_told: bool) -> None:
    """All of it was made in this week, or the bot counts money that it does not."""
    past = a_past(level("supply", supply), flow("faucets", 100))
    assert ("growth" in {label for label, before, now, _ in numbers(past, "Money") if now is not None}) is is_told


@pytest.mark.parametrize(("supply", "is_told"), [(8399, False), (8400, False), (8401, True)])
def test_a_mean_supply_of_nothing_is_not_spent(supply: float, is_told: bool) -> None:
    """The mean supply is that of now less half of what was added."""
    past = a_past(level("supply", supply), flow("faucets", 100))
    assert ("spent/day" in {label for label, *_ in numbers(past, "Money")}) is is_told


@pytest.mark.parametrize(
    ("growth", "part"), [(0.0018, "<0.1"), (0.002, "0.1"), (0.06, "3.0"), (1.999, ">99.9"), (2.2, "110")]
)
def test_the_part_of_a_growth_that_a_faucet_has_is_in_percent_of_the_supply(growth: float, part: str) -> None:
    """Half of the growth comes from the daily bonus; the supply was 168 million."""
    kinds = [flow("volume", 500_000 * growth, kind=kind, flow="faucet") for kind in ("daily", "work")]
    past = a_past(level("supply", 168_000_000 * (1 + growth)), flow("faucets", 1_000_000 * growth), *kinds)
    assert f", {part} of it from daily, to " in review_system(past).sentences[0]


@pytest.mark.parametrize(
    ("name", "title"), [("faucet", "Faucets"), ("sink", "Sinks"), ("transfer", "Moved")], ids=str.lower
)
@pytest.mark.parametrize(("number", "note"), [(4, ""), (5, ""), (6, "… and 1 more")])
def test_five_kinds_of_each_flow_are_told(name: str, title: str, number: int, note: str) -> None:
    """The largest first, with the week before."""
    kinds = [flow("volume", of, 1, kind=f"k{of}", flow=name) for of in range(1, number + 1)]
    told = section(a_past(flow("faucets", 100), *kinds), title)
    assert told.note == note
    assert [row.label for row in told.rows] == [f"k{of}" for of in range(number, max(0, number - 5), -1)]
    assert (told.rows[0].change.before, told.rows[0].change.after) == (168, 168 * number)
    assert {row.unit for row in told.rows} == {"{coin}"}


def test_the_items_that_sell_most_are_told_with_their_prices() -> None:
    """Prices now and a week ago, in the order of what was paid for them."""
    items: Mapping[str, float] = {"map": 5, "rope": 50, "torch": 20}
    past = a_past(
        flow("faucets", 1),
        *(level("price", 10 + sold, 10, item=item) for item, sold in items.items()),
        *(flow("sales", sold, item=item) for item, sold in items.items()),
    )
    assert numbers(past, "Prices") == [
        ("all items", 0, 0, "%"),
        ("rope", 10, 60, "{coin}"),
        ("torch", 10, 30, "{coin}"),
        ("map", 10, 15, "{coin}"),
    ]
    assert section(past, "Prices").note == ""


@pytest.mark.parametrize(("number", "note"), [(5, ""), (6, "… and 1 more"), (8, "… and 3 more")])
def test_five_items_are_told(number: int, note: str) -> None:
    """How many more there are is said below."""
    past = a_past(flow("faucets", 1), *(level("price", 10, item=f"i{of}") for of in range(number)))
    told = section(past, "Prices")
    assert (len(told.rows), told.note) == (6, note)


def test_prices_of_this_week_and_the_last_have_an_inflation_each() -> None:
    """That of the week before is told beside, and the sentence is of this one."""

    def price(hour: int) -> float:
        return 100 if hour < 24 else 110

    past = a_past(
        flow("faucets", 1),
        gauge("economy.price", price, lambda hour: 100 if hour < 24 else 80, item="map"),
        gauge("economy.price", price, lambda hour: 100 if hour < 24 else 80, item="rope"),
    )
    (whole, *_) = numbers(past, "Prices")
    assert [whole] == near(("all items", -20, 10, "%"))
    assert review_system(past).sentences[1] == "Prices rose 10 % (2 items)."


def test_members_are_told_with_the_week_before() -> None:
    """How money is spread, how many have some, and what they earn in an hour."""
    past = a_past(
        flow("faucets", 1),
        level("top_share", 0.25, 0.2),
        level("gini", 0.5, 0.4),
        level("holders", 300, 200),
        histogram("economy.earnings", lambda _: [64.0] * 5 + [640.0], lambda _: [32.0] * 5),
    )
    *spread, (label, before, now, unit) = numbers(past, "Members")
    assert spread == near(("top 1 %", 20, 25, "%"), ("Gini", 0.4, 0.5, "1"), ("members", 200, 300, "1"))
    assert (label, unit) == ("earned/h", "{coin}")
    assert (before, now) == (pytest.approx(32, rel=0.06), pytest.approx(64, rel=0.06))


def test_how_money_is_spread_is_said_by_what_is_known() -> None:
    """The share of the richest, with the Gini coefficient or without; or that alone."""
    told = [
        review_system(a_past(flow("faucets", 1), *spread)).sentences[-1]
        for spread in (
            [level("top_share", 0.25), level("gini", 0.5)],
            [level("top_share", 0.25)],
            [level("gini", 0.5)],
        )
    ]
    assert told == [
        "The richest 1 % of members hold 25 % of all money (Gini 0.50).",
        "The richest 1 % of members hold 25 % of all money.",
        "Gini coefficient of the balances: 0.50.",
    ]


def test_sections_without_a_number_are_left_out() -> None:
    """A young economy has few."""
    assert titles(review_system(a_past(flow("faucets", 10)))) == ["Money"]
    full = a_past(
        flow("faucets", 10),
        *(flow("volume", 10, kind="any", flow=name) for name in ("faucet", "sink", "transfer")),
        level("price", 10, item="map"),
        level("gini", 0.5),
    )
    assert titles(review_system(full)) == ["Money", "Faucets", "Sinks", "Moved", "Prices", "Members"]


@pytest.mark.parametrize("name", ["faucets", "sinks", "transfers"])
def test_any_flow_of_the_meter_makes_it_an_economy(name: str) -> None:
    """A bot may only have sinks so far."""
    assert titles(review_system(a_past(flow(name, 10)))) == ["Money"]


@pytest.mark.parametrize(("name", "shown"), [("faucets", "coins"), ("sinks", "coins"), ("transfers", "")])
def test_the_unit_is_that_of_the_money(name: str, shown: str) -> None:
    """Of what is made, burnt or there; transfers alone do not tell it."""
    (sentence, *_) = review_system(a_past(flow(name, 0), flow("transfers", 0))).sentences
    assert sentence.startswith(f"Faucets made 0 {shown}".strip())


def test_charts_show_the_supply_the_flows_and_prices() -> None:
    """Each in its unit; prices as an index of 100 at the begin."""
    past = a_past(
        gauge("economy.supply", lambda hour: 1000 + hour),
        flow("faucets", 20),
        flow("sinks", 10),
        gauge("economy.price", lambda hour: 50 if hour < 100 else 100, item="map"),
    )
    supply, flows, prices = review_system(past).charts
    assert (supply.title, supply.unit, supply.lines[0].label) == ("supply", "{coin}", "supply")
    assert supply.lines[0].points[:2] == ((START, 1000), (START + HOUR, 1001))
    assert (flows.title, flows.unit) == ("made and burnt per hour", "{coin}")
    assert [(line.label, {value for _, value in line.points}) for line in flows.lines] == [
        ("made", {20}),
        ("burnt", {10}),
    ]
    assert prices.title == "prices, 100 at the begin"
    points = prices.lines[0].points
    assert points[0] == (START // DAY * DAY, 100) and points[-1][1] == pytest.approx(200)


def test_since_start_there_are_no_charts() -> None:
    """Nor without anything to draw."""
    assert review_system(a_past(flow("faucets", 20))._replace(since_start=True)).charts == ()
    assert [chart.title for chart in review_system(a_past(flow("transfers", 20))).charts] == []


@pytest.mark.parametrize(("days", "step_s"), [(1, HOUR), (2, HOUR), (3, DAY)])
def test_prices_go_in_steps_of_a_day_beyond_two_days(days: int, step_s: int) -> None:
    """And in hours up to there."""
    past = a_past(
        flow("faucets", 20),
        level("price", 5, item="map"),
        spans=SPANS._replace(start=END - days * DAY),
    )
    points = review_system(past).charts[-1].lines[0].points
    assert points[1][0] - points[0][0] == step_s


@pytest.mark.parametrize(
    ("supply", "told"),
    [(16_799, "Faucets made 16,800 coins"), (16_800, "Faucets made 16,800 coins"), (16_801, "Supply grew ")],
)
def test_a_supply_that_was_nothing_is_told_by_its_flows(supply: float, told: str) -> None:
    """How much it grew cannot be said."""
    past = a_past(level("supply", supply), flow("faucets", 100))
    assert review_system(past).sentences[0].startswith(told)
