"""The rule about how much money is made, burnt and moved: hours beside the same hours of other days."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean

from plugin.insight.scales import WARNING
from plugin.insight.systems import totals
from plugin.insight.systems.money import FAUCETS, SINKS, TRANSFERS
from plugin.insight.systems.volumes import is_unusual, same_hours
from plugin.model import Finding, Subject, SubjectKind, SystemPast
from plugin.words import counted, plain

VOLUME = "economy_volume"
TOLD = {FAUCETS: "made by faucets", SINKS: "burnt by sinks", TRANSFERS: "moved between members"}
LOOKED_AT_S = 86_400
"""How long ago an unusual hour may have been."""


def unusual_volumes(past: SystemPast) -> Iterator[Finding]:
    """Each flow that had an unusual hour within the last day; the last of these hours."""
    over = past.spans.end // totals.HOUR_S * totals.HOUR_S
    for measure, told in TOLD.items():
        series = totals.of_measure(past, measure)
        values = {at: value for at, value in totals.together(series).items() if at < over}
        for at in range(over - totals.HOUR_S, over - LOOKED_AT_S - 1, -totals.HOUR_S):
            until_then = {hour: value for hour, value in values.items() if hour <= at}
            if is_unusual(at, until_then):
                times = values[at] / fmean(same_hours(at, until_then))
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
                break
