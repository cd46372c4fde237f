"""Sees every call of a bot to Discord's REST API: by route, never by id, with the time it waited for rate limits.

The stages of interactions want to know where the time of a task went. Of a call that went smoothly they are told in
place, by whoever overrides `_request`; of any other one by `RestCalls.finished`, which is called with its duration and
what of that was spent in hikari's buckets, under the global limit, or because a 429 said so, in the task of the call.

Three methods are looked at, for one bot only. `_request` is one call, from its beginning to its end.
`_parse_ratelimits` gets every answer, each retry's too. `acquire_bucket` of the bucket manager gives what is waited
for before a request. The compiled route is the same object in all three, which tells whose wait or answer it is.
"""

from __future__ import annotations

import asyncio
import re
from array import array
from collections.abc import Callable
from typing import Any, Protocol

import hikari

from plugin.instrument.containment import Instrument
from plugin.instrument.methods import Method, check_method, leave_no_frame
from plugin.instrument.override import Override
from plugin.model import LimitScope

MAXIMUM_CALLS = 10_000
"""How many calls at once are followed through buckets and refusals; of further ones neither waits nor retries count."""

MOST_UNSETTLED = 64
"""How many calls of a route are not yet counted, only kept: counting them at once, in one go, costs a fraction."""

MAXIMUM_ROUTES = 1000
"""How many routes are remembered: more than hikari has, for bots that make routes of their own."""

NAMED = re.compile(r"\{\w+\}|@?[a-z][a-z0-9_.-]{0,39}|")
"""A part of a path that is neither an id nor a token."""

TOO_MANY_REQUESTS = 429
SCOPES = {"user": LimitScope.USER, "global": LimitScope.GLOBAL, "shared": LimitScope.SHARED}


class RouteRecorder(Protocol):
    """What the calls of one route are told to."""

    in_flight: int
    unsettled_ns: array[int]
    """Takes the durations of calls that neither waited nor were repeated, and ended well: nearly every one."""
    settles_ns: int
    """The moment from which on `settle` is to be called before another duration is added."""

    def settle(self, now_ns: int) -> None:
        """Count what is in `unsettled_ns`; also to be called once there are `MOST_UNSETTLED`."""

    def finished(
        self, duration_ns: int, wait_ns: int, retries: int, unanswered: int, failed: bool, now_ns: int
    ) -> None:
        """Count one call that has ended."""


class RestCall:
    """What is known of a call that has not ended: kept where it passes a bucket of hikari, or is refused."""

    __slots__ = ("attempts", "compiled_route", "refusals", "wait_ns")

    def __init__(self, compiled_route: Any) -> None:
        self.compiled_route = compiled_route
        """Kept, so that its id stays its own."""
        self.wait_ns = 0
        self.attempts = 0
        """How often a bucket let it through; 0 for a route that hikari has no bucket for."""
        self.refusals = 0
        """How many answers of 400 or more it got."""


class RestCalls:
    """The calls of one bot, told to a recorder of their route; `refused` hears of each answer of 400 or more."""

    def __init__(
        self,
        part: Instrument,
        recorder_of: Callable[[str], RouteRecorder],
        refused: Callable[[Any, int, LimitScope, int], object],
        clock_ns: Callable[[], int],
    ) -> None:
        self.finished: list[Callable[[int, int], object]] = []
        """Told the duration and the wait of each call that waited, failed or was refused, in nanoseconds."""
        self.not_followed = 0
        """How many calls were more than `MAXIMUM_CALLS` at once."""
        self.watching = False
        """Whether calls are seen, or were until the end."""
        self.part = part
        self._recorder_of = recorder_of
        self._refused = refused
        self._clock_ns = clock_ns
        self.recorders: dict[int, RouteRecorder] = {}
        """By id of the route, since hikari hashes one in Python; for whoever overrides `_request`."""
        self.followed: dict[int, RestCall] = {}
        """Calls that passed a bucket or were refused, by id of the compiled route; the others end without a trace."""
        self._routes: list[Any] = []  # kept, so that their ids stay their own

    def watch(self, rest: Any, hold: Callable[[str, Override], object]) -> None:
        """See the answers and buckets of a REST client from now on; `hold` gets what is overridden for it.

        Whoever overrides `_request` is to tell the recorder of a call that ends well, `finish` where it is followed,
        and `failed`. Raises `MovedError`, and changes nothing, where hikari no longer works so.
        """
        buckets = getattr(rest, "_bucket_manager", None)
        check_method(rest, "_request", "compiled_route")
        check_method(rest, "_parse_ratelimits", "compiled_route", "authentication", "response")
        check_method(buckets, "acquire_bucket", "compiled_route", "authentication")
        hold(self.part.name, Override(rest, {"_parse_ratelimits": self._see_answers}))
        hold(self.part.name, Override(buckets, {"acquire_bucket": self._see_buckets}))
        self.watching = True

    def recorder(self, route: Any) -> RouteRecorder:
        """What is told of the calls of a route."""
        known = self.recorders.get(id(route))
        if known is not None:
            return known
        recorder = self._recorder_of(_name(route.method, route.path_template))
        if len(self.recorders) < MAXIMUM_ROUTES:
            self._routes.append(route)
            self.recorders[id(route)] = recorder
        return recorder

    def finish(self, compiled_route: Any, recorder: RouteRecorder, started_ns: int, ended_ns: int) -> None:
        """Count a call that was followed and has ended well."""
        call = self.followed.pop(id(compiled_route))
        answers = call.refusals + 1
        unanswered = max(0, call.attempts - answers)
        self._tell(call, recorder, ended_ns - started_ns, max(call.attempts, answers), unanswered, False, ended_ns)

    def failed(
        self, compiled_route: Any, recorder: RouteRecorder, started_ns: int, ended_ns: int, exception: BaseException
    ) -> None:
        """Count a call that an exception has left."""
        call = self.followed.pop(id(compiled_route), None) or RestCall(compiled_route)
        attempts, unanswered = _attempts(call, exception)
        self._tell(call, recorder, ended_ns - started_ns, attempts, unanswered, True, ended_ns)

    def _tell(
        self,
        call: RestCall,
        recorder: RouteRecorder,
        duration_ns: int,
        attempts: int,
        unanswered: int,
        failed: bool,
        ended_ns: int,
    ) -> None:
        wait_ns = min(call.wait_ns, duration_ns)  # a 429 may ask for more than the bot has patience for
        recorder.finished(duration_ns, wait_ns, max(0, attempts - 1), unanswered, failed, ended_ns)
        for finished in self.finished:
            finished(duration_ns, wait_ns)

    def _call(self, compiled_route: Any) -> RestCall | None:
        """What is known of a call from now on; None where too many are followed."""
        call = self.followed.get(id(compiled_route))
        if call is None:
            if len(self.followed) >= MAXIMUM_CALLS:
                self.not_followed += 1
                return None
            call = self.followed[id(compiled_route)] = RestCall(compiled_route)
        return call

    def _refuse(self, compiled_route: Any, response: Any) -> RestCall | None:
        """Count an answer of 400 or more; returns the call that is going to be told to wait, if it is."""
        call = self._call(compiled_route)
        if call is not None:
            call.refusals += 1
        status = response.status
        scope = _scope(response.headers) if status == TOO_MANY_REQUESTS else LimitScope.USER
        self._refused(self.recorder(compiled_route.route), status, scope, self._clock_ns())
        return call if status == TOO_MANY_REQUESTS else None

    def _see_answers(self, original: Method) -> Method:
        part = self.part

        async def limited(call: RestCall, retry_after: Any) -> Any:
            try:
                retry_after_s = await retry_after
            except BaseException as exception:
                leave_no_frame(exception)
                raise
            if retry_after_s:
                call.wait_ns += int(retry_after_s * 1e9)
            return retry_after_s

        def parse(self_: object, compiled_route: Any, authentication: Any, response: Any) -> Any:
            call = None
            try:
                if response.status >= 400 and part.on:
                    call = self._refuse(compiled_route, response)
            except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
                part.fault(fault)
            retry_after = original(self_, compiled_route, authentication, response)
            return retry_after if call is None else limited(call, retry_after)

        return parse

    def _see_buckets(self, original: Method) -> Method:
        part = self.part

        def acquire_bucket(self_: object, compiled_route: Any, authentication: Any) -> Any:
            try:
                bucket = original(self_, compiled_route, authentication)
            except BaseException as exception:
                leave_no_frame(exception)
                raise
            call = self._call(compiled_route) if part.on else None
            return bucket if call is None else _Bucket(bucket, call, self._clock_ns)

        return acquire_bucket


class _Bucket:
    """A bucket of hikari that tells a call how long it was waited for."""

    __slots__ = ("_bucket", "_call", "_clock_ns")

    def __init__(self, bucket: Any, call: RestCall, clock_ns: Callable[[], int]) -> None:
        self._bucket = bucket
        self._call = call
        self._clock_ns = clock_ns

    async def __aenter__(self) -> Any:
        started_ns = self._clock_ns()
        try:
            entered = await self._bucket.__aenter__()
        except BaseException as exception:
            leave_no_frame(exception)
            raise
        finally:
            self._call.wait_ns += self._clock_ns() - started_ns
        self._call.attempts += 1
        return entered

    def __aexit__(self, *exception: Any) -> Any:
        return self._bucket.__aexit__(*exception)


def _attempts(call: RestCall, exception: BaseException) -> tuple[int, int]:
    """How many requests a call made that failed, and how many of them got no answer.

    Where hikari has no bucket (answers to interactions), a request without an answer shows at the end only.
    """
    silent = type(exception) is hikari.HTTPError and exception.__cause__ is not None
    if silent and not call.attempts:
        return call.refusals + 1, 1
    # The last one was refused, or nobody answered it; else hikari could not read the answer, or gave up waiting for it.
    ended_otherwise = not silent and not isinstance(exception, hikari.HTTPResponseError)
    unanswered = max(0, call.attempts - call.refusals - ended_otherwise)
    unreadable = ended_otherwise and not isinstance(exception, asyncio.CancelledError)
    return max(call.attempts, call.refusals + unreadable), unanswered


def _name(method: str, template: str) -> str:
    """The template as hikari has it; of a path that a bot wrote itself, nothing that could be an id or a token."""
    return f"{method} {'/'.join(part if NAMED.fullmatch(part) else '{…}' for part in template.split('/'))}"


def _scope(headers: Any) -> LimitScope:
    scope = SCOPES.get(headers.get("X-RateLimit-Scope", "").lower())
    if scope is not None:
        return scope
    return LimitScope.GLOBAL if "X-RateLimit-Global" in headers else LimitScope.USER
