"""The page of Discord's API: routes, waits for rate limits, and invalid requests."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence

from plugin.display import graphs, measures, numbers, text
from plugin.display.book import Chapter, Section
from plugin.display.marks import sign
from plugin.histogram import carries
from plugin.model import BANNED_AT, Health, LimitScope, RestSnapshot, RouteSnapshot, Severity
from plugin.words import route_label

TITLE = "Discord's API"
WELL = "Discord's API is answering normally."
NOTHING = "No API calls yet."
MOST_ROUTES = 3
INDENT = " " * 3


def rest_chapters(rest: RestSnapshot | None, health: Health) -> Iterator[Chapter]:
    """One chapter; none if REST calls are not watched."""
    if rest is None:
        return
    reasons = [f"{sign(Severity.WARNING)} {text.unbroken(text.escaped(reason, 80))}" for reason in health.rest_reasons]
    opening = "\n".join(reasons) or (WELL if rest.routes else NOTHING)
    sections = [Section("All routes", _totals(rest)), *_lists(rest.routes)]
    yield Chapter(TITLE, opening, sections, "latency excludes rate-limit waits · since start")


def _totals(rest: RestSnapshot) -> list[str]:
    routes = rest.routes
    limits = [sum(route.rate_limited[scope] for route in routes) for scope in LimitScope]
    waited_ns = sum(route.wait_ns for route in routes)
    return [
        measures.plain("Calls", numbers.count(sum(route.calls for route in routes))),
        measures.plain("in flight", numbers.count(sum(route.in_flight for route in routes))),
        measures.plain("failed", numbers.count(sum(route.failed for route in routes))),
        measures.plain("Retries", numbers.count(sum(route.retries for route in routes))),
        measures.plain("Rate limited", numbers.count(sum(limits))),
        *(
            measures.plain(f"of these {name}", numbers.count(limits[scope]))
            for scope, name in ((LimitScope.GLOBAL, "global"), (LimitScope.SHARED, "shared"))
            if limits[scope]
        ),
        measures.plain("Total wait", numbers.duration(waited_ns) if waited_ns else "never"),
        measures.plain("Other 4xx", numbers.count(sum(route.refused for route in routes))),
        measures.plain("5xx errors", numbers.count(sum(route.server_errors for route in routes))),
        measures.plain("No response", numbers.count(sum(route.unanswered for route in routes))),
        measures.plain("Invalid (10 min)", numbers.count(rest.invalid_requests)),
        measures.graph(f"limit {BANNED_AT:,}", graphs.gauge(rest.invalid_requests, BANNED_AT, measures.GRAPH_CELLS)),
    ]


def _lists(routes: Sequence[RouteSnapshot]) -> list[Section]:
    return [
        _worst("Slowest routes (p95)", routes, _p95_ns, _slow),
        _worst("Most rate-limit wait", routes, lambda route: route.wait_ns, _waiting),
        _worst("Most refused (4xx)", routes, _refusals, _refused),
        _worst("Most 5xx and timeouts", routes, _failures, _failing),
    ]


def _worst(
    heading: str,
    routes: Sequence[RouteSnapshot],
    badness: Callable[[RouteSnapshot], int],
    shown: Callable[[RouteSnapshot], str],
) -> Section:
    bad = [(badness(route), route) for route in routes]
    found = heapq.nlargest(MOST_ROUTES, [one for one in bad if one[0]], key=lambda one: one[0])
    return Section(heading, [f"{_name(route.route)}\n{INDENT}{shown(route)}" for _, route in found])


def _name(route: str) -> str:
    method, _, path = text.clean(route_label(route)).partition(" ")
    if not path:
        return text.name(route)
    return f"{method} {text.isolated(text.clip_start(path, text.LINE_CELLS - len(method) - 1))}"


def _p95_ns(route: RouteSnapshot) -> int:
    return route.latencies.quantile_ns(0.95) or 0


def _slow(route: RouteSnapshot) -> str:
    most = "" if carries(0.95, route.latencies.total) else "max "
    return f"{most}{numbers.duration(_p95_ns(route))} of {_calls(route.calls)}"


def _waiting(route: RouteSnapshot) -> str:
    return f"{numbers.duration(route.wait_ns)} in {_calls(route.waited)}"


def _calls(number: int) -> str:
    return f"{numbers.short_count(number)} {'call' if number == 1 else 'calls'}"


def _refusals(route: RouteSnapshot) -> int:
    return sum(route.rate_limited) + route.refused


def _refused(route: RouteSnapshot) -> str:
    limited = sum(route.rate_limited)
    return f"{numbers.short_count(limited)} limited, {numbers.short_count(route.refused)} other"


def _failures(route: RouteSnapshot) -> int:
    return route.server_errors + route.unanswered


def _failing(route: RouteSnapshot) -> str:
    return f"5xx {numbers.short_count(route.server_errors)}, no response {numbers.short_count(route.unanswered)}"
