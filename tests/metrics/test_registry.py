"""All commands of one bot, bounded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plugin.metrics import Registry
from plugin.metrics.registry import OVERFLOW
from plugin.model import CommandKey, CommandKind, Outcome


def key(number: int) -> CommandKey:
    """The key of a command."""
    return CommandKey(CommandKind.SLASH, f"command {number}", None)


@given(st.integers(1, 5), st.lists(st.integers(0, 9), max_size=40))
def test_nothing_is_lost_beyond_the_bound(maximum: int, called: list[int]) -> None:
    """The first commands have metrics of their own, all others share one; the totals are exact."""
    registry = Registry(10, maximum)
    for number in called:
        registry.command(key(number)).record(Outcome.OK, 0, 0, 1)
    first = list(dict.fromkeys(called))[:maximum]
    beyond = [number for number in called if number not in first]
    found = {command.key: command.invocations for command in registry.snapshot((), 0)}
    expected = {key(number): called.count(number) for number in first}
    assert found == expected | ({OVERFLOW: len(beyond)} if beyond else {})
    assert registry.totals() == (len(called), 0, 0, 0)
    assert registry.overflowed == len(beyond)


def test_a_command_is_the_same_each_time() -> None:
    """Asking twice for a command gives the same metrics."""
    registry = Registry(10, 5)
    assert registry.command(key(1)) is registry.command(key(1))


def test_commands_of_the_inventory_are_listed_once() -> None:
    """Invoked commands come first, then those of the inventory that were not invoked, with nothing known."""
    registry = Registry(10, 5)
    registry.command(key(2)).record(Outcome.OK, 0, 0, 1)
    found = registry.snapshot([key(1), key(2)], 0)
    assert [(command.key, command.invocations) for command in found] == [(key(2), 1), (key(1), 0)]


def test_totals_are_by_outcome() -> None:
    """The totals are the sums over all commands, in the order of the outcomes."""
    registry = Registry(10, 5)
    for number, outcome in enumerate(Outcome):
        for _ in range(number + 1):
            registry.command(key(number % 2)).record(outcome, 0, 0, 1)
    assert registry.totals() == (1, 2, 3, 4)


def test_what_runs_is_told_most_first() -> None:
    """Only commands with invocations that have not ended are in, and all of these are counted."""
    registry = Registry(10, 5)
    for number, running in enumerate((1, 0, 3, 2)):
        registry.command(key(number)).in_flight += running
    assert registry.running() == [(key(2), 3), (key(3), 2), (key(0), 1)]
    assert registry.in_flight() == 6


def test_the_latest_invocations_of_all_commands_are_dated_together() -> None:
    """What was counted up to a look is in one slot, with `ok` and `error` apart; what came since is another."""
    registry = Registry(10, 5)
    for number, outcome in enumerate((Outcome.OK, Outcome.OK, Outcome.ERROR, Outcome.DENIED, Outcome.CANCELLED)):
        registry.command(key(number % 2)).record(outcome, 0, 0, 1)
    registry.cut_recent(60)
    registry.command(key(1)).record(Outcome.ERROR, 0, 0, 1)
    assert list(registry.recent(100, 1000)) == [1060, 2, 1, 1100, 0, 1]
    (first, second) = registry.snapshot((), 1000)
    assert list(first.recent)[:3] == [1060, 1, 1]
    assert list(second.recent)[:3] == [1060, 1, 0]


def test_the_memory_that_is_taken_grows_with_each_command() -> None:
    """None without commands; each takes as much as the first, more where the windows are longer."""
    registry, longer = Registry(10, 5), Registry(1000, 5)
    assert registry.memory_bytes() == 0
    one = registry.command(key(0)).memory_bytes()
    registry.command(key(1))
    assert registry.memory_bytes() == 2 * one
    assert longer.command(key(0)).memory_bytes() >= one + 990 * 8


def test_missed_deadlines_of_all_commands_add_up_by_kind() -> None:
    """Late, rejected and unanswered ones; a command that missed none adds none."""
    registry = Registry(10, 5)
    assert registry.misses() == {}
    registry.command(key(0))
    registry.command(key(1)).ensure_stages()
    for number in (2, 3):
        stages = registry.command(key(number)).ensure_stages()
        stages.missed(False, 1, (1, 2, 3, 4, 5), 10)
        stages.unanswered(number)
    stages.missed(True, 1, (1, 2, 3, 4, 5), 10)
    assert registry.misses() == {"late": 2, "rejected": 1, "unanswered": 5}
