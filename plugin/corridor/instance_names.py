"""What there is to say about the name of an instance: who else has it, and which others history knows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from plugin.model import InstanceSeen, Writer

MOST_NAMES = 3


class Twins:
    """Other processes that write under the same name while this one does."""

    def __init__(self) -> None:
        self._known: Mapping[str, float] = {}
        self._seen_at = -math.inf
        self.are_news = False
        """Whether the last look found some, and the one before none."""

    def look(self, others: Mapping[str, float], at: float) -> list[str]:
        """The boots that gave a sign of life since the look before, of all with the time of their last one."""
        # By their own clocks, which need not be right: a clock that goes on is that of a process that lives.
        found = [boot for boot, seen in others.items() if seen > self._known.get(boot, math.inf)]
        self.are_news = bool(found) and self._seen_at == -math.inf
        self._known = others
        if found:
            self._seen_at = at
        return found

    def warning(self, instance: str, since: float) -> str | None:
        """What is wrong where there were some since then."""
        if self._seen_at < since:
            return None
        return f'another process uses the instance name "{instance}" too: give each its own (setting instance)'


def hint(own: Writer, instances: Iterable[InstanceSeen], silent_since: float) -> str | None:
    """Which names would go on with a past, for an instance that has none and got its name from the host."""
    silent = [
        seen.name
        for seen in instances
        if seen.boot != own.boot and (seen.left is not None or seen.last_seen < silent_since)
    ]
    if not silent or own.instance in silent:
        return None
    more = f" and {len(silent) - MOST_NAMES} more" if len(silent) > MOST_NAMES else ""
    names = ", ".join(silent[:MOST_NAMES])
    return f"history also has the instances {names}{more}: set instance to one of them to continue it"
