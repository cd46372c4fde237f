"""Gives one object a subclass of its own class, and takes it back: the way in where a library offers no hook."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from plugin.instrument.containment import Part

Method = Callable[..., Any]


class MovedError(RuntimeError):
    """A library no longer has the method that an instrument overrides."""


class Override:
    """Methods of one object, replaced for that object only.

    Objects of hikari and Lightbulb have slots, so a method cannot be set on the instance; but an instance may change
    to a subclass that adds no slots of its own.
    """

    def __init__(
        self,
        target: object,
        replacements: Mapping[str, Callable[[Method], Method]],
        marks: Mapping[str, object] | None = None,
    ) -> None:
        """Replace methods of `target`; each replacement is made from the method it replaces.

        `marks` are further attributes for the class. Raises `MovedError` where the target has no such method, and
        changes nothing then.
        """
        self.target = target
        self._names = (*replacements, *(marks or {}))
        self._subclass = subclass_of(type(target), replacements, marks)
        target.__class__ = self._subclass

    def undo(self) -> None:
        """Give the object its class back; where somebody subclassed it further since, take ours from under theirs."""
        ours = self._subclass
        before: Any = ours.__base__
        if type(self.target) is ours:
            self.target.__class__ = before
            return
        for name in self._names:
            delattr(ours, name)
        for theirs in ours.__subclasses__():
            theirs.__bases__ = tuple(before if base is ours else base for base in theirs.__bases__)


def subclass_of(
    before: type,
    replacements: Mapping[str, Callable[[Method], Method]],
    marks: Mapping[str, object] | None = None,
) -> type:
    """A subclass, for the instances of a class to change to, with some methods replaced and further attributes.

    Raises `MovedError` where the class has no such method.
    """
    missing = [name for name in replacements if not callable(getattr(before, name, None))]
    if missing:
        raise MovedError(f"{before.__module__}.{before.__qualname__} has no {', '.join(missing)}")
    namespace: dict[str, Any] = {name: _made(make, getattr(before, name)) for name, make in replacements.items()}
    namespace |= marks or {}
    namespace |= {"__slots__": (), "__module__": before.__module__, "__qualname__": before.__qualname__}
    metaclass: Any = type(before)
    return metaclass(before.__name__, (before,), namespace)


def check_method(owner: object, name: str, *wanted: str) -> None:
    """Raises `MovedError` where an object has no method of this name that takes these parameters first.

    Noticed so, at load, is a version that changed what is overridden, before the first call.
    """
    where = f"{type(owner).__module__}.{type(owner).__qualname__}"
    method = getattr(type(owner), name, None)
    if not callable(method):
        raise MovedError(f"{where} has no {name}")
    if tuple(inspect.signature(method).parameters)[1 : len(wanted) + 1] != wanted:
        raise MovedError(f"{where}.{name} does not take {', '.join(wanted)}")


def _made(make: Callable[[Method], Method], original: Method) -> Method:
    # With its name, for warnings such as "coroutine … was never awaited", and the signature that is asked for.
    return functools.update_wrapper(make(original), original)


def leave_no_frame(exception: BaseException) -> None:
    """Take the calling frame out of the traceback of an exception that it is about to re-raise with a bare `raise`.

    With it the bot's log would show a frame of the monitor in every traceback that passes through an override.
    """
    if exception.__traceback__ is not None:
        # Not by assignment, which an exception that is a frozen dataclass refuses.
        BaseException.with_traceback(exception, exception.__traceback__.tb_next)


def followed(
    part: Part, begin: Callable[..., Any], finish: Callable[[Any, BaseException | None], object]
) -> Callable[..., Method]:
    """Makes the replacement of an asynchronous method: `begin` gets its arguments, `finish` what that returned.

    `begin` gets the object too, first, and must name the arguments as the method does, since callers may pass them by
    name. `finish` also gets the exception that leaves the method, if any, and is not called where `begin` returned
    None. What they raise is a fault of the part. It is contained in place, and arguments by name are passed on only
    where there are any, for this is on the way of every command.
    """

    def follow(original: Method) -> Method:
        async def method(*args: Any, **kwargs: Any) -> Any:
            begun = None
            if part.on:
                try:
                    begun = begin(*args, **kwargs) if kwargs else begin(*args)
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
