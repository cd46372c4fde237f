"""The latest outcomes of commands, slot by slot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

SLOT_S = 300
LATELY_S = 3600.0
"""The present is judged by the last hour, or by the latest invocations if that has too few."""

Slot = tuple[int, int]
"""How many invocations ended `ok` and `error` within a few minutes."""


def latest_slots(recent: Sequence[float], after: float = float("-inf")) -> Iterator[Slot]:
    """The slots of `CommandSnapshot.recent` that begin after a moment in Unix seconds, newest first."""
    for at, ok, errors in _triples(recent):
        if at <= after:
            return
        yield ok, errors


def lately(recents: Iterable[Sequence[float]], now: float, enough: int) -> list[Slot]:
    """The slots of several commands that describe the present, newest first: an hour, or enough invocations."""
    kept, counted = list[Slot](), 0
    for at, slot in _added_up(recents):
        if counted >= enough and now - at > LATELY_S:
            break
        kept.append(slot)
        counted += sum(slot)
    return kept


def sums(slots: Iterable[Slot]) -> Slot:
    """The sum of all slots."""
    ok, errors = map(sum, zip((0, 0), *slots, strict=True))
    return ok, errors


def _added_up(recents: Iterable[Sequence[float]]) -> Iterable[tuple[float, Slot]]:
    found = [recent for recent in recents if recent]
    if len(found) == 1:
        return ((at, (ok, errors)) for at, ok, errors in _triples(found[0]))
    added = defaultdict[int, list[int]](lambda: [0, 0])
    for recent in found:
        for at, ok, errors in _triples(recent):
            slot = added[int(at // SLOT_S)]
            slot[0] += ok
            slot[1] += errors
    return [(number * SLOT_S, (slot[0], slot[1])) for number, slot in sorted(added.items(), reverse=True)]


def _triples(recent: Sequence[float]) -> Iterator[tuple[float, int, int]]:
    for index in range(len(recent) - 3, -1, -3):
        yield recent[index], int(recent[index + 1]), int(recent[index + 2])
