"""How many different members were active on this day and in this week; `docs/active-members.md` says how.

A member's hash needs the salt of the period. Until that is known, ids wait in memory, within a bound.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable

from plugin.hyperloglog import HyperLogLog, member_hash
from plugin.model import MemberPeriod, MemberSketch, MemberSpan
from plugin.model.members import KEPT_S

MOST_WAITING = 4096
"""Members of one period who wait for its salt; further ones are not counted."""

AHEAD_S = 600
"""How long before its begin the salt of a period is asked for, in seconds."""


class ActiveMembers:
    """Counts the members of the present day and week; for any thread."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # an award may come from a signal handler or a finalizer, amid another one
        self._counts: dict[MemberPeriod, _PeriodMembers] = {}
        self._present: tuple[_PeriodMembers, ...] = ()
        self._from_s = self._until_s = 0.0

    def add(self, member: int, at_s: float) -> None:
        """Count a member who was active at a moment in Unix seconds."""
        with self._lock:
            for count in self._at(at_s):
                count.add(member)

    def estimate(self, span: MemberSpan, at_s: float) -> int:
        """How many different members were active in the period that a moment is in, so far."""
        with self._lock:
            self._at(at_s)
            return self._counts[span.period(at_s)].estimate()

    def wanted(self, at_s: float) -> tuple[MemberPeriod, ...]:
        """The periods whose salts are needed now or soon."""
        moments = (at_s, at_s + AHEAD_S)
        return tuple(dict.fromkeys(span.period(moment) for moment in moments for span in MemberSpan))

    def unsalted(self, periods: Iterable[MemberPeriod]) -> list[MemberPeriod]:
        """Those of some periods whose salts are not known yet."""
        with self._lock:
            return [period for period in periods if period not in self._counts or self._counts[period].salt is None]

    def know(self, period: MemberPeriod, salt: bytes, packed: bytes = b"") -> None:
        """Take the salt of a period, and add a sketch of what others counted in it."""
        with self._lock:
            self._counts.setdefault(period, _PeriodMembers()).know(salt, packed)

    def take(self) -> tuple[MemberSketch, ...]:
        """The sketches to which members were added since the last call."""
        with self._lock:
            changed = [(period, count) for period, count in self._counts.items() if count.changed]
            return tuple(MemberSketch(period, count.take(), count.salt or b"") for period, count in changed)

    def _at(self, at_s: float) -> tuple[_PeriodMembers, ...]:
        if not self._from_s <= at_s < self._until_s:
            periods = [span.period(at_s) for span in MemberSpan]
            self._from_s = max(period.start for period in periods)
            self._until_s = min(period.end for period in periods)
            self._counts = {period: count for period, count in self._counts.items() if at_s < period.end + KEPT_S}
            self._present = tuple(self._counts.setdefault(period, _PeriodMembers()) for period in periods)
        return self._present


class _PeriodMembers:
    """The members of one period."""

    def __init__(self) -> None:
        self.salt: bytes | None = None
        self.changed = False
        self._hash: Callable[[int], int] | None = None
        self._sketch = HyperLogLog()
        self._waiting: set[int] = set()

    def add(self, member: int) -> None:
        if self._hash is not None:
            self.changed |= self._sketch.add(self._hash(member))
        elif len(self._waiting) < MOST_WAITING:
            self._waiting.add(member)

    def know(self, salt: bytes, packed: bytes) -> None:
        if salt != self.salt:  # the first one, or that of a database that was replaced
            self.salt, self._hash, self._sketch = salt, member_hash(salt), HyperLogLog()
            waiting, self._waiting = self._waiting, set()
            for member in waiting:
                self.add(member)
        with contextlib.suppress(ValueError):  # of a later version, or damaged
            self._sketch.merge(HyperLogLog.unpack(packed))

    def take(self) -> bytes:
        self.changed = False
        return self._sketch.pack()

    def estimate(self) -> int:
        return round(self._sketch.estimate()) if self._hash is not None else len(self._waiting)
