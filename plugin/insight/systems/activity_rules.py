"""The rule about farming: members, or members who take turns in a channel, at the cap of a cooldown for hours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from plugin.insight.scales import WARNING
from plugin.insight.systems import totals
from plugin.model import Finding, Subject, SubjectKind, SystemPast
from plugin.words import percent

FARM = "activity_farm"
POINTS, FARMS, EXTENTS = "activity.points", "activity.farms", "activity.farm_extents"
WINDOW_HOURS = 24
"""Hours whose points a farm's are compared with: as many as it lasts, up to these."""


class Farm(NamedTuple):
    """Who is at the cap by now."""

    of: str
    """`member` or `channel`."""
    number: int
    in_one_place: bool
    """Whether all are known to be in one channel."""
    hours: int
    """Of the longest."""
    share: float | None
    """Of all points in its hours, 0 to 1; None where history does not cover them."""

    @property
    def sentence(self) -> str:
        """`one member was at the cooldown's cap for 6 h in a row and earned 38 % of all points in that time`."""
        who = f"one {self.of}" if self.number == 1 else f"{self.number:,} {self.of}s"
        if self.of == "channel":
            who = f"members taking turns in {who}"
        elif self.number > 1 and self.in_one_place:
            who += ", all in one channel,"
        was = "was" if self.of == "member" and self.number == 1 else "were"
        told = f"{who} {was} at the cooldown's cap for {self.hours} h in a row"
        if self.share is None:
            return told
        when = "in that time" if self.hours <= WINDOW_HOURS else f"in the last {WINDOW_HOURS} h"
        return f"{told} and earned {percent(100 * self.share)} of all points {when}"


def farms(past: SystemPast) -> Iterator[Farm]:
    """Members first, then channels."""
    for of in ("member", "channel"):
        number, points = (_now(past, FARMS, of, what) for what in ("number", "points"))
        hours, together = (_now(past, EXTENTS, of, what) for what in ("hours", "together"))
        if number and hours:
            whole = _earned(past, round(min(hours, WINDOW_HOURS)))
            share = min(1.0, points / whole) if whole else None
            yield Farm(of, round(number), together == number, round(hours), share)


def farm_findings(past: SystemPast) -> Iterator[Finding]:
    """What is farmed now; of a channel only where its members are not named already."""
    over = past.spans.end // totals.HOUR_S * totals.HOUR_S
    for farm in list(farms(past))[:1]:
        yield Finding(
            FARM,
            Subject(SubjectKind.MEASURE, POINTS),
            WARNING,
            farm.sentence,
            over - farm.hours * totals.HOUR_S,
            value=None if farm.share is None else 100 * farm.share,
            unit="%",
            evidence=(("hours in a row", farm.hours),),
            look_at="/performance system:activity",
            everywhere=True,
        )


def _now(past: SystemPast, measure: str, of: str, what: str) -> float:
    """A gauge as it stands, of extents the maximum over all instances; 0 where it was not read in the last hours."""
    for series in totals.of_measure(past, measure, of=of, what=what):
        points = series.course.points
        if points and points[-1].at + series.course.step_s >= past.spans.end - totals.HOUR_S:
            return points[-1].values.maximum if measure == EXTENTS else totals.level(series.course) or 0.0
    return 0.0


def _earned(past: SystemPast, hours: int) -> float:
    """All points in the last full hours; 0 where the course is in longer steps."""
    over = past.spans.end // totals.HOUR_S * totals.HOUR_S
    series = totals.of_measure(past, POINTS)
    if not series or series[0].course.step_s > totals.HOUR_S:
        return 0.0
    return sum(value for at, value in totals.together(series).items() if over - hours * totals.HOUR_S <= at < over)
