"""What a release changed."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable
from statistics import fmean, pvariance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.histogram import Histogram, bucket_index, bucket_value_ns
from plugin.insight.releases import Points, ReleaseFigures, candidates, compare_releases
from plugin.model import (
    NO_ANSWERS,
    AnswerTimes,
    CommandDelta,
    CommandKey,
    CommandKind,
    CommandPoint,
    Finding,
    Severity,
    Subject,
    SubjectKind,
)
from plugin.words import milliseconds
from tests.history.builders import answers
from tests.insight.lives import (
    DAY,
    HOUR,
    MONDAY,
    Factor,
    in_fours,
    points,
    slow_evenings,
    slow_weekends,
    usual,
)


def key(name: str) -> CommandKey:
    """A slash command."""
    return CommandKey(CommandKind.SLASH, name, None)


def kinds(before: dict[str, Points], after: dict[str, Points]) -> list[tuple[str, str]]:
    """What is found, of which command."""
    figures = [
        ReleaseFigures(name, {key(command): of for command, of in commands.items()})
        for name, commands in (("1", before), ("2", after))
    ]
    return [(finding.rule, finding.subject.name) for finding in compare_releases(*figures)]


def a_release(
    seed: int,
    *,
    at: int = MONDAY + 12 * HOUR,
    days_before: float = 14,
    days_after: float = 7,
    slow: Factor = usual,
    change: Factor = usual,
    a_day: float = 500,
    commands: int = 1,
    failing: Callable[[random.Random, int], int] = lambda chance, calls: 0,
) -> list[tuple[str, str]]:
    """What is found of commands with a rhythm where a release makes them so many times as slow from its begin on."""
    chance = random.Random(seed)
    names = [f"c{number}" for number in range(commands)]
    start, end = at - int(days_before * DAY), at + int(days_after * DAY)
    before = {name: points(chance, start, at, a_day=a_day, slow=slow, failing=failing) for name in names}
    after = {
        name: points(chance, at, end, a_day=a_day, slow=lambda t: slow(t) * change(t - at), failing=failing)
        for name in names
    }
    return kinds(before, after)


@pytest.mark.parametrize("days_before", [3, 7, 14])
@pytest.mark.parametrize("hours_after", [3, 6, 24, 72])
def test_slow_evenings_are_not_the_release_of_an_evening(days_before: float, hours_after: int) -> None:
    """Evenings are 60 % slower, and a release that changed nothing came at 18:00."""
    for seed in range(3):
        assert not a_release(
            seed,
            at=MONDAY + 18 * HOUR,
            days_before=days_before,
            days_after=hours_after / 24,
            slow=slow_evenings,
            commands=3,
        )


@pytest.mark.parametrize("days_before", [3, 7, 14])
def test_slow_weekends_are_not_the_release_of_a_friday(days_before: float) -> None:
    """Weekends are 50 % slower, and a release that changed nothing came on Friday."""
    for seed in range(3):
        friday = MONDAY + 4 * DAY + 12 * HOUR
        assert not a_release(seed, at=friday, days_before=days_before, days_after=3, slow=slow_weekends, commands=3)


@pytest.mark.parametrize(("days", "slow"), [(3, 1.6), (1.5, 2.0), (-2, 1.6)])
def test_what_begins_elsewhere_is_not_the_release(days: float, slow: float) -> None:
    """A database that is slow from another moment on, before the release or after it, is not the release's doing."""
    at = MONDAY + 12 * HOUR
    for seed in range(3):
        assert not a_release(seed, at=at, slow=lambda t: slow if t >= at + days * DAY else 1.0, commands=2)


@pytest.mark.parametrize("days_after", [0.7, 2, 4])
def test_a_weekend_that_was_slow_already_clears_the_release_of_a_monday(days_after: float) -> None:
    """Its days have no like hours after the release yet; they were slower than those of the weekend before."""
    at = MONDAY
    for seed in range(3):
        assert not a_release(
            seed, at=at, days_after=days_after, slow=lambda t: 1.6 if t >= at - 2 * DAY else 1.0, commands=2
        )


@pytest.mark.parametrize("days", [-2, 1.5, 4])
def test_errors_that_begin_elsewhere_are_not_the_release(days: float) -> None:
    """An API that fails from another moment on is not the release's doing, though no like hour had an error before."""
    at = MONDAY + 12 * HOUR
    chance = random.Random(5)
    fails = at + int(days * DAY) // HOUR * HOUR

    def course(start: int, end: int) -> Points:
        middle = min(max(fails, start), end)
        ill = points(chance, middle, end, failing=lambda chance, calls: round(0.2 * calls))
        return [*points(chance, start, middle), *ill]

    assert not kinds({"buy": course(at - 14 * DAY, at)}, {"buy": course(at, at + 7 * DAY)})


@pytest.mark.parametrize(("a_day", "least"), [(500, 9), (20, 5)])
def test_slower_command_is_found_after_a_week(a_day: int, least: int) -> None:
    """30 % slower: found in 9 of 10 lives at 500 calls a day, and in 5 of 10 at 20."""
    found = [a_release(seed, change=lambda _: 1.3, a_day=a_day) for seed in range(10)]
    assert sum(one == [("slower", "/c0")] for one in found) >= least


def test_slower_command_is_found_under_a_rhythm() -> None:
    """The same, in slow evenings."""
    found = [a_release(seed, at=MONDAY + 18 * HOUR, slow=slow_evenings, change=lambda _: 1.3) for seed in range(5)]
    assert all(found)


def test_plain_change_is_found_within_hours() -> None:
    """Where a release doubles what a command takes, hours are enough, even on the third day of a bot."""
    assert a_release(1, days_before=14, days_after=1 / 8, change=lambda _: 2.0) == [("slower", "/c0")]
    assert a_release(1, days_before=2, days_after=1 / 3, change=lambda _: 3.0) == [("slower", "/c0")]


def test_faster_command_is_found() -> None:
    """Good news is said, too."""
    assert a_release(1, change=lambda _: 0.5) == [("faster", "/c0")]


def test_nothing_is_found_where_nothing_changed() -> None:
    """Lives of rare commands with clumped errors, on which a release changed nothing."""
    assert not any(a_release(seed, a_day=20, commands=2, failing=in_fours(0.02)) for seed in range(20))


def test_clumps_of_errors_are_no_change() -> None:
    """Errors that come in fours are as many before as after."""
    assert not any(a_release(seed, days_after=2, commands=4, failing=in_fours(0.01)) for seed in range(4))


@pytest.mark.parametrize(("was", "now", "kind"), [(0.004, 0.12, "failing_more"), (0.12, 0.004, "failing_less")])
def test_failing_command_is_said(was: float, now: float, kind: str) -> None:
    """An error rate that rose is a finding with both rates in percent, and so is one that fell."""
    chance, at = random.Random(1), MONDAY
    before = points(chance, at - 14 * DAY, at, failing=lambda chance, calls: int(calls * was + chance.random()))
    after = points(chance, at, at + DAY, failing=lambda chance, calls: int(calls * now + chance.random()))
    (finding,) = compare_releases(
        ReleaseFigures("1.4.1", {key("buy"): before}), ReleaseFigures("2", {key("buy"): after})
    )
    assert finding.rule == kind
    told = re.fullmatch(r"/buy: fails ([\d.]+) % → ([\d.]+) % since 2", finding.sentence)
    assert told is not None
    for share, text in zip((was, now), told.groups(), strict=True):
        assert float(text) == pytest.approx(100 * share, rel=0.6)


def test_slow_tail_is_said() -> None:
    """Where 12 instead of 3 calls in 100 take the slow path, p95 says so, though the median stays."""
    chance = random.Random(2)

    def course(start: int, end: int, share: float) -> Points:
        usual_ones = points(chance, start, end, a_day=600 * (1 - share))
        slow_ones = points(chance, start, end, a_day=600 * share, slow=lambda _: 30.0)
        for usual_one, slow_one in zip(usual_ones, slow_ones, strict=True):
            usual_one.answers.times.merge(slow_one.answers.times)
        return usual_ones

    before, after = course(MONDAY - 14 * DAY, MONDAY, 0.03), course(MONDAY, MONDAY + 7 * DAY, 0.12)
    (finding,) = compare_releases(ReleaseFigures("1", {key("buy"): before}), ReleaseFigures("2", {key("buy"): after}))
    assert finding.rule == "slower" and finding.sentence.startswith("/buy: p95 ")


def test_answers_after_a_defer_are_compared_among_themselves() -> None:
    """Where they become slower it is said of them; where a command begins to defer nothing is compared with before."""
    chance = random.Random(2)
    at_once = points(chance, MONDAY - 14 * DAY, MONDAY)
    later = points(chance, MONDAY, MONDAY + 7 * DAY, slow=lambda _: 2.0)
    before, after = ([deferring(point) for point in of] for of in (at_once, later))
    old, new = ReleaseFigures("1", {key("buy"): before}), ReleaseFigures("2", {key("buy"): after})
    (finding,) = compare_releases(old, new)
    assert finding.rule == "slower" and finding.sentence.startswith("/buy: p95 after deferring ")
    assert compare_releases(ReleaseFigures("1", {key("buy"): at_once}), new) == []


def deferring(point: CommandPoint) -> CommandPoint:
    """The same hour of a command that defers."""
    return point._replace(answers=NO_ANSWERS, deferred=point.answers)


def test_worst_comes_first_and_the_list_is_bounded() -> None:
    """Failures come before slowness and both before good news, the greater change first."""
    chance, at = random.Random(3), MONDAY
    names = "abcd"

    def bad(chance: random.Random, calls: int) -> int:
        return int(calls * 0.1 + chance.random())

    before = {
        key(name): points(chance, at - 7 * DAY, at, **({"failing": bad} if name == "d" else {})) for name in names
    }
    after = {
        key("a"): points(chance, at, at + DAY, slow=lambda _: 2.0),
        key("b"): points(chance, at, at + DAY, slow=lambda _: 3.0),
        key("c"): points(chance, at, at + DAY, failing=bad),
        key("d"): points(chance, at, at + DAY),
        key("new"): points(chance, at, at + DAY, failing=bad),
    }
    figures = ReleaseFigures("1", before), ReleaseFigures("2", after)
    found = compare_releases(*figures)
    assert [finding.subject.name for finding in found] == ["/c", "/b", "/a", "/d"]
    assert compare_releases(*figures, limit=2) == found[:2]


def test_few_calls_say_nothing() -> None:
    """Nine calls are no evidence, however slow they were."""
    chance = random.Random(4)
    after = points(chance, MONDAY, MONDAY + HOUR, a_day=400, slow=lambda _: 50.0)
    assert sum(after[0].outcomes) < 10
    assert not kinds({"buy": points(chance, MONDAY - 7 * DAY, MONDAY)}, {"buy": after})


def test_candidates_are_those_that_may_have_changed() -> None:
    """Commands that are slower, or fail more, are worth a comparison, the plainest first; the same one is not."""
    chance = random.Random(6)

    def command(name: str, slow: float = 1.0, errors: int = 0) -> CommandDelta:
        answers = Histogram()
        for hour in points(chance, MONDAY, MONDAY + 2 * DAY, slow=lambda _: slow):
            answers.merge(hour.answers.times)
        counted = AnswerTimes(answers.total, 0, answers)
        outcomes = (answers.total - errors, 0, errors, 0)
        return CommandDelta(key(name), outcomes, 0, Histogram(), Histogram(), counted)

    before = [command(name) for name in "abcd"] + [command("old")]
    after = [command("a"), command("b", errors=40), command("c", slow=3.0), command("d", slow=0.8), command("new")]
    assert candidates(before, after) == [key("c"), key("d"), key("b")]


def test_a_tail_that_alone_changed_is_said() -> None:
    """Slow calls are four times as slow, and were 3 and are 12 in 100: too little for the whole to have moved."""
    chance = random.Random(5)

    def course(start: int, end: int, share: float) -> Points:
        found = points(chance, start, end, a_day=1500 * (1 - share))
        for one, slow in zip(found, points(chance, start, end, a_day=1500 * share, slow=lambda _: 4.0), strict=True):
            one.answers.times.merge(slow.answers.times)
        return found

    before, after = course(MONDAY - 14 * DAY, MONDAY, 0.03), course(MONDAY, MONDAY + 7 * DAY, 0.12)
    (finding,) = compare_releases(ReleaseFigures("1", {key("buy"): before}), ReleaseFigures("2", {key("buy"): after}))
    assert finding.rule == "slower" and finding.sentence.startswith("/buy: p95 ")
    assert finding.value is not None and 200 < finding.value < 400


def apart(first: list[int], second: list[int]) -> float:
    """How many standard deviations the means of two samples are apart, call by call."""
    spread = (pvariance(first) + pvariance(second)) / 2 * (1 / len(first) + 1 / len(second))
    return abs(fmean(first) - fmean(second)) / math.sqrt(spread) if spread else math.inf * (first[0] != second[0])


@given(
    st.lists(st.integers(10, 14), min_size=2, max_size=40),
    st.lists(st.integers(10, 14), min_size=2, max_size=40),
    st.integers(0, 9),
    st.integers(0, 9),
    st.booleans(),
)
def test_a_candidate_is_two_and_a_half_deviations_apart(
    first: list[int], second: list[int], failed: int, failed_now: int, deferred: bool
) -> None:
    """In the logarithms of its answers, at once or after a defer, or in its failures."""

    def counted(octaves: list[int], errors: int) -> CommandDelta:
        times = answers([1 << (octave + 10) for octave in octaves])
        kinds = (NO_ANSWERS, times) if deferred else (times, NO_ANSWERS)
        return CommandDelta(key("buy"), (30 - errors, 0, errors, 0), 0, Histogram(), Histogram(), *kinds)

    events = failed + failed_now
    failures = abs(failed_now - events / 2) / math.sqrt(events / 4) if events else 0.0
    largest = max(apart(first, second) if {*first} != {*second} or len({*first}) > 1 else 0.0, failures)
    if abs(largest - 2.5) > 0.01:
        found = candidates([counted(first, failed)], [counted(second, failed_now)])
        assert found == ([key("buy")] if largest > 2.5 else [])


def test_at_most_eight_candidates_are_looked_at() -> None:
    """Those that differ most."""
    before = [CommandDelta(key(f"c{n}"), (100, 0, 0, 0), 0, Histogram(), Histogram()) for n in range(12)]
    after = [one._replace(outcomes=(90 - n, 0, 10 + n, 0)) for n, one in enumerate(before)]
    assert candidates(before, after) == [key(f"c{n}") for n in range(11, 3, -1)]


def even(start: int, hours: int, *octaves: int, failed: int = 0, calls: int = 20) -> Points:
    """Hours that are all alike: so many failures, and answers of so many powers of two in nanoseconds."""
    return [
        CommandPoint(start + HOUR * n, (calls - failed, 0, failed, 0), answers([1 << octave for octave in octaves]))
        for n in range(hours)
    ]


def found(before: Points, after: Points) -> list[Finding]:
    """The findings of one command."""
    old, new = ({key("buy"): of} for of in (before, after))
    return compare_releases(ReleaseFigures("1", old), ReleaseFigures("2", new, since=MONDAY))


@pytest.mark.parametrize(
    ("was", "now", "rule", "severity"),
    [(24, 25, "slower", Severity.WARNING), (25, 24, "faster", Severity.WELL)],
)
def test_a_release_that_moves_all_answers_is_told_by_p95(was: int, now: int, rule: str, severity: Severity) -> None:
    """The slowest call of twenty stays as it is: p95 is the nineteenth, and the finding has both values."""
    before = even(MONDAY - 14 * DAY, 14 * 24, *[was] * 19, 33)
    (finding,) = found(before, even(MONDAY, 72, *[now] * 19, 33))
    was_ms, now_ms = (bucket_value_ns(bucket_index(1 << octave)) / 1e6 for octave in (was, now))
    assert finding == Finding(
        rule,
        Subject(SubjectKind.COMMAND, "/buy"),
        severity,
        f"/buy: p95 {milliseconds(was_ms)} → {milliseconds(now_ms)} since 2",
        MONDAY,
        value=now_ms,
        unit="ms",
        evidence=(("before", was_ms),),
        look_at="/commandstats command:/buy period:7d",
        everywhere=True,
    )


def test_where_p95_stays_the_median_tells_it() -> None:
    """Eighteen of twenty answers take twice as long, and the two slowest take as long as before."""
    before = even(MONDAY - 14 * DAY, 14 * 24, *[24] * 18, 33, 33)
    (finding,) = found(before, even(MONDAY, 72, *[25] * 18, 33, 33))
    assert finding.rule == "slower" and finding.sentence.startswith("/buy: median ")


@pytest.mark.parametrize(("failed", "rule"), [(4, ["failing_more"]), (2, [])], ids=["more", "as many"])
def test_failures_are_told_in_percent(failed: int, rule: list[str]) -> None:
    """Two and then four of twenty calls fail in each hour."""
    before = even(MONDAY - 14 * DAY, 14 * 24, failed=2)
    told = found(before, even(MONDAY, 72, failed=failed))
    assert [finding.rule for finding in told] == rule
    if told:
        assert (told[0].value, told[0].evidence, told[0].unit) == (20, (("before", 10),), "%")
        assert told[0].sentence == "/buy: fails 10 % → 20 % since 2"


@pytest.mark.parametrize(
    ("began", "released", "hours", "below", "beyond"),
    [(-14 * DAY, 0, 72, 114, 116), (DAY, 4 * DAY, 24, 129, 131), (0, 10 * HOUR, 10, 199, 201)],
    ids=["hours of the week", "hours of working days", "other hours"],
)
def test_the_less_hours_are_alike_the_more_a_rate_must_change(
    began: int, released: int, hours: int, below: int, beyond: int
) -> None:
    """By 15 % of itself, by 30 %, or to twice as much, so that no rhythm is told as a change."""
    before = even(MONDAY + began, (released - began) // HOUR, failed=100, calls=1000)
    for failed, rules in ((below, []), (beyond, ["failing_more"])):
        told = found(before, even(MONDAY + released, hours, failed=failed, calls=1000))
        assert [finding.rule for finding in told] == rules


@pytest.mark.parametrize(("among", "told"), [(0, 1), (144, 1), (145, 0)])
def test_a_change_among_many_commands_needs_more_evidence(among: int, told: int) -> None:
    """Ten hours prove it of one of 144 commands; those that were no candidates count, too."""
    before, after = even(MONDAY - 14 * DAY, 14 * 24, 24, 25), even(MONDAY, 10, 26)
    figures = ReleaseFigures("1", {key("buy"): before}), ReleaseFigures("2", {key("buy"): after})
    assert len(compare_releases(*figures, among=among)) == told
