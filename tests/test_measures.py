"""The table of measures holds together: each is named once, in a known unit, and what judges it exists."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from plugin.insight.scales import Scales
from plugin.measures import (
    EXPLAINING,
    JUDGED,
    MEASURES,
    REPORTED,
    SHOWN,
    TOLD,
    Measure,
    MeasureKind,
    Shown,
    measure_of,
    parsed_series,
    present,
    series_name,
    title_of,
)
from plugin.model import ConnectionSnapshot, LoopLag, LoopSnapshot, Observation
from plugin.settings import Settings
from tests.insight.snapshots import connection, sample, shard, snapshot

UNITS = re.compile(r"By|s|1|\{[a-z_]+\}")
PROMETHEUS = re.compile(r"[a-z]+(_[a-z]+)+")
STANDARD = re.compile(r"[a-z]+(\.[a-z_]+)+")
BY_NAME = {measure.name: measure for measure in MEASURES}
SHOWN_AS = {measure.name: shown for measure, shown in SHOWN}


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


@pytest.mark.parametrize(
    "value", ["GET /users/{user}", 'a "quoted" one', "two\nlines", "back\\slash", "\\n", '","=', "{", ""]
)
def test_a_series_leads_back_to_its_measure(value: str) -> None:
    """Its name is in Prometheus's notation, whatever the attribute's value is."""
    for attributes in ({"route": value}, {"route": value, "kind": "b", "other": value}, {}):
        name = series_name("rest_calls", attributes)
        measure = measure_of(name)
        assert measure is not None and measure.name == "rest_calls" and "\n" not in name
        assert parsed_series(name) == ("rest_calls", attributes)


@pytest.mark.parametrize(
    ("series", "title"),
    [
        ("memory_bytes", "Memory"),
        ("messages", "messages"),
        (series_name("rest_calls", {"route": 'GET /"a"\n\\b'}), 'rest calls (GET /"a"\n\\b)'),
        ("economy.transactions", "economy.transactions"),
    ],
)
def test_a_series_has_a_title_for_people(series: str, title: str) -> None:
    """The heading of its measure, and the value of its attribute as it was."""
    assert title_of(series) == title


def test_the_name_for_prometheus_follows_from_the_standard_name() -> None:
    """As OpenTelemetry's exporters write it."""
    assert BY_NAME["memory_bytes"].prometheus == "process_memory_usage_bytes"
    assert BY_NAME["cpu_share"].prometheus == "process_cpu_utilization_ratio"
    assert BY_NAME["rest_calls"].prometheus == "discord_rest_calls_total"
    assert BY_NAME["monitor_cpu_s"].prometheus == "monitor_cpu_time_seconds_total"


def test_the_unit_is_not_repeated_in_the_name_for_prometheus() -> None:
    """A standard name that ends with its unit gets no second one."""
    measure = Measure("backup_s", "s", "backup.seconds", lambda seen: None, MeasureKind.COUNTER)
    assert measure.prometheus == "backup_seconds_total"


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


@pytest.mark.parametrize(
    ("name", "value", "expected", "unit"),
    [
        ("memory_bytes", 3 * 1024 * 1024, 3, "MB"),
        ("cpu_share", 0.25, 25, "%"),
        ("latency_s", 0.04, 40, "ms"),
        ("loop_lag_s", 0.004, 4, "ms"),
        ("connected_share", 0.5, 50, "%"),
        ("guilds", 12, 12, ""),
        ("cpu_share", None, None, "%"),
    ],
)
def test_pages_show_a_value_in_the_unit_of_its_title(
    name: str, value: float | None, expected: float | None, unit: str
) -> None:
    """History keeps bytes, shares and seconds; an unknown value stays unknown."""
    assert (SHOWN_AS[name].scaled(value), SHOWN_AS[name].unit) == (expected, unit)


def test_a_long_title_is_for_where_there_is_room() -> None:
    """Tables have the short one; a measure with one title has it everywhere."""
    assert (SHOWN_AS["cpu_share"].title, SHOWN_AS["cpu_share"].heading) == ("CPU", "CPU, of 1 core")
    assert (SHOWN_AS["memory_bytes"].title, SHOWN_AS["memory_bytes"].heading) == ("Memory", "Memory")


def test_the_present_is_the_newest_sample() -> None:
    """Unknown before the first sample, and for a measure with an attribute, which has no single value."""
    seen = snapshot(samples=[sample(0, memory_mb=1), sample(1, memory_mb=2), sample(2, memory_mb=5, cpu_percent=None)])
    assert present(BY_NAME["memory_bytes"], seen) == 5 * 1024 * 1024
    assert present(BY_NAME["cpu_share"], seen) is None
    assert present(BY_NAME["tasks"], seen) is None
    assert present(BY_NAME["cached"], seen) is None
    assert present(BY_NAME["memory_bytes"], snapshot(samples=[])) is None


def test_the_present_of_discords_side_is_that_of_now() -> None:
    """What the connection knows is newer than the newest sample."""
    seen = snapshot(connection=ConnectionSnapshot((), 12, 500, None, 0.75), samples=[])
    assert [present(BY_NAME[name], seen) for name in ("guilds", "members", "connected_share")] == [12, 500, 0.75]


def test_the_latency_is_the_mean_of_connected_shards() -> None:
    """A shard that is away, or has not had a heartbeat yet, has none."""
    shards = [shard(40), shard(60, id=1), shard(9000, connected=False, id=2), shard(None, id=3)]
    assert present(BY_NAME["latency_s"], snapshot(connection=connection(*shards))) == pytest.approx(0.05)
    assert present(BY_NAME["latency_s"], snapshot(connection=connection(shard(40, connected=False)))) is None
    assert present(BY_NAME["latency_s"], snapshot(connection=connection(gateway=False))) is None


def test_the_loop_lag_is_the_recent_one() -> None:
    """The 99th percentile over the last interval, not since the start; unknown where the loop is not watched."""
    since_start, recent = LoopLag(1, 900_000_000, 2_000_000_000), LoopLag(1, 3_000_000, 5_000_000)
    loop = LoopSnapshot(since_start, recent, (), 250_000_000, 0, 0)
    assert present(BY_NAME["loop_lag_s"], replace(snapshot(), loop=loop)) == 0.003
    assert present(BY_NAME["loop_lag_s"], replace(snapshot(), loop=loop._replace(recent=None))) is None
    assert present(BY_NAME["loop_lag_s"], snapshot()) is None


def test_a_value_without_a_target_is_healthy_up_to_a_share_of_its_threshold() -> None:
    """Four fifths, but for the lag: where the loop is late by a fifth of a block, something already is in its way."""
    measured = Scales.of(Settings(cpu_threshold_percent=50, loop_block_threshold_ms=250)).measured
    assert measured["cpu_share"].target == 40
    assert measured["loop_lag_s"].target == 50


def test_pages_over_a_period_show_measures_that_tell_something_over_time() -> None:
    """Threads, open files and members are on the page since start only."""
    told = [measure.name for measure, _ in TOLD]
    assert told == ["memory_bytes", "cpu_share", "latency_s", "connected_share", "guilds"]


def test_what_may_explain_memory_growth_has_a_name_for_the_sentence() -> None:
    """Things that hold memory, and are counted."""
    assert list(EXPLAINING) == ["guilds", "threads", "tasks", "cache_entries"]
    assert EXPLAINING["cache_entries"] == "cache entries"


def test_reports_tell_of_what_a_period_shows_and_of_what_is_judged() -> None:
    """Lag is judged and on no page over a period; threads are neither."""
    told, reported, judged = ({measure.name for measure, *_ in table} for table in (TOLD, REPORTED, JUDGED))
    assert reported == told | judged
    assert ("guilds" in told - judged) and ("loop_lag_s" in judged - told) and "threads" not in reported
