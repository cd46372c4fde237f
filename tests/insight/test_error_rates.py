"""When failures raise an alert, and in how many hours an error came."""

from __future__ import annotations

import pytest

from plugin.insight.errors import Since, Span, review_errors
from plugin.insight.scales import JUDGED, Scales
from plugin.insight.thresholds import ThresholdBook
from plugin.model import (
    ActivityCourse,
    ActivityPoint,
    CommandKey,
    CommandKind,
    ErrorCourse,
    ErrorHistory,
    ErrorPoint,
    Finding,
)
from plugin.model.past import ErrorState
from plugin.settings import Settings
from tests.insight.lives import DAY, HOUR, MONDAY
from tests.insight.snapshots import command, snapshot

BUY = CommandKey(CommandKind.SLASH, "buy", None)


def raised(errors: int, settings: Settings) -> list[Finding]:
    """What a thousand invocations raise, of which so many failed."""
    return ThresholdBook().update(0.0, snapshot(command("buy", ok=1000 - errors, error=errors)), settings)


@pytest.mark.parametrize(("errors", "is_raised"), [(70, False), (95, False), (115, False), (150, True)])
def test_more_than_a_tenth_must_surely_fail(errors: int, is_raised: bool) -> None:
    """Of the bot and of its command; less is none, and a little more may be chance."""
    settings = Settings(error_rate_threshold_percent=10)
    assert [finding.rule for finding in raised(errors, settings)] == ["error_rate", "error_rate"] * is_raised


def test_an_alert_is_of_what_is_worse_when_higher() -> None:
    """No measure that is better when higher has one."""
    scales = Scales.of(Settings())
    assert not [
        measure for measure, _, limits in JUDGED if limits.alert and scales.measured[measure.name].higher_is_better
    ]


@pytest.mark.parametrize(
    ("minutes", "state"),
    [
        pytest.param([60 * hour for hour in range(12)], ErrorState.REGRESSED, id="in twelve hours"),
        pytest.param([*range(6), *range(60, 66)], ErrorState.ONGOING, id="in two hours"),
        pytest.param([*range(12)], ErrorState.ONGOING, id="in one hour"),
    ],
)
def test_failures_of_one_hour_count_once(minutes: list[int], state: ErrorState) -> None:
    """An error is back where a silence as long as that before is more than luck: twelve clumps are, two are not."""
    points = tuple(ErrorPoint(MONDAY + 60 * minute, BUY, 1) for minute in minutes)
    group = ErrorHistory("KeyError", None, 12, MONDAY - 99 * DAY, points[-1].at, "1", "2", (BUY,))
    activity = ActivityCourse(HOUR, tuple(ActivityPoint(MONDAY + HOUR * hour, (10, 0, 0, 0)) for hour in range(24)))
    (review,) = review_errors(
        Span(240, ()), Span(240, [ErrorCourse(group, points)]), Since(MONDAY, True, 240, activity)
    )
    assert review.state is state
