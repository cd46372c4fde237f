"""Tracks each invocation of a command from its receipt to its end."""

from __future__ import annotations

import asyncio
import inspect
from asyncio import current_task
from collections import deque
from collections.abc import Callable

from plugin.instrument.containment import Instrument
from plugin.instrument.failure_judge import FailureJudge
from plugin.instrument.interaction_watch import InteractionWatch
from plugin.instrument.invocation import Invocation, Recorder
from plugin.instrument.pending_answers import PendingAnswers
from plugin.instrument.places import Places
from plugin.instrument.receipts import Receipts
from plugin.instrument.settling import count_ended
from plugin.instrument.slow_responses import SLOW_NS
from plugin.instrument.stage_watch import StageWatch, current_invocation
from plugin.model import CommandKey, InteractionKey, Outcome

MOST_UNSETTLED = 32
"""At most this many ended invocations wait to be counted together, which costs a fraction of counting each."""


class Invocations:
    """The invocations in flight, bounded; each is counted exactly once, however it ends."""

    def __init__(
        self,
        maximum: int,
        places: Places,
        clock_ns: Callable[[], int],
        unix_time: Callable[[], float],
        part: Instrument,
        tracks_tasks: bool = True,
    ) -> None:
        """`part` is charged with faults in counting; `tracks_tasks` enables `running_in`."""
        self._part = part
        self._maximum = maximum
        self._tracks_tasks = tracks_tasks
        self._places = places
        self._clock_ns = clock_ns
        self._unix_time = unix_time
        self.receipts = Receipts()
        """Filled by the hook that sees interactions before hikari."""
        self._in_flight: dict[int, Invocation] = {}
        self._unsettled: deque[Invocation] = deque()
        """Invocations that have ended since the last `settle`, oldest first."""
        self.pending_answers = PendingAnswers()
        self.stages: StageWatch | None = None
        """Breaks down the time to the first response; None if switched off."""
        self._interactions: InteractionWatch | None = None
        self.failures = FailureJudge(places, unix_time)
        self.evicted = 0
        """How many exceeded the bound: they are counted, but without first response and error."""

    def watch_stages(self, part: Instrument) -> StageWatch:
        """Break down the time of interactions from now on; faults count as the part's."""
        self.stages = StageWatch(self._in_flight, self._places, part, self._clock_ns, self._unix_time)
        return self.stages

    def watch_interactions(
        self, stages: StageWatch, recorder_of: Callable[[InteractionKey], Recorder], part: Instrument
    ) -> InteractionWatch:
        """Track interactions that call no command from now on."""
        self._interactions = InteractionWatch(stages, self._places, recorder_of, part, self._clock_ns)
        return self._interactions

    @property
    def interactions_dropped(self) -> int:
        """How many interactions that call no command were not tracked because of the bound."""
        return 0 if self._interactions is None else self._interactions.dropped

    def stop(self) -> None:
        """Cancel all timers until the next interaction."""
        if self.stages is not None:
            self.stages.slow_responses.stop()
        if self._interactions is not None:
            self._interactions.stop()

    def disown(self) -> None:
        """Do not count the interaction that the running task handles: it is the monitor's own."""
        if self._interactions is not None:
            self._interactions.disown()

    def begin(self, source_id: int, recorder: Recorder | None, *, interaction: bool = True) -> Invocation:
        """Track an invocation by the id of its interaction or message; without a recorder, `assign` it later."""
        now_ns = self._clock_ns()
        invocation = Invocation(source_id, recorder, self.receipts.pop(source_id, now_ns))
        if self._tracks_tasks:
            try:
                invocation.task_id = id(current_task())
            except RuntimeError:  # no loop runs
                invocation.task_id = 0
        in_flight = self._in_flight
        if len(in_flight) >= self._maximum:
            self._evict(in_flight.pop(next(iter(in_flight))))
        outer = in_flight.setdefault(source_id, invocation)
        if outer is not invocation:
            invocation.outer = outer
            in_flight[source_id] = invocation
        if recorder is not None:
            recorder.in_flight += 1
        stages = self.stages
        if stages is not None and interaction and outer is invocation and stages.part.on:
            # Stages belong to the outermost invocation. This runs in the task that handles it.
            invocation.begun_ns, invocation.watch = now_ns, stages
            current_invocation.set(invocation)
            if not stages.slow_responses.looking:
                stages.watch_slow_responses()
        return invocation

    def _evict(self, invocation: Invocation) -> None:
        self.evicted += 1
        if self.stages is not None:
            self.stages.on_eviction(invocation)

    def assign(self, id: int, recorder: Recorder) -> None:
        """Set the command of an invocation that began without one."""
        invocation = self._in_flight.get(id)
        if invocation is not None and invocation.recorder is not recorder:
            if invocation.recorder is not None:
                invocation.recorder.in_flight -= 1
            invocation.recorder = recorder
            recorder.in_flight += 1

    def responded(self, id: int, deferring_token: str, now_ns: int, untimed_since_ns: int) -> None:
        """Record that Discord accepted a response to an interaction at `now_ns`; only the first one counts.

        `deferring_token`: the interaction's token if the response only defers, else empty. `untimed_since_ns`: when the
        request began if nothing else timed it, else 0.
        """
        invocation, ended = self._in_flight.get(id), None
        if invocation is None:
            ended = self.pending_answers.pop_unresponded(id)
            invocation = ended or self._just_ended(id)
            if invocation is None and (invocation := self._without_command(id)) is not None:
                invocation.deferred = bool(deferring_token)
        if deferring_token and invocation is not None and not invocation.deferred:
            self.pending_answers.defer(deferring_token, invocation, now_ns)
        stages = self.stages
        while invocation is not None and not invocation.first_response_ns:  # then those that it is nested in
            invocation.first_response_ns = now_ns
            if stages is not None and (untimed_since_ns or now_ns - invocation.started_ns >= SLOW_NS):
                stages.on_response(invocation, now_ns, untimed_since_ns)
            invocation = invocation.outer
        if ended is not None:
            self._count_late_response(ended)

    def _just_ended(self, id: int) -> Invocation | None:
        """An interaction that has ended without a first response and is not counted yet."""
        return next((one for one in self._unsettled if one.id == id and not one.first_response_ns), None)

    def _count_late_response(self, invocation: Invocation) -> None:
        """Count the first response of an interaction that was counted without one."""
        recorder, took_ns = invocation.recorder, invocation.first_response_ns - invocation.started_ns
        if recorder is None:
            return
        recorder.responded(invocation.outcome or Outcome.OK, took_ns, invocation.deferred)
        if self.stages is not None:
            self.stages.on_response_after_end(invocation, recorder)
        if invocation.deferred:
            self.pending_answers.on_counted(invocation)

    def refused(self, id: int, now_ns: int, untimed_since_ns: int) -> None:
        """Record that Discord rejected a response because the interaction is unknown or has expired."""
        invocation = self._in_flight.get(id) or self._without_command(id)
        while invocation is not None and not invocation.first_response_ns and self.stages is not None:
            self.stages.on_refusal(invocation, now_ns, untimed_since_ns)
            invocation = invocation.outer

    def _without_command(self, id: int) -> Invocation | None:
        """The command-less invocation that this response answers first; None if untracked, or the monitor's own."""
        return None if self._interactions is None else self._interactions.on_response(id, inspect.currentframe())

    def failed(self, id: int, exception: BaseException) -> None:
        """Record why an invocation fails, even if the exception is handled later; the first cause counts."""
        invocation = self._in_flight.get(id)
        if invocation is not None:
            self.failures.failed(invocation, exception)

    @property
    def in_flight(self) -> int:
        """How many invocations are tracked now."""
        return len(self._in_flight)

    def running_in(self, task_id: int) -> CommandKey | None:
        """The command that runs in a task, by the task's id(); None if unknown. Callable from any thread."""
        for invocation in tuple(self._in_flight.values()):
            if invocation.task_id == task_id:
                key = getattr(invocation.recorder, "key", None)
                return key if isinstance(key, CommandKey) else None
        return None

    def finish(self, invocation: Invocation, escaped: BaseException | None) -> None:
        """End an invocation, with the exception that left it, if any."""
        invocation.ended_ns = self._clock_ns()
        innermost = self._in_flight.get(invocation.id)
        if innermost is not invocation or invocation.outer is not None:
            self._unlink(innermost, invocation)
        else:
            del self._in_flight[invocation.id]
        recorder = invocation.recorder
        if recorder is None:
            return
        recorder.in_flight -= 1
        unsettled = self._unsettled
        unsettled.append(invocation)
        if escaped is not None and invocation.outcome is None:
            self.failures.escaped(invocation, escaped)
        if len(unsettled) >= MOST_UNSETTLED:
            self.settle()

    def settle(self) -> None:
        """Count the invocations that have ended; call it before reading the counts."""
        count_ended(self._unsettled, self.stages, self.pending_answers, self._part)

    def abandon(self) -> None:
        """End all invocations as cancelled, since their loop will never run again."""
        while self._in_flight:
            self.finish(next(reversed(self._in_flight.values())), asyncio.CancelledError())

    def finish_prefix_command(self, invocation: Invocation, escaped: BaseException | None) -> None:
        """End an invocation of a prefix command."""
        self.pending_answers.on_prefix_end(invocation, self._clock_ns())
        self.finish(invocation, escaped)

    def _unlink(self, innermost: Invocation | None, ended: Invocation) -> None:
        """Remove one of the nested invocations of the same interaction or message."""
        outer = ended.outer
        if outer is not None and innermost is ended:
            # At the same position, since the dict is ordered by beginning.
            self._in_flight[ended.id] = outer
        inner = innermost
        while inner is not None and inner is not ended:
            if inner.outer is ended:
                inner.outer = outer
            inner = inner.outer
