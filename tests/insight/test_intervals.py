"""Every value that can cross a threshold, as it is read at one look."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plugin.insight.intervals import BEGINNING, LastSaid, RuleValue, read
from plugin.model import CommandKey, CommandSnapshot, Snapshot
from plugin.settings import Settings
from tests.insight.snapshots import command, sample, snapshot

SETTINGS = Settings()
STEP = SETTINGS.judge_interval_s


def readings(
    taken: Snapshot, mark: LastSaid = BEGINNING, now: float = 600.0
) -> dict[tuple[str, str | None], RuleValue]:
    """What is read, by rule and command."""

    def said(rule: str, key: CommandKey | None) -> LastSaid:
        return mark

    return {(each.rule, each.key and each.key.name): each for each in read(now, taken, SETTINGS, said)}


def failing(*slots: tuple[float, int, int]) -> CommandSnapshot:
    """A command with these latest slots: when, how many ended well, and how many failed."""
    ok, error = sum(slot[1] for slot in slots), sum(slot[2] for slot in slots)
    return command(ok=ok, error=error)._replace(recent=tuple(number for slot in slots for number in slot))


@pytest.mark.parametrize(("clean", "over"), [(30, False), (90, True)])
def test_a_rate_is_over_where_it_is_less_than_was_said(clean: int, over: bool) -> None:
    """An alert of 15 % takes more invocations without errors to be over than one of 100 %."""
    slots = [(300.0 * (n + 1), clean // 3, 0) for n in range(3)]
    found = readings(snapshot(failing(*slots)), LastSaid(0.0, 0, 15.0))[("error_rate", "ping")]
    assert (found.evidence.value, found.evidence.over) == (0, over)
    assert readings(snapshot(failing(*slots)), LastSaid(0.0, 0, 100.0))[("error_rate", "ping")].evidence.over


def test_a_rate_is_told_in_percent_with_all_that_ran() -> None:
    """Of the slots that came after what was said last."""
    taken = snapshot(failing((0.0, 90, 0), (300.0, 20, 20)))
    found = readings(taken)[("error_rate", "ping")]
    assert (found.evidence.value, found.evidence.crossed) == (50, True)
    assert (found.judged, found.unit, found.threshold) == (130, "%", SETTINGS.error_rate_threshold_percent)
    whole = readings(replace(taken, recent=(0.0, 90, 0, 300.0, 20, 20)))[("error_rate", None)]
    assert (whole.evidence.value, whole.judged) == (50, 130)
    later = readings(taken, LastSaid(300.0, 130, None))[("error_rate", "ping")]
    assert later.evidence.value is None


@pytest.mark.parametrize(("failed", "known"), [(3, False), (4, True)])
def test_a_clump_of_failures_proves_nothing(failed: int, known: bool) -> None:
    """Somebody who tries four times is the first that is looked at, unless an alert stands."""
    taken = snapshot(failing((0.0, 40, failed)))
    assert (readings(taken)[("error_rate", "ping")].evidence.value is not None) is known
    standing = readings(taken, LastSaid(-1.0, 0, 50.0))[("error_rate", "ping")]
    assert standing.evidence.value == pytest.approx(100 * failed / (40 + failed))


def test_the_cpu_is_that_of_the_interval() -> None:
    """Older samples count only where there is no younger one; those that know none never."""
    now = 10 * STEP

    def value(*samples: tuple[float, float | None]) -> float | None:
        taken = snapshot(samples=[sample(at, cpu_percent=percent) for at, percent in samples])
        return readings(taken, now=now)[("cpu", None)].evidence.value

    assert value((now - STEP, 900), (now - STEP + 1, 10), (now, 30)) == 20
    assert value((now - 3 * STEP, 900), (now - 2 * STEP, 50)) == 50
    assert value((now - 1, None), (now, 30)) == 30
    assert value((now, None)) is None and value() is None


@pytest.mark.parametrize(
    ("memory_mb", "crossed", "over"), [(500, False, False), (501, True, False), (475, False, True), (476, False, False)]
)
def test_memory_is_over_somewhat_below_its_threshold(memory_mb: float, crossed: bool, over: bool) -> None:
    """At 95 % of it, so that a value beside it does not flap."""
    found = readings(snapshot(samples=[sample(memory_mb=memory_mb)]))[("memory", None)].evidence
    assert (found.value, found.crossed, found.over) == (memory_mb, crossed, over)


def test_answers_are_those_that_came_since() -> None:
    """The newest ones; a command that is fast, or gave none, is not even looked at."""
    slow = SETTINGS.slow_command_threshold_ms + 500
    taken = command(ok=60, mean_ms=slow)
    found = readings(snapshot(taken))[("slow_command", "ping")]
    assert (found.evidence.value, found.evidence.crossed, found.judged) == (slow, True, 60)
    assert readings(snapshot(taken), LastSaid(0.0, 60, 1.0))[("slow_command", "ping")].evidence.value is None
    some = readings(snapshot(taken), LastSaid(0.0, 60 - SETTINGS.minimum_invocations, 1.0))
    assert some[("slow_command", "ping")].evidence.value == slow
    assert ("slow_command", "ping") not in readings(snapshot(command(ok=60, mean_ms=slow - 500)))
    assert ("slow_deferred_answer", "ping") not in readings(snapshot(taken))
    late = command(ok=60, deferred=60, deferred_ms=SETTINGS.deferred_answer_threshold_ms + 1)
    assert ("slow_deferred_answer", "ping") in readings(snapshot(late))
