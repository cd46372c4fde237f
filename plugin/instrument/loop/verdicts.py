"""What held the loop, judged by what was seen and by what the clocks say of the meantime."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from plugin.instrument.loop.clocks import ClockReading
from plugin.instrument.loop.looks import IDLE, Look
from plugin.model import Holding

LOCK_KEPT = 3
"""Who was kept waiting for more than one part in so many was kept out by C code: Python code lets others run every
5 ms, and the watchdog asks no more than 20 times a second.
"""


class BlockEvidence(NamedTuple):
    """What is known of a time in which the loop stood still."""

    held_ns: int
    before: ClockReading
    """At the last beat before it."""
    after: ClockReading
    """At the first one after it."""
    late_ns: int
    """How much too late the watchdog woke up meanwhile, in all."""
    looks: Sequence[Look]
    """Oldest first."""


class BlockCause(NamedTuple):
    """What held the loop, and how."""

    look: Look
    """`IDLE` where nothing was seen."""
    holding: Holding


def judge(evidence: BlockEvidence, threshold_ns: int) -> BlockCause | None:
    """What held the loop for longer than the threshold; None where nothing would have on a machine that lets it run.

    A process that is suspended neither wakes up nor uses the processor; one on a machine with too much to do waits
    in the processor's queue. Both look like a blocked loop otherwise. What waits in C code that keeps Python's lock
    to itself cannot be told from the first.
    """
    process_ns = evidence.after.process_ns - evidence.before.process_ns
    thread_ns = _passed(evidence.before.thread_ns, evidence.after.thread_ns)
    delayed_ns = _passed(evidence.before.delayed_ns, evidence.after.delayed_ns) or 0
    own_ns = evidence.held_ns - max(0, evidence.late_ns - process_ns, delayed_ns)
    if own_ns < threshold_ns:
        return None
    computed = 2 * (process_ns if thread_ns is None else thread_ns) >= own_ns
    lock_kept = LOCK_KEPT * evidence.late_ns >= evidence.held_ns
    seen = [look for look in evidence.looks if not look.idle]
    if lock_kept and not computed and 2 * process_ns >= own_ns:
        return BlockCause(IDLE, Holding.KEEPING_OUT)
    if not seen:
        return BlockCause(IDLE, Holding.LOCKING) if computed else None
    holding = Holding.WAITING if not computed else Holding.LOCKING if lock_kept else Holding.COMPUTING
    look = _prevailing(seen, holding)
    return BlockCause(IDLE, Holding.CROWDING) if look is None else BlockCause(look, holding)


def _passed(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else after - before


def _prevailing(seen: Sequence[Look], holding: Holding) -> Look | None:
    """The place seen most often in the step that was seen in most looks; None where no step was."""
    (step, times), *_ = Counter(id(look.step) for look in seen).most_common(1)
    if 2 * times <= len(seen) and len(seen) > 1:
        return None
    of_step = [look for look in seen if id(look.step) == step]
    (place, _), *_ = Counter(look.place for look in of_step).most_common(1)
    told = [look for look in of_step if look.place == place and (look.certain or holding is not Holding.COMPUTING)]
    calls = Counter(look.call for look in told if look.call)
    return of_step[0]._replace(place=place, call=calls.most_common(1)[0][0] if calls else "")
