"""Calls by route: bounded, and what is old is forgotten where it should be."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.metrics import Routes
from plugin.metrics.routes import LARGEST_ROUTES, OTHER_ROUTES
from plugin.metrics.sliding_counts import SlidingCounts
from plugin.model import LimitScope, RecentCalls
from tests.history.builders import histogram

S = 10**9
LATELY_S = 600
"""Discord counts invalid requests over ten minutes."""
SLOT_S = 20
"""So much later at most they are forgotten."""
WAITED_NS = 1_000_000
"""A longer wait counts as one."""


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 9)), max_size=60), st.integers(0, 900))
def test_lately_is_ten_minutes_and_a_slot_at_most(added: list[tuple[int, int]], later_s: int) -> None:
    """Everything of the last ten minutes counts, and nothing that is older by more than a slot."""
    lately, now_s = SlidingCounts(2), 1_000_000
    moments: list[tuple[int, int]] = []
    for pause_s, amount in added:
        now_s += pause_s
        lately.add(now_s, 1, amount)
        moments.append((now_s, amount))
    now_s += later_s
    unused, found = lately.sums(now_s)
    certain = sum(amount for at, amount in moments if now_s - at < LATELY_S)
    possible = sum(amount for at, amount in moments if now_s - at < LATELY_S + SLOT_S)
    assert unused == 0 and certain <= found <= possible


def test_routes_beyond_the_bound_are_counted_together() -> None:
    """The first routes have metrics of their own, all others share one; it is said how many those are."""
    routes = Routes()
    for number in range(250):
        routes.route(f"GET /{number}").finished(S, 0, 0, 0, False, S)
    found = {route.route: route.calls for route in routes.snapshot(S).routes}
    assert (len(found), found[OTHER_ROUTES], routes.overflowed) == (201, 50, 50)
    assert sum(found.values()) == 250


@pytest.mark.parametrize(
    ("status", "scope", "invalid"),
    [
        (401, LimitScope.USER, 1),
        (403, LimitScope.USER, 1),
        (404, LimitScope.USER, 0),
        (429, LimitScope.USER, 1),
        (429, LimitScope.GLOBAL, 1),
        (429, LimitScope.SHARED, 0),
        (500, LimitScope.USER, 0),
    ],
)
def test_invalid_requests_are_those_of_discord(status: int, scope: LimitScope, invalid: int) -> None:
    """401, 403 and 429 count for ten minutes, and since the start; a shared limit, and all other answers, never."""
    routes = Routes()
    routes.refused(routes.route("GET /"), status, scope, 5 * S)
    assert routes.snapshot(5 * S).invalid_requests == invalid
    later = routes.snapshot((5 + LATELY_S + SLOT_S) * S)
    assert (later.invalid_requests, later.invalid_since_start) == (0, invalid)


def test_a_wait_is_no_latency() -> None:
    """Latencies are without the waits, and taking a bucket that is free is no wait."""
    routes = Routes()
    route = routes.route("GET /")
    route.finished(3 * S, 2 * S, 1, 0, False, 9 * S)
    route.finished(1 * S, 40_000, 0, 2, True, 9 * S)
    (found,) = routes.snapshot(9 * S).routes
    assert (found.waited, found.wait_ns, found.longest_wait_ns) == (1, 2 * S, 2 * S)
    assert (found.total_ns, found.latencies.total) == (2 * S - 40_000, 2)
    assert (found.retries, found.unanswered, found.failed) == (1, 2, 1)
    assert found.recent == RecentCalls(2, 2 * S, 0, 2)


def test_all_routes_fit_into_a_megabyte() -> None:
    """As many routes as are kept apart, each with calls of every duration, take less than 1 MB."""
    tracemalloc.start()
    try:
        routes = Routes()
        for number in range(LARGEST_ROUTES + 50):
            route = routes.route(f"GET /guilds/{{guild}}/{number}")
            for octave in range(42):
                route.finished(1 << octave, 0, 0, 0, False, S)
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert used < 1_000_000


@given(st.lists(st.integers(0, 2**62), max_size=40))
def test_latencies_are_counted_in_the_bucket_of_each(durations_ns: list[int]) -> None:
    """They are counted many at once, from a table, and that is the same as counting each by itself."""
    routes = Routes()
    for duration_ns in durations_ns:
        routes.route("GET /").finished(duration_ns, 0, 0, 0, False, S)
    for route in routes.snapshot(S).routes:
        assert (route.calls, route.total_ns) == (len(durations_ns), sum(durations_ns))
        assert route.latencies == histogram(durations_ns)


def test_waits_add_up() -> None:
    """Calls that waited longer than a bucket takes count, all their waits, and the longest of them."""
    routes = Routes()
    for wait_ns in (WAITED_NS, WAITED_NS + 1, 5 * S, 3 * S):
        routes.route("GET /").finished(6 * S, wait_ns, 0, 0, False, S)
    (found,) = routes.snapshot(S).routes
    assert (found.waited, found.wait_ns, found.longest_wait_ns) == (3, 8 * S + WAITED_NS + 1, 5 * S)
    assert found.recent.wait_ns == 8 * S + WAITED_NS // 1000 * 1000


def test_refusals_are_told_apart() -> None:
    """Limits by scope, other refusals, and errors of Discord's; limits, errors and silence also lately."""
    routes = Routes()
    route = routes.route("GET /")
    for status, scope, times in (
        (429, LimitScope.USER, 1),
        (429, LimitScope.GLOBAL, 2),
        (429, LimitScope.SHARED, 3),
        (404, LimitScope.USER, 4),
        (500, LimitScope.USER, 5),
        (503, LimitScope.USER, 1),
    ):
        for _ in range(times):
            routes.refused(route, status, scope, S)
    route.finished(S, 0, 2, 3, True, S)
    route.finished(S, 0, 2, 3, True, S)
    (found,) = routes.snapshot(S).routes
    assert (found.rate_limited, found.refused, found.server_errors) == ((1, 2, 3), 4, 6)
    assert (found.retries, found.unanswered, found.failed) == (4, 6, 2)
    assert found.recent == RecentCalls(2, 0, 6, 12)


@given(st.lists(st.integers(0, 3 * SLOT_S), max_size=30), st.integers(0, 2 * LATELY_S))
def test_calls_are_counted_in_the_slot_they_were_made_in(pauses_s: list[int], later_s: int) -> None:
    """Though they are counted later, those of the last ten minutes are in, and none that is a slot older."""
    routes, now_s = Routes(), 5_000
    moments: list[int] = []
    for pause_s in pauses_s:
        now_s += pause_s
        routes.route("GET /").finished(S, 0, 0, 0, False, now_s * S)
        moments.append(now_s)
    now_s += later_s
    for route in routes.snapshot(now_s * S).routes:
        certain = sum(now_s - at < LATELY_S for at in moments)
        assert certain <= route.recent.calls <= sum(now_s - at < LATELY_S + SLOT_S for at in moments)


def test_routes_called_most_come_first() -> None:
    """Each is told with what runs now; a route that is asked for again is the same."""
    routes = Routes()
    for name, calls in (("GET /rare", 1), ("GET /often", 3), ("GET /now and then", 2)):
        for _ in range(calls):
            routes.route(name).finished(S, 0, 0, 0, False, S)
        routes.route(name).in_flight += calls
    found = [(route.route, route.calls, route.in_flight) for route in routes.snapshot(S).routes]
    assert found == [("GET /often", 3, 3), ("GET /now and then", 2, 2), ("GET /rare", 1, 1)]


@pytest.mark.parametrize("begin_s", range(5_000, 5_100, 7))
def test_all_that_went_wrong_counts_for_ten_minutes(begin_s: int) -> None:
    """Calls, waits, limits, errors and silence alike, whenever they were; twenty seconds later they are forgotten."""
    routes = Routes()
    route = routes.route("GET /")
    route.finished(9 * S, 2 * S, 0, 1, True, begin_s * S)
    routes.refused(route, 429, LimitScope.USER, begin_s * S)
    routes.refused(route, 500, LimitScope.USER, begin_s * S)
    (found,) = routes.snapshot((begin_s + LATELY_S - 1) * S).routes
    assert found.recent == RecentCalls(1, 2 * S, 1, 2)
    assert routes.snapshot((begin_s + LATELY_S - 1) * S).invalid_requests == 1
    (found,) = routes.snapshot((begin_s + LATELY_S + SLOT_S) * S).routes
    assert found.recent == RecentCalls(0, 0, 0, 0)
    assert (found.calls, found.wait_ns, found.server_errors) == (1, 2 * S, 1)


@pytest.mark.parametrize(("status", "lately"), [(429, RecentCalls(0, 0, 1, 0)), (500, RecentCalls(0, 0, 0, 1))])
def test_a_refusal_is_dated_by_itself(status: int, lately: RecentCalls) -> None:
    """Though no call of the route has ended before it."""
    routes = Routes()
    routes.refused(routes.route("GET /"), status, LimitScope.USER, 50_000 * S)
    for later_s in (0, LATELY_S - 1):
        (found,) = routes.snapshot((50_000 + later_s) * S).routes
        assert found.recent == lately
