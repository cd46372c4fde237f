"""A bot's calls to Discord's REST API by route, bounded."""

from __future__ import annotations

from array import array

from plugin.histogram import (
    COARSE,
    COARSE_SHIFT,
    FINE,
    FINE_TICKS,
    TICK_SHIFT,
    Histogram,
    count_rare,
    no_counts,
)
from plugin.metrics.sliding_counts import SLOT_S, SlidingCounts
from plugin.model import LimitScope, RecentCalls, RestSnapshot, RouteSnapshot

LARGEST_ROUTES = 200
"""Routes with metrics of their own; hikari knows about 250, of which a bot calls a few dozen."""

OTHER_ROUTES = "(other routes)"

WAITED_NS = 1_000_000
"""Shorter waits in hikari's buckets do not count, since acquiring a bucket takes time itself."""

TOO_MANY_REQUESTS = 429
INVALID = (401, 403)

_CALLS, _WAIT_US, _LIMITED, _FAILED = range(4)


class RouteMetrics:
    """Counts of one route; all times are monotonic nanoseconds.

    Most calls only leave their duration. The durations of a slot are counted in one go: once there are many, when a
    call of a later slot ends, and before anything is read.
    """

    __slots__ = (
        "_calls",
        "_failed",
        "_latencies",
        "_longest_wait_ns",
        "_name",
        "_recent",
        "_refused",
        "_retries",
        "_server_errors",
        "_total_ns",
        "_unanswered",
        "_wait_ns",
        "_waited",
        "in_flight",
        "rate_limited",
        "settles_ns",
        "unsettled_ns",
    )

    def __init__(self, name: str) -> None:
        self._name = name
        self.in_flight = 0
        self.rate_limited = [0, 0, 0]
        self._latencies: array[int] = no_counts()
        self.unsettled_ns: array[int] = array("q")
        """Pending durations of calls that succeeded without a wait or a retry; `settle` counts them."""
        self.settles_ns = 0
        """End of the slot of the pending durations; they must be settled before a later one is added."""
        self._calls = self._total_ns = self._wait_ns = self._longest_wait_ns = 0
        self._waited = self._failed = self._refused = self._server_errors = self._unanswered = self._retries = 0
        self._recent = SlidingCounts(4)

    def refused(self, status: int, scope: LimitScope, now_ns: int) -> None:
        """Count a response of 400 or more; `scope` is the rate limit of a 429."""
        self.settle(now_ns)
        if status == TOO_MANY_REQUESTS:
            self.rate_limited[scope] += 1
            self._recent.add(now_ns // 10**9, _LIMITED)
        elif status >= 500:
            self._server_errors += 1
            self._recent.add(now_ns // 10**9, _FAILED)
        else:
            self._refused += 1

    def settle(self, now_ns: int) -> None:
        """Count the pending calls in their slot, and begin the slot of `now_ns`."""
        if self.unsettled_ns:
            durations_ns, self.unsettled_ns = self.unsettled_ns, array("q")
            self._calls += len(durations_ns)
            self._total_ns += sum(durations_ns)
            self._recent.add(self.settles_ns // 10**9 - SLOT_S, _CALLS, len(durations_ns))
            latencies = self._latencies
            for duration_ns in durations_ns:
                ticks = duration_ns >> TICK_SHIFT
                try:
                    latencies[FINE[ticks] if ticks < FINE_TICKS else COARSE[ticks >> COARSE_SHIFT]] += 1
                except (IndexError, OverflowError):
                    count_rare(latencies, duration_ns)
        if now_ns >= self.settles_ns:
            slot_ns = SLOT_S * 10**9
            self.settles_ns = (now_ns // slot_ns + 1) * slot_ns

    def finished(
        self, duration_ns: int, wait_ns: int, retries: int, unanswered: int, failed: bool, now_ns: int
    ) -> None:
        """Count a call that has ended; `wait_ns` of its duration it waited for rate limits."""
        self.settle(now_ns)
        self.unsettled_ns.append(duration_ns - wait_ns)
        now_s = now_ns // 10**9
        if wait_ns > WAITED_NS:
            self._waited += 1
            self._wait_ns += wait_ns
            self._longest_wait_ns = max(self._longest_wait_ns, wait_ns)
            self._recent.add(now_s, _WAIT_US, wait_ns // 1000)
        if failed:
            self._failed += 1
        if retries:
            self._retries += retries
        if unanswered:
            self._unanswered += unanswered
            self._recent.add(now_s, _FAILED, unanswered)

    def snapshot(self, now_ns: int) -> RouteSnapshot:
        """A copy as of now."""
        self.settle(now_ns)
        calls, wait_us, limited, failed = self._recent.sums(now_ns // 10**9)
        user, everywhere, shared = self.rate_limited
        return RouteSnapshot(
            route=self._name,
            calls=self._calls,
            failed=self._failed,
            in_flight=self.in_flight,
            latencies=Histogram.of(self._latencies[:]),
            total_ns=self._total_ns,
            waited=self._waited,
            wait_ns=self._wait_ns,
            longest_wait_ns=self._longest_wait_ns,
            rate_limited=(user, everywhere, shared),
            refused=self._refused,
            server_errors=self._server_errors,
            unanswered=self._unanswered,
            retries=self._retries,
            recent=RecentCalls(calls, wait_us * 1000, limited, failed),
        )


class Routes:
    """The metrics of every called route; only the first `LARGEST_ROUTES` have metrics of their own."""

    def __init__(self) -> None:
        self._routes: dict[str, RouteMetrics] = {}
        self._invalid = SlidingCounts(1)
        self._invalid_since_start = 0
        self.overflowed = 0
        """Routes that are counted as `OTHER_ROUTES`."""

    def route(self, name: str) -> RouteMetrics:
        """The metrics of a route; keep the result, since each call beyond the bound counts as another route."""
        known = self._routes.get(name)
        if known is not None:
            return known
        if len(self._routes) >= LARGEST_ROUTES and name != OTHER_ROUTES:
            self.overflowed += 1
            return self.route(OTHER_ROUTES)
        made = self._routes[name] = RouteMetrics(name)
        return made

    def refused(self, route: RouteMetrics, status: int, scope: LimitScope, now_ns: int) -> None:
        """Count a response of 400 or more, also as an invalid request if Discord does."""
        route.refused(status, scope, now_ns)
        if status in INVALID or (status == TOO_MANY_REQUESTS and scope is not LimitScope.SHARED):
            self._invalid.add(now_ns // 10**9, 0)
            self._invalid_since_start += 1

    def snapshot(self, now_ns: int) -> RestSnapshot:
        """All routes, most called first."""
        routes = [route.snapshot(now_ns) for route in self._routes.values()]
        routes.sort(key=lambda route: -route.calls)
        return RestSnapshot(tuple(routes), self._invalid.sums(now_ns // 10**9)[0], self._invalid_since_start)
