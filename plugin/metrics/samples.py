"""The latest samples of the process, oldest first, even if the clock is set meanwhile."""

from __future__ import annotations

from collections import deque

from plugin.model import Sample

JUMP_S = 2.0
"""A clock that is off by more than this since the previous sample was set; drift is less."""


class Samples:
    """Samples, dated by the clock as it is set now; if it is set, the kept samples are moved with it."""

    def __init__(self, most: int) -> None:
        self._samples: deque[Sample] = deque(maxlen=most)
        self._began_at = 0.0

    def add(self, sample: Sample, elapsed_s: float) -> None:
        """Add the newest sample; `elapsed_s` are seconds of a monotonic clock."""
        began_at = sample.at - elapsed_s
        jump_s = began_at - self._began_at
        if abs(jump_s) > JUMP_S:
            moved = [known._replace(at=known.at + jump_s) for known in self._samples]
            self._samples.clear()
            self._samples.extend(moved)
        self._began_at = began_at
        self._samples.append(sample)

    def kept(self) -> tuple[Sample, ...]:
        """The kept samples, oldest first."""
        return tuple(self._samples)

    def newest(self) -> Sample | None:
        """The last sample; None before the first."""
        return self._samples[-1] if self._samples else None
