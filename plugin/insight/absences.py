"""Absences of an instance: from the end of one process to the start of the next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from plugin.insight.last_words import memory_share
from plugin.insight.scales import UNKNOWN, WELL, Threshold
from plugin.model import BootSeen, Death
from plugin.model.past import Running

BEATS_MISSED = 3
"""Missed heartbeats after which a process counts as dead."""

TOLD_S = 7 * 86_400
"""How long pages mention an unclean shutdown, counted from the next start."""

LOOP_S = 3600.0
"""Unclean shutdowns within so many seconds belong to one crash loop."""


class Absence(NamedTuple):
    """A time without a process of the instance."""

    start: float
    """Clean shutdown of the last process, else its last heartbeat; it may have lived until the next was due."""
    end: float
    """Start of the next process."""
    ended: BootSeen

    @property
    def is_death(self) -> bool:
        """Whether it began with an unclean shutdown."""
        return self.ended.left is None

    def likely_start(self, beat_s: float) -> float:
        """The expected end of the process, with a heartbeat every `beat_s` seconds."""
        return self.start + min(beat_s, self.end - self.start) / 2 if self.is_death else self.start


def absences(boots: Iterable[BootSeen]) -> list[Absence]:
    """The gaps between processes, oldest first; overlapping processes have none."""
    found: list[Absence] = []
    last: BootSeen | None = None
    for boot in sorted(boots, key=lambda boot: boot.started):
        if last is not None and boot.started > last.last_seen:
            found.append(Absence(last.last_seen, boot.started, last))
        if last is None or boot.last_seen >= last.last_seen:
            last = boot
    return found


def gone(boots: Iterable[BootSeen], now: float, beat_s: float) -> BootSeen | None:
    """The last process of an instance that has none now; a heartbeat is due every `beat_s` seconds."""
    last = max(boots, key=lambda boot: boot.last_seen, default=None)
    if last is None or (last.left is None and not is_silent(last.last_seen, now, beat_s)):
        return None
    return last


def is_silent(last_seen: float, now: float, beat_s: float) -> bool:
    """Whether so many heartbeats are missing that the process counts as dead."""
    return now - last_seen > BEATS_MISSED * beat_s


def last_death(boots: Iterable[BootSeen], own: Collection[str], now: float) -> Death | None:
    """The last unclean shutdown before this process; None if it is more than a week ago.

    `own` are the boots of this very process: one that history could not be told the end of did not die.
    """
    deaths = [
        absence
        for absence in absences(boots)
        if absence.is_death and absence.ended.boot not in own and absence.end > now - TOLD_S
    ]
    if not deaths:
        return None
    last = deaths[-1]
    words = last.ended.status
    at_once = sum(last.end - death.end < LOOP_S for death in deaths)
    return Death(last.start, last.end, words, memory_share(words), len(deaths), at_once)


def running(boots: Sequence[BootSeen], start: float, now: float, scale: Threshold, beat_s: float) -> Running | None:
    """For what share of the time since `start` a process of the instance ran, which runs now; None without a start.

    Time before the first start that is known does not count. One that died is taken to have lived half the way to the
    sign of life that was due `beat_s` seconds after its last. The verdict leaves out what came after a goodbye: whoever
    stops a bot knows that it is away.
    """
    if not boots:
        return None
    start = max(start, min(boot.started for boot in boots))
    if start >= now:
        return None
    away = [(absence, min(absence.end, now) - max(absence.likely_start(beat_s), start)) for absence in absences(boots)]
    away = [(absence, seconds) for absence, seconds in away if seconds > 0]
    away_s, dead_s = sum(seconds for _, seconds in away), sum(seconds for one, seconds in away if one.is_death)
    percent, without_goodbye = (100 * (1 - seconds / (now - start)) for seconds in (away_s, dead_s))
    judged = scale.judge(without_goodbye)._replace(value=percent)
    if judged.severity is WELL and percent < scale.target:
        judged = judged._replace(severity=UNKNOWN)
    return Running(judged, away_s, sum(one.is_death for one, _ in away))
