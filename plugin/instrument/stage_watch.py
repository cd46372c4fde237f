"""Breaks down the time of each interaction: event loop, checks, the bot's own code, Discord, rate limits."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from plugin.instrument.containment import Instrument
from plugin.instrument.invocation import PAST_DEADLINE, PLACE_SEEN, Invocation, Recorder
from plugin.instrument.methods import Method, leave_no_frame
from plugin.instrument.places import Places
from plugin.instrument.slow_responses import SLOW_NS, SlowResponseWatch
from plugin.instrument.transit import Transit
from plugin.model import DEADLINE_NS

current_invocation: ContextVar[Invocation | None] = ContextVar("golem_interaction", default=None)
"""The interaction that the running task handles; tasks that it creates inherit it."""


def entering(original: Method) -> Method:
    """The replacement of the method that is called when checks and hooks have passed and the bot's own code begins.

    It works in a single frame, since every command passes here, and serves every monitor in the process.
    """
    current = current_invocation.get

    def enter(command: object, *args: Any, **kwargs: Any) -> Any:
        invocation = current()
        if invocation is not None and invocation.begun_ns and not invocation.entered_ns:
            watch = invocation.watch
            try:
                if watch.entrances.on:
                    invocation.requests_at_entry_ns = invocation.requests_ns
                    invocation.entered_ns = watch.clock_ns()
            except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
                watch.entrances.fault(fault)
        try:
            return original(command, *args, **kwargs) if kwargs else original(command, *args)
        except BaseException as exception:
            leave_no_frame(exception)
            raise

    return enter


class StageWatch:
    """Watches the stages of one bot's interactions.

    Callers contain its faults in place, as faults of `part`, since every command passes here.
    """

    def __init__(
        self,
        in_flight: dict[int, Invocation],
        places: Places,
        part: Instrument,
        clock_ns: Callable[[], int],
        unix_time: Callable[[], float],
    ) -> None:
        self.part = part
        self.entrances = part
        """Charged with the faults of `entering`; replaced by the adapter."""
        self._places = places
        self.clock_ns = clock_ns
        self._unix_time = unix_time
        self._transit = Transit()
        self.slow_responses = SlowResponseWatch(in_flight, places, part, clock_ns)

    def set_current(self, invocation: Invocation) -> None:
        """Attribute all work of the current context to this interaction."""
        current_invocation.set(invocation)

    def watch_slow_responses(self) -> None:
        """Start looking for first responses that are slow."""
        try:
            self.slow_responses.start()
        except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
            self.part.fault(fault)

    def current(self) -> Invocation | None:
        """The interaction that the running task handles."""
        return current_invocation.get()

    def clear_current(self) -> None:
        """Attribute the work of the current context to no interaction."""
        current_invocation.set(None)

    def on_request_end(self, took_ns: int, limited_ns: int) -> None:
        """Add a request to Discord, made in the current task; `limited_ns` of it was a wait for rate limits."""
        invocation = current_invocation.get()
        if invocation is not None and not invocation.first_response_ns:
            invocation.requests_ns += took_ns
            invocation.limited_ns += limited_ns

    def on_response(self, invocation: Invocation, now_ns: int, untimed_since_ns: int) -> None:
        """Handle a first response that was slow, or whose request was not timed.

        `untimed_since_ns`: when that request began; 0 if it was timed.
        """
        if invocation.begun_ns:
            self._on_outcome(invocation, now_ns, untimed_since_ns)

    def on_refusal(self, invocation: Invocation, now_ns: int, untimed_since_ns: int) -> None:
        """Handle a response that Discord rejected because the interaction is unknown or has expired."""
        if invocation.begun_ns and not invocation.refused_ns:
            invocation.refused_ns = now_ns
            self._on_outcome(invocation, now_ns, untimed_since_ns)

    def _on_outcome(self, invocation: Invocation, now_ns: int, untimed_since_ns: int) -> None:
        if untimed_since_ns:
            invocation.requests_ns += now_ns - untimed_since_ns
        slow = now_ns - invocation.started_ns >= SLOW_NS
        if slow and not invocation.noticed & PLACE_SEEN and invocation.recorder is not None:
            # The loop was blocked, so no look found the line it waited for. It was before this call, at any rate.
            callers = self._places.callers(inspect.currentframe())
            if callers:
                invocation.recorder.ensure_stages().waited(callers[0])

    def compare_clocks(self) -> None:
        """Compare our clock with Discord's; call it once before a series of `on_end`."""
        self._transit.compare(self._unix_time() - self.clock_ns() / 1e9)

    def on_end(self, invocation: Invocation, recorder: Recorder, ended_ns: int) -> None:
        """Count the stages of an interaction that ended at `ended_ns`; may raise."""
        stages = recorder.stages or recorder.ensure_stages()
        if invocation.noticed & PAST_DEADLINE:
            stages.waiting -= 1
            invocation.noticed -= PAST_DEADLINE
        until_ns = invocation.first_response_ns or invocation.refused_ns
        if not until_ns:
            stages.unanswered()
            return
        started_ns, begun_ns = invocation.started_ns, invocation.begun_ns
        before_ns = self._transit.before_receipt_ns(invocation.id, started_ns)
        requests_ns, limited_ns = invocation.requests_ns, invocation.limited_ns
        entered_ns = invocation.entered_ns
        if not entered_ns or entered_ns > until_ns:  # a check or a hook has responded
            entered_ns, in_checks_ns = until_ns, requests_ns
        else:
            in_checks_ns = invocation.requests_at_entry_ns
        checks_ns = entered_ns - begun_ns - in_checks_ns
        code_ns = until_ns - entered_ns - requests_ns + in_checks_ns
        discord_ns = requests_ns - limited_ns
        if checks_ns < 0:  # overlapping requests count only once
            discord_ns, checks_ns = discord_ns + checks_ns, 0
        if code_ns < 0:
            discord_ns, code_ns = discord_ns + code_ns, 0
        loop_ns = begun_ns - started_ns
        stages.record(loop_ns, checks_ns, code_ns, discord_ns, limited_ns, ended_ns - until_ns, before_ns)
        if invocation.deferred:
            stages.deferred += 1
        over_ns = until_ns - started_ns - DEADLINE_NS
        if over_ns > 0 or invocation.refused_ns:
            refused = not invocation.first_response_ns
            stages.missed(refused, over_ns, (loop_ns, checks_ns, code_ns, discord_ns, limited_ns), before_ns)

    def on_response_after_end(self, invocation: Invocation, recorder: Recorder) -> None:
        """Count the first response of an interaction that was counted without one; may raise."""
        if invocation.begun_ns:
            recorder.ensure_stages().unanswered(-1)
            self.compare_clocks()
            self.on_end(invocation, recorder, invocation.first_response_ns)

    def on_eviction(self, invocation: Invocation) -> None:
        """Count an interaction that is no longer tracked because of the bound as unanswered."""
        if invocation.begun_ns and invocation.noticed & PAST_DEADLINE and invocation.recorder is not None:
            stages = invocation.recorder.ensure_stages()
            stages.waiting -= 1
            stages.unanswered()
        invocation.begun_ns = 0
