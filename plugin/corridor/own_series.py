"""Collects measures of one's own for each cut; a bot that declares none pays nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from plugin.model import NO_KINDS, SeriesDelta, SeriesKind

if TYPE_CHECKING:
    from plugin.metrics.meters import MeterReader
    from plugin.metrics.meters.buffer import OwnSeriesBuffer
    from plugin.own_measures import Dropped

_DECLARING = "plugin.corridor.bot_measures"
"""Imported with the first declaration."""

_READERS: dict[int, MeterReader] = {}
"""By application: what a bot was told stays told when the monitor is loaded anew, or the bot made anew."""


class OwnSeries:
    """The own measures of one bot, and those of its process."""

    def __init__(self, bot: object, application: Callable[[], int | None], *, waits: bool) -> None:
        """`application` returns its id, None while that is not known; `waits`: until then nothing is collected."""
        self._bot = bot
        self._application = application
        self._waits = waits
        self._buffer: OwnSeriesBuffer | None = None
        self._reader: MeterReader | None = None

    def collecting(self) -> Iterator[None]:
        """Collect what was counted since the last time, series by series; the caller may pause between any two."""
        if _DECLARING not in sys.modules:
            return
        from plugin.corridor.bot_measures import measures_of
        from plugin.metrics.meters.buffer import OwnSeriesBuffer

        reader = self._reader = self._reader or self._find_reader()
        if reader is not None:
            self._buffer = self._buffer or OwnSeriesBuffer()
            yield from self._buffer.reading(reader, measures_of(self._bot))

    def take(self) -> tuple[Mapping[str, SeriesDelta], Mapping[str, SeriesKind]]:
        """What was collected, and what the series of each measure are."""
        return ({}, NO_KINDS) if self._buffer is None else self._buffer.take()

    def dropped(self) -> Mapping[str, int]:
        """Measurements that were not counted as given, by measure and reason."""
        return {f"{drop.measure.name}: {drop.reason.value}": drop.number for drop in self._drops() if drop.number}

    def _drops(self) -> Iterator[Dropped]:
        if _DECLARING in sys.modules:
            from plugin.corridor.bot_measures import measures_of

            for registry in measures_of(self._bot):
                yield from registry.drops()

    def _find_reader(self) -> MeterReader | None:
        from plugin.metrics.meters import MeterReader

        application = self._application()
        if application is not None:
            return _READERS.setdefault(application, MeterReader())
        return None if self._waits else MeterReader()
