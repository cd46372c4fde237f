"""Values over time, gathered until history is told of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.measures import MOST_SHARDS
from plugin.metrics.series import SeriesBuffer
from plugin.model import ConnectionSnapshot, LoopLag, ResourceSample, Sample, SeriesDelta, ShardSnapshot

UNKNOWN = Sample(0.0, ResourceSample(None, None, None, None, None), None, None, None, (0, 0, 0, 0))
KNOWN = Sample(
    0.0, ResourceSample(1000, 0.5, 0.25, 7, 30), 0.04, 12, 100, (0, 0, 0, 0), 9, 400, LoopLag(1, 3_000_000, 5), 0.5
)


def sums(gathering: SeriesBuffer) -> dict[str, float]:
    """What was gathered of each series."""
    return {name: values.sum for name, values in gathering.take().items()}


@given(st.lists(st.integers(-1000, 1000), min_size=1))
def test_a_series_keeps_count_sum_and_extremes(values: list[int]) -> None:
    """They are those of all values that were added, and taken once only."""
    gathering = SeriesBuffer()
    for value in values:
        gathering.add("guilds", value)
    assert gathering.take() == {"guilds": SeriesDelta(len(values), sum(values), min(values), max(values))}
    assert gathering.take() == {}


def test_every_value_of_a_sample_is_in_the_series_of_its_name() -> None:
    """Bytes, shares and counts as they are, times in seconds; the memory's share of the machine has no series."""
    gathering = SeriesBuffer()
    gathering.sample(KNOWN, None)
    assert sums(gathering) == {
        "memory_bytes": 1000,
        "cpu_share": 0.25,
        "threads": 7,
        "open_files": 30,
        "latency_s": 0.04,
        "guilds": 12,
        "tasks": 9,
        "loop_lag_s": 0.003,
        "cache_entries": 400,
        "connected_share": 0.5,
    }


def test_what_is_unknown_adds_nothing() -> None:
    """None is not zero."""
    gathering = SeriesBuffer()
    gathering.sample(UNKNOWN, UNKNOWN)
    gathering.connection(ConnectionSnapshot(None, None, None, None, None))
    assert gathering.take() == {}


@pytest.mark.parametrize(
    ("before", "now", "added"),
    [(100, 130, 30), (100, 100, 0), (100, 20, 0), (None, 130, 130), (100, None, None)],
    ids=["more", "none", "begun anew", "not seen before", "not seen any more"],
)
def test_messages_are_those_since_the_sample_before(before: int | None, now: int | None, added: int | None) -> None:
    """The bot counts all that it has seen, the series only what came in between."""
    gathering = SeriesBuffer()
    gathering.sample(UNKNOWN._replace(messages_seen=now), UNKNOWN._replace(messages_seen=before))
    assert sums(gathering) == ({} if added is None else {"messages": added})


def test_each_shard_has_a_latency_of_its_own() -> None:
    """Only the first shards have a series each, and one without a latency adds nothing."""
    shards = [ShardSnapshot(number, True, 0.1 * number) for number in range(MOST_SHARDS + 5)]
    shards[3] = ShardSnapshot(3, False, None)
    gathering = SeriesBuffer()
    gathering.connection(ConnectionSnapshot(tuple(shards), 1, 500, None, None))
    found = sums(gathering)
    assert found.pop("members") == 500
    assert found == {f"latency_s.shard{number}": 0.1 * number for number in range(MOST_SHARDS) if number != 3}
