"""Rows of the table of measures, with their values over time, in display units."""

from __future__ import annotations

from collections.abc import Iterator

from plugin.display import measures, numbers
from plugin.display.comparison import Show
from plugin.measures import SHOWN, Shown, ShownIn, present
from plugin.model import Health, Observation, Snapshot

COUNT_CELLS = 7


def show(shown: Shown) -> Show:
    """Writes values of a measure, counts in at most seven cells."""
    return lambda value: numbers.in_unit(shown.unit, shown.scaled(value), short_count)


def short_count(number: int | None) -> str:
    """A count in at most seven cells."""
    return numbers.UNKNOWN if number is None else numbers.count_in(COUNT_CELLS, number).lstrip()


def judged_rows(section: ShownIn, snapshot: Snapshot, health: Health) -> Iterator[str]:
    """The judged measures of a section; sampled ones with their values over all samples."""
    for measure, shown in SHOWN:
        if shown.section is not section or shown.limits is None:
            continue
        judged, unit = health.measured[measure.name], shown.unit
        yield measures.judged(shown.heading, judged, lambda value, unit=unit: numbers.in_unit(unit, value))
        if shown.charted and shown.now is None:
            values = [measure.value(seen) for seen in map(Observation, snapshot.samples)]
            yield from measures.course(values, snapshot.at - snapshot.samples[0].at)
        if shown.share is not None and snapshot.samples:
            share = shown.share.read(snapshot.samples[-1])
            yield from [] if share is None else [measures.plain(shown.share.title, numbers.percent(100 * share))]


def count_rows(section: ShownIn, snapshot: Snapshot) -> Iterator[str]:
    """The measures of a section that are not judged."""
    for measure, shown in SHOWN:
        if shown.section is section and shown.limits is None:
            yield measures.plain(shown.heading, numbers.in_unit(shown.unit, shown.scaled(present(measure, snapshot))))
