"""In quiet hours people are told of critical problems, and of the rest when they are over."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from plugin.corridor.alerts.building import quiet_hours, zone_of_alerts
from plugin.insight.alerts import RESOLVED_AFTER_S
from plugin.model import Finding, Severity
from plugin.settings import Settings
from tests.test_alerting import Bot, Stage, staged

WARNING = Severity.WARNING


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """It is quiet for an hour."""
    async with staged(tmp_path) as made:
        until = made.now + 3600
        made.is_quiet = lambda now: now < until
        yield made


def telling_warnings(stage: Stage) -> Bot:
    """A bot that tells people of warnings, too."""
    bot = stage.bot()
    bot.alerting._book._minimum = WARNING
    return bot


def warning(stage: Stage, name: str = "/shop buy") -> Finding:
    """Something that is not critical, and began just now."""
    return stage.begun(name, severity=WARNING)


async def test_a_warning_waits_until_they_are_over(stage: Stage) -> None:
    """And is told then if it still fires."""
    bot, slow = telling_warnings(stage), warning(stage)
    await bot.look(slow)
    await bot.look(slow, after=3599)
    assert stage.messages == [] and bot.alerting.state.firing == 1
    await bot.look(slow, after=1)
    assert stage.titles == ["🟡 /shop buy slow_command"]


async def test_a_warning_that_is_over_by_then_is_not_told(stage: Stage) -> None:
    """It has disturbed nobody."""
    bot = telling_warnings(stage)
    await bot.look(warning(stage))
    await bot.look(after=60)
    await bot.look(after=RESOLVED_AFTER_S)
    await bot.look(after=3600)
    assert stage.messages == []


async def test_critical_problems_come_through(stage: Stage) -> None:
    """Also those that begin as a warning; what was told is changed and resolved as always."""
    bot, slow = telling_warnings(stage), warning(stage)
    await bot.look(slow)
    critical = slow._replace(severity=Severity.CRITICAL)
    await bot.look(critical, after=30)
    assert stage.titles == ["🔴 /shop buy slow_command"]
    await bot.look(critical._replace(sentence="/shop buy worse"), after=30)
    assert stage.titles == ["🔴 /shop buy worse"]
    await bot.look(after=30)
    await bot.look(after=RESOLVED_AFTER_S)
    assert stage.titles == ["🟢 Resolved: /shop buy worse"]


async def test_reminders_of_warnings_wait_too(stage: Stage) -> None:
    """Of what was told before."""
    stage.reminder_s = 60.0
    quiet, stage.is_quiet = stage.is_quiet, None
    slow = warning(stage)
    await telling_warnings(stage).look(slow)
    stage.is_quiet = quiet
    bot = telling_warnings(stage)
    await bot.look(slow, after=120)
    assert len(stage.messages) == 1
    await bot.look(slow, after=3600)
    assert len(stage.messages) == 2


def test_they_are_in_the_zone_of_the_settings(caplog: pytest.LogCaptureFixture) -> None:
    """In UTC where this machine does not know it, which the log says; none are quiet by default."""
    noon = datetime(2026, 12, 1, 12, tzinfo=UTC).timestamp()
    asked = (("Europe/Berlin", True), ("UTC", False), ("Nowhere/Atall", False))
    for zone, quiet in asked:
        settings = Settings(alert_quiet_hours="13:00-14:00", timezone=zone)
        hold = quiet_hours(settings, zone_of_alerts(settings))
        assert hold is not None and hold(noon) is quiet
    assert quiet_hours(Settings(), UTC) is None
    (said,) = caplog.messages
    assert said.startswith("the time zone Nowhere/Atall is not known here, alerts use UTC")
