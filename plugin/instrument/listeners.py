"""Counts listeners that raise, without changing hikari's log.

A listener for `ExceptionEvent` would make hikari log the traceback only at DEBUG. But hikari dispatches such an event
for each failure even without listeners, and calls the predicates of `event_manager.wait_for` with it. A predicate that
is never satisfied sees every failure, at no cost for other events. Exceptions of listeners for `ExceptionEvent` itself
are not seen, since hikari makes no event of them.

A listener for an error event that ends with `raise event.exception`, as many do, has not failed: the exception was
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
"""Times are kept of this many failures per listener."""

COMMAND_LISTENERS = ("lightbulb.app", "lightbulb.client")
"""Modules of Lightbulb whose listeners run commands; their exceptions are counted with the commands."""


MOST_CAUSES = 50
"""At most this many causes of an error event's exception are searched for one that the listener re-raised."""


class Waiter:
    """Calls `predicate`, which must return False, with each event of a kind, from now until `undo`.

    Like `wait_for` of hikari's event manager, but without a task that the bot would see.
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
        """The attributes of the event manager that it changes."""
        return ("_waiters",)

    @property
    def in_force(self) -> bool:
        """Whether the event manager still calls the predicate."""
        return self._waiter in self._waiters.get(self._kind, ())

    def done(self) -> bool:
        """False: called by hikari, for which this is the future that awaits the event."""
        return False

    def undo(self) -> None:
        """Stop watching."""
        waiting = self._waiters.get(self._kind, set())
        waiting.discard(self._waiter)
        if not waiting:
            self._waiters.pop(self._kind, None)


class _Listener:
    """The failures of one listener."""

    __slots__ = ("error", "failures", "latest")

    def __init__(self) -> None:
        self.error = LastError()
        self.failures = 0
        self.latest: deque[float] = deque(maxlen=LATEST)


class Listeners:
    """Counts the failures of one bot's listeners."""

    def __init__(self, part: Instrument, places: Places, unix_time: Callable[[], float]) -> None:
        self._part = part
        self._places = places
        self._unix_time = unix_time
        self._listeners: dict[tuple[str, str], _Listener] = {}
        self.dropped = 0
        """How many failures were not counted because there were too many listeners."""

    def watch(self, event_manager: object) -> Waiter:
        """Start counting; raises `MovedError` if hikari no longer keeps waiters as expected."""
        return Waiter(event_manager, hikari.ExceptionEvent, self._on_event)

    def _on_event(self, event: hikari.ExceptionEvent[Any]) -> bool:
        if self._part.on:
            try:
                self._count(event)
            except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
                self._part.fault(fault)
        return False

    def _count(self, event: hikari.ExceptionEvent[Any]) -> None:
        callback: object = event.failed_callback
        failed: object = event.failed_event
        module, name = _module_and_name(callback)
        if module in COMMAND_LISTENERS or _is_reraised(event):
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
        """Every listener that raised, most failures first."""
        found = [
            ListenerSnapshot(event, name, listener.failures, tuple(listener.latest), listener.error.group)
            for (event, name), listener in self._listeners.items()
            if listener.error.group is not None
        ]
        return tuple(sorted(found, key=lambda listener: -listener.failures))


def _is_reraised(event: hikari.ExceptionEvent[Any]) -> bool:
    """Whether the listener re-raised the exception that its event is about, or one of its causes."""
    pending: list[object] = [attribute(event.failed_event, "exception")]
    seen = set[int]()
    while pending and len(seen) < MOST_CAUSES:
        exception: Any = pending.pop(0)
        if exception is event.exception:
            return True
        if is_a(exception, BaseException) and id(exception) not in seen:
            seen.add(id(exception))
            causes = attribute(exception, "causes", ())  # set by a failed check of Lightbulb 2
            pending += [cause_of(exception), attribute(exception, "original")]
            pending += causes if is_a(causes, list, tuple) else ()
    return False


def _module_and_name(callback: object) -> tuple[str, str]:
    # A listener may be any callable object.
    cls = type(callback)
    module = attribute(callback, "__module__", module_of(cls))
    return text_of(module), text_of(attribute(callback, "__qualname__", simple_name(cls)))
