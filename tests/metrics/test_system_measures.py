"""How the measures of the known systems are declared."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from plugin.measures import MeasureKind
from plugin.metrics.meters import OwnMeasures
from plugin.metrics.systems.activity import ActivityMeasures
from plugin.metrics.systems.economy import EconomyMeasures
from plugin.metrics.systems.voice import VoiceMeasures
from tests.metrics.systems import Books

SYSTEMS: dict[str, Callable[[OwnMeasures], object]] = {
    "economy": lambda own: EconomyMeasures(own, "{coin}"),
    "activity": lambda own: ActivityMeasures(own, "{point}"),
    "voice": VoiceMeasures,
}


@pytest.mark.parametrize(
    ("system", "resolutions"),
    [
        ("economy", {"economy.earnings": 1}),
        ("activity", {"activity.level_time": 1}),
        ("voice", {"voice.sessions": 0.1}),
    ],
)
def test_values_are_told_apart_as_finely_as_they_matter(system: str, resolutions: dict[str, float]) -> None:
    """A coin, a second of a level, a tenth of a second in voice; each measure may have a hundred series."""
    own = OwnMeasures()
    SYSTEMS[system](own)
    histograms = [measure for measure in own.declared() if measure.kind is MeasureKind.HISTOGRAM]
    assert {measure.name: measure.resolution for measure in histograms} == resolutions
    assert {measure.maximum_series for measure in own.declared()} == {100}


def test_shared_measures_are_those_that_no_instance_has_to_itself() -> None:
    """A fleet's value is not their sum."""
    books = Books()
    shared = {measure.name for measure in books.own.declared() if measure.shared}
    assert shared == {
        *(f"economy.{name}" for name in ("supply", "supply_checked", "price", "holders", "gini", "top_share")),
        *(f"activity.{name}" for name in ("daily_members", "weekly_members", "farm_extents")),
    }
