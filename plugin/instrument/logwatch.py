"""Sees the records of one logger without a handler: with a handler Python would take an unset log for a set one."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable


class LogWatch(logging.Filter):
    """Shows each record of a logger to `seen`, which must not raise, and lets all of them pass.

    Loggers live as long as the process, so this does not hold on to `seen`, and goes where that goes.
    """

    def __init__(self, logger: str, seen: Callable[[logging.LogRecord], object]) -> None:
        super().__init__()
        self._logger = logging.getLogger(logger)
        self._seen = weakref.ref(seen, lambda _: self.detach())

    def attach(self) -> None:
        """Begin to see records."""
        self._logger.addFilter(self)

    def detach(self) -> None:
        """See no more."""
        self._logger.removeFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        """Show a record, and let it pass."""
        seen = self._seen()
        if seen is not None:
            seen(record)
        return True
