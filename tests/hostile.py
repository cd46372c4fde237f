"""Classes of a bot that raise whatever they are asked."""

from __future__ import annotations

from typing import Any, NoReturn


class Refusal(BaseException):
    """No `Exception`, so that what contains only these lets it through."""


def refuse(*_: object, **__: object) -> NoReturn:
    """Answer nothing."""
    raise Refusal


class Meta(type):
    """Refuses to tell anything of its classes, but what Python itself asks to raise one."""

    __hash__ = __eq__ = __instancecheck__ = __call__ = refuse

    def __getattribute__(cls, name: str) -> Any:
        if name in {"__module__", "__qualname__", "__name__", "__mro__", "__class__"}:
            refuse()
        return super().__getattribute__(name)


class Error(Exception, metaclass=Meta):
    """Refuses to tell its traceback, its cause, its words or what it was made with."""

    __str__ = __repr__ = __hash__ = __eq__ = refuse
    __traceback__ = __cause__ = args = property(refuse)


class Name(str):
    """A name that can be read, but neither compared nor hashed nor written."""

    __slots__ = ()
    __eq__ = __hash__ = __str__ = __repr__ = __format__ = __len__ = refuse


def error() -> Any:
    """An exception of the class above, whose class refuses to be called."""
    made: Any = Error.__new__(Error)
    return made
