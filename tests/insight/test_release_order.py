"""In which order changes of a release are told, and what is told of rates that were or are zero."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from plugin.histogram import Histogram
from plugin.insight.releases import Points, ReleaseFigures, candidates, compare_releases
from plugin.model import NO_ANSWERS, CommandDelta, CommandKey, CommandKind, CommandPoint, Finding
from tests.history.builders import answers
from tests.insight.lives import DAY, HOUR, MONDAY


def even(start: int, hours: int, octave: int = 24, failed: int = 0) -> Points:
    """Hours of a hundred calls, all of which take a power of two in nanoseconds, and so many failures."""
    return [
        CommandPoint(start + HOUR * n, (100 - failed, 0, failed, 0), answers([1 << octave] * 20)) for n in range(hours)
    ]


def found(**commands: tuple[Mapping[str, int], Mapping[str, int]]) -> list[Finding]:
    """The findings about commands that were as first said, and are as said then."""
    sides = (
        {CommandKey(CommandKind.SLASH, name, None): even(start, hours, **of[side]) for name, of in commands.items()}
        for side, (start, hours) in enumerate(((MONDAY - 14 * DAY, 14 * 24), (MONDAY, 72)))
    )
    before, after = sides
    return compare_releases(ReleaseFigures("1", before), ReleaseFigures("2", after))


def test_failures_are_ordered_by_the_points_that_they_rose() -> None:
    """Not by how many times as many there are."""
    told = found(
        a=({"failed": 2}, {"failed": 12}), b=({"failed": 20}, {"failed": 35}), c=({"failed": 1}, {"failed": 9})
    )
    assert [finding.subject.name for finding in told] == ["/b", "/a", "/c"]


def test_slower_commands_are_ordered_by_how_many_times_as_slow_they_are() -> None:
    """Not by how much longer they take; good news likewise."""
    slower = {"a": ({"octave": 28}, {"octave": 29}), "b": ({"octave": 20}, {"octave": 23})}
    faster = {"c": ({"octave": 29}, {"octave": 28}), "d": ({"octave": 23}, {"octave": 20})}
    assert [finding.subject.name for finding in found(**slower, **faster)] == ["/b", "/a", "/d", "/c"]


def test_a_rate_of_zero_is_told_as_zero() -> None:
    """Before or since."""
    more, less = found(a=({}, {"failed": 12}), b=({"failed": 20}, {}))
    assert (more.rule, more.evidence, more.value) == ("failing_more", (("before", 0),), 12)
    assert (less.rule, less.evidence, less.value) == ("failing_less", (("before", 20),), 0)


@pytest.mark.parametrize(("failed", "told"), [(10, 0), (19, 0), (21, 1)])
def test_a_rate_changes_by_a_tenth_of_a_point_at_least(failed: int, told: int) -> None:
    """From one in a thousand, nearly twice as many are still few."""
    key = CommandKey(CommandKind.SLASH, "a", None)

    def rare(start: int, hours: int, failed: int) -> Points:
        return [CommandPoint(start + HOUR * n, (10_000 - failed, 0, failed, 0), NO_ANSWERS) for n in range(hours)]

    before, after = rare(MONDAY - 14 * DAY, 14 * 24, 10), rare(MONDAY, 72, failed)
    findings = compare_releases(ReleaseFigures("1", {key: before}), ReleaseFigures("2", {key: after}))
    assert len(findings) == told


def delta(outcomes: tuple[int, int, int, int], octaves: list[int]) -> CommandDelta:
    """What was counted of one command."""
    times = answers([1 << octave for octave in octaves])
    return CommandDelta(CommandKey(CommandKind.SLASH, "a", None), outcomes, 0, Histogram(), Histogram(), times)


@pytest.mark.parametrize(("slow", "is_candidate"), [(16, False), (17, True)])
def test_a_candidate_is_apart_by_the_spread_of_both(slow: int, is_candidate: bool) -> None:
    """Of twenty calls half were slow, and 16 are: 2.1 deviations; 17 are: 2.5."""
    before, now = (delta((0, 0, 0, 0), [20] * (20 - many) + [21] * many) for many in (10, slow))
    assert bool(candidates([before], [now])) is is_candidate


@pytest.mark.parametrize(("before", "now"), [((0, 9, 0, 0), (5, 0, 9, 0)), ((5, 0, 9, 0), (0, 9, 0, 0))])
def test_without_calls_on_one_side_there_is_no_candidate(
    before: tuple[int, int, int, int], now: tuple[int, int, int, int]
) -> None:
    """Denials prove nothing about failures."""
    assert candidates([delta(before, [])], [delta(now, [])]) == []


def tail(hours: int, *counts: tuple[int, int, int], start: int = MONDAY) -> dict[CommandKey, Points]:
    """Hours of calls that take about 1, 2 and 34 ms: as many of each."""
    points = [
        CommandPoint(
            start + HOUR * n,
            (sum(of), 0, 0, 0),
            answers([1 << octave for octave, count in zip((20, 21, 25), of, strict=True) for _ in range(count)]),
        )
        for n, of in enumerate(counts * hours)
    ]
    return {CommandKey(CommandKind.SLASH, "a", None): points}


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        pytest.param([(6, 1, 3)] * 20, 1, id="two hundred calls"),
        pytest.param([(6, 1, 3)] * 19 + [(5, 1, 3)], 0, id="one less"),
        pytest.param([(50, 45, 5)] * 24, 0, id="the tail stays"),
    ],
)
def test_slow_calls_are_told_where_the_others_became_faster(hours: list[tuple[int, int, int]], told: int) -> None:
    """As a whole they take as long as before; two hundred calls are needed for their tail."""
    before = ReleaseFigures("1", tail(14 * 24, (50, 45, 5), start=MONDAY - 14 * DAY))
    findings = compare_releases(before, ReleaseFigures("2", tail(1, *hours)))
    assert [(one.rule, one.sentence.split(" ")[1]) for one in findings] == [("slower", "p95")] * told


WEEKS = (MONDAY - 14 * DAY, 14 * 24, MONDAY)
DAYS = (MONDAY, 3 * 24, MONDAY + 3 * DAY)
ANY = (MONDAY + 3 * DAY, 2 * 24, MONDAY + 5 * DAY)
"""Before a release: from when, for how many hours; and when it was: so that hours of the week, of the day, or none are
alike."""


def told(
    times: tuple[int, int, int], before: tuple[int, ...], after: tuple[int, ...], of: tuple[float, float, float]
) -> list[Finding]:
    """What is told where so many calls of each hour take so many milliseconds."""
    start, hours, at = times

    def points(start: int, hours: int, counts: tuple[int, ...]) -> dict[CommandKey, Points]:
        taken = answers([int(ms * 1e6) for ms, count in zip(of, counts, strict=True) for _ in range(count)])
        of_hour = [CommandPoint(start + HOUR * n, (sum(counts), 0, 0, 0), taken) for n in range(hours)]
        return {CommandKey(CommandKind.SLASH, "a", None): of_hour}

    return compare_releases(
        ReleaseFigures("1", points(start, hours, before)), ReleaseFigures("2", points(at, 20, after))
    )


@pytest.mark.parametrize(
    ("times", "factor", "is_told"),
    [
        pytest.param(WEEKS, 1.06, False, id="hours of the week, below 1.15"),
        pytest.param(WEEKS, 1.4, True, id="hours of the week, above 1.15"),
        pytest.param(DAYS, 1.2, False, id="hours of the day, below 1.3"),
        pytest.param(DAYS, 1.6, True, id="hours of the day, above 1.3"),
        pytest.param(ANY, 1.8, False, id="any hours, below 2"),
        pytest.param(ANY, 2.4, True, id="any hours, above 2"),
    ],
)
def test_how_much_slower_all_calls_must_be_follows_from_how_alike_the_hours_are(
    times: tuple[int, int, int], factor: float, is_told: bool
) -> None:
    """All take as many times as long."""
    findings = told(times, (20, 0, 0), (0, 0, 20), (10, 10, 10 * factor))
    assert [finding.rule for finding in findings] == ["slower"] * is_told


@pytest.mark.parametrize(
    ("times", "factor", "is_told"),
    [
        pytest.param(WEEKS, 1.2, False, id="hours of the week, below 1.3"),
        pytest.param(WEEKS, 1.6, True, id="hours of the week, above 1.3"),
        pytest.param(DAYS, 1.35, False, id="hours of the day, below 1.5"),
        pytest.param(DAYS, 1.8, True, id="hours of the day, above 1.5"),
        pytest.param(ANY, 1.75, False, id="any hours, below 2"),
        pytest.param(ANY, 2.4, True, id="any hours, above 2"),
    ],
)
def test_how_much_slower_the_slowest_must_be_follows_from_how_alike_the_hours_are(
    times: tuple[int, int, int], factor: float, is_told: bool
) -> None:
    """More calls are slow, and the others are as much faster."""
    findings = told(times, (50, 45, 5), (6, 1, 3), (1, 2, 2 * factor))
    assert [finding.sentence.split(" ")[1] for finding in findings] == ["p95"] * is_told
