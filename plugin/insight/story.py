"""The likely story of a window in a few sentences: what was worst, what came right before it, and how it ended.

It says what followed on what, never what caused what.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from plugin.insight.absences import absences, gone
from plugin.insight.last_words import memory_share
from plugin.insight.scales import WARNING
from plugin.model import BootSeen
from plugin.model.timeline import MomentPast, TimelineEntry
from plugin.words import lasting

BEFORE_S = 600.0
"""What happened this long before is part of the story."""
MOST_BEFORE = 3
SHORTEST_S = 60.0
"""A clean restart that takes less is no story."""
NEAR_LIMIT = 0.9
"""From this share of all memory on, running out of memory is mentioned."""


class _Down(NamedTuple):
    """A time without a process in the window."""

    instance: str
    ended: BootSeen
    until: float | None
    release: str
    """The release that runs since; empty where none does, or the same."""

    @property
    def died(self) -> bool:
        return self.ended.left is None


def story(past: MomentPast, entries: Sequence[TimelineEntry]) -> tuple[str, ...]:
    """What happened in a window, the main thing first; empty where the entries, which are in order, are enough."""
    downs = [down for name in past.boots for down in _downs(name, past)]
    deaths = [down for down in downs if down.died]
    worst = max(deaths or downs, key=lambda down: (down.until or past.at) - down.ended.last_seen, default=None)
    if worst is not None:
        return tuple(_of_down(worst, past, entries, deaths))
    return _of_incident(past, entries)


def _downs(instance: str, past: MomentPast) -> Iterable[_Down]:
    window, boots = past.window, past.boots[instance]
    named = instance if len(past.boots) > 1 else ""
    for absence in absences(boots):
        if absence.start < window.end and absence.end > window.start:
            release = next((boot.release for boot in boots if boot.started == absence.end), "")
            if absence.is_death or absence.end - absence.start >= SHORTEST_S:
                yield _Down(named, absence.ended, absence.end, release if release != absence.ended.release else "")
    last = None if instance == past.running else gone(boots, past.at, past.beat_s)
    if last is not None and last.last_seen < window.end and (not named or last.last_seen >= window.start):
        yield _Down(named, last, None, "")


def _of_down(down: _Down, past: MomentPast, entries: Sequence[TimelineEntry], deaths: Sequence[_Down]) -> Iterator[str]:
    who = f"{down.instance}: " if down.instance else ""
    how = "an unclean shutdown" if down.died else "a clean shutdown"
    often = f", the longest of {len(deaths)}" if down.died and len(deaths) > 1 else ""
    back = f", then back with release {down.release}, was {down.ended.release}" if down.release else ""
    if down.until is None:
        yield f"{who}not started since {how}"
    else:
        up_to = "up to " if down.died else ""
        yield f"{who}down for {up_to}{lasting(down.until - down.ended.last_seen)} after {how}{often}{back}"
    before = _before(down, past, entries, {one.ended.last_seen for one in deaths})
    if before:
        yield f"before it: {', then '.join(before)}"
    if down.died and down.ended.status:
        near = (memory_share(down.ended.status) or 0) >= NEAR_LIMIT
        yield f"last status: {down.ended.status}{' (possibly out of memory)' if near else ''}"


def _before(down: _Down, past: MomentPast, entries: Sequence[TimelineEntry], ends: Collection[float]) -> list[str]:
    """What went wrong right before the end of a process; `ends` are those of processes that died."""
    end = down.ended.last_seen
    found = [
        entry
        for entry in entries
        if entry.severity >= WARNING
        and end - BEFORE_S <= entry.at <= end + past.beat_s
        and entry.instance in ("", down.instance)
        and entry.at not in ends
    ]
    worst = sorted(found, key=lambda entry: -entry.severity)[:MOST_BEFORE]
    return [entry.text for entry in found if entry in worst]


def _of_incident(past: MomentPast, entries: Sequence[TimelineEntry]) -> tuple[str, ...]:
    """The worst entry, if there is more to tell than itself."""
    bad = [entry for entry in entries if entry.severity >= WARNING]
    worst = max(bad, key=lambda entry: (entry.severity, len(entry.parts)), default=None)
    if worst is None or len(bad) + len(worst.parts) < 2:
        return ()
    who = f"{worst.instance}: " if worst.instance else ""
    lasted = f", for {lasting(worst.until - worst.at)}" if worst.until is not None else ""
    release = _release_before(worst, past)
    after = f", {lasting(worst.at - release.started)} after release {release.release} was started" if release else ""
    others = len(worst.parts) + worst.parts_left_out
    with_it = [f"{others} more {'problem' if others == 1 else 'problems'} began with it"] if others else []
    return (f"{who}{worst.text}{lasted}{after}", *with_it)


def _release_before(entry: TimelineEntry, past: MomentPast) -> BootSeen | None:
    """The process with a new release that was started right before an entry."""
    for boots in past.boots.values():
        for before, boot in pairwise(boots):
            if boot.release != before.release and 0 <= entry.at - boot.started <= BEFORE_S:
                return boot
    return None
