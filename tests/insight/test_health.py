"""A snapshot, judged."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.histogram import Histogram
from plugin.insight.health import judge
from plugin.model import PROCESS, CommandKind, CommandSnapshot, Death, Finding, HistoryState, RecentAnswers, Severity
from plugin.settings import Settings
from tests.insight.snapshots import command, connection, sample, shard, snapshot

UNKNOWN, WELL, WARNING, CRITICAL = Severity
SETTINGS = Settings()


def test_well_bot_has_no_reasons() -> None:
    """Where every value is at its target or better, the whole is well and nothing is said."""
    health = judge(snapshot(command(ok=100)), SETTINGS)
    assert (health.severity, health.reasons) == (WELL, ())


def test_nothing_known_is_unknown() -> None:
    """Without samples, gateway and invocations every value is unknown, and so is the whole."""
    health = judge(snapshot(command(), samples=(), connection=connection(gateway=False, uptime_share=None)), SETTINGS)
    assert (health.severity, health.reasons, health.shards) == (UNKNOWN, (), ())
    assert {judged.value for judged in health.measured.values()} == {None}


@pytest.mark.parametrize(
    ("memory_mb", "severity", "reasons"),
    [
        (400, WELL, ()),
        (401, WARNING, ("memory 401 MB, target 400 MB",)),
        (500, WARNING, ("memory 500 MB, target 400 MB",)),
        (500.25, CRITICAL, ("memory 500.2 MB, limit 500 MB",)),
        (612, CRITICAL, ("memory 612 MB, limit 500 MB",)),
    ],
)
def test_memory_of_the_newest_sample_is_judged(memory_mb: float, severity: Severity, reasons: tuple[str, ...]) -> None:
    """Memory is well up to 80 % of its threshold and critical beyond it; older samples do not matter."""
    health = judge(snapshot(samples=[sample(memory_mb=9999), sample(memory_mb=memory_mb)]), SETTINGS)
    assert (health.measured["memory_bytes"].value, health.measured["memory_bytes"].severity) == (memory_mb, severity)
    assert health.reasons == reasons


@pytest.mark.parametrize(
    ("memory_mb", "limit_mb", "severity", "threshold"),
    [
        (254, 260, CRITICAL, 247),
        (240, 260, WARNING, 247),
        (200, 260, WELL, 247),
        (420, 520, WARNING, 494),
        (254, 4096, WELL, 500),
        (254, None, WELL, 500),
    ],
    ids=["97.7 % of the limit", "92 %", "77 %", "a limit just above the setting", "a limit far above it", "no limit"],
)
def test_memory_is_critical_before_its_limit(
    memory_mb: float, limit_mb: float | None, severity: Severity, threshold: float
) -> None:
    """The threshold is 95 % of the limit where that is below the setting; well ends at 80 % of the smaller of both."""
    found = judge(snapshot(samples=[sample(memory_mb=memory_mb, limit_mb=limit_mb)]), SETTINGS).measured["memory_bytes"]
    assert (found.severity, found.threshold) == (severity, pytest.approx(threshold))


@pytest.mark.parametrize(("cpu_percent", "severity"), [(None, UNKNOWN), (64, WELL), (80, WARNING), (81, CRITICAL)])
def test_cpu_is_judged(cpu_percent: float | None, severity: Severity) -> None:
    """CPU is well up to 80 % of its threshold, critical beyond it, and unknown at the first look."""
    health = judge(snapshot(samples=[sample(cpu_percent=cpu_percent)]), SETTINGS)
    assert health.measured["cpu_share"].severity is severity


def test_response_is_the_mean_of_all_windows() -> None:
    """Each duration weighs the same, whichever command it belongs to."""
    health = judge(snapshot(command("a", ok=30, mean_ms=100), command("b", ok=10, mean_ms=500)), SETTINGS)
    assert health.response_ms.value == 200
    assert health.response_ms.severity is WARNING


def test_error_rate_is_of_all_commands() -> None:
    """The rate is errors of `ok` and `error`; denied and cancelled invocations do not count."""
    health = judge(snapshot(command("a", ok=25, denied=50), command("b", ok=10, error=15, cancelled=50)), SETTINGS)
    assert health.error_rate_percent.value == 30
    assert health.reasons[0] == "error rate 30 % (15 of the last 50)"


@pytest.mark.parametrize(
    ("ok", "error", "severity"),
    [
        (0, 0, UNKNOWN),
        (99, 1, WELL),
        (60, 1, WELL),
        (10, 2, UNKNOWN),
        (90, 12, WARNING),
        (70, 30, CRITICAL),
        (0, 9, UNKNOWN),
        (0, 10, CRITICAL),
    ],
)
def test_error_rate_is_beyond_a_bound_where_its_lower_bound_is(ok: int, error: int, severity: Severity) -> None:
    """1 of 61 and 2 of 12 prove nothing, for all three that have a rate; too few failures are no verdict at all."""
    health = judge(snapshot(command(cog="shop", ok=ok, error=error, mean_ms=10), cogs=["shop"]), SETTINGS)
    assert health.error_rate_percent.severity is severity
    assert health.commands[0].error_rate.severity is severity


def test_one_of_forty_cogs_is_not_yellow_by_chance() -> None:
    """Three failures of a hundred are more than the target in one cog of forty, and no news in all of them."""
    cogs = [command(f"c{number}", cog=f"cog{number}", ok=97, error=3) for number in range(40)]
    assert {cog.severity for cog in judge(snapshot(*cogs), SETTINGS).cogs} == {WELL}


def test_failures_of_long_ago_are_forgotten() -> None:
    """The rate is that of the last hour; where that has too few invocations, of the latest."""
    recent = (*(-7200.0, 0, 50), *(-600.0, 40, 0))
    well = command(ok=40, error=50)._replace(recent=recent)
    health = judge(replace(snapshot(well), recent=recent), SETTINGS)
    assert (health.error_rate_percent.value, health.commands[0].error_rate.value, health.severity) == (0, 0, WELL)
    quiet = (*(-7200.0, 0, 50), *(-600.0, 4, 0))
    assert judge(replace(snapshot(well), recent=quiet), SETTINGS).error_rate_percent.severity is CRITICAL


@pytest.mark.parametrize(
    ("share", "severity"), [(None, UNKNOWN), (1.0, WELL), (0.999, WELL), (0.99, WARNING), (0.9899, CRITICAL)]
)
def test_uptime_is_better_when_higher(share: float | None, severity: Severity) -> None:
    """Uptime is well from its target upwards, and critical below its threshold."""
    health = judge(snapshot(connection=connection(uptime_share=share)), SETTINGS)
    assert health.measured["connected_share"].severity is severity


def test_uptime_with_equal_target_and_threshold_is_still_better_when_higher() -> None:
    """Where target and threshold are the same there is no warning in between."""
    settings = Settings(uptime_target_percent=99)
    below, at = (judge(snapshot(connection=connection(uptime_share=share)), settings) for share in (0.98, 0.99))
    assert below.measured["connected_share"].severity is CRITICAL
    assert at.measured["connected_share"].severity is WELL


def test_latency_is_the_mean_of_the_connected_shards() -> None:
    """Shards that are away, or have no heartbeat yet, have no latency to count."""
    shards = shard(50), shard(250), shard(None), shard(900, connected=False)
    assert judge(snapshot(connection=connection(*shards)), SETTINGS).measured["latency_s"].value == pytest.approx(150)


def test_shard_that_is_away_is_critical() -> None:
    """A shard without connection is critical, and so is the whole."""
    shards = shard(50), shard(50), shard(None, connected=False), shard(None, connected=False)
    health = judge(snapshot(connection=connection(*shards)), SETTINGS)
    assert [judged.severity for judged in health.shards] == [WELL, WELL, CRITICAL, CRITICAL]
    assert (health.severity, health.reasons) == (CRITICAL, ("2 of 4 shards not connected",))


def test_one_slow_shard_is_named_when_the_mean_hides_it() -> None:
    """A shard beyond the threshold is said even where the mean is not."""
    health = judge(snapshot(connection=connection(shard(10), shard(10), shard(600))), SETTINGS)
    assert health.severity is CRITICAL
    assert health.reasons[0] == "worst shard latency 600 ms, limit 500 ms (1 of 3 shards)"


def test_slow_commands_make_a_warning() -> None:
    """Single slow commands are named by the worst of them, and are no more than a warning for the whole."""
    slow = command("x", ok=10, mean_ms=2500), command("y", ok=10, mean_ms=1500)
    health = judge(snapshot(*[command(f"z{n}", ok=100, mean_ms=1) for n in range(9)], *slow), SETTINGS)
    assert (health.severity, health.reasons) == (WARNING, ("2 slow commands, worst /x answers in 2.5 s",))


@pytest.mark.parametrize(
    ("mean_ms", "number", "severity"),
    [
        (90, 1, WELL),
        (101, 9, UNKNOWN),
        (5000, 9, UNKNOWN),
        (101, 10, WARNING),
        (1000, 10, WARNING),
        (1001, 10, CRITICAL),
    ],
)
def test_few_answers_are_not_slow(mean_ms: float, number: int, severity: Severity) -> None:
    """Below the minimum of invocations a mean beyond its target proves nothing, for all three that have one."""
    health = judge(snapshot(command(cog="shop", ok=number, mean_ms=mean_ms), cogs=["shop"]), SETTINGS)
    assert health.response_ms == health.commands[0].response
    assert (health.response_ms.value, health.response_ms.severity) == (mean_ms, severity)
    assert health.cogs[0].severity is max(severity, WELL)


@pytest.mark.parametrize(
    ("deferred_ms", "number", "severity", "reasons"),
    [
        (8000, 10, WELL, ()),
        (9000, 10, WARNING, ("/ping answers in 9 s after deferring",)),
        (12_000, 10, CRITICAL, ("/ping answers in 12 s after deferring",)),
        (12_000, 9, UNKNOWN, ()),
    ],
)
def test_deferred_answers_have_a_threshold_of_their_own(
    deferred_ms: float, number: int, severity: Severity, reasons: tuple[str, ...]
) -> None:
    """A command that defers has told its user to wait: up to 8 s that is well, beyond 10 s it is slow."""
    health = judge(snapshot(command(cog="c", ok=number, deferred=number, deferred_ms=deferred_ms)), SETTINGS)
    assert (health.commands[0].response.severity, health.commands[0].deferred) == (severity, True)
    assert (health.deferred_ms.value, health.deferred_ms.severity) == (deferred_ms, severity)
    assert (health.response_ms.value, health.cogs[0].reasons) == (None, reasons)


@pytest.mark.parametrize(
    ("mean_ms", "severity"), [(60, WELL), (130, UNKNOWN), (400, WARNING), (1100, WARNING), (4000, CRITICAL)]
)
def test_a_mean_is_slow_where_its_lower_bound_is(mean_ms: int, severity: Severity) -> None:
    """Of ten answers that differ much, a mean a little above the target or the threshold is chance, for all three."""
    window = [round((1 + 0.3 * (-1) ** number * number / 5) * mean_ms * 1e6) for number in range(10)]
    spread = RecentAnswers(10, sum(window), Histogram(), window, sum(window))
    health = judge(snapshot(command(cog="shop", ok=10)._replace(answers=spread), cogs=["shop"]), SETTINGS)
    assert health.commands[0].response.severity is severity
    assert health.response_ms.severity is severity
    assert health.cogs[0].severity is (severity if severity is not UNKNOWN else WELL)


def test_the_worse_kind_of_answers_is_judged() -> None:
    """A command that defers at times is as slow as its answers at once, or as those after a defer; else the usual."""
    slow_at_once = command("a", ok=20, mean_ms=1500, deferred=10, deferred_ms=2000)
    slow_deferred = command("b", ok=120, mean_ms=10, deferred=20, deferred_ms=11_000)
    well = command("c", ok=120, mean_ms=10, deferred=20)
    health = judge(snapshot(slow_at_once, slow_deferred, well), SETTINGS)
    found = [(judged.response.value, judged.response.severity, judged.deferred) for judged in health.commands]
    assert found == [(1500, CRITICAL, False), (11_000, CRITICAL, True), (10, WELL, False)]


def test_failing_command_makes_a_warning() -> None:
    """A single failing command among many is a warning for the whole."""
    health = judge(snapshot(command(ok=10_000), command("x", ok=10, error=10)), SETTINGS)
    assert (health.severity, health.reasons) == (WARNING, ("failing command: /x fails 50 % (10 of the last 20)",))


@pytest.mark.parametrize(
    ("faults", "dropped", "reason"),
    [
        ({"gateway": 3, "rest": 1}, {}, "4 monitor errors"),
        ({"gateway": 1}, {}, "1 monitor error"),
        ({}, {"commands": 2}, "the monitor dropped 2 records"),
    ],
    ids=["faults", "fault", "dropped"],
)
def test_trouble_of_the_monitor_makes_a_warning(faults: dict[str, int], dropped: dict[str, int], reason: str) -> None:
    """What the monitor contained or could not keep is said."""
    health = judge(snapshot(faults=faults, dropped=dropped), SETTINGS)
    assert (health.severity, health.reasons) == (WARNING, (reason,))


def test_worst_reason_comes_first() -> None:
    """What is critical is said before what is a warning."""
    health = judge(snapshot(command(ok=50, mean_ms=150), samples=[sample(memory_mb=612)], faults={"x": 1}), SETTINGS)
    assert [reason.split()[0] for reason in health.reasons] == ["memory", "average", "1"]


def test_loaded_cogs_without_commands_appear() -> None:
    """A cog without commands is there, and unknown; commands without a cog are under None."""
    health = judge(
        snapshot(command(ok=5), command("buy", cog="shop", ok=95, error=9), cogs=["empty", "shop"]), SETTINGS
    )
    assert [(cog.name, cog.commands, cog.severity) for cog in health.cogs] == [
        ("shop", 1, WARNING),
        (None, 1, WELL),
        ("empty", 0, UNKNOWN),
    ]


def test_mean_of_a_cog_weighs_its_commands() -> None:
    """The mean of a cog is over the durations of its commands, not over their means."""
    commands = command("a", cog="c", ok=30, mean_ms=10), command("b", cog="c", ok=10, mean_ms=50)
    assert judge(snapshot(*commands), SETTINGS).cogs[0].mean_ns == 20_000_000


def test_few_failures_of_many_commands_make_a_critical_cog() -> None:
    """Commands with too few invocations to be worse than a warning are proof enough together."""
    (cog,) = judge(snapshot(*[command(name, cog="c", error=4) for name in "abc"]), SETTINGS).cogs
    assert (cog.severity, cog.reasons) == (CRITICAL, ("error rate 100 % (12 of the last 12)",))


def test_cogs_come_worst_first_then_by_invocations() -> None:
    """Among equally bad cogs the one that is used most comes first."""
    commands = command("a", cog="a", ok=1), command("b", cog="b", ok=29), command("c", cog="c", ok=10, mean_ms=150)
    assert [cog.name for cog in judge(snapshot(*commands), SETTINGS).cogs] == ["c", "b", "a"]


def test_cog_names_its_worst_troubles() -> None:
    """A cog says its error rate and at most three troubles in all, worst first."""
    commands = [
        command(f"shop {name}", cog="shop", ok=11, error=5, mean_ms=ms)
        for name, ms in zip("abc", (1200, 300, 2000), strict=True)
    ]
    (cog,) = judge(snapshot(*commands, command("x", cog="shop", ok=22, error=10)), SETTINGS).cogs
    assert cog.severity is CRITICAL
    assert cog.reasons == (
        "error rate 31.2 % (25 of the last 80)",
        "/shop c answers in 2 s",
        "/shop a answers in 1.2 s",
    )


def test_single_command_makes_its_cog_a_warning() -> None:
    """A command that is slow or fails is critical itself, its cog no more than a warning while its sums are fine."""
    commands = command("a", cog="c", ok=1000, mean_ms=1), command("b", cog="c", ok=10, error=10, mean_ms=5000)
    health = judge(snapshot(*commands), SETTINGS)
    assert health.commands[1].severity is CRITICAL
    assert (health.cogs[0].severity, health.severity) == (WARNING, WARNING)


def test_cog_of_slow_commands_is_critical() -> None:
    """Where the mean over all commands of a cog is beyond the threshold, the cog is critical and says so first."""
    (cog,) = judge(snapshot(command("a", cog="c", ok=10, mean_ms=1500)), SETTINGS).cogs
    assert (cog.severity, cog.reasons) == (CRITICAL, ("average answer time 1.5 s", "/a answers in 1.5 s"))


@pytest.mark.parametrize(("mean_ms", "severity"), [(150, WARNING), (1500, CRITICAL)])
def test_few_answers_of_many_commands_make_a_slow_cog(mean_ms: float, severity: Severity) -> None:
    """Commands with too few answers to be judged are proof enough together."""
    (cog,) = judge(snapshot(*[command(name, cog="c", ok=4, mean_ms=mean_ms) for name in "abc"]), SETTINGS).cogs
    assert (cog.severity, cog.reasons) == (
        severity,
        (f"average answer time {'150 ms' if mean_ms < 1000 else '1.5 s'}",),
    )


@pytest.mark.parametrize(
    ("cogs", "reason"),
    [
        (["one"], "cog one has problems: error rate 100 % (12 of the last 12)"),
        (["one", "two"], "2 cogs have problems, for example one: error rate 100 % (12 of the last 12)"),
        ([None], "commands without a cog have problems: error rate 100 % (12 of the last 12)"),
    ],
    ids=["one", "two", "none"],
)
def test_critical_cog_makes_a_warning(cogs: list[str | None], reason: str) -> None:
    """A critical cog among others that are well is a warning for the whole, and named."""
    failing = [command(name, cog=cog, error=4) for cog in cogs for name in "abc"]
    health = judge(snapshot(command(cog="well", ok=100_000), *failing), SETTINGS)
    assert (health.severity, health.reasons) == (WARNING, (reason,))


def test_alert_alone_makes_a_warning() -> None:
    """What crossed a threshold lately is said where the values of the whole time hide it, and only there."""
    alerts = (Finding("error_rate", PROCESS, CRITICAL, "", 0, value=30.8, threshold=10, unit="%"),)
    well, full = (replace(snapshot(samples=[sample(memory_mb=mb)]), findings=alerts) for mb in (100, 612))
    health = judge(well, SETTINGS)
    assert (health.severity, health.reasons) == (WARNING, ("1 active alert",))
    assert judge(full, SETTINGS).reasons == ("memory 612 MB, limit 500 MB",)


def test_the_limit_is_named_where_it_is_what_memory_is_judged_by() -> None:
    """A threshold below the setting is explained."""
    health = judge(snapshot(samples=[sample(memory_mb=254, limit_mb=260)]), SETTINGS)
    assert health.reasons == ("memory 254 MB, limit 247 MB (95 % of total)",)


@pytest.mark.parametrize(
    ("back_ago_s", "number", "severity", "reasons"),
    [
        (600, 1, WARNING, ("unclean shutdown 20 min ago (down for up to 10 min)",)),
        (600, 3, WARNING, ("unclean shutdown 20 min ago (3 in 7 d, down for up to 10 min)",)),
        (86_400, 1, WARNING, ("unclean shutdown 24 h ago (down for up to 10 min)",)),
        (86_401, 1, WELL, ()),
    ],
    ids=["just now", "again and again", "yesterday", "longer ago"],
)
def test_a_death_is_a_reason_for_a_day(
    back_ago_s: float, number: int, severity: Severity, reasons: tuple[str, ...]
) -> None:
    """A bot that ended without a goodbye is not simply well; a day after it came back, it is again."""
    died = Death(-back_ago_s - 600, -back_ago_s, "memory 81 MB", None, number)
    history = HistoryState("golem.db", "host", "1.0", None, None, 0, 0, death=died)
    known = snapshot()
    health = judge(replace(known, monitor=replace(known.monitor, history=history)), SETTINGS)
    assert (health.severity, health.reasons) == (severity, reasons)


def test_command_is_named_where_its_error_rate_is_worse_than_that_of_its_cog() -> None:
    """The error rate of one command hides in that of its cog, and is then said by name before it."""
    (cog,) = judge(snapshot(command("a", cog="c", ok=160), command("b", cog="c", ok=20, error=20)), SETTINGS).cogs
    assert cog.reasons == ("/b fails 50 % (20 of the last 40)", "error rate 10 % (20 of the last 200)")


@pytest.mark.parametrize(
    ("kind", "name"),
    [(CommandKind.SLASH, "/x"), (CommandKind.PREFIX, "x (prefix)"), (CommandKind.USER, "x (user)")],
    ids=lambda value: getattr(value, "value", None),
)
def test_command_is_named_by_its_kind(kind: CommandKind, name: str) -> None:
    """Commands of other kinds than slash are told apart."""
    (cog,) = judge(snapshot(command("x", kind=kind, ok=10, mean_ms=150)), SETTINGS).cogs
    assert cog.reasons == (f"{name} answers in 150 ms",)


counts = st.integers(0, 50)
commands = st.builds(
    command,
    st.sampled_from("abcdef"),
    cog=st.sampled_from([None, "one", "two"]),
    ok=counts,
    denied=counts,
    error=counts,
    cancelled=counts,
    mean_ms=st.integers(0, 3000),
)


@given(st.lists(commands, max_size=8))
def test_counts_of_cogs_add_up(given_commands: list[CommandSnapshot]) -> None:
    """Every invocation is in exactly one cog."""
    taken = snapshot(*given_commands, cogs=["one"])
    health = judge(taken, SETTINGS)
    assert sum(sum(cog.outcomes) for cog in health.cogs) == sum(item.invocations for item in taken.commands)
    assert sum(cog.commands for cog in health.cogs) == len({(item.key.cog, item.key.name) for item in taken.commands})


@given(st.lists(commands, max_size=8), st.integers(1, 1000))
def test_reasons_are_given_where_something_is_wrong(given_commands: list[CommandSnapshot], memory_mb: int) -> None:
    """The whole and each cog have reasons exactly where they are worse than well."""
    health = judge(snapshot(*given_commands, samples=[sample(memory_mb=memory_mb)]), SETTINGS)
    for judged in (health, *health.cogs):
        assert bool(judged.reasons) == (judged.severity > WELL)
