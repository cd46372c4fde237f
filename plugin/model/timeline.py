"""What happened around one moment: what history knows of it, and what is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from plugin.model.findings import Finding
from plugin.model.foundation import Severity
from plugin.model.history_read import BootSeen, ErrorCourse, FindingKept, SeriesCourse, SeriesKept


class MomentWindow(NamedTuple):
    """The time that is looked at around a moment, in Unix seconds."""

    moment: float
    start: int
    end: int


class MomentPast(NamedTuple):
    """Everything that history knows of a window, and of the hour and the day before it."""

    window: MomentWindow
    boots: Mapping[str, tuple[BootSeen, ...]]
    """By instance, oldest first."""
    findings: tuple[FindingKept, ...]
    errors: tuple[ErrorCourse, ...]
    """Error groups that were met in the window."""
    series: tuple[SeriesKept, ...]
    """Those that are compared; the courses below are in their order."""
    now: tuple[SeriesCourse, ...]
    hour_before: tuple[SeriesCourse, ...]
    day_before: tuple[SeriesCourse, ...]
    """The same quarter of an hour, a day earlier."""
    since: int | None
    """Since when history is kept, Unix time in seconds; None where nothing is."""


class TimelineEntry(NamedTuple):
    """Something that happened."""

    at: float
    """Unix time in seconds."""
    severity: Severity
    text: str
    until: float | None = None
    """Unix time in seconds of its end, where it lasted."""
    instance: str = ""
    """The instance that it happened to; empty for the whole bot, and where there is only one."""


class Mover(NamedTuple):
    """A series that departed from what it was before."""

    series: str
    unit: str
    counter: bool
    """Whether the values are rates per minute."""
    value: float
    hour_before: float | None
    day_before: float | None
    score: float
    """How many standard deviations it departed, by the minutes before."""


class Timeline(NamedTuple):
    """What is told of a window."""

    window: MomentWindow
    entries: tuple[TimelineEntry, ...]
    """In order."""
    movers: tuple[Mover, ...]
    """The furthest departed first."""
    step_s: int
    """The finest step that history has of the window: a minute, or more where minutes are no longer kept."""
    covered: bool
    """Whether history was kept at all in the window."""
    standing: tuple[Finding, ...] = ()
    """What had begun before the window and went on throughout."""
