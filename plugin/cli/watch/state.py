"""The file in which the watcher keeps what it has seen and what it still has to say."""

from __future__ import annotations

import json
import logging
import os
from typing import Any, cast

_logger = logging.getLogger(__name__)


class StateFile:
    """One JSON object in a file; a file that cannot be used is said once, and costs nothing but the memory of it."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._failing = False

    def read(self) -> dict[str, Any]:
        """What was written last; empty where there is nothing that can be read."""
        try:
            with open(self._path, encoding="utf-8") as file:
                found = json.load(file)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as problem:
            _logger.warning("%s cannot be read (--state): %s", self._path, problem)
            return {}
        return cast("dict[str, Any]", found) if isinstance(found, dict) else {}

    def write(self, state: dict[str, Any]) -> None:
        """Replace the file at once, so that a crash leaves the old one or the new one."""
        new = f"{self._path}.new"
        try:
            with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                json.dump(state, file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(new, self._path)
        except OSError as problem:
            if not self._failing:
                _logger.warning("%s cannot be written (--state): after a restart alerts may repeat (%s)", new, problem)
            self._failing = True
        else:
            self._failing = False
