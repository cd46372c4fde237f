"""Checks that a library still has the methods that are overridden, and helpers for their replacements."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from plugin.instrument.values import class_name, traceback_of

Method = Callable[..., Any]


class MovedError(RuntimeError):
    """A library no longer has the method that an instrument overrides."""


def check_methods(owner: type, names: Mapping[str, object]) -> None:
    """Raise `MovedError` unless the class has all of these methods."""
    missing = [name for name in names if not callable(getattr(owner, name, None))]
    if missing:
        raise MovedError(f"{class_name(owner)} has no {', '.join(missing)}")


def check_method(owner: object, name: str, *wanted: str) -> None:
    """Raise `MovedError` unless the object has this method with these leading parameters.

    So a version that changed an overridden method is noticed at load, not at the first call.
    """
    where = class_name(type(owner))
    method = getattr(type(owner), name, None)
    if not callable(method):
        raise MovedError(f"{where} has no {name}")
    if tuple(inspect.signature(method).parameters)[1 : len(wanted) + 1] != wanted:
        raise MovedError(f"{where}.{name} does not take {', '.join(wanted)}")


def replacement_of(original: Method, make: Callable[[Method], Method]) -> Method:
    """The replacement with the original's signature, and its name for warnings such as "coroutine … never awaited"."""
    return functools.update_wrapper(make(original), original)


def leave_no_frame(exception: BaseException) -> None:
    """Remove the caller's frame from the traceback of an exception that it re-raises with a bare `raise`.

    Otherwise every traceback that passes through an override would show a frame of the monitor in the bot's log.
    """
    traceback = traceback_of(exception)
    if traceback is not None:
        # Not by assignment, which an exception that is a frozen dataclass refuses.
        BaseException.with_traceback(exception, traceback.tb_next)
