"""Overrides the one method of hikari's REST client that every request passes, for both who look at requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from plugin.instrument.override import Method, Override, leave_no_frame
from plugin.instrument.responses import Responses
from plugin.instrument.rest import Call, RestCalls


def watch_requests(rest: object, calls: RestCalls, responses: Responses, clock_ns: Callable[[], int]) -> Override:
    """Tell both of each request that is theirs, where they want to know.

    Faults are contained in place, each as its own part's, for this is on the way of every command.
    """
    calls_part, responses_part = calls.part, responses.part
    sees_calls, answering = calls.watching, responses.route or object()

    def spy_on(original: Method) -> Method:
        async def request(self: object, compiled_route: Any, **options: Any) -> Any:
            call: Call | None = None
            if sees_calls and calls_part.on:
                try:
                    call = calls.begin(compiled_route)
                except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
                    calls_part.fault(fault)
            untold_since_ns = clock_ns() if call is None else 0
            try:
                result = await original(self, compiled_route, **options)
            except BaseException as exception:
                end(call, compiled_route, options, exception, untold_since_ns)
                leave_no_frame(exception)
                raise
            end(call, compiled_route, options, None, untold_since_ns)
            return result

        return request

    def end(
        call: Call | None,
        compiled_route: Any,
        options: dict[str, Any],
        exception: BaseException | None,
        untold_since_ns: int,
    ) -> None:
        if call is not None:
            try:
                calls.finish(call, exception)
            except Exception as fault:  # noqa: BLE001 # as above
                calls_part.fault(fault)
        if compiled_route.route is answering and responses_part.on:
            try:
                responses.ended(compiled_route, options, exception, untold_since_ns)
            except Exception as fault:  # noqa: BLE001 # as above
                responses_part.fault(fault)

    return Override(rest, {"_request": spy_on})
