"""Measurements that were not counted as given, by reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plugin.metrics.meters.folding import Folded
from plugin.own_measures import Dropped, DropReason, OwnMeasure


class _Count(Folded[int]):
    __slots__ = ()

    def one_more(self) -> None:
        self._append(1)

    def _folded(self, items: Sequence[int]) -> int:
        return sum(items)


class Drops:
    """Counts the drops of one measure, from any thread."""

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts: dict[DropReason, _Count] = {}

    def count(self, reason: DropReason) -> None:
        """Count one drop."""
        (self._counts.get(reason) or self._counts.setdefault(reason, _Count())).one_more()

    def read(self, measure: OwnMeasure) -> Iterator[Dropped]:
        """The drops by reason, for the measure whose they are."""
        for reason, count in list(self._counts.items()):
            yield Dropped(measure, reason, count.read())

    def reset(self) -> None:
        """Begin anew, in a process that was forked."""
        self._counts.clear()
