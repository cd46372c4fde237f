"""Sees every call of a bot to Discord's REST API, by route and never by id, with its waits for rate limits.

Three methods are overridden, for one bot only: `_request` is one call from begin to end; `_parse_ratelimits` gets every
answer, retries included; `acquire_bucket` of the bucket manager returns what a request waits for. The compiled route is
the same object in all three, and so identifies the call.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable
from typing import Any, Protocol

from plugin.instrument.containment import Instrument
from plugin.instrument.methods import check_method
from plugin.instrument.override import Override
from plugin.instrument.rest_call import RestCall, failed_attempts
from plugin.instrument.rest_limits import see_answers, see_buckets
from plugin.model import LimitScope

MAXIMUM_CALLS = 10_000
"""At most this many calls at once are tracked through buckets and refusals; further ones count without waits."""

MOST_UNSETTLED = 64
"""At most this many calls of a route wait to be counted together, which costs a fraction of counting each."""

MAXIMUM_ROUTES = 1000
"""At most this many routes are remembered: more than hikari has, for bots with routes of their own."""

NAMED = re.compile(r"\{\w+\}|@?[a-z][a-z0-9_.-]{0,39}|")
"""Matches a segment of a path that is neither an id nor a token."""

TOO_MANY_REQUESTS = 429
SCOPES = {"user": LimitScope.USER, "global": LimitScope.GLOBAL, "shared": LimitScope.SHARED}


class RouteRecorder(Protocol):
    """Counts the calls of one route."""

    in_flight: int
    unsettled_ns: array[int]
    """Durations of calls that succeeded without waits and retries, which is nearly every call."""
    settles_ns: int
    """From this time on, `settle` must be called before a duration is appended."""

    def settle(self, now_ns: int) -> None:
        """Count the durations in `unsettled_ns`; also to be called at `MOST_UNSETTLED` of them."""

    def finished(
        self, duration_ns: int, wait_ns: int, retries: int, unanswered: int, failed: bool, now_ns: int
    ) -> None:
        """Count one call that has ended."""


class RestCalls:
    """Counts the calls of one bot in a recorder for each route.

    Calls that succeed at once are counted in place, by the hook of `_request`; it calls `finish` and `failed` for the
    others. `on_refusal` gets each answer of 400 or more.
    """

    def __init__(
        self,
        part: Instrument,
        recorder_of: Callable[[str], RouteRecorder],
        on_refusal: Callable[[Any, int, LimitScope, int], object],
        clock_ns: Callable[[], int],
    ) -> None:
        self.on_finished: list[Callable[[int, int], object]] = []
        """Called, in the task of the call, with duration and wait in nanoseconds of each call that `finish` or `failed`
        counts; for other calls the hook of `_request` does the same in place."""
        self.dropped = 0
        """How many calls were not tracked because of `MAXIMUM_CALLS`."""
        self.watching = False
        """Whether calls are, or were until the end, watched."""
        self.part = part
        self._recorder_of = recorder_of
        self._on_refusal = on_refusal
        self._clock_ns = clock_ns
        self.recorders: dict[int, RouteRecorder] = {}
        """By id() of the route, since hashing hikari's routes is slow; read by the hook of `_request`."""
        self.tracked: dict[int, RestCall] = {}
        """Calls that passed a bucket or were refused, by id() of the compiled route."""
        self._routes: list[Any] = []  # kept, so that their id() is not reused

    def watch(self, rest: Any, hold: Callable[[str, Override], object]) -> None:
        """Watch answers and buckets of a REST client; `hold` gets the overrides.

        `_request` is overridden separately. Raises `MovedError`, and changes nothing, if hikari's methods have changed.
        """
        buckets = getattr(rest, "_bucket_manager", None)
        check_method(rest, "_request", "compiled_route")
        check_method(rest, "_parse_ratelimits", "compiled_route", "authentication", "response")
        check_method(buckets, "acquire_bucket", "compiled_route", "authentication")
        hold(self.part.name, Override(rest, {"_parse_ratelimits": see_answers(self.part, self._refuse)}))
        hold(self.part.name, Override(buckets, {"acquire_bucket": see_buckets(self.part, self._track, self._clock_ns)}))
        self.watching = True

    def recorder(self, route: Any) -> RouteRecorder:
        """The recorder of a route."""
        known = self.recorders.get(id(route))
        if known is not None:
            return known
        recorder = self._recorder_of(_name(route.method, route.path_template))
        if len(self.recorders) < MAXIMUM_ROUTES:
            self._routes.append(route)
            self.recorders[id(route)] = recorder
        return recorder

    def finish(self, compiled_route: Any, recorder: RouteRecorder, started_ns: int, ended_ns: int) -> None:
        """Count a tracked call that succeeded."""
        call = self.tracked.pop(id(compiled_route))
        answers = call.refusals + 1
        unanswered = max(0, call.attempts - answers)
        self._count(call, recorder, ended_ns - started_ns, max(call.attempts, answers), unanswered, False, ended_ns)

    def failed(
        self, compiled_route: Any, recorder: RouteRecorder, started_ns: int, ended_ns: int, exception: BaseException
    ) -> None:
        """Count a call that raised an exception."""
        call = self.tracked.pop(id(compiled_route), None) or RestCall(compiled_route)
        attempts, unanswered = failed_attempts(call, exception)
        self._count(call, recorder, ended_ns - started_ns, attempts, unanswered, True, ended_ns)

    def _count(
        self,
        call: RestCall,
        recorder: RouteRecorder,
        duration_ns: int,
        attempts: int,
        unanswered: int,
        failed: bool,
        ended_ns: int,
    ) -> None:
        wait_ns = min(call.wait_ns, duration_ns)  # a 429 may ask for a longer wait than the bot's timeout allows
        recorder.finished(duration_ns, wait_ns, max(0, attempts - 1), unanswered, failed, ended_ns)
        for on_finished in self.on_finished:
            on_finished(duration_ns, wait_ns)

    def _track(self, compiled_route: Any) -> RestCall | None:
        """The tracked call of a compiled route; None beyond the bound."""
        call = self.tracked.get(id(compiled_route))
        if call is None:
            if len(self.tracked) >= MAXIMUM_CALLS:
                self.dropped += 1
                return None
            call = self.tracked[id(compiled_route)] = RestCall(compiled_route)
        return call

    def _refuse(self, compiled_route: Any, response: Any) -> RestCall | None:
        """Count an answer of 400 or more; returns the call if hikari may have to wait and retry."""
        call = self._track(compiled_route)
        if call is not None:
            call.refusals += 1
        status = response.status
        scope = _scope(response.headers) if status == TOO_MANY_REQUESTS else LimitScope.USER
        self._on_refusal(self.recorder(compiled_route.route), status, scope, self._clock_ns())
        return call if status == TOO_MANY_REQUESTS else None


def _name(method: str, template: str) -> str:
    """The route's name: hikari's template; in paths that a bot wrote itself, possible ids and tokens are masked."""
    return f"{method} {'/'.join(part if NAMED.fullmatch(part) else '{…}' for part in template.split('/'))}"


def _scope(headers: Any) -> LimitScope:
    scope = SCOPES.get(headers.get("X-RateLimit-Scope", "").lower())
    if scope is not None:
        return scope
    return LimitScope.GLOBAL if "X-RateLimit-Global" in headers else LimitScope.USER
