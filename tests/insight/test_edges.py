"""Where verdicts begin and end, in numbers that are exact."""

from __future__ import annotations

import math

import pytest

from plugin.histogram import Histogram, bucket_value_ns
from plugin.insight.dispersion import Steps, of_answers, of_denials, of_errors
from plugin.insight.errors import telling
from plugin.insight.outcomes import lately, latest_slots, sums
from plugin.insight.scales import Scales, Threshold, is_lately
from plugin.insight.tasks import growth_of
from plugin.insight.updates import last_update
from plugin.insight.uptime import UptimeMeter
from plugin.model import NO_ANSWERS, CommandPoint, RecentAnswers, Severity, StartSeen, TaskGrowth
from plugin.settings import Settings
from tests.history.builders import answers
from tests.insight.lives import DAY, HOUR, MONDAY

FEWEST, SILENCE_S, S_NS = 12, 600.0, 1_000_000_000
"""What is promised."""

MS = 1_000_000
UNKNOWN, WELL, WARNING, CRITICAL = Severity
SCALES = Scales.of(Settings())


@pytest.mark.parametrize(
    ("clumps", "exposed", "silent", "told"),
    [
        (7, 1, 1, True),
        (6, 1, 1, False),
        (1, 1, 99, True),
        (1, 1, 98, False),
        (1, 0, 1, True),
        (9, 5, 0, False),
        (9, 0, 0, False),
    ],
)
def test_a_silence_tells_where_luck_makes_it_once_in_a_hundred(
    clumps: int, exposed: int, silent: int, told: bool
) -> None:
    """All clumps on one side, of as much on each; without a silence there is nothing to tell."""
    assert telling(clumps, exposed, silent) is told


def point(at: int, ok: int, denied: int, error: int, cancelled: int = 0) -> CommandPoint:
    """A step with these outcomes."""
    return CommandPoint(at, (ok, denied, error, cancelled), NO_ANSWERS, NO_ANSWERS)


@pytest.mark.parametrize("length_s", [60, 300, 3600, 6 * HOUR, DAY, 4 * DAY])
def test_what_is_alike_over_some_time_is_dispersed_by_that(length_s: int) -> None:
    """Of 20 spans of that length every other one fails wholly: each has ten calls, that count as one."""
    begin = MONDAY - MONDAY % length_s
    steps = [
        point(begin + length_s * n + length_s // 5 * part, *((0, 0, 2) if n % 2 else (2, 0, 0)))
        for n in range(20)
        for part in range(5)
    ]
    assert of_errors(Steps(steps)) == pytest.approx(20 * 25 / (10 * 0.25 * 20 * (1 - 1 / 20)))


def test_both_spans_tell_of_the_dispersion() -> None:
    """Each beside its own share, and with as few sums as twelve in both."""
    now = [point(MONDAY + DAY + HOUR * n, *((4, 0, 4) if n % 2 else (8, 0, 0))) for n in range(FEWEST // 2)]
    before = [point(MONDAY + HOUR * n, *((6, 0, 0) if n % 2 else (0, 0, 6))) for n in range(FEWEST // 2)]
    square = 6 * 2**2 + 6 * 3**2
    expected = square / (0.25 * 0.75 * 6 * 8 * (1 - 1 / 6) + 0.25 * 6 * 6 * (1 - 1 / 6))
    assert of_errors(Steps(now, before)) == pytest.approx(expected)
    assert of_errors(Steps(now[1:], before)) == 1


def test_refusals_are_dispersed_among_all_invocations() -> None:
    """Cancelled ones included, which are none of what errors are among."""
    steps = [point(MONDAY + HOUR * n, *((0, 10, 0, 10) if n % 2 else (10, 0, 0, 10))) for n in range(20)]
    share = 0.25
    assert of_denials(Steps(steps)) == pytest.approx(20 * 5**2 / (share * (1 - share) * 20 * 20 * (1 - 1 / 20)))
    assert of_errors(Steps(steps)) == 1


@pytest.mark.parametrize("deferred", [False, True])
def test_answers_are_dispersed_by_how_much_those_of_single_calls_vary(deferred: bool) -> None:
    """Hours in which all are slow beside hours in which all are fast; those after a defer by themselves."""
    fast, slow = answers([10 * MS] * 5), answers([30 * MS] * 5)
    kinds = [slow if n % 2 else fast for n in range(20)]
    steps = [
        CommandPoint(MONDAY + HOUR * n, (5, 0, 0, 0), *((NO_ANSWERS, of) if deferred else (of, NO_ANSWERS)))
        for n, of in enumerate(kinds)
    ]
    whole = Histogram()
    for of in kinds:
        whole.merge(of.times)
    low, high = (bucket_value_ns(next(i for i, count in enumerate(of.times.counts) if count)) for of in (fast, slow))
    expected = 20 * (5 * 10 * MS) ** 2 / (((high - low) / 2) ** 2 * 20 * 5 * (1 - 1 / 20))
    assert of_answers(Steps(steps), whole, Histogram(), deferred) == pytest.approx(expected)
    assert of_answers(Steps(steps), whole, Histogram(), not deferred) == 1


def looks(numbers: list[int], every_s: int = HOUR) -> list[tuple[float, int]]:
    """So many tasks at each look."""
    return [(float(MONDAY + every_s * index), number) for index, number in enumerate(numbers)]


def line(first: int, last: int, number: int = 25) -> list[int]:
    """From one to the other, as evenly as whole numbers allow."""
    return [first + (last - first) * index // (number - 1) for index in range(number)]


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        (line(20, 40), True),
        (line(20, 39), False),
        (line(21, 41), False),
        (line(1, 21), True),
        (line(1, 20), False),
        (line(20, 44, 24), False),
    ],
    ids=["doubled", "not by twenty", "not doubled", "by twenty", "by less", "over less than a day"],
)
def test_tasks_that_doubled_by_twenty_pile_up(numbers: list[int], told: bool) -> None:
    """Over a day of looks."""
    found = growth_of(looks(numbers))
    assert found == (TaskGrowth(float(MONDAY), numbers[0], numbers[-1]) if told else None)


@pytest.mark.parametrize(("number", "told"), [(24, True), (23, False)])
def test_24_looks_are_enough(number: int, told: bool) -> None:
    """Though they be further apart than an hour."""
    assert (growth_of(looks(line(10, 60, number), 2 * HOUR)) is not None) is told


@pytest.mark.parametrize(
    ("least", "told"), [((10, 10, 40), False), ((40, 10, 10), False), ((10, 11, 39), True), ((11, 38, 11), True)]
)
def test_each_third_grows_by_half_its_share(least: tuple[int, int, int], told: bool) -> None:
    """Of 60 tasks that came in a day, ten in each eight hours."""
    first, second, third = least
    numbers = [*line(10, 10 + first, 9), *line(10 + first, 10 + first + second, 9)[1:]]
    numbers += line(10 + first + second, 10 + first + second + third, 9)[1:]
    assert (growth_of(looks(numbers)) is not None) is told or least[1] == 10


def test_one_that_ended_in_between_is_no_growth() -> None:
    """Over a day tasks that pile up never get fewer."""
    numbers = line(10, 60)
    assert growth_of(looks(numbers)) is not None
    numbers[12] = numbers[11] - 1
    assert growth_of(looks(numbers)) is None


@pytest.mark.parametrize("part", [1, 2, 4])
def test_the_last_half_and_quarter_are_looked_at_too(part: int) -> None:
    """What stood before does not hide what grows since."""
    numbers = [10] * (100 - 100 // part) + line(10, 110, 100 // part)
    found = growth_of(looks(numbers))
    assert found == TaskGrowth(float(MONDAY + HOUR * (100 - 100 // part)), 10, 110)


def test_what_only_the_last_eighth_tells_is_not_told() -> None:
    """Half a day of growth is too short."""
    assert growth_of(looks([10] * 88 + line(10, 110, 12))) is None


@pytest.mark.parametrize(("most", "told"), [(40, True), (41, False)])
def test_a_leak_of_hours_outgrows_all_that_was_before(most: int, told: bool) -> None:
    """By half as much again, since a rush comes every day."""
    before = looks([10] * 12 + [most] + [10] * 17)
    latest = [(before[-1][0] + 600 * (n + 1), number) for n, number in enumerate([10, *line(10, 60, 37)])]
    found = growth_of(before, latest)
    assert (found is not None) is told
    if found is not None:
        assert found == TaskGrowth(latest[1][0], 10, 60)


def test_the_latest_slots_come_newest_first() -> None:
    """Those that begin after a moment, not at it."""
    recent = (0.0, 5, 1, 300.0, 6, 2, 600.0, 7, 3)
    assert list(latest_slots(recent)) == [(7, 3), (6, 2), (5, 1)]
    assert list(latest_slots(recent, 300.0)) == [(7, 3)]
    assert list(latest_slots(recent, 299.0)) == [(7, 3), (6, 2)]
    assert sums([(7, 3), (6, 2)]) == (13, 5) and sums([]) == (0, 0)


def test_an_hour_tells_of_the_present_or_as_many_as_are_enough() -> None:
    """Older slots come in only while the younger ones are too few; several commands are added up slot by slot."""
    recent = (0.0, 5, 0, 3000.0, 8, 1, 6600.0, 1, 0)
    assert lately([recent], 6600.0, 1) == [(1, 0), (8, 1)]
    assert lately([recent], 6601.0, 1) == [(1, 0)]
    assert lately([recent], 6601.0, 2) == [(1, 0), (8, 1)]
    assert lately([recent], 6601.0, 10) == [(1, 0), (8, 1)]
    assert lately([recent], 6601.0, 11) == [(1, 0), (8, 1), (5, 0)]
    assert lately([recent, (), (3010.0, 1, 1)], 6600.0, 1) == [(1, 0), (9, 2)]
    assert lately([], 0.0, 1) == []


@pytest.mark.parametrize(
    ("value", "severity"),
    [(None, UNKNOWN), (9, WELL), (10, WELL), (10.1, WARNING), (20, WARNING), (20.1, CRITICAL)],
)
def test_a_scale_includes_its_bounds(value: float | None, severity: Severity) -> None:
    """Whichever way is better."""
    assert Threshold(10, 20).judge(value) == (value, 10, 20, severity)
    turned = None if value is None else -value
    assert Threshold(-10, -20, higher_is_better=True).judge(turned) == (turned, -10, -20, severity)


@pytest.mark.parametrize("seconds", [-3600, 3600])
def test_an_hour_is_lately(seconds: float) -> None:
    """On either side of now, since clocks are set."""
    assert is_lately(5000 + seconds, 5000)
    assert not is_lately(5000 + seconds * 1.001, 5000)


def recent(number: int, each_ms: list[float]) -> RecentAnswers:
    """The last answers, of so many."""
    window = [int(each * MS) for each in each_ms]
    return RecentAnswers(number, sum(window), Histogram(), window, sum(window))


def test_a_slow_mean_needs_its_invocations_and_its_proof() -> None:
    """Too few, or too widely spread, it is unknown; a thousand and more are taken as they are."""
    slow = SCALES.response_ms.threshold + 1
    least = SCALES.minimum_invocations
    assert SCALES.judge_recent([recent(least, [slow] * least)]).severity is CRITICAL
    assert SCALES.judge_recent([recent(least - 1, [slow] * (least - 1))]).severity is UNKNOWN
    assert SCALES.judge_recent([recent(least - 1, [1] * (least - 1))]).severity is WELL
    spread = [0.0] * 300 + [2 * slow] * 301
    assert SCALES.judge_recent([recent(601, spread)]).severity < CRITICAL
    assert SCALES.judge_recent([recent(1202, spread * 2)]).severity is CRITICAL
    assert SCALES.judge_recent([recent(3, [1.0] * 3), recent(601, spread)]).value == pytest.approx(
        (3 + 602 * slow) / 604
    )


@pytest.mark.parametrize(
    ("at_once", "late", "is_late"),
    [
        ((50, 10.0), (0, 0.0), False),
        ((50, 10.0), (50, 99_000.0), True),
        ((50, 99_000.0), (51, 99_000.0), True),
        ((50, 99_000.0), (50, 99_000.0), False),
        ((0, 0.0), (5, 10.0), True),
        ((50, 99_000.0), (999, 10.0), False),
    ],
    ids=["none late", "late ones are worse", "more are late", "as many", "only late ones", "at once is worse"],
)
def test_the_worse_answers_are_judged(at_once: tuple[int, float], late: tuple[int, float], is_late: bool) -> None:
    """Or the more frequent of those as bad."""
    sides = [recent(number, [each] * min(number, 100)) for number, each in (at_once, late)]
    judged, deferred = SCALES.judge_recent_worse(*sides, among=1)
    assert deferred is is_late
    assert judged.value == pytest.approx((late if is_late else at_once)[1])
    assert SCALES.judge_worse(*(side.since_boot for side in sides))[1] is is_late


@pytest.mark.parametrize(("silent_s", "release"), [(SILENCE_S, "b"), (SILENCE_S + 1, "a")])
def test_a_release_is_gone_after_ten_minutes_of_silence(silent_s: float, release: str) -> None:
    """While a new instance with the old one gives signs of life."""
    starts = [StartSeen(0, "1", "a", 5), StartSeen(10, "1", "b", 100), StartSeen(20, "2", "a", 100 + silent_s)]
    found = last_update(starts)
    assert found is not None and found.release == release
    assert (found.since, found.before_since) == ((10, 0) if release == "b" else (20, 10))


@pytest.mark.parametrize(("away_s", "share"), [(59, 1), (60, 1 - 60 / 3600)])
def test_a_minute_away_is_not_forgiven(away_s: int, share: float) -> None:
    """Whether it is over or still lasts."""
    meter = UptimeMeter()
    meter.start(0)
    meter.update(0, {0: True})
    meter.update((3600 - away_s) * S_NS, {0: False})
    assert meter.share(3600 * S_NS) == pytest.approx(share)
    meter.update(3600 * S_NS, {0: True})
    assert meter.share(3600 * S_NS) == pytest.approx(share)
    assert math.isclose(meter.share((DAY + 3600) * S_NS) or 0, 1)


def test_a_few_calls_are_dispersed_like_many() -> None:
    """One failure among twelve hours of one call each is hardly more than independent calls have."""
    steps = [point(MONDAY + HOUR * n, 0, 0, 1) if n == 5 else point(MONDAY + HOUR * n, 1, 0, 0) for n in range(12)]
    square = (11 / 12) ** 2 + 11 * (1 / 12) ** 2
    assert of_errors(Steps(steps)) == pytest.approx(square / (11 / 144 * 12 * 11 / 12))
