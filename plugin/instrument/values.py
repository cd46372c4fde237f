"""Reads values of the bot without running the bot's code.

Metaclasses and properties of the bot may raise anything when they are read. That would count as faults of the monitor,
and too many of those switch off a part of it. So names, bases and tracebacks are read as Python itself reads them.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar, cast

T = TypeVar("T")

UNKNOWN = "unknown"

_TYPE: Any = vars(type)
_EXCEPTION: Any = vars(BaseException)


def bases_of(cls: type) -> tuple[type, ...]:
    """The method resolution order of a class."""
    return _TYPE["__mro__"].__get__(cls)


def derives(cls: type, *bases: type) -> bool:
    """Whether a class is, or derives from, one of these; virtual subclasses do not count."""
    return any(found is base for found in bases_of(cls) for base in bases)


def is_a(value: object, *classes: type) -> bool:
    """Whether a value is an instance of one of these classes, regardless of its `__class__`."""
    return derives(type(value), *classes)


def text_of(value: object) -> str:
    """A string as a plain `str`, also from a subclass; `unknown` for any other value."""
    if type(value) is str:
        return value
    return str.__str__(cast("str", value)) if is_a(value, str) else UNKNOWN


def module_of(cls: type[Any]) -> str:
    """The `__module__` of a class; `unknown` if it has none."""
    return text_of(call_safely(lambda: _TYPE["__module__"].__get__(cls), UNKNOWN))


def simple_name(cls: type[Any]) -> str:
    """Qualified name of a class within its module."""
    return text_of(_TYPE["__qualname__"].__get__(cls))


def class_name(cls: type) -> str:
    """Qualified name of a class, with its module unless that is `builtins`."""
    name, module = simple_name(cls), module_of(cls)
    return name if module == "builtins" else f"{module}.{name}"


def traceback_of(exception: BaseException) -> TracebackType | None:
    """The traceback of an exception."""
    return _EXCEPTION["__traceback__"].__get__(exception)


def cause_of(exception: BaseException) -> BaseException | None:
    """The `__cause__` of an exception."""
    return _EXCEPTION["__cause__"].__get__(exception)


def attribute(value: object, name: str, otherwise: Any = None) -> Any:
    """An attribute of any object; `otherwise` if it is missing or raises."""
    return call_safely(lambda: getattr(value, name), otherwise)


def call_safely(function: Callable[[], T], otherwise: T) -> T:
    """Call a function that may run the bot's own code; returns `otherwise` if it raises.

    Catches BaseException, since anything else would end the task of the command that is being watched.
    """
    try:
        return function()
    except BaseException:  # noqa: BLE001 # see above
        return otherwise


def context_of(exception: BaseException) -> BaseException | None:
    """The `__context__` of an exception."""
    return _EXCEPTION["__context__"].__get__(exception)
