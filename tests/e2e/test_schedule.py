"""The scheduled monitor: samples, thresholds and what the log says of them, on a real bot."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import pytest

import plugin
from examples.localdiscord.primitives import PATIENCE_S
from plugin import monitor, settings_source
from plugin.corridor import instruments, sampling, snapshots
from plugin.insight.findings import FindingBook
from plugin.model import PROCESS
from plugin.settings import Settings
from tests.e2e.conftest import Scene, until


class Clock:
    """The time of the monitor, which a test moves on."""

    def __init__(self) -> None:
        self.ahead_s = 0

    def advance(self, seconds: int) -> None:
        self.ahead_s += seconds

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead_s

    def monotonic_ns(self) -> int:
        return time.monotonic_ns() + self.ahead_s * 10**9

    def time(self) -> float:
        return time.time() + self.ahead_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of every monitor that is loaded from now on."""
    clock = Clock()
    for module in (monitor, instruments, snapshots, sampling):
        monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Any:
    """What the scheduled monitor logs: pairs of level and line."""
    caplog.set_level(logging.INFO)

    def said(*words: str) -> list[tuple[str, str]]:
        lines = [(r.levelname, r.getMessage()) for r in caplog.records if r.name == "plugin.corridor.sampling"]
        return [(level, line) for level, line in lines if all(word in line for word in words)]

    return said


async def run(scene: Scene, **given: Any) -> tuple[Any, Any]:
    """A running bot and its monitor, which has taken and judged its first sample, and takes no other by itself."""
    plugin.configure(**{"memory_threshold_mb": 100_000, "cpu_threshold_percent": 6400, **given})
    sample = await scene.run()
    monitor = plugin.monitor_of(sample.bot)
    await until(lambda: monitor.snapshot().samples)
    await monitor.tick()
    return sample, monitor


async def judge(clock: Clock, monitor: Any) -> None:
    """Let the interval pass, and look at the thresholds."""
    clock.advance(300)
    await monitor.tick()


async def last(scene: Scene, sample: Any, clock: Clock, seconds: int) -> None:
    """Let a command last so long."""
    before = invocations(sample, "slow")
    await scene.discord.slash(scene.member, "slow", guild=scene.guild)
    async with asyncio.timeout(PATIENCE_S):
        await sample.gates.entered.get()
    clock.advance(seconds)
    sample.gates.open("slow")
    await until(lambda: invocations(sample, "slow") > before)


def invocations(sample: Any, name: str) -> int:
    """How often a command was counted."""
    commands = plugin.monitor_of(sample.bot).snapshot().commands
    return sum(command.invocations for command in commands if command.key.name == name)


async def fail(scene: Scene, sample: Any, times: int) -> None:
    """Let a command fail so often."""
    before = invocations(sample, "boom")
    for _ in range(times):
        await scene.discord.slash(scene.member, "boom", guild=scene.guild)
    await until(lambda: invocations(sample, "boom") == before + times)


async def test_samples_come_on_schedule(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the bot runs a sample is taken each interval, of what the process uses."""
    monkeypatch.setattr(settings_source, "load", lambda: Settings(sample_interval_s=0.01))
    sample = await scene.run()
    monitor = plugin.monitor_of(sample.bot)
    await until(lambda: len(monitor.snapshot().samples) >= 3)
    newest = monitor.snapshot().samples[-1]
    assert newest.resources.rss_bytes > 1_000_000 and newest.resources.threads >= 1
    assert newest.guilds == 1
    assert monitor.snapshot().monitor.faults == {}


async def test_the_thresholds_are_judged_on_schedule(scene: Scene, monkeypatch: pytest.MonkeyPatch, log: Any) -> None:
    """The schedule itself looks at the thresholds, and warns once however often it looks."""
    small = Settings(sample_interval_s=0.01, judge_interval_s=0.01, memory_threshold_mb=1)
    monkeypatch.setattr(settings_source, "load", lambda: small)
    sample = await scene.run()
    monitor = plugin.monitor_of(sample.bot)
    await until(lambda: len(monitor.snapshot().samples) >= 10)
    assert [level for level, _ in log("memory")] == ["WARNING"]


async def test_memory_is_warned_of_once(scene: Scene, clock: Clock, log: Any) -> None:
    """Memory over its threshold is one warning with the value and the setting, while it stays so."""
    _, monitor = await run(scene, memory_threshold_mb=1)
    for _ in range(3):
        await judge(clock, monitor)
    ((level, line),) = log("memory")
    assert level == "WARNING"
    assert "is over 1 MB" in line and "memory_threshold_mb" in line
    (alert,) = monitor.snapshot().findings
    assert (alert.rule, alert.subject, alert.threshold) == ("memory", PROCESS, 1)


async def test_nothing_is_said_while_all_is_well(scene: Scene, clock: Clock, log: Any) -> None:
    """Under its thresholds a bot is not spoken of."""
    sample, monitor = await run(scene, slow_command_threshold_ms=10_000)
    await scene.call("ping")
    await until(lambda: invocations(sample, "ping"))
    await judge(clock, monitor)
    assert log() == [] and monitor.snapshot().findings == ()


async def test_a_slow_command_is_warned_of_and_called_well_again(scene: Scene, clock: Clock, log: Any) -> None:
    """Answers that prove a command to be slow are one warning, and later ones that prove it is not are one line."""
    sample, monitor = await run(scene, slow_command_threshold_ms=30_000, minimum_invocations=2)
    await last(scene, sample, clock, 60)
    await judge(clock, monitor)
    assert log("/slow") == []
    for _ in range(2):
        await last(scene, sample, clock, 60)
        await judge(clock, monitor)
    ((level, line),) = log("/slow")
    assert level == "WARNING" and "is over 30" in line and "slow_command_threshold_ms" in line
    assert [found.subject.name for found in monitor.snapshot().findings if found.threshold] == ["/slow"]
    for _ in range(2):
        await last(scene, sample, clock, 0)
        await judge(clock, monitor)
    await judge(clock, monitor)
    assert [level for level, _ in log("/slow")] == ["WARNING", "INFO"]
    assert log("/slow")[1][1].startswith("resolved: /slow") and "was over 30 s" in log("/slow")[1][1]
    assert not [found for found in monitor.snapshot().findings if found.threshold]


async def test_errors_are_warned_of_once_there_are_enough(scene: Scene, clock: Clock, log: Any) -> None:
    """A few failures prove nothing; as many as the setting says are one warning of the command and one of the bot."""
    sample, monitor = await run(scene, minimum_invocations=3)
    await fail(scene, sample, 2)
    await judge(clock, monitor)
    assert log("error rate") == []
    await fail(scene, sample, 3)
    await judge(clock, monitor)
    await fail(scene, sample, 3)
    await judge(clock, monitor)
    lines = log("error rate")
    assert [level for level, _ in lines] == ["WARNING", "WARNING"]
    assert sum("/boom" in line for _, line in lines) == 1


async def test_refusals_are_no_errors(scene: Scene, clock: Clock, log: Any) -> None:
    """Commands that a check refused raise no error rate."""
    sample, monitor = await run(scene, minimum_invocations=1)
    for _ in range(3):
        await scene.discord.slash(scene.member, "denied", guild=scene.guild)
    await until(lambda: invocations(sample, "denied") == 3)
    await judge(clock, monitor)
    assert log() == []


async def test_a_look_between_two_is_not_due(scene: Scene, clock: Clock, log: Any) -> None:
    """A sample that is taken before the interval has passed is kept, but nothing is judged."""
    sample, monitor = await run(scene, minimum_invocations=1)
    await fail(scene, sample, 10)
    clock.advance(200)
    await monitor.tick()
    assert log() == []
    clock.advance(100)
    await monitor.tick()
    assert log("error rate")


async def test_a_failing_sample_is_contained(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A sample that fails is counted and logged once, the schedule goes on, and the bot notices nothing."""
    monkeypatch.setattr(settings_source, "load", lambda: Settings(sample_interval_s=0.01))
    sample = scene.make()
    await sample.load()
    monitor: Any = plugin.monitor_of(sample.bot)
    works, failures = monitor._sampler._totals, iter(range(3))
    monkeypatch.setattr(monitor._sampler, "_totals", lambda: works() if next(failures, None) is None else 1 / 0)
    await sample.start()
    await until(lambda: len(monitor.snapshot().samples) >= 2)
    assert monitor.snapshot().monitor.faults == {"samples": 3}
    assert len([record for record in caplog.records if "monitor error in samples" in record.getMessage()]) == 1
    await scene.call("ping")


async def test_a_judgement_that_fails_is_contained(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where judging fails, the samples are kept, and `/health` still answers."""
    monkeypatch.setattr(settings_source, "load", lambda: Settings(sample_interval_s=0.01, judge_interval_s=0.01))
    sample = scene.make()
    await sample.load()
    monitor: Any = plugin.monitor_of(sample.bot)
    monkeypatch.setattr(FindingBook, "updating", lambda *_: 1 / 0)
    await sample.start()
    await until(lambda: monitor.snapshot().monitor.faults.get("samples", 0) >= 2)
    assert len(monitor.snapshot().samples) >= 2
    assert (await scene.ask("health")).response.data["embeds"]


async def test_an_unload_ends_the_schedule(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an unload, in the middle of a sample too, no sample is added and nothing is judged."""
    monkeypatch.setattr(settings_source, "load", lambda: Settings(sample_interval_s=0.01))
    sample = await scene.run()
    monitor: Any = plugin.monitor_of(sample.bot)
    await until(lambda: monitor.snapshot().samples)
    taking = asyncio.create_task(monitor.tick())
    await asyncio.sleep(0)
    await sample.unload()
    kept = len(monitor.snapshot().samples)
    await taking
    await scene.call("ping")
    assert len(monitor.snapshot().samples) == kept
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "golem sampler"]


async def test_a_sample_finds_every_part_in_force(scene: Scene) -> None:
    """All that the monitor has put into a bot is asked whether it is still there, and is."""
    sample = await scene.run()
    monitor = plugin.monitor_of(sample.bot)
    assert monitor is not None
    await monitor.tick()
    state = monitor.snapshot().monitor
    assert (dict(state.faults), dict(state.switched_off)) == ({}, {})
