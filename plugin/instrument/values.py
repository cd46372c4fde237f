"""Reads values of the bot without running a line of the bot's code.

A class may have a metaclass, and an object properties, that raise whatever they like when they are asked. What they
raise would be taken for a fault of the monitor, and too many of these switch a part of it off. So names, bases and
tracebacks are read as Python itself reads them, past all that.
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
    """A class and all that it derives from, in the order in which Python looks."""
    return _TYPE["__mro__"].__get__(cls)


def derives(cls: type, *bases: type) -> bool:
    """Whether a class has one of these among its bases, or is one; virtual subclasses have none."""
    return any(found is base for found in bases_of(cls) for base in bases)


def is_a(value: object, *classes: type) -> bool:
    """Whether a value is of one of these classes, whatever it says of itself."""
    return derives(type(value), *classes)


def text_of(value: object) -> str:
    """The characters of a string, of any class of strings; `unknown` of anything else."""
    if type(value) is str:
        return value
    return str.__str__(cast("str", value)) if is_a(value, str) else UNKNOWN


def module_of(cls: type[Any]) -> str:
    """The module that a class says it is of; `unknown` of one that says none."""
    return text_of(asked(lambda: _TYPE["__module__"].__get__(cls), UNKNOWN))


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
    """What an exception was raised from."""
    return _EXCEPTION["__cause__"].__get__(exception)


def attribute(value: object, name: str, otherwise: Any = None) -> Any:
    """An attribute of whatever object; `otherwise` where it has none, or does not want to tell."""
    return asked(lambda: getattr(value, name), otherwise)


def asked(question: Callable[[], T], otherwise: T) -> T:
    """What the bot's own code answers, where it has to be asked; `otherwise` whatever it raises.

    Also what is no `Exception`: it would end the task of the command that is looked at.
    """
    try:
        return question()
    except BaseException:  # noqa: BLE001 # as said
        return otherwise


def context_of(exception: BaseException) -> BaseException | None:
    """What was being handled when an exception was raised."""
    return _EXCEPTION["__context__"].__get__(exception)
