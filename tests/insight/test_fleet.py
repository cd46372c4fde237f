"""Which instances run, which left and which are dead."""

from __future__ import annotations

import pytest

from plugin.insight.fleet import judge_fleet
from plugin.model import InstanceSeen, Severity
from plugin.model.past import InstanceState

NOW, BEAT_S = 1_000_000.0, 60.0


def instance(name: str, seconds_ago: float = 0, *, left: bool = False, shards: tuple[int, ...] = ()) -> InstanceSeen:
    """An instance that was last seen so long ago."""
    seen = NOW - seconds_ago
    return InstanceSeen(name, "boot", "1.0", NOW - 9000, seen, seen if left else None, shards, "memory 81 MB")


@pytest.mark.parametrize(
    ("seconds_ago", "left", "life", "severity"),
    [
        (180, False, InstanceState.RUNS, Severity.WELL),
        (181, False, InstanceState.DEAD, Severity.CRITICAL),
        (0, True, InstanceState.LEFT, Severity.UNKNOWN),
        (9000, True, InstanceState.LEFT, Severity.UNKNOWN),
    ],
)
def test_an_instance_lives_until_it_misses_three_beats(
    seconds_ago: float, left: bool, life: InstanceState, severity: Severity
) -> None:
    """Without a sign of life for three beats it is dead, unless it said goodbye."""
    (judged,) = judge_fleet([instance("a", seconds_ago, left=left)], NOW, BEAT_S).instances
    assert (judged.life, judged.severity) == (life, severity)


def test_the_dead_come_first() -> None:
    """Dead instances are listed before those that run, and those that left come last, each by name."""
    seen = [instance("c", left=True), instance("b"), instance("d", 999), instance("a")]
    fleet = judge_fleet(seen, NOW, BEAT_S)
    assert [health.seen.name for health in fleet.instances] == ["d", "a", "b", "c"]
    assert fleet.severity is Severity.CRITICAL


@pytest.mark.parametrize(
    ("shards", "covered"), [((0, 1), True), ((1, 2), False), ((), False)], ids=["all elsewhere", "one not", "none"]
)
def test_a_dead_one_whose_shards_run_elsewhere_is_a_warning(shards: tuple[int, ...], covered: bool) -> None:
    """Who took over all shards of a dead instance makes its death less grave."""
    dead = judge_fleet([instance("a", 999, shards=shards), instance("b", shards=(0, 1))], NOW, BEAT_S).instances[0]
    assert (dead.covered, dead.severity) == (covered, Severity.WARNING if covered else Severity.CRITICAL)


def test_no_instance_is_unknown() -> None:
    """Nobody knows how a fleet is that nobody was seen of."""
    assert judge_fleet([], NOW, BEAT_S).severity is Severity.UNKNOWN


def test_of_the_dead_the_graver_come_first() -> None:
    """One whose shards run elsewhere comes after one whose do not, whatever they are called."""
    seen = [instance("a", 999, shards=(0,)), instance("b", 999, shards=(1,)), instance("c", shards=(0,))]
    fleet = judge_fleet(seen, NOW, BEAT_S)
    assert [health.seen.name for health in fleet.instances] == ["b", "a", "c"]
