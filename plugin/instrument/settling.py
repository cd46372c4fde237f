"""Counts invocations after their end, several at once: that costs a fraction of counting each at its end."""

from __future__ import annotations

from collections import deque

from plugin.instrument.containment import Instrument
from plugin.instrument.invocation import Invocation
from plugin.instrument.pending_answers import PendingAnswers
from plugin.instrument.stage_watch import StageWatch
from plugin.model import Outcome


def count_ended(
    ended: deque[Invocation], stages: StageWatch | None, pending_answers: PendingAnswers, part: Instrument
) -> None:
    """Count ended invocations, oldest first, and remove them; faults count as the part's, or the stages'."""
    ended_ns = 0
    if ended and stages is not None:
        stages.compare_clocks()
    while ended:
        invocation = ended.popleft()
        recorder, ended_ns = invocation.recorder, invocation.ended_ns
        if recorder is None:
            continue
        if invocation.begun_ns and stages is not None and stages.part.on:
            try:
                stages.on_end(invocation, recorder, ended_ns)
            except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
                stages.part.fault(fault)
        first_response_ns, deferred = invocation.first_response_ns, invocation.deferred
        try:
            recorder.record(
                invocation.outcome or Outcome.OK, invocation.started_ns, first_response_ns, ended_ns, deferred
            )
            if deferred or not first_response_ns:
                pending_answers.on_counted(invocation)
        except Exception as fault:  # noqa: BLE001 # as above
            if part.on:
                part.fault(fault)
    pending_answers.forget(ended_ns)
