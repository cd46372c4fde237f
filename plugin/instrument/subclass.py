"""Makes a subclass that one object can change to, without running any other code's hooks for new classes."""

from __future__ import annotations

import abc
from collections.abc import Callable, Mapping
from typing import Any

from plugin.instrument.methods import Method, MovedError, check_methods, replacement_of
from plugin.instrument.values import class_name


class _Unannounced:
    """The first base while a class is made, so that no other base's `__init_subclass__` is called."""

    __slots__ = ()

    def __init_subclass__(cls, **_: object) -> None:
        """Do nothing."""


def subclass_of(before: type, replacements: Mapping[str, Callable[[Method], Method]]) -> type:
    """A subclass with some methods replaced, for instances of the class to change to.

    It calls neither `__init_subclass__` nor the metaclass, but `__subclasses__()` lists it: Python invalidates its
    method caches along that list, so a class removed from it would go on calling methods that were replaced since.

    Raises `MovedError` if the class lacks one of the methods or cannot be subclassed.
    """
    check_methods(before, replacements)
    namespace: dict[str, Any] = {
        name: replacement_of(getattr(before, name), make) for name, make in replacements.items()
    }
    namespace |= {"__slots__": (), "__module__": before.__module__, "__qualname__": before.__qualname__}
    metaclass = type(before)
    new: Any = abc.ABCMeta.__new__ if issubclass(metaclass, abc.ABCMeta) else type.__new__
    try:
        subclass: type = new(metaclass, before.__name__, (_Unannounced, before), namespace)
        type.__setattr__(subclass, "__bases__", (before,))
    except TypeError as refused:
        raise MovedError(f"{class_name(before)} takes no subclass: {refused}") from refused
    return subclass
