"""Tells for each interaction where its time went: the loop, checks, the bot's own code, Discord, rate limits."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from plugin.instrument.containment import Instrument
from plugin.instrument.invocation import PAST_DEADLINE, PLACE_SEEN, Invocation, Recorder
from plugin.instrument.methods import Method, leave_no_frame
from plugin.instrument.places import Places
from plugin.instrument.transit import Transit
from plugin.instrument.waiting import SLOW_NS, SlowResponseWatch
from plugin.model import DEADLINE_NS

current_invocation: ContextVar[Invocation | None] = ContextVar("golem_interaction", default=None)
"""The interaction that the running task works for; tasks that it makes inherit it."""


def entering(original: Method) -> Method:
    """The replacement of a method that is called when checks and hooks have ended: the bot's own code begins.

    It notes the moment in one frame, for this is on the way of every command, whichever monitor follows it.
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
    """Watches the stages of the interactions in flight, those of one bot.

    What it raises is contained in place, as a fault of its part, for all of it is on the way of every command.
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
        """Whose faults those of `entering` are; an adapter has a part for it."""
        self._places = places
        self.clock_ns = clock_ns
        self._unix_time = unix_time
        self._transit = Transit()
        self.waiting = SlowResponseWatch(in_flight, places, part, clock_ns)

    def follow(self, invocation: Invocation) -> None:
        """Take what is done from now on in the running context for work on this interaction."""
        current_invocation.set(invocation)

    def look(self) -> None:
        """Look from now on at what waits."""
        try:
            self.waiting.start()
        except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
            self.part.fault(fault)

    def current(self) -> Invocation | None:
        """The interaction that the running task works for."""
        return current_invocation.get()

    def leave(self) -> None:
        """Take it for nobody's again."""
        current_invocation.set(None)

    def requested(self, took_ns: int, limited_ns: int) -> None:
        """A request to Discord has ended, which rate limits held back for a part of its time; called in its task."""
        invocation = current_invocation.get()
        if invocation is not None and not invocation.first_response_ns:
            invocation.requests_ns += took_ns
            invocation.limited_ns += limited_ns

    def answered(self, invocation: Invocation, now_ns: int, untold_since_ns: int) -> None:
        """Discord took a first response that came late, or of which `requested` was not told.

        In the last case its call began at `untold_since_ns`, else that is 0.
        """
        if invocation.begun_ns:
            self._settled(invocation, now_ns, untold_since_ns)

    def refused(self, invocation: Invocation, now_ns: int, untold_since_ns: int) -> None:
        """Discord knows no such interaction (any more)."""
        if invocation.begun_ns and not invocation.refused_ns:
            invocation.refused_ns = now_ns
            self._settled(invocation, now_ns, untold_since_ns)

    def _settled(self, invocation: Invocation, now_ns: int, untold_since_ns: int) -> None:
        if untold_since_ns:
            invocation.requests_ns += now_ns - untold_since_ns
        slow = now_ns - invocation.started_ns >= SLOW_NS
        if slow and not invocation.noticed & PLACE_SEEN and invocation.recorder is not None:
            # Nobody saw where it waited, for the loop stood still; it was before this call, at any rate.
            callers = self._places.calling(inspect.currentframe())
            if callers:
                invocation.recorder.watched().waited(callers[0])

    def compare_clocks(self) -> None:
        """Take the time of day; once is enough for all that have `ended` by now."""
        self._transit.compare(self._unix_time() - self.clock_ns() / 1e9)

    def ended(self, invocation: Invocation, recorder: Recorder, ended_ns: int) -> None:
        """The bot was done then with an interaction of which the stages are watched.

        What this raises is to be contained.
        """
        stages = recorder.stages or recorder.watched()
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
        if not entered_ns or entered_ns > until_ns:  # a check or a hook has answered
            entered_ns, in_checks_ns = until_ns, requests_ns
        else:
            in_checks_ns = invocation.requests_at_entry_ns
        checks_ns = entered_ns - begun_ns - in_checks_ns
        code_ns = until_ns - entered_ns - requests_ns + in_checks_ns
        discord_ns = requests_ns - limited_ns
        if checks_ns < 0:  # requests that were made at the same time count once only
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

    def responded(self, invocation: Invocation, recorder: Recorder) -> None:
        """An interaction got its first response after it had ended and was counted without one.

        What this raises is to be contained.
        """
        if invocation.begun_ns:
            recorder.watched().unanswered(-1)
            self.compare_clocks()
            self.ended(invocation, recorder, invocation.first_response_ns)

    def lost(self, invocation: Invocation) -> None:
        """An interaction in flight is followed no longer, for there are too many."""
        if invocation.begun_ns and invocation.noticed & PAST_DEADLINE and invocation.recorder is not None:
            stages = invocation.recorder.watched()
            stages.waiting -= 1
            stages.unanswered()
        invocation.begun_ns = 0
