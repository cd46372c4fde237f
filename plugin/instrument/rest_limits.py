"""Replacements of hikari's methods that show refusals and waits for rate limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from plugin.instrument.containment import Instrument
from plugin.instrument.methods import Method, leave_no_frame
from plugin.instrument.rest_call import RestCall


def see_answers(part: Instrument, refuse: Callable[[Any, Any], RestCall | None]) -> Callable[[Method], Method]:
    """Replace `_parse_ratelimits`, which gets every answer.

    `refuse` gets the compiled route and the response of each answer of 400 or more; it returns the call if hikari is
    going to wait and retry, and that wait is added to it.
    """

    async def limited(call: RestCall, retry_after: Any) -> Any:
        try:
            retry_after_s = await retry_after
        except BaseException as exception:
            leave_no_frame(exception)
            raise
        if retry_after_s:
            call.wait_ns += int(retry_after_s * 1e9)
        return retry_after_s

    def replace(original: Method) -> Method:
        def parse(self: object, compiled_route: Any, authentication: Any, response: Any) -> Any:
            call = None
            try:
                if response.status >= 400 and part.on:
                    call = refuse(compiled_route, response)
            except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
                part.fault(fault)
            retry_after = original(self, compiled_route, authentication, response)
            return retry_after if call is None else limited(call, retry_after)

        return parse

    return replace


def see_buckets(
    part: Instrument, track: Callable[[Any], RestCall | None], clock_ns: Callable[[], int]
) -> Callable[[Method], Method]:
    """Replace `acquire_bucket`; `track` returns the call of a compiled route, to which the wait is added."""

    def replace(original: Method) -> Method:
        def acquire_bucket(self: object, compiled_route: Any, authentication: Any) -> Any:
            try:
                bucket = original(self, compiled_route, authentication)
            except BaseException as exception:
                leave_no_frame(exception)
                raise
            call = track(compiled_route) if part.on else None
            return bucket if call is None else _TimedBucket(bucket, call, clock_ns)

        return acquire_bucket

    return replace


class _TimedBucket:
    """A bucket of hikari's that adds the time it is waited for to a call."""

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
