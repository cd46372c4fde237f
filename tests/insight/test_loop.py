"""The event loop, judged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plugin.insight.health import judge
from plugin.model import Holding, LoopBlock, LoopLag, LoopSnapshot, Severity, Snapshot
from plugin.settings import Settings
from tests.insight.snapshots import MS, snapshot


def with_loop(*blocks: LoopBlock, p99_ms: float = 1) -> Snapshot:
    """A bot that is well, but for its loop."""
    lag = LoopLag(MS, int(p99_ms * MS), 900 * MS)
    return replace(snapshot(), loop=LoopSnapshot(lag, lag, blocks, 250 * MS, 0, 0))


def block(what: str = "/shop buy", ago_s: float = 60, longest_ms: int = 1200) -> LoopBlock:
    """Something that held the loop."""
    return LoopBlock(what, None, "", Holding.WAITING, 1, longest_ms * MS, longest_ms * MS, -ago_s, -ago_s)


@pytest.mark.parametrize(
    ("p99_ms", "severity"), [(1, Severity.WELL), (50, Severity.WELL), (51, Severity.WARNING), (9000, Severity.WARNING)]
)
def test_the_lag_is_a_warning_at_worst(p99_ms: float, severity: Severity) -> None:
    """A fifth of what counts as a block is well; a late loop alone is never critical."""
    health = judge(with_loop(p99_ms=p99_ms), Settings())
    assert (health.measured["loop_lag_s"].severity, health.severity) == (severity, severity)
    assert bool(health.reasons) is (severity is Severity.WARNING)


def test_what_held_the_loop_lately_is_a_reason() -> None:
    """The longest of the last hour is named, and how many more there were."""
    health = judge(with_loop(block(), block("task a", longest_ms=300), block("old", ago_s=3700)), Settings())
    assert health.severity is Severity.WARNING
    assert health.reasons == ("event loop blocked by /shop buy and 1 more, up to 1.2 s",)


@pytest.mark.parametrize("ago_s", [3700, -3700], ids=["long ago", "before the clock was set back"])
def test_what_held_it_long_ago_is_no_reason(ago_s: float) -> None:
    """After an hour it is told on the page, but is nothing to warn of."""
    health = judge(with_loop(block(ago_s=ago_s)), Settings())
    assert (health.severity, health.reasons) == (Severity.WELL, ())


def test_a_loop_that_is_not_watched_is_unknown() -> None:
    """Unknown is neither well nor a problem."""
    health = judge(snapshot(), Settings())
    assert (health.measured["loop_lag_s"].severity, health.severity) == (Severity.UNKNOWN, Severity.WELL)
