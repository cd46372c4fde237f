"""The operator's own rules in a real bot: from golem.toml to the alert in the channel, and what makes no sense."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

import pytest

import plugin
from plugin.corridor import rules
from plugin.corridor.alerts import alerts as looking
from plugin.insight import alerts
from tests.e2e.conftest import Scene, until
from tests.e2e.test_history import monitor_of


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Alerts wait for nothing."""
    monkeypatch.setattr(looking, "EVERY_S", 0.02)
    monkeypatch.setattr(alerts, "RESOLVED_AFTER_S", 0.0)


class Stage:
    """A bot with rules, whose minutes the test lets pass."""

    def __init__(self, scene: Scene, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._scene = scene
        self._file = file
        self._now_s = 1000.0
        self.fails = False
        self.monitor: Any = None
        monkeypatch.setattr(rules, "steady_s", lambda: self._now_s)

    async def run(self, text: str, *, memory_threshold_mb: float = 100_000) -> None:
        """The bot with this golem.toml; it has judged its first sample."""
        self._file.write_text(f"[golem]\n{text}", "utf-8")
        plugin.configure(
            memory_threshold_mb=memory_threshold_mb,
            cpu_threshold_percent=6400,  # a test takes all that it can get
            alert_channel=int(self._scene.channel.id),
            alert_after_s=0,
            alert_grace_s=0,
        )
        sample = self._scene.make()
        sample.add("pay", self._pay)
        await sample.load()
        await sample.start()
        self.monitor = monitor_of(sample)
        await until(lambda: self.monitor._sampler.standing is not None)

    async def _pay(self, context: Any) -> None:
        await context.respond("paid")
        if self.fails:
            raise ValueError("no money")

    async def calls(self, number: int) -> None:
        """So many invocations of /pay, which have ended."""
        before = sum(self.monitor._of.registry.totals())
        for _ in range(number):
            await self._scene.call("pay")
        await until(lambda: sum(self.monitor._of.registry.totals()) == before + number)

    async def minutes(self, number: int) -> None:
        """Let so many minutes pass."""
        for _ in range(number):
            self._now_s += 60
            await self.monitor._minutes.cut()

    @property
    def told(self) -> list[str]:
        """The first line of every message in the channel."""
        messages = self._scene.discord.messages(self._scene.channel)
        return [message.embeds[0]["title"].replace("\\", "") for message in messages if message.embeds]


@pytest.fixture
def stage(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """No bot runs on it yet."""
    return Stage(scene, tmp_path / "golem.toml", monkeypatch)


RATE = """
[[golem.rule]]
name = "payments"
measure = "error_rate_percent"
command = "/pay"
above = 20
for = "3m"
"""


async def test_an_error_rate_is_told_once_it_has_lasted_and_is_resolved(stage: Stage, scene: Scene) -> None:
    """It is pending for as long as the rule says; the message names the command and the rule, and the page shows it."""
    await stage.run(RATE)
    await stage.calls(5)
    await stage.minutes(2)
    stage.fails = True
    await stage.calls(20)
    await stage.minutes(3)
    assert stage.monitor.snapshot().findings == () and not stage.told
    await stage.minutes(1)
    await until(lambda: stage.told)
    (told,) = stage.told  # where three minutes of the clock begin decides whether the first invocations are among these
    assert re.fullmatch(r"🔴 /pay: error rate (80|100) % is above 20 % \(rule payments\)", told)
    assert "/pay error_rate_percent > 20" in str((await scene.ask("performance")).response.data)
    stage.fails = False
    for _ in range(5):
        await stage.calls(12)
        await stage.minutes(3)
    await until(lambda: "Resolved" in stage.told[0])
    assert len(stage.told) == 1 and stage.monitor.snapshot().monitor.faults == {}


async def test_a_command_that_nobody_uses_is_told_once_all_of_the_time_was_watched(stage: Stage) -> None:
    """Not right after the start; the next invocation ends it."""
    await stage.run('[[golem.rule]]\ncommand = "/pay"\nabsent = true\nfor = "30m"\n')
    await stage.minutes(30)
    assert stage.monitor.snapshot().findings == ()
    await stage.minutes(3)
    await until(lambda: stage.told)
    assert stage.told == ["🔴 /pay: no invocations for 30 min (threshold)"]
    await stage.calls(1)
    await stage.minutes(1)
    await until(lambda: "Resolved" in stage.told[0])


BAD = """
[[golem.rule]]
name = "shop errors"
measure = "error_rate"
abov = 5
for = "soon"
"""


async def test_a_rule_without_sense_is_refused_by_name_and_all_else_works(
    stage: Stage, scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    """One error in the log has all of its mistakes; the page shows what is off; the other rule is judged."""
    await stage.run(f"{BAD}{RATE}")
    (error,) = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    first, *lines = error.splitlines()
    assert first == "invalid rules, the monitor runs without them:"
    assert [line.partition(": ")[0] for line in lines] == 4 * ["rule 1 in golem.toml (shop errors)"]
    assert "abov: no such key; did you mean above" in error and "did you mean error_rate_percent" in error
    page = str((await scene.ask("health")).response.data)
    assert "rule 1 in golem.toml" in page
    assert (await scene.call("ping")).response.data["content"] == "pong"
    (rule,) = stage.monitor.settings.thresholds
    assert rule.name == "payments"


OFF = """
[[golem.rule]]
finding = "memory"
severity = "off"

[[golem.rule]]
measure = "errors"
command = "/pay"
above = 3
"""


async def test_what_is_off_is_on_the_page_and_told_to_nobody(stage: Stage, scene: Scene) -> None:
    """Memory over its limit stays an alert there; of something else people are told."""
    await stage.run(OFF, memory_threshold_mb=1)
    stage.fails = True
    await stage.calls(4)
    await stage.minutes(1)
    await until(lambda: stage.told)
    assert stage.told == ["🔴 /pay: 4 errors per hour is above 3 errors (threshold)"]
    (message,) = (message for message in scene.discord.messages(scene.channel) if message.embeds)
    assert "memory" not in str(message.embeds)
    assert [finding.rule for finding in stage.monitor.snapshot().findings] == ["memory", "threshold"]
