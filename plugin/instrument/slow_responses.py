"""Finds the line that a slow first response waits for, by periodic looks at the invocations in flight."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from plugin.instrument.containment import Instrument
from plugin.instrument.invocation import PAST_DEADLINE, PLACE_SEEN, Invocation
from plugin.instrument.places import Places
from plugin.model import DEADLINE_NS

SLOW_NS = 500_000_000
"""An interaction without a first response is slow after this time."""

LOOK_S = 0.25
MOST_LOOKED_AT = 64
"""At most this many slow invocations are inspected per look; beyond it they are sampled evenly."""

_HORIZON_NS = DEADLINE_NS + 1_000_000_000
"""An invocation older than this at a look was counted then: answered, or waiting past its deadline."""


class SlowResponseWatch:
    """Inspects unanswered interactions every quarter of a second while any is younger than the horizon."""

    def __init__(
        self,
        in_flight: dict[int, Invocation],
        places: Places,
        part: Instrument,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._in_flight = in_flight
        self._places = places
        self._clock_ns = clock_ns
        self._part = part
        self._timer: asyncio.TimerHandle | None = None
        self._looked_ns = 0
        self.looking = False
        """Whether the next look is scheduled."""

    def start(self) -> None:
        """Schedule a look half a second from now; needs a running loop."""
        self.looking = True
        self._looked_ns = self._clock_ns()
        self._timer = asyncio.get_running_loop().call_later(SLOW_NS / 1e9, self._look)

    def stop(self) -> None:
        """Cancel the next look."""
        self.looking = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        try:
            self.look()
        except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
            self._part.fault(fault)

    def look(self) -> None:
        """Count the lines that slow invocations wait for, and the invocations past their deadline."""
        self._timer = None
        self.looking = False
        now_ns = self._clock_ns()
        unanswered = self._unanswered(self._looked_ns - _HORIZON_NS)
        slow = [invocation for invocation in unanswered if now_ns - invocation.begun_ns >= SLOW_NS]
        for invocation in slow:
            if now_ns - invocation.started_ns > DEADLINE_NS:
                _count_overdue(invocation)
        self._inspect(slow[:: -(-len(slow) // MOST_LOOKED_AT) or 1])
        self._looked_ns = now_ns
        if any(now_ns - invocation.begun_ns < _HORIZON_NS for invocation in unanswered):
            self.looking = True
            self._timer = asyncio.get_running_loop().call_later(LOOK_S, self._look)

    def _unanswered(self, begun_since_ns: int) -> list[Invocation]:
        found: list[Invocation] = []
        for invocation in reversed(self._in_flight.values()):
            while invocation.outer is not None:  # stages belong to the outermost invocation
                invocation = invocation.outer
            if invocation.begun_ns and invocation.begun_ns < begun_since_ns:
                break
            if invocation.begun_ns and not (invocation.first_response_ns or invocation.refused_ns):
                found.append(invocation)
        return found

    def _inspect(self, slow: list[Invocation]) -> None:
        tasks = {id(task): task for task in asyncio.all_tasks()} if slow else {}
        for invocation in slow:
            task = tasks.get(invocation.task_id)
            place = None if task is None else self._places.waited_in(task)
            if place is not None and invocation.recorder is not None:
                invocation.noticed |= PLACE_SEEN
                invocation.recorder.ensure_stages().waited(place)


def _count_overdue(invocation: Invocation) -> None:
    if not invocation.noticed & PAST_DEADLINE and invocation.recorder is not None:
        invocation.noticed |= PAST_DEADLINE
        invocation.recorder.ensure_stages().waiting += 1
