"""Replaces methods of one object and restores them, where a library offers no hook."""

from __future__ import annotations

import functools
import inspect
import weakref
from collections.abc import Callable, Mapping
from typing import Any, cast

from plugin.instrument.methods import Method, MovedError, check_methods, leave_no_frame, replacement_of
from plugin.instrument.subclass import subclass_of
from plugin.instrument.values import class_name

_ABSENT = object()
_ENTRY = "_golem_entry"


class Override:
    """Methods of one object, replaced for that object only.

    An object of a bot's own class has a dict, and the replacements become its entries. So the bot sees no other class:
    `type(bot) is Mine` holds, and neither a metaclass nor `__init_subclass__` nor `__subclasses__()` shows a new one.
    If other code changes the object's class, the replacements stay and call the methods of the new class.

    Objects of hikari's and Lightbulb's own classes have slots only. Their class is changed to a subclass without slots
    of its own, since nothing else belongs to the object alone. For them `type(bot) is BotApp` does not hold.
    """

    def __init__(self, target: object, replacements: Mapping[str, Callable[[Method], Method]]) -> None:
        """Replace methods of `target`; each replacement is made from the method it replaces.

        Raises `MovedError`, and changes nothing, if the target lacks a method or cannot be changed.
        """
        self.target = target
        self.names = tuple(replacements)
        check_methods(type(target), replacements)
        in_dict = attributes_of(target) is not None and not any(map(functools.partial(_is_fixed, target), replacements))
        self._way: _Entries | _Exchange = (_Entries if in_dict else _Exchange)(target, replacements)

    @property
    def in_force(self) -> bool:
        """Whether calls still reach the replacements, possibly through wrappers of other code."""
        return self._way.in_force

    def undo(self) -> None:
        """Restore the methods; wrappers that other code has added since stay, and call the originals."""
        self._way.undo()


class _Entries:
    """Replacements in the dict of an object."""

    def __init__(self, target: object, replacements: Mapping[str, Callable[[Method], Method]]) -> None:
        self._entries = [_Entry(target, name, make) for name, make in replacements.items()]

    @property
    def in_force(self) -> bool:
        return all(entry.replacement() is not None for entry in self._entries)

    def undo(self) -> None:
        for entry in self._entries:
            entry.undo()


class _Entry:
    """One replacement in the dict of an object.

    It is a `functools.partial`: as fast as a bound method, and it can be redirected, which also ends it for code that
    has wrapped it. Only the dict and such wrappers refer to it, so once it is freed nothing calls it.
    """

    def __init__(self, target: object, name: str, make: Callable[[Method], Method]) -> None:
        attributes = attributes_of(target)
        assert attributes is not None
        self._target, self._name = target, name
        self._found: Any = attributes.get(name, _ABSENT)
        self._ended = False
        bound = getattr(target, name)
        self._original = _method_of_class(name) if self._found is _ABSENT else _without_self(bound)
        functools.update_wrapper(self._original, getattr(type(target), name))
        replacement: Any = functools.partial(replacement_of(self._original, make), target)
        functools.update_wrapper(replacement, bound)
        vars(replacement)[_ENTRY] = self
        self.replacement: Callable[[], Any] = weakref.ref(replacement)
        attributes[name] = replacement

    def undo(self) -> None:
        """Restore the previous entry and redirect the replacement to the original."""
        replacement, attributes = self.replacement(), attributes_of(self._target)
        self._ended = True
        if replacement is None:
            return
        if attributes is not None and attributes.get(self._name) is replacement:
            before = self._before()
            attributes.pop(self._name) if before is _ABSENT else attributes.update({self._name: before})
        replacement.__setstate__((self._original, (self._target,), {}, vars(replacement)))

    def _before(self) -> object:
        """The entry before this one, skipping replacements of ours that have ended."""
        found = self._found
        inner = vars(found).get(_ENTRY) if type(found) is functools.partial else None
        return inner._before() if isinstance(inner, _Entry) and inner._ended else cast("object", found)


class _Exchange:
    """A subclass in place of the class of an object with slots."""

    def __init__(self, target: object, replacements: Mapping[str, Callable[[Method], Method]]) -> None:
        self._target = target
        self._names = tuple(replacements)
        self._subclass = subclass_of(type(target), replacements)
        try:
            object.__setattr__(target, "__class__", self._subclass)
        except TypeError as refused:
            raise MovedError(f"{class_name(type(target))} cannot be exchanged: {refused}") from refused

    @property
    def in_force(self) -> bool:
        return any(cls is self._subclass for cls in type(self._target).__mro__)

    def undo(self) -> None:
        ours = self._subclass
        before: Any = ours.__base__
        if type(self._target) is ours:
            object.__setattr__(self._target, "__class__", before)
        for name in self._names:  # for code that has subclassed ours, or kept it to restore it later
            if name in vars(ours):
                delattr(ours, name)
        for theirs in type.__subclasses__(ours):
            theirs.__bases__ = tuple(before if base is ours else base for base in theirs.__bases__)


def attributes_of(target: object) -> dict[str, Any] | None:
    """The dict of an object, read past any `__getattribute__` of its class; None if it has slots only."""
    try:
        found = object.__getattribute__(target, "__dict__")
    except AttributeError:
        return None
    return cast("dict[str, Any]", found) if type(found) is dict else None


def _is_fixed(target: object, name: str) -> bool:
    # A data descriptor takes precedence over the object's dict.
    found: object = inspect.getattr_static(type(target), name)
    return hasattr(type(found), "__set__")


def _method_of_class(name: str) -> Method:
    # Looked up at each call, since other code may change the object's class.
    def call(self: object, *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(type(self), name)(self, *args, **kwargs)
        except BaseException as exception:
            leave_no_frame(exception)
            raise

    return call


def _without_self(bound: Method) -> Method:
    def call(_: object, *args: Any, **kwargs: Any) -> Any:
        try:
            return bound(*args, **kwargs)
        except BaseException as exception:
            leave_no_frame(exception)
            raise

    return call
