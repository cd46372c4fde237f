"""Overrides the one method of hikari's REST client that every request passes, for both who look at requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from plugin.instrument.methods import Method, leave_no_frame
from plugin.instrument.override import Override
from plugin.instrument.responses import DEFERRING, Responses
from plugin.instrument.rest import MOST_UNSETTLED, RestCalls, RouteRecorder
from plugin.instrument.stages import current_invocation


def watch_requests(rest: object, calls: RestCalls, responses: Responses, clock_ns: Callable[[], int]) -> Override:
    """Tell both of each request that is theirs, where they want to know.

    Faults are contained in place, each as its own part's, for this is on the way of every command: so are the steps of
    a call that ends well, which are few.
    """
    calls_part, responses_part = calls.part, responses.part
    sees_calls, answering = calls.watching, responses.route or object()
    recorders, followed, tells_stages = calls.recorders, calls.followed, bool(calls.finished)
    answered, current = responses.invocations.answered, current_invocation.get
    answers = responses.invocations.answers
    deferred, messages = answers.deferred, answers.messages
    fail = _failing(calls, responses, answering, clock_ns)

    def spy_on(original: Method) -> Method:
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
                    if followed and id(compiled_route) in followed:
                        calls.finish(compiled_route, recorder, started_ns, ended_ns)
                    else:
                        if ended_ns >= recorder.settles_ns or len(recorder.unsettled_ns) >= MOST_UNSETTLED:
                            recorder.settle(ended_ns)
                        recorder.unsettled_ns.append(ended_ns - started_ns)
                        if tells_stages and (invocation := current()) is not None and not invocation.first_response_ns:
                            invocation.requests_ns += ended_ns - started_ns
                except Exception as fault:  # noqa: BLE001 # as above
                    calls_part.fault(fault)
            if compiled_route.route is answering and responses_part.on:
                try:
                    body = options.get("json")  # one with a file has no such body, and defers nothing
                    _, _, interaction, token, _ = compiled_route.compiled_path.split("/", 4)
                    answered(
                        int(interaction),
                        token if body is not None and body.get("type") in DEFERRING else "",
                        ended_ns,
                        0 if recorder is not None else started_ns,
                    )
                except Exception as fault:  # noqa: BLE001 # as above
                    responses_part.fault(fault)
            elif (deferred or messages) and responses_part.on:
                try:
                    answers.sent(compiled_route, ended_ns)
                except Exception as fault:  # noqa: BLE001 # as above
                    responses_part.fault(fault)
            return result

        return request

    return Override(rest, {"_request": spy_on})


def _failing(
    calls: RestCalls, responses: Responses, answering: object, clock_ns: Callable[[], int]
) -> Callable[[Any, RouteRecorder | None, int, BaseException], None]:
    """Tells both of a request that failed; `answering` is the route of responses to interactions."""

    def fail(compiled_route: Any, recorder: RouteRecorder | None, started_ns: int, exception: BaseException) -> None:
        ended_ns = clock_ns()
        if recorder is not None:
            try:
                recorder.in_flight -= 1
                calls.failed(compiled_route, recorder, started_ns, ended_ns, exception)
            except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
                calls.part.fault(fault)
        if compiled_route.route is answering and responses.part.on:
            try:
                responses.refused(compiled_route, exception, ended_ns, 0 if recorder is not None else started_ns)
            except Exception as fault:  # noqa: BLE001 # as above
                responses.part.fault(fault)

    return fail
