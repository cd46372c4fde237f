"""Tracks interactions that call no command: autocomplete, components and modals, whichever library handles them.

No library reports when it passes one of them to the bot's code. So each is tracked from its raw event: the tasks that
hikari creates for it inherit a context variable, which identifies its requests, and at its first response the stack
shows the handler. Custom ids may contain user data and are not kept.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

from plugin.instrument.containment import Instrument
from plugin.instrument.invocation import PAST_DEADLINE, Invocation, Recorder
from plugin.instrument.own_code import OURS
from plugin.instrument.places import Places, task_frames
from plugin.instrument.stage_watch import StageWatch
from plugin.model import DEADLINE_NS, InteractionKey, InteractionKind

KINDS = {
    3: InteractionKind.COMPONENT,
    4: InteractionKind.AUTOCOMPLETE,
    5: InteractionKind.MODAL,
}
"""By Discord's interaction type."""

NOBODY = "(nobody answered)"
LIBRARY = "(a library)"

MAXIMUM = 10_000
"""At most this many are tracked at once."""

SWEEP_S = 1
GIVEN_UP_NS = 60_000_000_000
"""An interaction this old will not be answered any more."""

_NO_HANDLERS = f"{OURS}instrument{os.sep}"


class InteractionWatch:
    """The unanswered command-less interactions of one bot, bounded."""

    def __init__(
        self,
        stages: StageWatch,
        places: Places,
        recorder_of: Callable[[InteractionKey], Recorder],
        part: Instrument,
        clock_ns: Callable[[], int],
    ) -> None:
        self.open: dict[int, Invocation] = {}
        """By the id of the interaction."""
        self.dropped = 0
        """How many were not tracked because of the bound."""
        self._stages = stages
        self._places = places
        self._recorder_of = recorder_of
        self._part = part
        self._clock_ns = clock_ns
        self._keys: dict[int, InteractionKey] = {}
        self._timer: asyncio.TimerHandle | None = None

    def on_interaction(self, payload: Mapping[str, Any]) -> bool:
        """Track an interaction in the current context; False if it calls a command or is malformed."""
        try:
            kind, interaction_id = KINDS[payload["type"]], int(payload["id"])
            name = _autocompleted(payload["data"]) if kind is InteractionKind.AUTOCOMPLETE else NOBODY
        except (LookupError, TypeError, ValueError):
            return False  # a command, or malformed, which hikari reports
        if not self._part.on:
            return False
        if len(self.open) >= MAXIMUM:
            self.dropped += 1
            return False
        loop = asyncio.get_running_loop()
        invocation = Invocation(interaction_id, None, self._clock_ns())
        self.open[interaction_id] = invocation
        self._keys[interaction_id] = InteractionKey(kind, name)
        self._stages.set_current(invocation)
        loop.call_soon(self._begin, invocation)
        if self._timer is None:
            self._timer = loop.call_later(SWEEP_S, self._sweep)
        return True

    def _begin(self, invocation: Invocation) -> None:
        # The loop runs this just before the tasks that hikari has created for the event.
        invocation.requests_at_entry_ns = 0
        invocation.begun_ns = invocation.entered_ns = self._clock_ns()

    def on_response(self, id: int, frame: FrameType | None) -> Invocation | None:
        """The tracked interaction that a response sent from this frame is the first to; None if the frame is ours."""
        invocation = self.open.get(id)
        key = None if invocation is None else self._close(invocation)
        if invocation is None or key is None or _is_ours(frame):
            return None
        if key.kind is not InteractionKind.AUTOCOMPLETE:
            own = self._places.callers(frame)
            key = InteractionKey(key.kind, _name(own[-1].function) if own else LIBRARY)
        recorder = invocation.recorder = self._recorder_of(key)
        recorder.in_flight += 1
        task = asyncio.current_task()
        if task is not None and self._stages.current() is invocation:
            task.add_done_callback(lambda _: self._end(invocation, recorder))
        else:  # a task with other work, such as a command that waits for a click: the interaction ends here
            asyncio.get_running_loop().call_soon(self._end, invocation, recorder)
        return invocation

    def disown(self) -> None:
        """Forget the interaction that the running task handles."""
        invocation = self._stages.current()
        if invocation is not None:
            self._close(invocation)

    def _end(self, invocation: Invocation, recorder: Recorder) -> None:
        recorder.in_flight -= 1
        recorder.record(0, invocation.started_ns, invocation.first_response_ns, self._clock_ns())
        if invocation.begun_ns:
            try:
                self._stages.compare_clocks()
                self._stages.on_end(invocation, recorder, self._clock_ns())
            except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
                self._stages.part.fault(fault)

    def _close(self, invocation: Invocation) -> InteractionKey | None:
        self.open.pop(invocation.id, None)
        if invocation.noticed & PAST_DEADLINE and invocation.recorder is not None:
            invocation.recorder.ensure_stages().waiting -= 1
            invocation.noticed -= PAST_DEADLINE
        return self._keys.pop(invocation.id, None)

    def _sweep(self) -> None:
        self._timer = None
        try:
            self.sweep()
        except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
            self._part.fault(fault)

    def sweep(self) -> None:
        """Count the interactions past their deadline, and give up those that will not be answered any more."""
        now_ns = self._clock_ns()
        for invocation in list(self.open.values()):
            age_ns = now_ns - invocation.started_ns
            if age_ns <= DEADLINE_NS:
                break
            if not invocation.noticed & PAST_DEADLINE:
                recorder = invocation.recorder = self._recorder_of(self._keys[invocation.id])
                recorder.ensure_stages().waiting += 1
                invocation.noticed |= PAST_DEADLINE
            if age_ns > GIVEN_UP_NS and invocation.recorder is not None:
                recorder = invocation.recorder
                self._close(invocation)
                recorder.record(0, invocation.started_ns, 0, now_ns)
                recorder.ensure_stages().unanswered()
        if self.open:
            self._timer = asyncio.get_running_loop().call_later(SWEEP_S, self._sweep)

    def stop(self) -> None:
        """Stop tracking and forget all interactions."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.open.clear()
        self._keys.clear()


def _autocompleted(data: Mapping[str, Any]) -> str:
    """The names of command and option, without the typed value."""
    names, options = [str(data["name"])], data.get("options") or ()
    while options:
        chosen = next((each for each in options if each.get("focused") or each["type"] <= 2), None)
        if chosen is None:
            break
        names.append(str(chosen["name"]))
        options = chosen.get("options") or ()
    return " ".join(names)


def _name(qualified: str) -> str:
    return qualified.rpartition("<locals>.")[2] or qualified


def _is_ours(frame: FrameType | None) -> bool:
    files = [found.f_code.co_filename for found in task_frames(frame)]
    return any(file.startswith(OURS) and not file.startswith(_NO_HANDLERS) for file in files)
