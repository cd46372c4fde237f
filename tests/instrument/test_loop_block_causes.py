"""What held the loop, as told by what was seen and by the clocks."""

from __future__ import annotations

import pytest

from plugin.instrument.loop.block_causes import BlockEvidence, find_cause
from plugin.instrument.loop.clocks import ClockReading
from plugin.instrument.loop.stack_samples import IDLE, StackSample
from plugin.model import Holding, Place

MS = 1_000_000
BUY = StackSample("buy", "/shop buy", Place("cogs/shop.py", "buy", 88), "time.sleep")
LATER = StackSample("buy", "/shop buy", Place("cogs/shop.py", "buy", 90), "")
OTHER = StackSample("sell", "/shop sell", Place("cogs/shop.py", "sell", 12), "")
THRESHOLD_NS = 250 * MS


def evidence(
    *samples: StackSample,
    late: int = 0,
    process: int = 0,
    thread: int | None = 0,
    delayed: int | None = 0,
    held: int = 400,
) -> BlockEvidence:
    """A block of so many milliseconds, with what the clocks counted meanwhile."""
    known = None if thread is None else thread * MS
    waited = None if delayed is None else delayed * MS
    before = ClockReading(0, 0, None if thread is None else 0, None if delayed is None else 0)
    after = ClockReading(held * MS, process * MS, known, waited)
    return BlockEvidence(held * MS, before, after, late * MS, samples)


TOLD = {
    "sleeps": (evidence(BUY, BUY), Holding.WAITING),
    "sleeps while others compute": (evidence(BUY, BUY, process=400), Holding.WAITING),
    "Python code": (evidence(BUY, BUY, BUY, late=15, process=400, thread=400), Holding.COMPUTING),
    "C code that keeps the lock": (evidence(BUY, late=320, process=400, thread=400), Holding.LOCKING),
    "C code that is over": (evidence(late=320, process=400, thread=400), Holding.LOCKING),
    "another thread": (evidence(IDLE, late=320, process=400, thread=0), Holding.KEEPING_OUT),
    "many steps": (evidence(BUY, OTHER, late=15, process=400, thread=400), Holding.CROWDING),
    "no clock of the thread": (evidence(BUY, BUY, late=15, process=400, thread=None, delayed=None), Holding.COMPUTING),
    "long on a busy machine": (
        evidence(BUY, late=50, process=400, thread=400, delayed=600, held=1000),
        Holding.COMPUTING,
    ),
}
PAUSED = {
    "suspended at rest": evidence(IDLE, late=320),
    "suspended, and over by the time of the look": evidence(late=320),
    "suspended in a command": evidence(BUY, late=320),
    "suspended without a clock of the thread": evidence(BUY, late=320, thread=None, delayed=None),
    "short on a busy machine": evidence(BUY, late=10, process=100, thread=100, delayed=300),
    "nothing seen, nothing used": evidence(IDLE, IDLE, late=20),
}


@pytest.mark.parametrize(("known", "holding"), TOLD.values(), ids=TOLD)
def test_how_the_loop_was_held(known: BlockEvidence, holding: Holding) -> None:
    """Who computed, who woke up too late, and what was seen tell it."""
    cause = find_cause(known, THRESHOLD_NS)
    assert cause is not None
    assert cause.holding is holding


@pytest.mark.parametrize("known", PAUSED.values(), ids=PAUSED)
def test_a_machine_that_does_not_let_it_run_is_no_block(known: BlockEvidence) -> None:
    """Where the process could not run, or would have been quick otherwise, no code is blamed."""
    assert find_cause(known, THRESHOLD_NS) is None


def test_the_step_and_place_seen_most_often_are_named() -> None:
    """A look that met something else, or an idle loop, does not matter; the call is the one that was told."""
    cause = find_cause(evidence(OTHER, BUY, LATER, BUY._replace(call=""), BUY, IDLE), THRESHOLD_NS)
    assert cause is not None
    assert cause.sample == BUY


@pytest.mark.parametrize(
    ("known", "call"),
    [
        (evidence(BUY._replace(certain=False), thread=0), "time.sleep"),
        (evidence(BUY._replace(certain=False), late=320, process=400, thread=400), "time.sleep"),
        (evidence(BUY._replace(certain=False), late=15, process=400, thread=400), ""),
        (evidence(BUY, late=15, process=400, thread=400), "time.sleep"),
    ],
    ids=["waits", "in C", "computes itself", "a library computes"],
)
def test_what_computes_itself_is_in_no_call(known: BlockEvidence, call: str) -> None:
    """The line of a computation calls now this and now that, so that only a call that lasts is named."""
    cause = find_cause(known, THRESHOLD_NS)
    assert cause is not None
    assert cause.sample.call == call


@pytest.mark.parametrize("known", [TOLD["C code that is over"][0], TOLD["another thread"][0], TOLD["many steps"][0]])
def test_nobody_is_named_without_a_proof(known: BlockEvidence) -> None:
    """Where the one that held it was not seen, nothing is named."""
    cause = find_cause(known, THRESHOLD_NS)
    assert cause is not None
    assert cause.sample == IDLE
