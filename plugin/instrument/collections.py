"""Runs of Python's garbage collector."""

from __future__ import annotations

import gc


class Collections:
    """Counts runs since it was made."""

    def __init__(self) -> None:
        self._before = self._ever()

    def since_start(self) -> dict[str, int]:
        """Runs by generation, `0` the youngest."""
        return {generation: runs - self._before.get(generation, 0) for generation, runs in self._ever().items()}

    def _ever(self) -> dict[str, int]:
        return {str(generation): stats["collections"] for generation, stats in enumerate(gc.get_stats())}
