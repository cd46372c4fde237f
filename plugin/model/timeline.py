"""Events around one moment: the records from history, and the timeline made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from plugin.model.findings import Finding
from plugin.model.foundation import Severity
from plugin.model.history_read import ErrorCourse, FindingKept, SeriesCourse, SeriesKept
from plugin.model.starts import BootSeen


class MomentWindow(NamedTuple):
    """The span of time around a moment, in Unix seconds: a quarter of an hour, or longer if minutes are gone."""

    moment: float
    start: int
    end: int


class MomentPast(NamedTuple):
    """History of a window, and of the hour and the day before it."""

    window: MomentWindow
    boots: Mapping[str, tuple[BootSeen, ...]]
    """By instance, oldest first."""
    findings: tuple[FindingKept, ...]
    errors: tuple[ErrorCourse, ...]
    """Error groups that occurred in the window."""
    series: tuple[SeriesKept, ...]
    """Series to compare; the courses below are in their order."""
    now: tuple[SeriesCourse, ...]
    hour_before: tuple[SeriesCourse, ...]
    day_before: tuple[SeriesCourse, ...]
    """The same quarter of an hour, a day earlier."""
    since: int | None
    """Start of history in Unix seconds; None if there is none."""
    at: float
    """The present in Unix seconds."""
    beat_s: float
    """Seconds between heartbeats, and between writes of history."""
    running: str | None = None
    """The instance that asks, which surely runs."""


class TimelineEntry(NamedTuple):
    """One event of the timeline."""

    at: float
    """Unix time in seconds."""
    severity: Severity
    text: str
    until: float | None = None
    """Unix time in seconds of its end, if it lasted."""
    instance: str = ""
    """The instance that it is about; empty for the whole bot, and if there is only one instance."""
    parts: tuple[TimelineEntry, ...] = ()
    """What belongs to the same incident, and is likely its effect."""
    parts_left_out: int = 0

    @property
    def first(self) -> float:
        """When the first of it began; the likely cause may be found later."""
        return min([self.at, *(part.at for part in self.parts)])


class Mover(NamedTuple):
    """A series that deviated from its previous values."""

    series: str
    unit: str
    counter: bool
    """Whether the values are rates per minute."""
    value: float
    hour_before: float | None
    day_before: float | None
    score: float
    """The deviation in standard deviations of the minutes before."""


class Timeline(NamedTuple):
    """The timeline of a window."""

    window: MomentWindow
    entries: tuple[TimelineEntry, ...]
    """In order."""
    movers: tuple[Mover, ...]
    """Largest deviation first."""
    step_s: int
    """The finest step of history in the window: a minute, or more if minutes are no longer kept."""
    covered: bool
    """Whether there is any history of the window."""
    standing: tuple[Finding, ...] = ()
    """Findings that were open throughout the window."""
    left_out: int = 0
    """Entries beyond the bound, of which the least severe are left out."""
    story: tuple[str, ...] = ()
    """The likely story in a few sentences, the main thing first; empty where the entries are enough."""
