"""What it costs to record one invocation, beside prometheus_client at the same job."""

from __future__ import annotations

import time
from pathlib import Path

from plugin.adapters import LIGHTBULB_LINE
from plugin.instrument.containment import Containment
from plugin.instrument.invocations import Invocations
from plugin.instrument.places import Places
from plugin.metrics import CommandMetrics
from plugin.model import CommandKey, CommandKind, Outcome
from tests.bench.measure import Batch, processor_ns, side_by_side
from tests.bench.rival import Rival
from tests.bench.table import Row, beside

BOUND = 0.30
SIZE = 2_000
PAST_NS = tuple(int(1e6 * 1.005**number) for number in range(SIZE))
"""How far each receipt is put back, so that durations of 1 ms to 20 s are recorded, not only tiny ones."""

PAST_S = tuple(past_ns / 1e9 for past_ns in PAST_NS)


def measure(quick: bool) -> list[Row]:
    """The bare record and the whole tracker, each by turns with prometheus_client.

    All do the same job: three readings of a clock (receipt, first response, end), the outcome counted, the duration
    and the first response put into histograms. Ours also keeps sums and the window of the last 100 durations.
    The children of prometheus_client are looked up beforehand, as its documentation advises; the loops are the same.
    """
    batches = 60 if quick else 250
    key = CommandKey(CommandKind.SLASH, "ping", None)
    rows = (
        ("record one invocation", _record(CommandMetrics(key, 100)), BOUND),
        ("  followed from receipt to end", _follow(CommandMetrics(key, 100)), None),
    )
    rival = _rival()
    return [beside(what, side_by_side(ours, rival, batches), "prometheus_client", bound) for what, ours, bound in rows]


def _record(command: CommandMetrics) -> Batch:
    def batch() -> float:
        clock_ns, record, ok = time.monotonic_ns, command.record, int(Outcome.OK)
        began_ns = processor_ns()
        for past_ns in PAST_NS:
            received_ns = clock_ns() - past_ns
            responded_ns = clock_ns()
            record(ok, received_ns, responded_ns, clock_ns())
        return (processor_ns() - began_ns) / SIZE

    return batch


def _follow(command: CommandMetrics) -> Batch:
    """The way that an invocation takes through the monitor, contained as the monitor contains it."""
    contain = Containment().contain
    invocations = Invocations(10_000, Places(Path.cwd()), time.monotonic_ns, time.time, Containment().part("bench"))
    receipts, clock_ns = invocations.receipts, time.monotonic_ns
    begin, assign = contain("bench", invocations.begin), contain("bench", invocations.assign)
    responded, finish = contain("bench", invocations.responded), contain("bench", invocations.finish)
    known_at_once = LIGHTBULB_LINE == 2  # on Lightbulb 3 the command is known only after the beginning

    def batch() -> float:
        began_ns = processor_ns()
        for interaction_id in PAST_NS:
            receipts[interaction_id] = clock_ns()
            if known_at_once:
                invocation = begin(interaction_id, command)
            else:
                invocation = begin(interaction_id, None)
                assign(interaction_id, command)
            responded(interaction_id, "", clock_ns(), 0)
            finish(invocation, None)
        return (processor_ns() - began_ns) / SIZE

    return batch


def _rival() -> Batch:
    counters, durations, first_responses = Rival().command("ping")

    def batch() -> float:
        clock_s, ok = time.perf_counter, int(Outcome.OK)
        began_ns = processor_ns()
        for past_s in PAST_S:
            received_s = clock_s() - past_s
            first_responses.observe(clock_s() - received_s)
            counters[ok].inc()
            durations.observe(clock_s() - received_s)
        return (processor_ns() - began_ns) / SIZE

    return batch
