"""Exceptions by which a bot refuses its users: their types are named in the settings."""

from __future__ import annotations

from collections.abc import Iterable

from plugin.instrument.values import bases_of, class_name, simple_name


class Refusals:
    """Types of exceptions, each by its name with or without its module; subclasses belong to them."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = frozenset(names)

    def has(self, exception: BaseException) -> bool:
        """Whether an exception refuses a user rather than tells of a bug."""
        return bool(self._names) and any(
            class_name(cls) in self._names or simple_name(cls) in self._names for cls in bases_of(type(exception))
        )
