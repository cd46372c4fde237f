"""Messages about the name of an instance: other processes with the same name, and other names in history."""

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
        """Whether the last check found some and the previous one none."""

    def look(self, others: Mapping[str, float], at: float) -> list[str]:
        """The boots with a heartbeat since the previous check; `others` has the last heartbeat of each."""
        # By their own clocks, which may be wrong, but one that advances belongs to a running process.
        found = [boot for boot, seen in others.items() if seen > self._known.get(boot, math.inf)]
        self.are_news = bool(found) and self._seen_at == -math.inf
        self._known = others
        if found:
            self._seen_at = at
        return found

    def warning(self, instance: str, since: float) -> str | None:
        """The warning if there were any since then."""
        if self._seen_at < since:
            return None
        return f'another process uses the instance name "{instance}" too: give each its own (setting instance)'


def hint(own: Writer, instances: Iterable[InstanceSeen], silent_since: float) -> str | None:
    """Names whose history could be continued, for an instance without history that is named after its host."""
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
