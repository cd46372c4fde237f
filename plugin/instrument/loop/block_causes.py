"""Finds what blocked the loop, from stack samples and clocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from plugin.instrument.loop.clocks import ClockReading
from plugin.instrument.loop.stack_samples import IDLE, StackSample
from plugin.model import Holding

LOCK_KEPT = 3
"""If the watchdog was late for more than 1/3 of the block, C code held the GIL: Python code releases it every 5 ms, and
the watchdog wakes up at most 20 times a second.
"""


class BlockEvidence(NamedTuple):
    """What is known about a stall."""

    held_ns: int
    before: ClockReading
    """At the last beat before it."""
    after: ClockReading
    """At the first beat after it."""
    late_ns: int
    """Sum of the watchdog's delays in waking up during it."""
    samples: Sequence[StackSample]
    """Oldest first."""


class BlockCause(NamedTuple):
    """What blocked the loop, and how."""

    sample: StackSample
    """`IDLE` if unknown."""
    holding: Holding


def find_cause(evidence: BlockEvidence, threshold_ns: int) -> BlockCause | None:
    """What blocked the loop for longer than the threshold; None if the machine paused or starved the process instead.

    A suspended process neither wakes up nor uses CPU time; a process on an overloaded machine waits in the run queue.
    Otherwise both look like a blocked loop. C code that waits while it holds the GIL looks like a suspended process.
    """
    process_ns = evidence.after.process_ns - evidence.before.process_ns
    thread_ns = _passed(evidence.before.thread_ns, evidence.after.thread_ns)
    delayed_ns = _passed(evidence.before.delayed_ns, evidence.after.delayed_ns) or 0
    own_ns = evidence.held_ns - max(0, evidence.late_ns - process_ns, delayed_ns)
    if own_ns < threshold_ns:
        return None
    computed = 2 * (process_ns if thread_ns is None else thread_ns) >= own_ns
    lock_kept = LOCK_KEPT * evidence.late_ns >= evidence.held_ns
    seen = [sample for sample in evidence.samples if not sample.idle]
    if lock_kept and not computed and 2 * process_ns >= own_ns:
        return BlockCause(IDLE, Holding.KEEPING_OUT)
    if not seen:
        return BlockCause(IDLE, Holding.LOCKING) if computed else None
    holding = Holding.WAITING if not computed else Holding.LOCKING if lock_kept else Holding.COMPUTING
    sample = _prevailing(seen, holding)
    return BlockCause(IDLE, Holding.CROWDING) if sample is None else BlockCause(sample, holding)


def _passed(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else after - before


def _prevailing(seen: Sequence[StackSample], holding: Holding) -> StackSample | None:
    """The most frequent place of the step found in most samples; None if no step has a majority."""
    (step, times), *_ = Counter(id(sample.step) for sample in seen).most_common(1)
    if 2 * times <= len(seen) and len(seen) > 1:
        return None
    of_step = [sample for sample in seen if id(sample.step) == step]
    (place, _), *_ = Counter(sample.place for sample in of_step).most_common(1)
    there = [one for one in of_step if one.place == place and (one.certain or holding is not Holding.COMPUTING)]
    calls = Counter(sample.call for sample in there if sample.call)
    return of_step[0]._replace(place=place, call=calls.most_common(1)[0][0] if calls else "")
