"""Counts listeners that raise, without a word less or more in hikari's log.

A subscription to `ExceptionEvent` would make hikari log the traceback at DEBUG only. But hikari dispatches one for each
failure, whether anybody listens or not, and asks whoever waits for one whether it is the right one, as for
`event_manager.wait_for`: one that is asked and is never content sees each, and costs the other events nothing. Not seen
is what listeners to `ExceptionEvent` itself raise: of that hikari makes no event.

A listener to an error event that ends in `raise event.exception`, as many do, has not failed: what it raises again is
counted where it was raised first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import hikari

from plugin.instrument.containment import Instrument
from plugin.instrument.error_groups import LastError
from plugin.instrument.methods import MovedError
from plugin.instrument.places import Places
from plugin.instrument.values import attribute, cause_of, is_a, module_of, simple_name, text_of
from plugin.model import ListenerSnapshot

MAXIMUM_LISTENERS = 200
LATEST = 10
"""Of how many failures of a listener the time is kept."""

COMMAND_LISTENERS = ("lightbulb.app", "lightbulb.client")
"""Modules of Lightbulb whose listeners run commands: what these raise is counted with the commands."""


MOST_CAUSES = 50
"""How many causes of an error event's exception are looked through for the one that a listener raised again."""


class Waiter:
    """Waits for events of a kind in a manager of hikari's until `undo`; `predicate` is asked of each and returns False.

    `wait_for` does the same, but in a task that the bot would see.
    """

    def __init__(self, event_manager: object, kind: type, predicate: Callable[[Any], bool]) -> None:
        waiters = getattr(event_manager, "_waiters", None)
        if not isinstance(waiters, dict):
            raise MovedError(f"{type(event_manager).__module__}.{type(event_manager).__qualname__} has no _waiters")
        self._waiters: dict[type, set[Any]] = waiters
        self._kind = kind
        self._waiter = predicate, self
        self._waiters.setdefault(kind, set()).add(self._waiter)

    @property
    def names(self) -> tuple[str, ...]:
        """What it stands in, for who reads that it was taken out."""
        return ("_waiters",)

    @property
    def in_force(self) -> bool:
        """Whether the manager still asks it."""
        return self._waiter in self._waiters.get(self._kind, ())

    def done(self) -> bool:
        """What hikari asks of the future that would get the event."""
        return False

    def undo(self) -> None:
        """Wait no more."""
        waiting = self._waiters.get(self._kind, set())
        waiting.discard(self._waiter)
        if not waiting:
            self._waiters.pop(self._kind, None)


class _Listener:
    """What is known of a listener that raised."""

    __slots__ = ("error", "failures", "latest")

    def __init__(self) -> None:
        self.error = LastError()
        self.failures = 0
        self.latest: deque[float] = deque(maxlen=LATEST)


class Listeners:
    """The listeners of one bot that raised."""

    def __init__(self, part: Instrument, places: Places, unix_time: Callable[[], float]) -> None:
        self._part = part
        self._places = places
        self._unix_time = unix_time
        self._listeners: dict[tuple[str, str], _Listener] = {}
        self.dropped = 0
        """How many failures of further listeners were not kept."""

    def watch(self, event_manager: object) -> Waiter:
        """Begin to see failures; raises `MovedError` where hikari no longer knows who waits for an event."""
        return Waiter(event_manager, hikari.ExceptionEvent, self._see)

    def _see(self, event: hikari.ExceptionEvent[Any]) -> bool:
        if self._part.on:
            try:
                self._raised(event)
            except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
                self._part.fault(fault)
        return False

    def _raised(self, event: hikari.ExceptionEvent[Any]) -> None:
        callback: object = event.failed_callback
        failed: object = event.failed_event
        module, name = _module_and_name(callback)
        if module in COMMAND_LISTENERS or _is_raised_again(event):
            return
        key = simple_name(type(failed)), name
        listener = self._listeners.get(key)
        if listener is None:
            if len(self._listeners) >= MAXIMUM_LISTENERS:
                self.dropped += 1
                return
            listener = self._listeners[key] = _Listener()
        now = self._unix_time()
        listener.failures += 1
        listener.latest.append(now)
        listener.error.add(event.exception, self._places, now)

    def snapshot(self) -> tuple[ListenerSnapshot, ...]:
        """Every listener that raised, most often first."""
        found = [
            ListenerSnapshot(event, name, listener.failures, tuple(listener.latest), listener.error.group)
            for (event, name), listener in self._listeners.items()
            if listener.error.group is not None
        ]
        return tuple(sorted(found, key=lambda listener: -listener.failures))


def _is_raised_again(event: hikari.ExceptionEvent[Any]) -> bool:
    """Whether a listener raised the exception that its event is about, or one that caused it."""
    pending: list[object] = [attribute(event.failed_event, "exception")]
    seen = set[int]()
    while pending and len(seen) < MOST_CAUSES:
        exception: Any = pending.pop(0)
        if exception is event.exception:
            return True
        if is_a(exception, BaseException) and id(exception) not in seen:
            seen.add(id(exception))
            causes = attribute(exception, "causes", ())  # of a failed check of Lightbulb 2
            pending += [cause_of(exception), attribute(exception, "original")]
            pending += causes if is_a(causes, list, tuple) else ()
    return False


def _module_and_name(callback: object) -> tuple[str, str]:
    # A listener may be any object that can be called.
    cls = type(callback)
    module = attribute(callback, "__module__", module_of(cls))
    return text_of(module), text_of(attribute(callback, "__qualname__", simple_name(cls)))
