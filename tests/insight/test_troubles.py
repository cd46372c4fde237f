"""Commands that are not well: how bad each is, which comes first, and that judging many lets other work run."""

from __future__ import annotations

import pytest

from plugin.insight.cogs import judging_cogs
from plugin.insight.commands import error_troubles, judging_commands, slow_troubles, worst
from plugin.insight.finishing import finish
from plugin.insight.scales import Scales
from plugin.model import CommandHealth, CommandSnapshot, Severity
from plugin.settings import Settings
from tests.insight.snapshots import command

SETTINGS = Settings()
SCALES = Scales.of(SETTINGS)


def judged(*commands: CommandSnapshot) -> tuple[CommandHealth, ...]:
    """The health of each."""
    return finish(judging_commands(commands, SCALES, 0.0))


def test_a_trouble_is_as_large_as_it_is_many_times_its_limit() -> None:
    """Of answers at once, after a defer, and of errors."""
    known = judged(
        command("a", ok=100, mean_ms=1500),
        command("b", ok=100, mean_ms=10, deferred=100, deferred_ms=12_000),
        command("c", ok=50, error=50),
        command("d", ok=100),
    )
    slow, failing = slow_troubles(known), error_troubles(known)
    assert [(severity, excess) for severity, excess, *_ in slow] == [
        (Severity.CRITICAL, pytest.approx(1.5)),
        (Severity.CRITICAL, pytest.approx(1.2)),
    ]
    assert [(severity, excess) for severity, excess, *_ in failing] == [
        (Severity.CRITICAL, pytest.approx(50 / SETTINGS.error_rate_threshold_percent))
    ]
    assert [health.command.key.name for *_, health in worst([*slow, *failing])] == ["c", "a", "b"]


def test_what_is_proven_critical_comes_first() -> None:
    """Before a warning that is further beyond its limit; of equal ones the first stays first."""
    (health,) = judged(command("a", ok=1))
    troubles = [(Severity.WARNING, 3.0, True, health), (Severity.CRITICAL, 1.1, True, health)]
    assert [severity for severity, *_ in worst(troubles)] == [Severity.CRITICAL, Severity.WARNING]
    equal = [(Severity.WARNING, 1.0, slow, health) for slow in (False, True)]
    assert worst(equal) == equal


def test_what_was_not_used_has_no_rates() -> None:
    """What was used without errors has one of zero."""
    unused, used, denied = judged(command("a"), command("b", ok=9), command("c", denied=3))
    for health in (unused, denied):
        assert (health.error_rate.value, health.error_rate.severity) == (None, Severity.UNKNOWN)
        assert (health.response.value, health.latest) == (None, (0, 0))
    assert (used.error_rate.value, used.error_rate.severity, used.latest) == (0, Severity.WELL, (0, 0))


def test_judging_many_lets_other_work_run() -> None:
    """After every hundred, and no more often."""
    commands = [command(f"c{number}", cog=f"cog{number}") for number in range(250)]
    assert len(list(judging_commands(commands, SCALES, 0.0))) == 2
    assert len(list(judging_cogs(judged(*commands), (), SCALES, 0.0))) == 3
