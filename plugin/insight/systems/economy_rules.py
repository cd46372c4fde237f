"""The rule about how much money is made, burnt and moved: hours beside the same hours of other days."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean

from plugin.insight.scales import WARNING
from plugin.insight.systems import totals
from plugin.insight.systems.money import FAUCETS, SINKS, TRANSFERS
from plugin.insight.systems.volumes import same_hours, unusual_hour
from plugin.model import Finding, Subject, SubjectKind, SystemPast
from plugin.words import counted, plain

VOLUME = "economy_volume"
TOLD = {FAUCETS: "made by faucets", SINKS: "burnt by sinks", TRANSFERS: "moved between members"}


def unusual_volumes(past: SystemPast) -> Iterator[Finding]:
    """Each flow that had an unusual hour within the last day; the last of these hours."""
    over = past.spans.end // totals.HOUR_S * totals.HOUR_S
    for measure, told in TOLD.items():
        series = totals.of_measure(past, measure)
        values = totals.together(series)
        at = unusual_hour(values, over)
        if at is not None:
            times = values[at] / fmean(same_hours(at, values))
            yield Finding(
                VOLUME,
                Subject(SubjectKind.MEASURE, measure),
                WARNING,
                f"{counted(values[at], series[0].unit)} {told} in an hour, "
                f"{plain(times)} times as much as in these hours of other days",
                at,
                at + totals.HOUR_S,
                value=values[at],
                look_at="/performance system:economy",
                everywhere=True,
            )
