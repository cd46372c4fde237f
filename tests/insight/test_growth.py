"""Memory that grows, and when it would be too much."""

from __future__ import annotations

import math

import pytest

from plugin.insight.growth import growth

MB = 1 << 20
DAY = 86_400.0
NOW = 1_764_000_000.0
"""24 November 2025, 16:00 UTC."""


def hourly(begin_mb: float, mb_a_day: float, days: int = 12, until: float = NOW) -> list[tuple[float, float]]:
    """A line with a daily wave, one point an hour."""
    hours = range(days * 24)
    start = until - days * DAY
    return [
        (start + hour * 3600, (begin_mb + mb_a_day * hour / 24 + 3 * math.sin(hour / 24 * math.tau)) * MB)
        for hour in hours
    ]


LIMITS = {"500 MB": 500.0 * MB}


def test_growth_names_its_speed_and_the_day_of_the_threshold() -> None:
    """The plain sentence says how fast, since when, and when the threshold is reached."""
    found = growth(hourly(250, 12), {}, LIMITS, NOW)
    assert found is not None
    assert found.sentences == ("Memory has grown 12 MB a day since 12 Nov; at this rate it reaches 500 MB on 3 Dec.")


def test_what_grew_with_it_is_named() -> None:
    """A companion that grew at least as much is named; one that stays is not."""
    others = {"cache_entries": hourly(100, 80), "tasks": hourly(100, 0)}
    found = growth(hourly(250, 12), others, LIMITS, NOW)
    assert found is not None
    assert found.sentences.endswith(" Cache entries grew with it.")


def test_the_nearest_limit_comes_first() -> None:
    """Both the threshold and total memory are named where both are near, the nearer first."""
    limits = {"500 MB": 500.0 * MB, "total memory, 450 MB,": 450.0 * MB}
    found = growth(hourly(250, 12), {}, limits, NOW)
    assert found is not None
    assert [what for what, _ in found.crossings] == ["total memory, 450 MB,", "500 MB"]


def test_a_limit_that_is_reached_already_is_not_foretold() -> None:
    """What is over its threshold is told elsewhere."""
    found = growth(hourly(600, 12), {}, LIMITS, NOW)
    assert found is not None and found.crossings == ()
    assert found.sentences == "Memory has grown 12 MB a day since 12 Nov."


def test_a_crossing_within_hours_is_told_in_hours() -> None:
    """A day is too coarse for what happens tonight."""
    found = growth(hourly(350, 12), {}, {"500 MB": 500.0 * MB}, NOW)
    assert found is not None
    assert "at this rate it reaches 500 MB in " in found.sentences
    assert " h." in found.sentences


@pytest.mark.parametrize(
    ("points", "starts"),
    [
        (hourly(250, 0), ()),
        (hourly(400, -12), ()),
        (hourly(250, 12)[:20], ()),
        (hourly(250, 12), (NOW - DAY / 2,)),
        ([], ()),
    ],
    ids=["flat", "shrinks", "too few", "started lately", "nothing"],
)
def test_thin_evidence_says_nothing(points: list[tuple[float, float]], starts: tuple[float, ...]) -> None:
    """What does not grow, or was not seen for long enough since the start, is not spoken of."""
    assert growth(points, {}, LIMITS, NOW, starts=starts) is None


def test_times_are_told_as_a_span_up_to_a_day_and_a_half() -> None:
    """A limit that is further ahead has a day."""
    for hours, told in ((35.5, " in "), (36.5, " on ")):
        memory = [(NOW - (288 - hour) * 3600, (200 + hour) * MB) for hour in range(289)]
        found = growth(memory, {}, {"the limit": (488 + hours) * MB}, NOW)
        assert found is not None
        assert found.crossings[0].at == pytest.approx(NOW + hours * 3600, abs=60)
        assert f"the limit{told}" in found.sentences


def test_two_companions_are_named_at_most() -> None:
    """By the words for them, the one that grew most first."""
    others = {name: hourly(100, 20 + 20 * n) for n, name in enumerate(("guilds", "threads", "tasks", "cache_entries"))}
    found = growth(hourly(250, 12), others, {}, NOW)
    assert found is not None and found.companions == ("cache entries", "tasks")
    assert found.sentences.endswith("MB a day since 12 Nov. Cache entries and tasks grew with it.")


def test_little_memory_grows_as_much_does() -> None:
    """In proportion: less than a byte in a second is growth where there is little."""
    small = [(at, value / 1000) for at, value in hourly(250, 12)]
    found, large = growth(small, {}, {}, NOW), growth(hourly(250, 12), {}, {}, NOW)
    assert found is not None and large is not None
    assert found.trend.slope == pytest.approx(large.trend.slope / 1000)
