"""Additions that no switch of threads loses: made by `list.append`, which nothing interrupts, and folded now and then.

`total += amount` loses additions when threads switch in the middle. Here an addition is one C call, and so is folding:
the first item stands for all that was folded, and one assignment to a slice replaces it and the items behind it. So
whoever copies the list at any moment has every addition exactly once, without a lock. One thread folds at a time; where
another one does, it is left to the next addition.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

MOST_UNFOLDED = 32
"""Additions that are kept one by one."""

T = TypeVar("T")


class _Folding:
    lock = threading.Lock()


class Folded(ABC, Generic[T]):
    """A total of additions."""

    __slots__ = ("_items",)

    def __init__(self) -> None:
        self._items: list[Any] = [self._folded(())]

    @abstractmethod
    def _folded(self, items: Sequence[Any]) -> T:
        """The total of items, the first of which is a total; the total of nothing if there are none."""

    def read(self) -> T:
        """The total at this moment."""
        return self._folded(self._items[:])

    def reset(self) -> None:
        """Begin anew; for a process that has just been forked and has one thread."""
        self._items[:] = [self._folded(())]

    def _append(self, item: object) -> None:
        self._items.append(item)
        if len(self._items) > MOST_UNFOLDED:
            self._fold()

    def _fold(self) -> None:
        # Asked first, as a signal handler may add in the middle of folding, and would wait for itself.
        if not _Folding.lock.locked():
            with _Folding.lock:
                items = self._items[:]
                self._items[: len(items)] = [self._folded(items)]


def unlock() -> None:
    """Make folding possible in a process that was forked while another thread folded."""
    _Folding.lock = threading.Lock()
