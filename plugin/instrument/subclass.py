"""A subclass that one object can change to, made without a word to the code of others."""

from __future__ import annotations

import abc
import functools
from collections.abc import Callable, Mapping
from typing import Any

from plugin.instrument.values import class_name

Method = Callable[..., Any]


class MovedError(RuntimeError):
    """A library no longer has the method that an instrument overrides."""


class _Unannounced:
    """The first base while a class is made: its `__init_subclass__` is called in place of everybody else's."""

    __slots__ = ()

    def __init_subclass__(cls, **_: object) -> None:
        """Do nothing."""


def subclass_of(before: type, replacements: Mapping[str, Callable[[Method], Method]]) -> type:
    """A subclass, for the instances of a class to change to, with some methods replaced.

    Neither `__init_subclass__` nor the metaclass of the class hears of it. But `__subclasses__()` of the class names
    it: Python clears the caches of methods along that list, so a class taken out of it would go on calling methods
    that were replaced since.

    Raises `MovedError` where the class has no such method, or lets nobody derive from it.
    """
    check_methods(before, replacements)
    namespace: dict[str, Any] = {name: made(make, getattr(before, name)) for name, make in replacements.items()}
    namespace |= {"__slots__": (), "__module__": before.__module__, "__qualname__": before.__qualname__}
    metaclass = type(before)
    new: Any = abc.ABCMeta.__new__ if issubclass(metaclass, abc.ABCMeta) else type.__new__
    try:
        subclass: type = new(metaclass, before.__name__, (_Unannounced, before), namespace)
        type.__setattr__(subclass, "__bases__", (before,))
    except TypeError as refused:
        raise MovedError(f"{class_name(before)} takes no subclass: {refused}") from refused
    return subclass


def check_methods(owner: type, names: Mapping[str, object]) -> None:
    """Raise `MovedError` unless the class has all of these methods."""
    missing = [name for name in names if not callable(getattr(owner, name, None))]
    if missing:
        raise MovedError(f"{class_name(owner)} has no {', '.join(missing)}")


def made(make: Callable[[Method], Method], original: Method) -> Method:
    """The replacement, with the method's name for warnings such as "coroutine … was never awaited", and signature."""
    return functools.update_wrapper(make(original), original)
