"""The review of any system: each measure beside the previous period, the sentence that matters first."""

from __future__ import annotations

import random

from plugin.insight.systems import review_system
from plugin.model import SystemRow, SystemSeries
from tests.insight.systems import HOUR, SPANS, START, a_past, counter, gauge, histogram

NOISE = random.Random(7)


def rows(*of: tuple[str, list[SystemRow]]) -> dict[str, SystemRow]:
    """Rows by section and label."""
    return {f"{title} {row.label}": row for title, found in of for row in found}


def around(mean: float) -> float:
    """A value near the mean."""
    return float(round(NOISE.gauss(mean, mean / 10)))


def test_a_counter_is_told_by_its_total_and_per_hour() -> None:
    """The total of all series and of each of them, the largest first, beside the previous period."""
    review = review_system(
        a_past(
            counter("economy.transactions", lambda _: 10, lambda _: 10, kind="gift"),
            counter("economy.transactions", lambda _: 30, lambda _: 10, kind="daily"),
        )
    )
    (section,) = review.sections
    assert section.title == "transactions (coins)"
    assert [(row.label, row.change.before, row.change.after) for row in section.rows] == [
        ("total", 20 * 168, 40 * 168),
        ("per hour", 20, 40),
        ("daily", 10 * 168, 30 * 168),
        ("gift", 10 * 168, 10 * 168),
    ]


def test_what_changed_comes_first() -> None:
    """The sentence of the surest change precedes all others."""
    review = review_system(
        a_past(
            counter("economy.gifts", lambda _: around(50), lambda _: around(50)),
            counter("economy.transactions", lambda _: around(300), lambda _: around(100)),
        )
    )
    assert review.sentences[0].startswith("transactions: ") and "→" in review.sentences[0]
    assert len(review.sentences) == 1


def test_a_quiet_week_names_nothing() -> None:
    """Noise and the rhythm of the day change nothing, whatever kind of measure."""
    for seed in range(20):
        noise = random.Random(seed)

        def busy(hour: int, noise: random.Random = noise) -> float:
            return float(round(noise.expovariate(1) * (40 if 8 <= hour % 24 < 23 else 5)))

        def sizes(hour: int, noise: random.Random = noise) -> list[float]:
            return [noise.lognormvariate(4, 1) for _ in range(int(noise.expovariate(1) * 5))] if hour else [50.0]

        review = review_system(
            a_past(
                counter("economy.transactions", busy, busy),
                gauge("economy.supply", lambda _, noise=noise: noise.gauss(1e6, 1e4), lambda _: 1e6),
                histogram("economy.price", sizes, sizes),
            )
        )
        assert not [row for section in review.sections for row in section.rows if row.change.holds]
        assert review.sentences[-1] == "No significant change from the previous period."


def test_a_gauge_is_told_by_its_last_level() -> None:
    """Where it stands, and how low and high it was."""
    review = review_system(a_past(gauge("economy.supply", lambda hour: 1000 + hour, lambda hour: 500)))
    assert [(row.label, row.change.after) for row in review.sections[0].rows] == [
        ("now", 1167),
        ("lowest", 1000),
        ("highest", 1167),
    ]
    assert review.sections[0].rows[0].change.before == 500


def test_a_gauge_that_grows_steadily_is_told_by_the_day() -> None:
    """Beyond noise and over days; what goes up and down is not."""
    noise = random.Random(4)
    grows = gauge("economy.supply", lambda hour: 100_000 + 120 * hour + noise.gauss(0, 50), lambda _: 90_000)
    assert review_system(a_past(grows, _calm())).sentences[-1].startswith("supply grows by 2,8")
    stands = gauge("economy.supply", lambda hour: 100_000 + noise.gauss(0, 500), lambda _: 100_000)
    assert not [sentence for sentence in review_system(a_past(stands)).sentences if "a day" in sentence]


def _calm() -> SystemSeries:
    return counter("economy.gifts", lambda _: 50, lambda _: 50)


def test_a_histogram_is_told_by_its_quantiles_in_its_unit() -> None:
    """The median of values of 100 coins is 100 coins, within a seventeenth."""
    review = review_system(a_past(histogram("economy.price", lambda _: [100.0] * 30, lambda _: [10.0] * 30)))
    median, p95, recorded = review.sections[0].rows
    assert median.change.after and abs(median.change.after / 100 - 1) <= 1 / 17
    assert median.change.before and abs(median.change.before / 10 - 1) <= 1 / 17
    assert (p95.label, recorded.change.after) == ("p95", 30 * 168)


def test_charts_have_rates_levels_and_quantiles() -> None:
    """One chart for each measure: a counter per hour, a gauge as it stood, a histogram by median and p95."""
    review = review_system(
        a_past(
            counter("economy.transactions", lambda _: 10),
            gauge("economy.supply", lambda _: 7),
            histogram("economy.price", lambda _: [100.0] * 30),
        )
    )
    transactions, supply, price = review.charts
    assert [line.label for line in price.lines] == ["median", "p95"]
    assert supply.lines[0].points[0] == (float(START), 7)
    assert transactions.title == "transactions per hour"
    assert transactions.lines[0].points[-1] == (float(SPANS.end - 2 * HOUR), 10)  # the last hour is not over


def test_without_a_previous_period_nothing_is_compared() -> None:
    """The first week of history has totals and no arrows."""
    review = review_system(a_past(counter("economy.transactions", lambda _: 10), spans=SPANS._replace(before=None)))
    assert [row.change.before for row in review.sections[0].rows] == [None, None]
    assert review.sentences == ("transactions: 1,680 coins.",)


def test_a_system_without_values_says_so() -> None:
    """No row, no chart, one sentence."""
    assert review_system(a_past()).sentences == ("No values in this period.",)


def test_many_series_are_few_rows() -> None:
    """The largest five are shown; how many more there are stands below."""
    series = [counter("economy.transactions", lambda _, n=n: n, kind=f"k{n}") for n in range(40)]
    (section,) = review_system(a_past(*series)).sections
    assert [row.label for row in section.rows[2:]] == ["k39", "k38", "k37", "k36", "k35"]
    assert section.note == "… and 35 more"
