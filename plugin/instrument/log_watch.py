"""Reads the records of one logger through a filter: a handler would make Python think that logging is configured."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable


class LogWatch(logging.Filter):
    """Passes each record of a logger to `on_record`, which must not raise, and suppresses none.

    Loggers live as long as the process, so this keeps only a weak reference to `on_record`, and detaches once that is
    freed.
    """

    def __init__(self, logger: str, on_record: Callable[[logging.LogRecord], object]) -> None:
        super().__init__()
        self._logger = logging.getLogger(logger)
        self._on_record = weakref.ref(on_record, lambda _: self.detach())

    def attach(self) -> None:
        """Start watching."""
        self._logger.addFilter(self)

    def detach(self) -> None:
        """Stop watching."""
        self._logger.removeFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        """Pass on a record; always True."""
        on_record = self._on_record()
        if on_record is not None:
            on_record(record)
        return True
