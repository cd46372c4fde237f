"""How much calls close in time are alike, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from plugin.insight.fits import Fit, begins, fit
from plugin.insight.strata import HourCalls, Stratum
from tests.insight.lives import HOUR, MONDAY

TAKEN = (3.0, 30.0)
"""What is promised."""

ZEROS, ONES = {0: 10}, {1: 10}
EVEN, FEWER, MORE = {0: 5, 1: 5}, {0: 6, 1: 4}, {0: 4, 1: 6}


def fitted(values: Sequence[Mapping[int, int]], step_s: int = HOUR) -> Fit:
    """Of the half of these blocks that came later, all in one stratum."""
    blocks = [HourCalls(MONDAY + step_s * number, each) for number, each in enumerate(values)]
    half = len(blocks) // 2
    parts = Stratum(blocks[:half], blocks[half:]).parts
    return fit(sorted(parts, key=lambda part: part.at), lambda part: part.is_after)


def alike(clusters: int, calls: int) -> tuple[float, float]:
    """Dispersion and freedom of so many clusters of as many calls that are all alike within each."""
    every = clusters * calls
    return calls * (every - 1) / (every - calls), clusters * (every - calls) / (every - 1) - 1


@pytest.mark.parametrize(
    ("values", "step_s", "clusters", "calls"),
    [
        pytest.param([ZEROS, ONES] * 12, HOUR, 24, 10, id="hour by hour"),
        pytest.param([*[ZEROS] * 6, *[ONES] * 6] * 4, HOUR, 8, 60, id="a quarter of a day each"),
        pytest.param([*[ZEROS] * 24, *[ONES] * 24] * 4, HOUR, 8, 240, id="a day each"),
        pytest.param([ZEROS, ONES] * 24, 300, 48, 10, id="every five minutes"),
        pytest.param([*[ZEROS] * 12, *[ONES] * 12] * 6, 300, 12, 120, id="hours of five minutes each"),
        pytest.param([ZEROS, ONES, ONES, ZEROS] * 2, HOUR, 8, 10, id="a few hours"),
    ],
)
def test_calls_that_are_alike_tell_less(
    values: Sequence[Mapping[int, int]], step_s: int, clusters: int, calls: int
) -> None:
    """As many times as there are calls in a cluster, of whichever length tells most."""
    found = fitted(values, step_s)
    assert found.score == pytest.approx(0)
    assert (found.dispersion, found.freedom) == pytest.approx(alike(clusters, calls))


def test_fewer_than_six_clusters_tell_nothing() -> None:
    """Then so much is taken for granted."""
    assert (fitted([ZEROS, ONES, ONES, ZEROS]).dispersion, fitted([ZEROS, ONES, ONES, ZEROS]).freedom) == TAKEN
    six = fitted([ZEROS, ONES, ONES] * 2)
    assert six.score == pytest.approx(0) and six.freedom == pytest.approx(alike(6, 10)[1])
    assert six.dispersion > 5


def test_clusters_that_tell_nothing_do_not_speak_against_those_that_do() -> None:
    """Quarters of a day vary most here, and less than independent calls would; the hours say how sure that is."""
    quarter = [MORE, MORE, *[EVEN] * 4], [FEWER, FEWER, *[EVEN] * 4]
    found = fitted([*quarter[0], *quarter[1]] * 6)
    assert found.dispersion == 1
    assert found.freedom == pytest.approx(alike(72, 10)[1])


def test_a_shift_is_no_dispersion() -> None:
    """What differs between the halves is what is asked about, and is taken out."""
    found = fitted([FEWER] * 12 + [MORE] * 12)
    assert found.dispersion == 1 and found.score == pytest.approx(12 * 0.5)
    assert found.explained == pytest.approx(found.score**2 / found.variance)


def test_calls_that_are_all_alike_explain_nothing() -> None:
    """There is nothing that a division could explain."""
    found = fitted([ZEROS] * 12)
    assert (found.score, found.variance, found.explained) == (0, 0, 0)
    assert (found.dispersion, found.freedom) == TAKEN


def begins_at(release: int, values: Sequence[Mapping[int, int]]) -> bool:
    """Whether a change of these hours begins with the release."""
    blocks = [HourCalls(MONDAY + HOUR * number, each) for number, each in enumerate(values)]
    parts = sorted(Stratum(blocks[:release], blocks[release:]).parts, key=lambda part: part.at)
    return begins(parts, fit(parts, lambda part: part.is_after))


@pytest.mark.parametrize("change", [1, 2, 12, 22, 23])
def test_a_plain_change_begins_in_one_hour(change: int) -> None:
    """Of a day; also in the first hours or the last."""
    values = [{0: 9, 1: 1}] * change + [{0: 1, 1: 9}] * (24 - change)
    assert [release for release in range(1, 24) if begins_at(release, values)] == [change]


def test_a_change_of_a_few_calls_has_a_moment_too() -> None:
    """A dozen calls, the later half of which failed."""
    values = [{0: 1}] * 6 + [{1: 1}] * 6
    assert begins_at(6, values) and begins_at(7, values) and not begins_at(11, values)


def test_the_earlier_of_two_changes_is_found_where_it_explains_more() -> None:
    """Half a day in which all fails, and a week later an end of what still fails now and then."""
    values = [ONES] * 12 + [{0: 8, 1: 2}] * 156 + [ZEROS] * 72
    assert begins_at(12, values) and not begins_at(168, values)


@pytest.mark.parametrize(("release", "is_begin"), [(1, True), (2, False)])
def test_what_never_changes_beside_it_moves_no_change(release: int, is_begin: bool) -> None:
    """Calls of the same hours that are compared apart count at the same moment."""
    changed, same = [ZEROS] + [ONES] * 7, [EVEN] * 8
    both = [[HourCalls(MONDAY + HOUR * number, each) for number, each in enumerate(of)] for of in (changed, same)]
    parts = [part for blocks in both for part in Stratum(blocks[:release], blocks[release:]).parts]
    parts.sort(key=lambda part: part.at)
    assert begins(parts, fit(parts, lambda part: part.is_after)) is is_begin


def test_where_much_is_explained_a_little_more_is_no_other_moment() -> None:
    """Three percent of it: an hour beside the moment in ten days."""
    values = [ZEROS] * 120 + [ONES] * 120
    assert [release for release in range(1, 240) if begins_at(release, values)] == [119, 120, 121]


def test_hours_that_are_alike_leave_the_moment_open() -> None:
    """A change from one of four bad hours to three of them begins within a day, and surely not three days before."""
    values = [ZEROS, ONES, ZEROS, ZEROS] * 24 + [ONES, ZEROS, ONES, ONES] * 24
    assert all(begins_at(release, values) for release in range(91, 104))
    assert not begins_at(24, values) and not begins_at(168, values)
