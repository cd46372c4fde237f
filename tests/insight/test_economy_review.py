"""The page of an economy: why the supply grows, what sinks burn, prices, and how money is spread."""

from __future__ import annotations

import pytest

from plugin.insight.systems import review_system
from plugin.model import SystemPast, SystemReview, SystemSeries
from tests.insight.systems import a_past, counter, gauge, histogram

HOURS = 168


def flows(made: float, burned: float, moved: float = 0, before: float | None = None) -> list[SystemSeries]:
    """What was made, burnt and moved in each hour."""
    of = (("faucets", made), ("sinks", burned), ("transfers", moved))
    return [
        counter(
            f"economy.{name}", lambda _, value=value: value, None if before is None else lambda _, value=before: value
        )
        for name, value in of
        if value
    ]


def kinds(flow: str, **by_kind: float) -> list[SystemSeries]:
    """The volume of one flow in each hour, by kind."""
    return [
        counter("economy.volume", lambda _, value=value: value, kind=kind, flow=flow) for kind, value in by_kind.items()
    ]


def numbers(review: SystemReview) -> dict[str, tuple[float | None, float | None]]:
    """Before and after of every row, by section and label."""
    return {
        f"{section.title} {row.label}": (row.change.before, row.change.after)
        for section in review.sections
        for row in section.rows
    }


def a_growing_economy() -> SystemPast:
    """Supply from 100,000 to 104,200 in a week."""
    return a_past(
        gauge("economy.supply", lambda hour: 100_000 + 25 * (hour + 1)),
        *flows(made=64, burned=39, moved=10),
        *kinds("faucet", daily=48, work=16),
        *kinds("sink", shop=39),
    )


def test_the_sentence_that_matters_comes_first() -> None:
    """How much the supply grew, how much of that is from the largest faucet, and what sinks burn."""
    assert review_system(a_growing_economy()).sentences == (
        "Supply grew 4.2 %, 3.2 of it from daily, to 104,200 coins; sinks burn 60.9 % of what faucets make.",
    )


def test_a_shrinking_supply_has_no_faucet_to_thank() -> None:
    """Sinks burn more than faucets make."""
    past = a_past(gauge("economy.supply", lambda hour: 10_000 - 10 * (hour + 1)), *flows(made=30, burned=40))
    assert review_system(past).sentences[0] == (
        "Supply shrank 16.8 % to 8,320 coins; sinks burn 133 % of what faucets make."
    )


def test_without_a_supply_only_flows_are_told() -> None:
    """Nothing is said of growth."""
    past = a_past(*flows(made=64, burned=39), *kinds("faucet", daily=48, work=16))
    assert review_system(past).sentences[0] == (
        "Faucets made 10,752 coins, 8,064 of them from daily; sinks burn 60.9 % of what faucets make."
    )


def test_numbers_stand_beside_the_previous_week() -> None:
    """Growth, flows, and how often a coin is spent."""
    found = numbers(review_system(a_past(gauge("economy.supply", lambda _: 11_680), *flows(40, 30, 5, before=20))))
    assert found["Money supply"] == (10_000, 11_680)
    assert found["Money growth"] == pytest.approx((0, 16.8))
    assert found["Money made"] == (3360, 6720)
    assert found["Money burnt/made"] == (100, 75)
    assert found["Money spent/day"][1] == pytest.approx(100 * 35 * HOURS / 7 / 10_840)


def test_monetary_inflation_is_apart_from_that_of_prices() -> None:
    """The supply grows while prices fall."""
    past = a_past(
        gauge("economy.supply", lambda hour: 100_000 + 25 * (hour + 1)),
        *flows(made=25, burned=0),
        gauge("economy.price", lambda hour: 100 - 10 * (hour // 24), item="map"),
        gauge("economy.price", lambda hour: 1 if hour < 50 else 99, item="(other)"),
    )
    first, second = review_system(past).sentences
    assert first.startswith("Supply grew 4.2 %")
    assert second == "Prices fell 60 % (1 item)."


def test_how_money_is_spread_is_told_where_the_bot_says_balances() -> None:
    """The richest hundredth, and the Gini coefficient."""
    past = a_past(
        *flows(made=25, burned=0),
        gauge("economy.top_share", lambda _: 0.34),
        gauge("economy.gini", lambda _: 0.712),
        histogram("economy.earnings", lambda _: [20, 40, 60]),
    )
    review = review_system(past)
    assert review.sentences[-1] == "The richest 1 % of members hold 34 % of all money (Gini 0.71)."
    assert numbers(review)["Members top 1 %"] == (None, 34)
    assert numbers(review)["Members earned/h"][1] == pytest.approx(40, rel=0.06)


def test_inequality_of_members_who_are_gone_is_not_told() -> None:
    """The holders were counted later than the coefficients, which are of a time when there were others."""
    gini = gauge("economy.gini", lambda _: 0.712, lambda _: 0.5)
    ended = gini._replace(course=gini.course._replace(points=gini.course.points[:-1]))
    review = review_system(a_past(*flows(made=25, burned=0), ended, gauge("economy.holders", lambda _: 0)))
    assert not any("Gini" in sentence for sentence in review.sentences)
    assert numbers(review)["Members Gini"] == (0.5, None) and numbers(review)["Members members"] == (None, 0)


def test_measures_beside_the_meter_are_told_below() -> None:
    """As those of any other system."""
    past = a_past(*flows(made=25, burned=5), counter("economy.refusals", lambda _: 2))
    assert review_system(past).sections[-1].title == "refusals (coins)"


def test_an_economy_without_the_meter_is_told_as_any_system() -> None:
    """Its measures may mean something else, though they are called alike."""
    past = a_past(counter("economy.transactions", lambda _: 2, kind="daily"))
    assert [section.title for section in review_system(past).sections] == ["transactions (coins)"]


def test_an_economy_at_rest_says_so() -> None:
    """What was made was burnt."""
    past = a_past(gauge("economy.supply", lambda _: 500), *flows(made=10, burned=10))
    assert review_system(past).sentences[0] == (
        "Supply is 500 coins, as before; sinks burn 100 % of what faucets make."
    )


@pytest.mark.parametrize(("largest", "is_named"), [(4, False), (5, True), (6, True)])
def test_the_largest_faucet_is_named_from_a_twentieth_on(largest: float, is_named: bool) -> None:
    """A smaller part of what was made explains nothing."""
    past = a_past(*flows(made=100, burned=0), *kinds("faucet", daily=largest, work=1))
    assert ("of them from daily" in review_system(past).sentences[0]) is is_named


@pytest.mark.parametrize(
    ("last", "told"), [(10_004, "are stable"), (9_996, "are stable"), (10_007, "rose"), (9_993, "fell")]
)
def test_prices_are_stable_up_to_a_twentieth_of_a_percent(last: float, told: str) -> None:
    """A larger change has a direction."""
    price = gauge("economy.price", lambda hour: 10_000 if hour < 100 else last, item="map")
    assert review_system(a_past(*flows(25, 5), price)).sentences[1].startswith(f"Prices {told}")
