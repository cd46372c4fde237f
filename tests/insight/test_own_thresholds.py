"""Thresholds of one's own: when they are crossed, when they end, and what proves nothing."""

from __future__ import annotations

import random
from typing import Any

import pytest

from plugin.histogram import TICK_NS, Histogram
from plugin.insight.own_sentences import resolved
from plugin.insight.own_thresholds import OwnThresholds
from plugin.model import Finding, SeriesDelta, SeriesKind, Severity
from plugin.own_rules import OwnThreshold

BEGIN = 1_790_000_000 // 86_400 * 86_400
KINDS = {
    "economy.transactions": SeriesKind("1", "counter", "kind"),
    "economy.supply": SeriesKind("{coin}", "gauge", "shop"),
    "economy.price": SeriesKind("{coin}", "histogram/1", ""),
    "economy.cache": SeriesKind("By", "gauge", ""),
    "economy.load": SeriesKind("%", "gauge", ""),
    "economy.payout": SeriesKind("s", "histogram/1.024e-06", ""),
}
DAILY, GIFT = 'economy.transactions{kind="daily"}', 'economy.transactions{kind="gift"}'


class Minutes:
    """A bot with thresholds, minute by minute."""

    def __init__(self, **threshold: Any) -> None:
        self._thresholds = OwnThresholds([OwnThreshold(**threshold)], KINDS.get)
        self.standing: list[Finding] = []
        self._minute = 0

    def minute(self, **series: float | SeriesDelta) -> bool:
        """One minute in which these series had these values; whether the threshold stands."""
        names = {name.replace("__", "."): value for name, value in series.items()}
        return self.with_series(names)

    def with_series(self, series: dict[str, float | SeriesDelta]) -> bool:
        """The same by whole names."""
        deltas = {
            name: value if isinstance(value, SeriesDelta) else SeriesDelta(1, value, value, value, last=value)
            for name, value in series.items()
        }
        at = BEGIN + 60 * self._minute
        self._thresholds.take(at, deltas)
        self.standing = self._thresholds.found(at + 60.0, self.standing)
        self._minute += 1
        return bool(self.standing)


def values(*of: float, resolution: float = 1.0) -> SeriesDelta:
    """What a histogram recorded."""
    histogram = Histogram()
    for value in of:
        histogram.record(int(value * TICK_NS / resolution))
    return SeriesDelta(len(of), sum(of), min(of), max(of), histogram)


def test_a_counter_is_above_its_bound_for_an_hour() -> None:
    """The sum of the last hour counts, whatever its minutes; it ends once the sum is a tenth below the bound."""
    bot = Minutes(measure="economy.transactions", bound=500)
    assert [bot.with_series({DAILY: 100, GIFT: 10}) for _ in range(5)] == [False, False, False, False, True]
    (finding,) = bot.standing
    assert finding.sentence == "economy.transactions: 550 per hour is above 500 (threshold)"
    assert (finding.value, finding.threshold, finding.severity) == (550, 500, Severity.CRITICAL)
    assert finding.evidence == (("minutes", 5),)
    stood = [bot.minute() for _ in range(62)]
    assert all(stood[:50]) and not stood[-1]


def test_one_burst_proves_nothing_where_more_is_asked_for() -> None:
    """With `least`, a counter must have grown in so many minutes."""
    bot = Minutes(measure="economy.transactions", bound=500, least=3)
    assert not bot.with_series({DAILY: 9000})
    assert not bot.with_series({DAILY: 1})
    assert bot.with_series({DAILY: 1})


def test_below_is_said_only_of_a_whole_hour() -> None:
    """A bot that has just started has not counted little, but not counted long."""
    bot = Minutes(measure="economy.transactions", bound=30, below=True)
    assert not any(bot.with_series({DAILY: 1} if minute < 40 else {}) for minute in range(60))
    stands = [bot.minute() for _ in range(60)]
    assert stands[-1] and not stands[0]
    assert bot.standing[0].sentence == "economy.transactions: 0 per hour is below 30 (threshold)"
    assert not bot.with_series({DAILY: 40})


def test_a_counter_that_never_counted_is_below() -> None:
    """A measure that is declared and was never fed has counted nothing."""
    bot = Minutes(measure="economy.transactions", bound=1, below=True, per="minute")
    assert [bot.minute() for _ in range(4)] == [False, False, True, True]


def test_below_is_not_said_of_a_minute_that_was_seen_in_part() -> None:
    """A bot that starts in the last second of a minute, and is cut in the first one of the next, was seen for two."""
    thresholds = OwnThresholds([OwnThreshold("economy.transactions", 1, below=True, per="minute")], KINDS.get)
    thresholds.take(BEGIN, {})
    assert thresholds.found(BEGIN + 60.0, ()) == []
    thresholds.take(BEGIN + 60, {})
    assert thresholds.found(BEGIN + 61.0, ()) == []
    thresholds.take(BEGIN + 120, {})
    assert len(thresholds.found(BEGIN + 121.0, ())) == 1


def test_a_sum_at_the_bound_does_not_flap() -> None:
    """What crossed it stands while the sum is close below it."""
    bot = Minutes(measure="economy.transactions", bound=100, per="minute")
    assert bot.with_series({DAILY: 101})
    assert all(bot.with_series({DAILY: 95 + minute % 8}) for minute in range(20))
    assert not bot.with_series({DAILY: 90})


def test_attributes_choose_series() -> None:
    """With `where` only series with these attributes count."""
    bot = Minutes(measure="economy.transactions", bound=5, where=(("kind", "gift"),))
    assert not bot.with_series({DAILY: 900, GIFT: 5})
    assert bot.with_series({GIFT: 1})
    assert bot.standing[0].sentence.startswith("economy.transactions{kind=gift}: 6 per hour")


def test_a_gauge_must_stay_beyond_its_bound() -> None:
    """A spike of a minute is nothing, three minutes are; it ends after as many within the bound."""
    bot = Minutes(measure="economy.supply", bound=1000)
    assert [bot.minute(economy__supply=value) for value in (2000, 900, 1001, 1002)] == [False] * 4
    assert bot.minute(economy__supply=5000)
    assert bot.standing[0].sentence == "economy.supply: 5,000 coins is above 1,000 coins (threshold)"
    assert [bot.minute(economy__supply=value) for value in (900, 900, 900)] == [True, True, False]


def test_gauges_of_several_series_are_added_up() -> None:
    """The level is that of all series that count together."""
    bot = Minutes(measure="economy.supply", bound=1000, least=1)
    assert not bot.with_series({'economy.supply{shop="a"}': 600})
    assert bot.with_series({'economy.supply{shop="a"}': 600, 'economy.supply{shop="b"}': 500})


def test_the_mean_of_a_histogram_needs_proof() -> None:
    """A few high values among many are no proof; a mean that is high beyond chance is."""
    noise = random.Random(5)
    bot = Minutes(measure="economy.price", bound=100)
    assert not bot.minute(economy__price=values(*(150.0,) * 10))
    assert not bot.minute(economy__price=values(*(noise.lognormvariate(4, 1) for _ in range(30))))
    assert not bot.minute(economy__price=values(9000.0))
    other = Minutes(measure="economy.price", bound=100)
    assert other.minute(economy__price=values(*(noise.gauss(150, 20) for _ in range(30))))
    assert other.standing[0].sentence.startswith("economy.price: mean 1")
    assert [other.minute(economy__price=values(*(20.0,) * 400)) for _ in range(3)][-1] is False


def test_a_quantile_needs_proof() -> None:
    """As many values must lie above the bound as chance does not put there; durations are in seconds."""
    bot = Minutes(measure="economy.payout", bound=0.5, value="p95", severity="warning")
    fast = (0.01,) * 95
    assert not bot.minute(economy__payout=values(*fast, *(0.9,) * 6, resolution=TICK_NS / 1e9))
    assert bot.minute(economy__payout=values(*fast, *(0.9,) * 40, resolution=TICK_NS / 1e9))
    (finding,) = bot.standing
    assert finding.sentence.startswith("economy.payout: p95 9") and finding.sentence.endswith(
        "above 500 ms (threshold)"
    )
    assert (finding.unit, finding.threshold, finding.severity) == ("ms", 500, Severity.WARNING)


@pytest.mark.parametrize("seed", range(4))
def test_values_at_the_bound_cross_nothing(seed: int) -> None:
    """A week of a mean and a median that are just below their bounds raises nothing."""
    noise = random.Random(seed)
    bots = [Minutes(measure="economy.price", bound=100, value=value) for value in ("mean", "median", "p95")]
    for _ in range(7 * 24):
        recorded = values(*(noise.uniform(0, 195) for _ in range(40)))
        assert not any(bot.minute(economy__price=recorded) for bot in bots[:2])


def test_what_does_not_fit_a_measure_is_said_and_never_judged() -> None:
    """A quantile of a counter, an attribute that the measure has not, a measure that nobody declared."""
    thresholds = OwnThresholds(
        [
            OwnThreshold("economy.transactions", 1, value="p95"),
            OwnThreshold("economy.transactions", 1, below=True, per="minute", where=(("sort", "daily"),)),
            OwnThreshold("economy.trasactions", 1),
        ],
        KINDS.get,
    )
    for minute in range(5):
        thresholds.take(BEGIN + 60 * minute, {DAILY: SeriesDelta(1, 9, 9, 9)})
    assert thresholds.found(BEGIN + 300.0, ()) == []
    assert thresholds.misfits() == [
        "economy.transactions is a counter: value = 'p95' is for histograms and timers",
        "economy.transactions has no attribute sort: its attributes are kind",
    ]
    assert thresholds.unknown() == ["economy.trasactions"]


def test_what_stood_before_a_restart_stands_until_the_opposite_is_sure() -> None:
    """A process that has just started does not end what it cannot judge yet."""
    before = Minutes(measure="economy.transactions", bound=500)
    before.with_series({DAILY: 600})
    after = Minutes(measure="economy.transactions", bound=500)
    after.standing = before.standing
    assert all(after.minute() for _ in range(61))
    assert not after.minute()


def test_the_log_says_how_long_it_lasted() -> None:
    """One sentence, with what it was."""
    bot = Minutes(measure="economy.transactions", bound=500)
    bot.with_series({DAILY: 600})
    (finding,) = bot.standing
    assert resolved(finding._replace(until=finding.since + 1500)) == (
        "resolved: economy.transactions: 600 per hour is above 500 (threshold), for 25 min"
    )


@pytest.mark.parametrize(("value", "stands"), [(500, False), (501, True)])
def test_a_counter_at_its_bound_is_not_above(value: float, stands: bool) -> None:
    """Only more than the bound crosses it."""
    assert Minutes(measure="economy.transactions", bound=500).with_series({DAILY: value}) is stands


@pytest.mark.parametrize(("value", "stands"), [(91, True), (90, False)])
def test_a_sum_ends_a_tenth_below_its_bound(value: float, stands: bool) -> None:
    """At exactly nine tenths it is over."""
    bot = Minutes(measure="economy.transactions", bound=100, per="minute")
    bot.minute()
    bot.with_series({DAILY: 101})
    assert bot.with_series({DAILY: value}) is stands


@pytest.mark.parametrize(
    ("sums", "stands"),
    [
        pytest.param((50, 50), False, id="at the bound"),
        pytest.param((50, 49), True, id="below it"),
        pytest.param((40, 40, 69), True, id="less than a tenth above it"),
        pytest.param((40, 40, 70), False, id="a tenth above it"),
    ],
)
def test_a_counter_is_below_a_bound_over_two_minutes(sums: tuple[float, ...], stands: bool) -> None:
    """The sum of a minute below a bound is that of the present one and the one before."""
    bot = Minutes(measure="economy.transactions", bound=100, below=True, per="minute")
    bot.minute()
    assert [bot.with_series({DAILY: value}) for value in sums][-1] is stands


@pytest.mark.parametrize(("below", "at_bound", "beyond"), [(False, 1000, 1001), (True, 1000, 999)])
def test_a_gauge_at_its_bound_is_within(below: bool, at_bound: float, beyond: float) -> None:
    """All of three levels must be beyond it; one on either side decides nothing."""
    bot = Minutes(measure="economy.supply", bound=1000, below=below)
    assert not any(bot.minute(economy__supply=value) for value in (at_bound, beyond, beyond))
    assert bot.minute(economy__supply=beyond)
    assert [bot.minute(economy__supply=value) for value in (at_bound, at_bound, at_bound)] == [True, True, False]


@pytest.mark.parametrize(
    ("number", "least", "stands"), [(19, None, False), (20, None, True), (4, 5, False), (5, 5, True)]
)
def test_a_mean_needs_twenty_values(number: int, least: int | None, stands: bool) -> None:
    """Unless the threshold says otherwise."""
    bot = Minutes(measure="economy.price", bound=100, least=least)
    assert bot.minute(economy__price=values(*(1000.0,) * number)) is stands


@pytest.mark.parametrize(("below", "price"), [(False, 1000.0), (True, 10.0)])
def test_a_finding_has_the_value_and_its_evidence(below: bool, price: float) -> None:
    """The mean of a histogram by its number of values; money has no unit of findings."""
    bot = Minutes(measure="economy.price", bound=100, below=below)
    bot.minute(economy__price=values(*(price,) * 30))
    (finding,) = bot.standing
    direction = "below" if below else "above"
    shown = f"{price:,.0f}"
    assert finding.sentence == f"economy.price: mean {shown} coins is {direction} 100 coins (threshold)"
    assert (finding.value, finding.threshold, finding.unit) == (price, 100, "")
    assert finding.evidence == (("values", 30.0),)
    assert (finding.since, finding.look_at) == (BEGIN + 60, "/performance system:economy period:24h")
    assert finding.subject.name == f"economy.price {'<' if below else '>'} 100"


@pytest.mark.parametrize(("high", "stands"), [(40, True), (0, False)])
def test_a_quantile_below_its_bound_needs_proof(high: int, stands: bool) -> None:
    """A median is below a bound when surely more than half of the values are."""
    bot = Minutes(measure="economy.price", bound=500, value="median", below=True)
    few = values(*(10.0,) * high, *(1000.0,) * (40 - high))
    assert bot.minute(economy__price=few) is stands


@pytest.mark.parametrize(
    ("kind", "resolution"),
    [("histogram/0.25", 0.25), ("histogram/1.024e-06", 1.024e-6), ("gauge/shared", 1), ("counter", 1), ("", 1)],
)
def test_a_series_tells_its_resolution(kind: str, resolution: float) -> None:
    """Only histograms have one; all else counts by ones."""
    assert SeriesKind("s", kind).resolution == resolution


def test_a_size_is_found_in_megabytes() -> None:
    """Its bound is in bytes, as the measure is."""
    bot = Minutes(measure="economy.cache", bound=100 << 20, least=1)
    assert bot.minute(economy__cache=200 << 20)
    (finding,) = bot.standing
    assert (finding.value, finding.threshold, finding.unit) == (200, 100, "MB")


@pytest.mark.parametrize(("measure", "unit"), [("economy.load", "%"), ("economy.supply", "")])
def test_other_values_are_found_as_they_are(measure: str, unit: str) -> None:
    """Percent in their unit, and what is counted without one."""
    bot = Minutes(measure=measure, bound=80, least=1)
    assert bot.with_series({measure: 90})
    (finding,) = bot.standing
    assert (finding.value, finding.threshold, finding.unit) == (90, 80, unit)
