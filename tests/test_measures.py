"""The table of measures holds together: each is named once, in a known unit, and what judges it exists."""

from __future__ import annotations

import re

import pytest

from plugin.insight.scales import Scales
from plugin.measures import CONNECTED, SAMPLED, SHOWN, ConnectionMeasure, Measure, Shown
from plugin.settings import Settings

UNITS = re.compile(r"By|s|1|\{[a-z_]+\}")
STANDARD = re.compile(r"[a-z]+(\.[a-z_]+)+")


def test_every_series_has_a_name_of_its_own() -> None:
    """In history, and by its standard name; only a shard's latency is the same measure as the mean of all."""
    names, standards = ([getattr(measure, which) for measure in SAMPLED] for which in ("name", "standard"))
    assert len(set(names)) == len(set(standards)) == len(SAMPLED)
    assert [measure.attribute for measure in CONNECTED if measure.name in names] == ["shard"]


@pytest.mark.parametrize("measure", [*SAMPLED, *CONNECTED], ids=lambda measure: measure.name)
def test_units_and_names_are_opentelemetrys(measure: Measure | ConnectionMeasure) -> None:
    """Dotted names in small letters, and units in the notation of UCUM."""
    assert UNITS.fullmatch(measure.unit)
    assert STANDARD.fullmatch(measure.standard)


@pytest.mark.parametrize(("measure", "shown"), SHOWN, ids=[measure.name for measure, _ in SHOWN])
def test_what_judges_a_measure_exists(measure: Measure, shown: Shown) -> None:
    """Limits are settings of which the worse is the threshold; without limits a count is shown as it is."""
    scale = Scales.of(Settings()).measured.get(measure.name)
    assert (scale is not None) is (shown.limits is not None)
    if scale is not None:
        assert shown.phrase
        assert (scale.target > scale.threshold) is scale.higher_is_better
    else:
        assert (shown.unit, shown.factor, shown.share) == ("", 1, None)
