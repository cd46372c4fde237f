"""The table of measures holds together: each is named once, in a known unit, and what judges it exists."""

from __future__ import annotations

import re

import pytest

from plugin.insight.scales import Scales
from plugin.measures import MEASURES, SHOWN, Measure, MeasureKind, Shown, measure_of, series_name
from plugin.model import Observation
from plugin.settings import Settings

UNITS = re.compile(r"By|s|1|\{[a-z_]+\}")
PROMETHEUS = re.compile(r"[a-z]+(_[a-z]+)+")
STANDARD = re.compile(r"[a-z]+(\.[a-z_]+)+")


def test_every_measure_has_names_of_its_own() -> None:
    """In history, by its standard name, and in Prometheus."""
    for names in zip(*((measure.name, measure.standard, measure.prometheus) for measure in MEASURES), strict=True):
        assert len(set(names)) == len(MEASURES)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_units_and_names_are_opentelemetrys(measure: Measure) -> None:
    """Dotted names in small letters, units in the notation of UCUM; the name for Prometheus says the unit."""
    assert UNITS.fullmatch(measure.unit)
    assert STANDARD.fullmatch(measure.standard)
    assert PROMETHEUS.fullmatch(measure.prometheus)
    assert measure.prometheus.endswith("_total") is (measure.kind is MeasureKind.COUNTER)
    assert ("seconds" in measure.prometheus) is (measure.unit == "s")


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_a_measure_with_an_attribute_has_series_of_it(measure: Measure) -> None:
    """Without one it has a single value."""
    found = dict(measure.values(Observation()))
    assert found == {} if measure.attribute else set(found) == {""}


@pytest.mark.parametrize("value", ["GET /users/{user}", 'a "quoted" one', "two\nlines", "back\\slash", "{", ""])
def test_a_series_leads_back_to_its_measure(value: str) -> None:
    """Its name is in Prometheus's notation, whatever the attribute's value is."""
    name = series_name("rest_calls", "route", value)
    measure = measure_of(name)
    assert measure is not None and measure.name == "rest_calls" and "\n" not in name


def test_the_name_for_prometheus_follows_from_the_standard_name() -> None:
    """As OpenTelemetry's exporters write it."""
    names = {measure.name: measure.prometheus for measure in MEASURES}
    assert names["memory_bytes"] == "process_memory_usage_bytes"
    assert names["cpu_share"] == "process_cpu_utilization_ratio"
    assert names["rest_calls"] == "discord_rest_calls_total"
    assert names["monitor_cpu_s"] == "monitor_cpu_time_seconds_total"


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
