"""What is concluded about the bot's other systems: one review for any of them, and more for those that are known.

A known system adds a review of its own to `REVIEWS`, the measures that it needs by hour to `HOURLY`, and rules whose
findings stand without a page being asked for to `SYSTEM_RULES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from plugin.insight.systems import (
    activity,
    activity_rules,
    activity_volumes,
    economy,
    economy_rules,
    voice,
    voice_costs,
)
from plugin.insight.systems.generic import review_generic
from plugin.model import Finding, SystemPast, SystemReview

Review = Callable[[SystemPast], SystemReview]


class SystemRule(NamedTuple):
    """One condition of a system that only its history proves; looked for every quarter of an hour."""

    name: str
    """Such as `economy_volume`: that of its findings."""
    system: str
    measures: tuple[str, ...]
    """What it needs: each series of these, by hour over the last four weeks, the present hour included."""
    find: Callable[[SystemPast], Iterable[Finding]]
    """Yields what stands now; `since` is when it began. Its subject is a measure of the system."""


REVIEWS: Mapping[str, Review] = MappingProxyType(
    {
        activity.SYSTEM: activity.review_activity,
        economy.SYSTEM: economy.review_economy,
        voice.SYSTEM: voice.review_voice,
    }
)
"""By system; any other has the generic review."""

HOURLY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {activity.SYSTEM: (activity.POINTS, activity.DAILY, activity.WEEKLY), voice.SYSTEM: (voice.TIME, voice.MEMBERS)}
)
"""Measures that the review of a system gets by hour (`SystemPast.hourly`), by system."""

BESIDE: Mapping[str, tuple[str, ...]] = MappingProxyType({voice.SYSTEM: (voice_costs.CPU, voice_costs.MEMORY)})
"""Measures of the process that it gets by hour (`SystemPast.beside`)."""

SYSTEM_RULES = (
    SystemRule(
        activity_rules.FARM,
        activity.SYSTEM,
        (activity_rules.POINTS, activity_rules.FARMS, activity_rules.EXTENTS),
        activity_rules.farm_findings,
    ),
    SystemRule(
        activity_volumes.VOLUME,
        activity.SYSTEM,
        (activity_volumes.AWARDS, activity.DAILY),
        activity_volumes.unusual_activity,
    ),
    SystemRule(economy_rules.VOLUME, economy.SYSTEM, tuple(economy_rules.TOLD), economy_rules.unusual_volumes),
)


def review_system(past: SystemPast) -> SystemReview:
    """What the page of a system says."""
    return REVIEWS.get(past.system, review_generic)(past)
