"""Which thresholds are crossed, and since when."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.histogram import Histogram
from plugin.insight.alerts import LARGEST_BOOK, AlertBook, AlertChange
from plugin.insight.lines import alert_line
from plugin.model import CommandSnapshot, RecentAnswers, Snapshot
from plugin.settings import Settings
from tests.insight.snapshots import answers, command, sample, snapshot

SETTINGS = Settings()
STEP = 300.0


class Clock:
    """Hands one snapshot after the other to a book, an interval apart."""

    def __init__(self) -> None:
        self.book = AlertBook()
        self.now = 0.0

    def look(self, taken: Snapshot) -> list[AlertChange]:
        """The changes of the next interval."""
        self.now += STEP
        return self.book.update(self.now, taken, SETTINGS)

    def commands(self, *commands: CommandSnapshot) -> list[tuple[str, str | None, bool]]:
        """Rule, subject and direction of what changed with these commands."""
        return [(change.alert.rule, change.alert.subject, change.raised) for change in self.look(snapshot(*commands))]

    def memory(self, memory_mb: float) -> list[bool]:
        """Directions of what changed with this much memory."""
        return [change.raised for change in self.look(snapshot(samples=[sample(self.now, memory_mb=memory_mb)]))]


def test_memory_is_judged_at_the_first_look() -> None:
    """Too much memory needs no earlier look to be seen."""
    clock = Clock()
    (change,) = clock.look(snapshot(samples=[sample(memory_mb=612)]))
    assert (change.alert.rule, change.alert.subject, change.alert.value, change.raised) == ("memory", None, 612, True)
    assert clock.book.active == (change.alert,)


def test_alert_is_said_once_and_its_end_once() -> None:
    """However long a threshold stays crossed, there is one change when it is crossed and one when it is over."""
    clock = Clock()
    assert [clock.memory(mb) for mb in (100, 600, 700, 600, 100, 100)] == [[], [True], [], [], [False], []]
    assert clock.book.active == ()


def test_value_beside_the_threshold_does_not_flap() -> None:
    """A value at the threshold raises nothing, and one above 95 % of it clears nothing."""
    clock = Clock()
    changes = [clock.memory(mb) for mb in (500, 501, 499, 501, 476, 475)]
    assert changes == [[], [True], [], [], [], [False]]


def test_active_alert_shows_the_present_value() -> None:
    """While an alert stands its value follows, and the time since when it stands does not."""
    clock = Clock()
    clock.memory(600)
    clock.memory(700)
    assert [(alert.value, alert.since) for alert in clock.book.active] == [(700, STEP)]


def test_cpu_is_the_mean_of_the_interval() -> None:
    """Only samples of the interval count, and not the ones that know no CPU."""
    samples = [sample(at, cpu_percent=cpu) for at, cpu in ((0, 900), (350, 70), (400, None), (500, 100))]
    (change,) = AlertBook().update(600, snapshot(samples=samples), SETTINGS)
    assert (change.alert.rule, change.alert.value) == ("cpu", 85)


def test_first_look_says_nothing_of_commands() -> None:
    """What happened before the first look belongs to no interval."""
    assert Clock().commands(command(ok=100, error=100, mean_ms=5000)) == []


def test_slow_command_is_judged_by_its_interval() -> None:
    """The mean is over what was added since the look before, exactly, not since boot."""
    clock = Clock()
    clock.commands(command(ok=1000, mean_ms=1))
    slow = command(ok=1010)._replace(
        answers=RecentAnswers(1010, 1_000_000_000 + 10 * 1_200_000_000, Histogram(), (), 0)
    )
    (change,) = clock.look(snapshot(slow))
    assert (change.alert.rule, change.alert.subject, change.alert.value) == ("slow_command", "/ping", 1200)


def test_command_that_is_new_is_judged() -> None:
    """A command that the look before did not know has counted everything within the interval."""
    clock = Clock()
    clock.commands()
    assert clock.commands(command(ok=10, mean_ms=1500)) == [("slow_command", "/ping", True)]


def test_a_few_slow_answers_raise_nothing() -> None:
    """Nine answers are not enough to judge by, of whatever kind."""
    clock = Clock()
    clock.commands()
    assert clock.commands(command(ok=18, mean_ms=5000, deferred=9, deferred_ms=60_000)) == []


def test_what_a_command_does_after_its_answer_raises_nothing() -> None:
    """A command that waits for a button runs for long, and is not slow."""
    clock = Clock()
    clock.commands()
    assert clock.commands(command(ok=100, mean_ms=40)._replace(total_ns=10**12)) == []


def test_slow_deferred_answers_are_an_alert_of_their_own() -> None:
    """They have their own threshold, and count also where the invocations ended in the interval before."""
    clock = Clock()
    clock.commands(command(ok=20, mean_ms=40))
    late = command(ok=20, mean_ms=40)._replace(deferred=answers(20, 12_000))
    (change,) = clock.look(snapshot(late))
    assert alert_line(change) == (
        "/ping: average answer after deferring 12 s is over 10 s (deferred_answer_threshold_ms)"
    )


def test_error_rate_is_judged_for_the_process_and_each_command() -> None:
    """A failing command raises its own alert, and one for the process where that fails too often as well."""
    clock = Clock()
    clock.commands(command("a", ok=100), command("b"))
    assert clock.commands(command("a", ok=105), command("b", ok=5, error=5)) == [
        ("error_rate", None, True),
        ("error_rate", "/b", True),
    ]


def test_error_rate_of_few_invocations_raises_nothing() -> None:
    """Nine failures of nine invocations are not enough to judge by."""
    clock = Clock()
    clock.commands(command())
    assert clock.commands(command(error=9)) == []


def test_error_rate_of_few_invocations_keeps_an_alert_alive() -> None:
    """While too few invocations still fail the alert stays, and it ends after three intervals that do not."""
    clock = Clock()
    clock.commands(command(), command("well", ok=0))
    clock.commands(command(error=20), command("well", ok=1000))
    looks = [clock.commands(command(ok=ok, error=20 + i), command("well", ok=1000)) for i, ok in enumerate((0, 0, 0))]
    assert looks[1:] == [[], []]
    assert [alert.subject for alert in clock.book.active] == ["/ping"]
    changes = [clock.commands(command(ok=ok, error=22), command("well", ok=1000)) for ok in (2, 4, 6)]
    assert changes == [[], [], [("error_rate", "/ping", False)]]


def test_quiet_command_keeps_its_alert_for_three_intervals() -> None:
    """A slow command that nobody calls any more is not well at once, but its alert does not stay for ever."""
    clock = Clock()
    clock.commands()
    slow = command(ok=10, mean_ms=1500)
    clock.commands(slow)
    assert [clock.commands(slow) for _ in range(3)] == [[], [], [("slow_command", "/ping", False)]]


def test_slow_invocation_between_quiet_intervals_starts_the_count_anew() -> None:
    """Only quiet intervals in a row clear an alert."""
    clock = Clock()
    clock.commands()
    assert [len(clock.commands(command(ok=ok, mean_ms=1500))) for ok in (10, 10, 10, 20, 20, 20)] == [1, 0, 0, 0, 0, 0]


def test_command_that_vanished_clears_its_alert() -> None:
    """An alert about a command that is gone is over at the next look, without a value."""
    clock = Clock()
    clock.commands()
    clock.commands(command(ok=10, mean_ms=1500))
    (change,) = clock.look(snapshot())
    assert (change.raised, change.value) == (False, None)


def test_counter_that_goes_backwards_is_a_fresh_start() -> None:
    """After a reset of the counters the next look says nothing of commands, and the one after it judges again."""
    clock = Clock()
    clock.commands(command("a", ok=1000), command("b", ok=5))
    assert clock.commands(command("a", ok=1), command("b", ok=6, mean_ms=5000)) == []
    assert clock.commands(command("a", ok=1), command("b", ok=16, mean_ms=5000)) == [("slow_command", "/b", True)]


def test_book_is_bounded_and_keeps_the_worst() -> None:
    """No more than fifty alerts stand at once, the process before its commands and the worst first; others count."""
    clock = Clock()
    clock.commands()
    slow = [command(f"n{i}", ok=10, mean_ms=1001 + i) for i in range(60)]
    taken = snapshot(*slow, samples=[sample(memory_mb=501)])
    changes = clock.look(taken)
    assert [change.alert.subject for change in changes[:3]] == [None, "/n59", "/n58"]
    assert (len(changes), len(clock.book.active), clock.book.dropped) == (LARGEST_BOOK, LARGEST_BOOK, 11)


def test_commands_of_one_name_are_told_apart() -> None:
    """Two commands that share a name in different cogs have an alert each."""
    clock = Clock()
    clock.commands()
    clock.commands(*[command(cog=cog, ok=10, mean_ms=1500) for cog in ("a", "b")])
    assert len(clock.book.active) == 2


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (
            snapshot(samples=[sample(memory_mb=612)]),
            snapshot(samples=[sample(memory_mb=450)]),
            (
                "memory 612 MB is over 500 MB (memory_threshold_mb)",
                "memory 450 MB is under 500 MB again (memory_threshold_mb); was over it for 5 min",
            ),
        ),
        (
            snapshot(command("shop buy", ok=10, mean_ms=1000.2)),
            snapshot(),
            (
                "/shop buy: average response 1.0002 s is over 1 s (slow_command_threshold_ms)",
                "/shop buy: average response was over 1 s (slow_command_threshold_ms) for 5 min; "
                "there is nothing left to judge it by",
            ),
        ),
    ],
    ids=["memory", "vanished"],
)
def test_line_names_value_threshold_and_setting(before: Snapshot, after: Snapshot, lines: tuple[str, str]) -> None:
    """The log says what crossed which threshold, which setting holds it, and how long it lasted."""
    clock = Clock()
    clock.look(snapshot())
    assert tuple(alert_line(change) for taken in (before, after) for change in clock.look(taken)) == lines


counters = st.tuples(st.integers(0, 30), st.integers(0, 30), st.sampled_from([1, 900, 960, 1100, 5000]))


@given(st.lists(st.dictionaries(st.sampled_from("abc"), counters), max_size=12))
def test_changes_add_up_to_what_is_active(looks: list[dict[str, tuple[int, int, int]]]) -> None:
    """Raised and cleared alternate for each alert, whatever the counters do, and what is left is active."""
    clock = Clock()
    standing: set[tuple[str, str | None]] = set()
    for look in looks:
        commands = [command(name, ok=ok, error=error, mean_ms=ms) for name, (ok, error, ms) in look.items()]
        for rule, subject, raised in clock.commands(*commands):
            assert ((rule, subject) in standing) is not raised
            standing ^= {(rule, subject)}
        assert {(alert.rule, alert.subject) for alert in clock.book.active} == standing
        assert all(alert.value > 0 for alert in clock.book.active)
