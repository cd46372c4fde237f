"""The values of series, gathered until the next cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.histogram import Histogram
from plugin.measures import MOST_SERIES, measure_of
from plugin.metrics.series import SeriesBuffer
from plugin.model import (
    BackgroundSnapshot,
    ConnectionSnapshot,
    ErrorGroup,
    ListenerSnapshot,
    LoopCounts,
    LoopLag,
    Observation,
    RecentCalls,
    ResourceSample,
    RestSnapshot,
    RouteSnapshot,
    Sample,
    SeriesDelta,
    ShardSnapshot,
    TaskGroupSnapshot,
    TaskKind,
)

SAMPLE = Sample(
    0.0, ResourceSample(1000, 0.5, 0.25, 7, 30), 0.04, 12, 100, (0, 0, 0, 0), 9, 400, LoopLag(1, 3_000_000, 5), 0.5
)


def a_route(name: str = "GET /gateway", calls: int = 0) -> RouteSnapshot:
    """A route with so many calls, of which each counter has another share."""
    return RouteSnapshot(
        name,
        calls,
        failed=0,
        in_flight=0,
        latencies=Histogram(),
        total_ns=0,
        waited=0,
        wait_ns=calls * 500_000_000,
        longest_wait_ns=0,
        rate_limited=(calls, 0, calls),
        refused=3 * calls,
        server_errors=4 * calls,
        unanswered=calls,
        retries=0,
        recent=RecentCalls(0, 0, 0, 0),
    )


def messages(seen: int | None) -> Observation:
    """A bot that has seen so many messages."""
    return Observation(connection=ConnectionSnapshot(None, None, None, seen, None))


def sums(buffer: SeriesBuffer) -> dict[str, float]:
    """The sum of each series since the last call."""
    return {name: values.sum for name, values in buffer.take().items()}


@given(st.lists(st.integers(-1000, 1000), min_size=1))
def test_a_series_keeps_count_sum_and_extremes(values: list[int]) -> None:
    """They are those of all values that were added, and taken once only."""
    buffer = SeriesBuffer()
    for value in values:
        buffer.add("guilds", value)
    ((name, kept),) = buffer.take().items()
    assert (name, kept) == ("guilds", SeriesDelta(len(values), sum(values), min(values), max(values)))
    assert buffer.take() == {}


def test_every_gauge_of_a_sample_has_its_series() -> None:
    """Bytes, shares and counts as they are, times in seconds."""
    buffer = SeriesBuffer()
    buffer.sampled(Observation(SAMPLE, in_flight=3, cached={"guild": 12, "user": 388}))
    assert sums(buffer) == {
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
        "in_flight": 3,
        'cached{kind="guild"}': 12,
        'cached{kind="user"}': 388,
    }


def test_unknown_values_add_nothing() -> None:
    """None is not zero."""
    buffer = SeriesBuffer()
    buffer.sampled(Observation())
    buffer.counted(Observation())
    assert buffer.take() == {}


@pytest.mark.parametrize(
    ("totals", "added"),
    [((100, 130), [100, 30]), ((100, 100), [100, 0]), ((100, 20, 40), [100, 0, 20]), ((None, 130), [None, 130])],
    ids=["more", "no more", "fallen", "unknown at first"],
)
def test_a_counter_adds_its_increase(totals: tuple[int | None, ...], added: list[int | None]) -> None:
    """The bot counts since the start, the series only what came since the cut before."""
    buffer, found = SeriesBuffer(), list[float | None]()
    for total in totals:
        buffer.counted(messages(total))
        found.append(sums(buffer).get("messages"))
    assert found == added


def test_rest_calls_are_counted_by_route() -> None:
    """Calls, seconds of waiting for rate limits, and each kind of failure; a route that was not called has no row."""
    buffer = SeriesBuffer()
    buffer.counted(Observation(rest=RestSnapshot((a_route(calls=2), a_route("POST /x")), 0, 7)))
    route = '{route="GET /gateway"}'
    assert sums(buffer) == {
        f"rest_calls{route}": 2,
        f"rest_limit_wait_s{route}": 1.0,
        f"rest_rate_limited{route}": 4,
        f"rest_refusals{route}": 6,
        f"rest_failures{route}": 10,
        "invalid_requests": 7,
    }


def test_routes_beyond_the_bound_are_added_up() -> None:
    """A measure has 64 series and one for all others, and no call is lost."""
    buffer = SeriesBuffer()
    for calls in (1, 3):
        routes = tuple(a_route(f"GET /{number}", calls) for number in range(MOST_SERIES + 10))
        buffer.counted(Observation(rest=RestSnapshot(routes, 0)))
        found = {name: value for name, value in sums(buffer).items() if name.startswith("rest_calls")}
        assert len(found) == 65
        assert found['rest_calls{route="(other)"}'] == 10 * (1 if calls == 1 else 2)


def test_each_shard_has_series_of_its_own() -> None:
    """Only the first shards have a latency each, and one without a latency adds nothing."""
    shards = [ShardSnapshot(number, True, 0.1 * number, disconnects=number % 2) for number in range(MOST_SERIES + 5)]
    shards[3] = ShardSnapshot(3, False, None)
    buffer, seen = SeriesBuffer(), Observation(connection=ConnectionSnapshot(tuple(shards), 1, 500, None, None))
    buffer.sampled(seen)
    found = sums(buffer)
    assert found.pop("members") == 500
    assert found == {f'shard_latency_s{{shard="{n}"}}': 0.1 * n for n in range(MOST_SERIES) if n != 3}
    buffer.counted(seen)
    assert sums(buffer)['disconnects{shard="1"}'] == 1


def test_what_happens_beside_commands_is_counted_by_kind() -> None:
    """Blocks, missed deadlines, interactions, failed tasks and listeners, collections, and the monitor's own cost."""
    group = TaskGroupSnapshot("poll", TaskKind.ASYNCIO, None, 1, 0, 2, 0, None, None, None, ())
    listener = ListenerSnapshot("MessageCreateEvent", "on_message", 3, (2.0,), ErrorGroup("KeyError", None, 3, 1, 2))
    buffer = SeriesBuffer()
    buffer.counted(
        Observation(
            loop=LoopCounts(2, 1_500_000_000, 1, 30_000_000_000),
            background=BackgroundSnapshot(1, (group, group._replace(kind=TaskKind.SCHEDULED, died=5)), (listener,)),
            misses={"late": 4, "rejected": 0},
            interactions={"component": 6},
            collections={"0": 9},
            processor_ns={"sampler": 2_000_000},
            faults={"tasks": 1},
            dropped={"commands": 8},
        )
    )
    assert sums(buffer) == {
        "loop_blocks": 2,
        "loop_blocked_s": 1.5,
        "suspended_s": 30,
        'task_failures{kind="asyncio"}': 2,
        'task_failures{kind="scheduled"}': 5,
        'task_failures{kind="listener"}': 3,
        'deadline_misses{kind="late"}': 4,
        'interactions{kind="component"}': 6,
        'gc_collections{generation="0"}': 9,
        'monitor_cpu_s{part="sampler"}': 0.002,
        'monitor_errors{part="tasks"}': 1,
        'monitor_dropped{kind="commands"}': 8,
    }


@given(st.text())
def test_any_attribute_value_leads_back_to_its_measure(value: str) -> None:
    """Quotes, braces and line ends are escaped, so that a name has one line and its measure is known."""
    buffer = SeriesBuffer()
    buffer.counted(Observation(interactions={value: 1}))
    ((name, _),) = buffer.take().items()
    measure = measure_of(name)
    assert measure is not None and measure.name == "interactions" and "\n" not in name
