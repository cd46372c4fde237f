"""Replacements of asynchronous methods: observed from begin to end, or preceded by another call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from plugin.instrument.containment import Instrument
from plugin.instrument.methods import Method, leave_no_frame


def observed(
    part: Instrument, first: str, begin: Callable[[Any], Any], finish: Callable[[Any, BaseException | None], object]
) -> Callable[..., Method]:
    """Make the replacement of a method: `begin` gets its first argument, `finish` the result of `begin`.

    `first` names the argument for callers that pass it by name. `finish` also gets the exception that leaves the
    method, if any; it is not called if `begin` returned None. Their faults count as the part's, and are contained in
    place since every command passes here; for the same reason keyword arguments are passed on only if there are any.
    """

    def observe(original: Method) -> Method:
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

    return observe


def preceded(first: Callable[[], Any]) -> Callable[..., Method]:
    """Make the replacement of a method that awaits `first` before each call; `first` must not raise."""

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
