"""Replaces methods of one object, and puts them back: the way in where a library offers no hook."""

from __future__ import annotations

import functools
import inspect
import weakref
from collections.abc import Callable, Mapping
from typing import Any, cast

from plugin.instrument.containment import Instrument
from plugin.instrument.subclass import Method as Method
from plugin.instrument.subclass import MovedError as MovedError
from plugin.instrument.subclass import check_methods, made, subclass_of
from plugin.instrument.values import class_name, traceback_of

_ABSENT = object()
_ENTRY = "_golem_entry"


class Override:
    """Methods of one object, replaced for that object only.

    An object of a bot's own class has a dict, and the replacements become entries of it. So the bot sees no other
    class: `type(bot) is Mine` holds, and no metaclass, `__init_subclass__` or `__subclasses__()` tells of a new one.
    Where other code gives the object another class, the replacements stay, and call the methods of that class.

    Objects of hikari's and Lightbulb's own classes have slots only. They change to a subclass that adds no slots of
    its own: the class is the one place that is theirs alone. For them `type(bot) is BotApp` does not hold.
    """

    def __init__(self, target: object, replacements: Mapping[str, Callable[[Method], Method]]) -> None:
        """Replace methods of `target`; each replacement is made from the method it replaces.

        Raises `MovedError` where the target has no such method or cannot be changed, and changes nothing then.
        """
        self.target = target
        self.names = tuple(replacements)
        check_methods(type(target), replacements)
        in_dict = attributes_of(target) is not None and not any(map(functools.partial(_is_fixed, target), replacements))
        self._way: _Entries | _Exchange = (_Entries if in_dict else _Exchange)(target, replacements)

    @property
    def in_force(self) -> bool:
        """Whether calls still reach the replacements; other code may have wrapped them further, or taken them out."""
        return self._way.in_force

    def undo(self) -> None:
        """Put everything back; what other code has put on top since stays, and works without ours."""
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

    It is a `functools.partial`: called as fast as a bound method, it can be told to call something else, which ends it
    for whoever has wrapped it since. The dict and whoever wrapped it hold it, so once it is gone nobody calls it.
    """

    def __init__(self, target: object, name: str, make: Callable[[Method], Method]) -> None:
        attributes = attributes_of(target)
        assert attributes is not None
        self._target, self._name = target, name
        self._found: Any = attributes.get(name, _ABSENT)
        self._ended = False
        bound = getattr(target, name)
        self._original = _of_class(name) if self._found is _ABSENT else _without_self(bound)
        functools.update_wrapper(self._original, getattr(type(target), name))
        replacement: Any = functools.partial(made(make, self._original), target)
        functools.update_wrapper(replacement, bound)
        vars(replacement)[_ENTRY] = self
        self.replacement: Callable[[], Any] = weakref.ref(replacement)
        attributes[name] = replacement

    def undo(self) -> None:
        """Put back what was there, and end the replacement."""
        replacement, attributes = self.replacement(), attributes_of(self._target)
        self._ended = True
        if replacement is None:
            return
        if attributes is not None and attributes.get(self._name) is replacement:
            before = self._before()
            attributes.pop(self._name) if before is _ABSENT else attributes.update({self._name: before})
        replacement.__setstate__((self._original, (self._target,), {}, vars(replacement)))

    def _before(self) -> object:
        """What was there first, but for replacements of ours that have ended."""
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
        for name in self._names:  # whoever subclassed ours further, or kept it to put it back, is rid of them
            if name in vars(ours):
                delattr(ours, name)
        for theirs in type.__subclasses__(ours):
            theirs.__bases__ = tuple(before if base is ours else base for base in theirs.__bases__)


def attributes_of(target: object) -> dict[str, Any] | None:
    """The dict of an object, whatever its class makes of access to attributes; None where it has slots only."""
    try:
        found = object.__getattribute__(target, "__dict__")
    except AttributeError:
        return None
    return cast("dict[str, Any]", found) if type(found) is dict else None


def _is_fixed(target: object, name: str) -> bool:
    # A data descriptor comes before the object's dict.
    found: object = inspect.getattr_static(type(target), name)
    return hasattr(type(found), "__set__")


def _of_class(name: str) -> Method:
    # Asked for at each call: other code may give the object another class meanwhile.
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


def check_method(owner: object, name: str, *wanted: str) -> None:
    """Raises `MovedError` where an object has no method of this name that takes these parameters first.

    Noticed so, at load, is a version that changed what is overridden, before the first call.
    """
    where = class_name(type(owner))
    method = getattr(type(owner), name, None)
    if not callable(method):
        raise MovedError(f"{where} has no {name}")
    if tuple(inspect.signature(method).parameters)[1 : len(wanted) + 1] != wanted:
        raise MovedError(f"{where}.{name} does not take {', '.join(wanted)}")


def leave_no_frame(exception: BaseException) -> None:
    """Take the calling frame out of the traceback of an exception that it is about to re-raise with a bare `raise`.

    With it the bot's log would show a frame of the monitor in every traceback that passes through an override.
    """
    traceback = traceback_of(exception)
    if traceback is not None:
        # Not by assignment, which an exception that is a frozen dataclass refuses.
        BaseException.with_traceback(exception, traceback.tb_next)


def followed(
    part: Instrument, first: str, begin: Callable[[Any], Any], finish: Callable[[Any, BaseException | None], object]
) -> Callable[..., Method]:
    """Makes the replacement of an asynchronous method: `begin` gets its first argument, `finish` what that returned.

    `first` is the name of that argument, for callers that pass it by name. `finish` also gets the exception that leaves
    the method, if any, and is not called where `begin` returned None. What they raise is a fault of the part. It is
    contained in place, and arguments by name are passed on only where there are any, for this is on the way of every
    command.
    """

    def follow(original: Method) -> Method:
        async def method(*args: Any, **kwargs: Any) -> Any:
            begun = None
            if part.on:
                try:
                    begun = begin(args[1] if len(args) > 1 else kwargs[first])
                except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
                    part.fault(fault)
            try:
                result = await (original(*args, **kwargs) if kwargs else original(*args))
            except BaseException as exception:
                if begun is not None:
                    try:
                        finish(begun, exception)
                    except Exception as fault:  # noqa: BLE001 # as above
                        part.fault(fault)
                leave_no_frame(exception)
                raise
            if begun is not None:
                try:
                    finish(begun, None)
                except Exception as fault:  # noqa: BLE001 # as above
                    part.fault(fault)
            return result

        return method

    return follow


def preceded(first: Callable[[], Any]) -> Callable[..., Method]:
    """Makes the replacement of an asynchronous method before which `first` is awaited; that must not raise."""

    def precede(original: Method) -> Method:
        async def method(self: object, *args: Any, **kwargs: Any) -> Any:
            await first()
            try:
                return await original(self, *args, **kwargs)
            except BaseException as exception:
                leave_no_frame(exception)
                raise

        return method

    return precede
