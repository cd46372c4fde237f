"""The bot's own exceptions that deny an invocation, as named in the settings."""

from __future__ import annotations

from collections.abc import Iterable

from plugin.instrument.values import bases_of, class_name, simple_name


class Refusals:
    """Exception types by name, with or without module; subclasses are included."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = frozenset(names)

    def has(self, exception: BaseException) -> bool:
        """Whether an exception denies the invocation instead of being a bug."""
        return bool(self._names) and any(
            class_name(cls) in self._names or simple_name(cls) in self._names for cls in bases_of(type(exception))
        )
