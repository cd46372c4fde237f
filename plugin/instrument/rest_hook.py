"""Overrides `_request` of hikari's REST client, which every request passes, for the two instruments that need it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from plugin.instrument.methods import Method, leave_no_frame
from plugin.instrument.override import Override
from plugin.instrument.responses import DEFERRING, Responses
from plugin.instrument.rest_calls import MOST_UNSETTLED, RestCalls, RouteRecorder
from plugin.instrument.stage_watch import current_invocation


def watch_requests(rest: object, calls: RestCalls, responses: Responses, clock_ns: Callable[[], int]) -> Override:
    """Report each request to the instruments that are watching; call it after their `watch`.

    Since every command passes here, faults are contained in place, each as its own part's, and calls that succeed at
    once are counted in place.
    """
    calls_part, sees_calls, response_route = calls.part, calls.watching, responses.route or object()
    recorders, tracked, times_stages = calls.recorders, calls.tracked, bool(calls.on_finished)
    current, answers = current_invocation.get, responses.invocations.pending_answers
    deferred, messages = answers.deferred, answers.messages
    succeed = _succeeding(responses, response_route)
    fail = _failing(calls, responses, response_route, clock_ns)

    def replace(original: Method) -> Method:
        async def request(self: object, compiled_route: Any, **options: Any) -> Any:
            recorder: RouteRecorder | None = None
            if sees_calls and calls_part.on:
                try:
                    recorder = recorders.get(id(compiled_route.route)) or calls.recorder(compiled_route.route)
                    recorder.in_flight += 1
                except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
                    calls_part.fault(fault)
            started_ns = clock_ns()
            try:
                result = await original(self, compiled_route, **options)
            except BaseException as exception:
                fail(compiled_route, recorder, started_ns, exception)
                leave_no_frame(exception)
                raise
            ended_ns = clock_ns()
            if recorder is not None:
                try:
                    recorder.in_flight -= 1
                    if tracked and id(compiled_route) in tracked:
                        calls.finish(compiled_route, recorder, started_ns, ended_ns)
                    else:
                        if ended_ns >= recorder.settles_ns or len(recorder.unsettled_ns) >= MOST_UNSETTLED:
                            recorder.settle(ended_ns)
                        recorder.unsettled_ns.append(ended_ns - started_ns)
                        if times_stages and (invocation := current()) is not None and not invocation.first_response_ns:
                            invocation.requests_ns += ended_ns - started_ns
                except Exception as fault:  # noqa: BLE001 # as above
                    calls_part.fault(fault)
            if compiled_route.route is response_route or deferred or messages:
                succeed(compiled_route, options, 0 if recorder is not None else started_ns, ended_ns)
            return result

        return request

    return Override(rest, {"_request": replace})


def _succeeding(responses: Responses, response_route: object) -> Callable[[Any, dict[str, Any], int, int], None]:
    """Makes the function that reports a request that may have answered a user."""
    part, responded, answers = responses.part, responses.invocations.responded, responses.invocations.pending_answers

    def succeed(compiled_route: Any, options: dict[str, Any], started_ns: int, ended_ns: int) -> None:
        if not part.on:
            return
        try:
            if compiled_route.route is not response_route:
                answers.on_request(compiled_route, ended_ns)
                return
            body = options.get("json")  # a response with a file has none, and never defers
            _, _, interaction, token, _ = compiled_route.compiled_path.split("/", 4)
            defers = body is not None and body.get("type") in DEFERRING
            responded(int(interaction), token if defers else "", ended_ns, started_ns)
        except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
            part.fault(fault)

    return succeed


def _failing(
    calls: RestCalls, responses: Responses, response_route: object, clock_ns: Callable[[], int]
) -> Callable[[Any, RouteRecorder | None, int, BaseException], None]:
    """Makes the function that reports a failed request to both instruments."""

    def fail(compiled_route: Any, recorder: RouteRecorder | None, started_ns: int, exception: BaseException) -> None:
        ended_ns = clock_ns()
        if recorder is not None:
            try:
                recorder.in_flight -= 1
                calls.failed(compiled_route, recorder, started_ns, ended_ns, exception)
            except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
                calls.part.fault(fault)
        if compiled_route.route is response_route and responses.part.on:
            try:
                responses.refused(compiled_route, exception, ended_ns, 0 if recorder is not None else started_ns)
            except Exception as fault:  # noqa: BLE001 # as above
                responses.part.fault(fault)

    return fail
