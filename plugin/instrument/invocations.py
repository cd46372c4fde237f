"""Follows each invocation of a command from its receipt to its end."""

from __future__ import annotations

import asyncio
import inspect
from asyncio import current_task
from collections import deque
from collections.abc import Callable

from plugin.instrument.answers import Answers
from plugin.instrument.containment import Instrument
from plugin.instrument.failures import error_group
from plugin.instrument.interactions import Interactions
from plugin.instrument.invocation import Invocation as Invocation
from plugin.instrument.invocation import Recorder
from plugin.instrument.places import Places
from plugin.instrument.receipts import Receipts
from plugin.instrument.refusals import Refusals
from plugin.instrument.stages import StageWatch, current_invocation
from plugin.instrument.values import is_a
from plugin.instrument.waiting import SLOW_NS
from plugin.model import CommandKey, InteractionKey, Outcome

MOST_UNSETTLED = 32
"""How many that have ended are not yet counted, only kept: counting them at once, in one go, costs a fraction."""

Judge = Callable[[BaseException], tuple[Outcome, BaseException]]
"""Tells from an exception that left a command how the command ended, and what caused it."""


def _broken(exception: BaseException) -> tuple[Outcome, BaseException]:
    return Outcome.ERROR, exception


class Invocations:
    """The invocations in flight, bounded; each is counted once, whatever its end."""

    def __init__(
        self,
        maximum: int,
        places: Places,
        clock_ns: Callable[[], int],
        unix_time: Callable[[], float],
        part: Instrument,
        tells_tasks: bool = True,
    ) -> None:
        """`part`: whose faults it is where one cannot be counted.

        `tells_tasks`: whether anybody is going to ask which task an invocation runs in.
        """
        self._part = part
        self._maximum = maximum
        self._tells_tasks = tells_tasks
        self._places = places
        self._clock_ns = clock_ns
        self._unix_time = unix_time
        self.receipts = Receipts()
        """For whoever sees interactions before hikari does."""
        self._in_flight: dict[int, Invocation] = {}
        self._unsettled: deque[Invocation] = deque()
        """Those that have ended since the last `settle`, oldest first."""
        self.answers = Answers()
        """Those that are still to come."""
        self.stages: StageWatch | None = None
        """Tells where the time of interactions goes; None where that is switched off."""
        self._interactions: Interactions | None = None
        self.judge: Judge = _broken
        """Says of an exception that leaves a command how it ended and what caused it; an adapter knows better."""
        self.refusals = Refusals()
        """Exceptions of the bot's own that count as a refusal wherever they are raised."""
        self.evicted = 0
        """How many were in flight beyond the bound: they are counted, but not their first response or error."""

    def watch_stages(self, part: Instrument) -> StageWatch:
        """Tell of each interaction from now on where its time goes; what fails in that is a fault of the part."""
        self.stages = StageWatch(self._in_flight, self._places, part, self._clock_ns, self._unix_time)
        return self.stages

    def watch_interactions(
        self, stages: StageWatch, recorder_of: Callable[[InteractionKey], Recorder], part: Instrument
    ) -> Interactions:
        """Follow interactions that call no command from now on."""
        self._interactions = Interactions(stages, self._places, recorder_of, part, self._clock_ns)
        return self._interactions

    @property
    def interactions_not_followed(self) -> int:
        """How many interactions that call no command were beyond the bound."""
        return 0 if self._interactions is None else self._interactions.not_followed

    def stop(self) -> None:
        """Look at nothing until the next interaction."""
        if self.stages is not None:
            self.stages.waiting.stop()
        if self._interactions is not None:
            self._interactions.stop()

    def disown(self) -> None:
        """Count nothing of the interaction that the running task works for: it is the monitor's own."""
        if self._interactions is not None:
            self._interactions.disown()

    def begin(self, known_as: int, recorder: Recorder | None, *, interaction: bool = True) -> Invocation:
        """Follow an invocation, by the id of its interaction or message; the command may be told later."""
        now_ns = self._clock_ns()
        invocation = Invocation(known_as, recorder, self.receipts.pop(known_as, now_ns))
        if self._tells_tasks:
            try:
                invocation.task_id = id(current_task())
            except RuntimeError:  # no loop runs
                invocation.task_id = 0
        in_flight = self._in_flight
        if len(in_flight) >= self._maximum:
            self._evict(in_flight.pop(next(iter(in_flight))))
        outer = in_flight.setdefault(known_as, invocation)
        if outer is not invocation:
            invocation.outer = outer
            in_flight[known_as] = invocation
        if recorder is not None:
            recorder.in_flight += 1
        stages = self.stages
        if stages is not None and interaction and outer is invocation and stages.part.on:
            # What an inner one does is the outer one's. This runs in the task that handles it.
            invocation.begun_ns, invocation.watch = now_ns, stages
            current_invocation.set(invocation)
            if not stages.waiting.looking:
                stages.look()
        return invocation

    def _evict(self, invocation: Invocation) -> None:
        self.evicted += 1
        if self.stages is not None:
            self.stages.lost(invocation)

    def resolved(self, id: int, recorder: Recorder) -> None:
        """Tell which command an invocation is of."""
        invocation = self._in_flight.get(id)
        if invocation is not None and invocation.recorder is not recorder:
            if invocation.recorder is not None:
                invocation.recorder.in_flight -= 1
            invocation.recorder = recorder
            recorder.in_flight += 1

    def answered(self, id: int, deferring_token: str, now_ns: int, untold_since_ns: int) -> None:
        """Note that Discord took a response to an interaction at `now_ns`: the first one counts.

        `deferring_token` is that of the interaction where the response only defers, else empty. Where the call that
        answered was told to nobody else, it began at `untold_since_ns`; else that is 0.
        """
        invocation, ended = self._in_flight.get(id), None
        if invocation is None:
            ended = self.answers.ended(id)
            invocation = ended or self._just_ended(id)
            if invocation is None and (invocation := self._uncommanded(id)) is not None:
                invocation.deferred = bool(deferring_token)
        if deferring_token and invocation is not None and not invocation.deferred:
            self.answers.defer(deferring_token, invocation, now_ns)
        stages = self.stages
        while invocation is not None and not invocation.first_response_ns:  # and whatever it was begun within
            invocation.first_response_ns = now_ns
            if stages is not None and (untold_since_ns or now_ns - invocation.started_ns >= SLOW_NS):
                stages.answered(invocation, now_ns, untold_since_ns)
            invocation = invocation.outer
        if ended is not None:
            self._respond(ended)

    def _just_ended(self, id: int) -> Invocation | None:
        """An interaction that has ended without a first response and is not counted yet."""
        return next((one for one in self._unsettled if one.id == id and not one.first_response_ns), None)

    def _respond(self, invocation: Invocation) -> None:
        """Count the first response of an interaction that was counted without one."""
        recorder, took_ns = invocation.recorder, invocation.first_response_ns - invocation.started_ns
        if recorder is None:
            return
        recorder.responded(invocation.outcome or Outcome.OK, took_ns, invocation.deferred)
        if self.stages is not None:
            self.stages.responded(invocation, recorder)
        if invocation.deferred:
            self.answers.settled(invocation)

    def refused(self, id: int, now_ns: int, untold_since_ns: int) -> None:
        """Note that Discord knows no such interaction, or none any more."""
        invocation = self._in_flight.get(id) or self._uncommanded(id)
        while invocation is not None and not invocation.first_response_ns and self.stages is not None:
            self.stages.refused(invocation, now_ns, untold_since_ns)
            invocation = invocation.outer

    def _uncommanded(self, id: int) -> Invocation | None:
        """What calls no command and is answered at this moment; None for what is not followed, or not the bot's."""
        return None if self._interactions is None else self._interactions.answered(id, inspect.currentframe())

    def failed(self, id: int, exception: BaseException) -> None:
        """Note why an invocation fails, whoever handles it later; the first cause counts."""
        invocation = self._in_flight.get(id)
        if invocation is not None:
            self._fail(invocation, exception)

    @property
    def in_flight(self) -> int:
        """How many are followed at present."""
        return len(self._in_flight)

    def running_in(self, task_id: int) -> CommandKey | None:
        """The command that runs in a task; None where none does, or one that is not counted. For any thread."""
        for invocation in tuple(self._in_flight.values()):
            if invocation.task_id == task_id:
                key = getattr(invocation.recorder, "key", None)
                return key if isinstance(key, CommandKey) else None
        return None

    def finish(self, invocation: Invocation, escaped: BaseException | None) -> None:
        """Count an invocation that has ended, with the exception that left it, if any."""
        invocation.ended_ns = self._clock_ns()
        followed = self._in_flight.get(invocation.id)
        if followed is not invocation or invocation.outer is not None:
            self._go_on(followed, invocation)
        else:
            del self._in_flight[invocation.id]
        recorder = invocation.recorder
        if recorder is None:
            return
        recorder.in_flight -= 1
        unsettled = self._unsettled
        unsettled.append(invocation)
        if escaped is not None and invocation.outcome is None:
            self._escape(invocation, escaped)
        if len(unsettled) >= MOST_UNSETTLED:
            self.settle()

    def settle(self) -> None:
        """Count what has ended: whoever is about to read the counts calls this first."""
        unsettled, stages, answers = self._unsettled, self.stages, self.answers
        ended_ns = 0
        if unsettled and stages is not None:
            stages.compare_clocks()
        while unsettled:
            invocation = unsettled.popleft()
            recorder, ended_ns = invocation.recorder, invocation.ended_ns
            if recorder is None:
                continue
            if invocation.begun_ns and stages is not None and stages.part.on:
                try:
                    stages.ended(invocation, recorder, ended_ns)
                except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
                    stages.part.fault(fault)
            first_response_ns, deferred = invocation.first_response_ns, invocation.deferred
            try:
                recorder.record(
                    invocation.outcome or Outcome.OK, invocation.started_ns, first_response_ns, ended_ns, deferred
                )
                if deferred or not first_response_ns:
                    answers.settled(invocation)
            except Exception as fault:  # noqa: BLE001 # as above
                if self._part.on:
                    self._part.fault(fault)
        answers.forget(ended_ns)

    def abandon(self) -> None:
        """Count as cancelled what is in flight on a loop that will never run again."""
        while self._in_flight:
            self.finish(next(reversed(self._in_flight.values())), asyncio.CancelledError())

    def finish_message(self, invocation: Invocation, escaped: BaseException | None) -> None:
        """The same for a prefix command."""
        self.answers.end_messages(invocation, self._clock_ns())
        self.finish(invocation, escaped)

    def _go_on(self, innermost: Invocation | None, ended: Invocation) -> None:
        """Go on with the others of the same interaction or message, of which one was begun within the other."""
        outer = ended.outer
        if outer is not None and innermost is ended:
            # In its place, for they are in the order in which they began.
            self._in_flight[ended.id] = outer
        inner = innermost
        while inner is not None and inner is not ended:
            if inner.outer is ended:
                inner.outer = outer
            inner = inner.outer

    def _escape(self, invocation: Invocation, escaped: BaseException) -> None:
        if is_a(escaped, asyncio.CancelledError, GeneratorExit):
            invocation.outcome = Outcome.CANCELLED
        else:
            self._fail(invocation, escaped)

    def _fail(self, invocation: Invocation, exception: BaseException) -> None:
        if invocation.outcome is not None or invocation.recorder is None:
            return
        try:
            outcome, cause = self.judge(exception)
        except Exception:  # noqa: BLE001 # what a bot's own exception does when it is asked is no fault of the monitor's
            outcome, cause = Outcome.ERROR, exception
        if outcome is Outcome.ERROR and self.refusals.has(cause):
            outcome = Outcome.DENIED
        invocation.outcome = outcome
        now = self._unix_time()
        place = self._places.of(cause) if outcome is Outcome.ERROR else None
        invocation.recorder.failed(outcome, error_group(cause, place, now))
