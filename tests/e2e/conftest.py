"""A Discord on loopback and a real bot on it, on the line of Lightbulb that is installed."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest

import plugin
from examples.localdiscord import LocalDiscord
from examples.localdiscord.primitives import PATIENCE_S
from plugin.adapters import LIGHTBULB_LINE, pager

if LIGHTBULB_LINE == 2:
    from tests.e2e.bot2 import COGS, SampleBot
else:
    from tests.e2e.bot3 import COGS, SampleBot

ADMINISTRATOR = 8

BREATH_S = 0.001
"""Between two looks the loop is idle for a moment, or threads that are waited for would hardly get to run."""


async def until(condition: Callable[[], object], timeout_s: float = PATIENCE_S) -> None:
    """Let the loop run until something holds; raises TimeoutError."""
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 # what is waited for announces nothing
            await asyncio.sleep(BREATH_S)


async def until_collected(condition: Callable[[], object]) -> None:
    """Wait for something that comes once the garbage collector has run."""
    await until(lambda: (gc.collect(), condition())[1])


class Clock:
    """The monotonic clock, which a test sets forward."""

    def __init__(self) -> None:
        self._real_ns = time.monotonic_ns
        self._ahead_ns = 0

    def __call__(self) -> int:
        return self._real_ns() + self._ahead_ns

    def forward(self, seconds: float) -> None:
        """Let so much time pass at once."""
        self._ahead_ns += int(seconds * 1_000_000_000)


class Timer:
    """The time of open pages, moved by the test."""

    def __init__(self) -> None:
        self._now_s = 1000.0
        self._due: list[Alarm] = []

    def time(self) -> float:
        return self._now_s

    def call_later(self, delay: float, callback: Callable[[], object]) -> Any:
        alarm = Alarm(self._now_s + delay, callback)
        self._due.append(alarm)
        return alarm

    def move(self, seconds: float) -> None:
        """Let time pass, with what is due in it."""
        end_s = self._now_s + seconds
        while due := [alarm for alarm in self._due if alarm.at_s <= end_s]:
            first = min(due, key=lambda alarm: alarm.at_s)
            self._due.remove(first)
            self._now_s = max(self._now_s, first.at_s)
            if not first.cancelled:
                first.callback()
        self._now_s = end_s


class Alarm:
    """Something that is due at a time."""

    def __init__(self, at_s: float, callback: Callable[[], object]) -> None:
        self.at_s, self.callback, self.cancelled = at_s, callback, False

    def cancel(self) -> None:
        self.cancelled = True


def patient_discord(**options: Any) -> LocalDiscord:
    """A Discord that waits as long as the tests do: on a busy machine three seconds pass, and it would refuse."""
    return LocalDiscord(deadline_s=PATIENCE_S, **options)


class Scene:
    """A guild with an administrator and a member, and the bots that a test makes."""

    def __init__(self, discord: LocalDiscord) -> None:
        self.discord = discord
        self.guild = discord.add_guild("Golem's workshop")
        self.channel = self.guild.channels[0]
        self.admin = self.guild.add_member("ada", permissions=ADMINISTRATOR)
        self.member = self.guild.add_member("bob")
        self.cogs = COGS
        self.made: list[SampleBot] = []

    def make(self, discord: LocalDiscord | None = None, **options: Any) -> SampleBot:
        """A bot that is not started and has not loaded the plugin."""
        sample = SampleBot(discord or self.discord, **options)
        self.made.append(sample)
        return sample

    async def run(self, **options: Any) -> SampleBot:
        """A bot that has loaded the plugin, then started."""
        sample = self.make(**options)
        await sample.load()
        await sample.start()
        return sample

    async def call(self, command: str, /, **options: Any) -> Any:
        """The member calls a slash command; returns once it is answered."""
        call = await self.discord.slash(self.member, command, guild=self.guild, **options)
        await call.answered()
        return call

    async def ask(self, command: str, /, **options: Any) -> Any:
        """The administrator calls one of the monitor's commands; returns once it is answered."""
        call = await self.discord.slash(self.admin, command, guild=self.guild, **options)
        await call.answered()
        return call


@pytest.fixture(autouse=True)
async def _settings_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> AsyncIterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GOLEM_DATABASE", "")  # the tests that are about history switch it on
    yield
    plugin.configure()
    SampleBot.forget_schedules()


@pytest.fixture
def open_details(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may read a page reads source places and names on it, too."""
    monkeypatch.setenv("GOLEM_DETAILS", "readers")


@pytest.fixture
async def discord() -> AsyncIterator[LocalDiscord]:
    """A Discord on loopback."""
    async with patient_discord() as discord:
        yield discord


@pytest.fixture
def timer(monkeypatch: pytest.MonkeyPatch) -> Timer:
    """The time of open pages."""
    timer = Timer()
    monkeypatch.setattr(pager, "running_timer", lambda: timer)
    return timer


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """What every monitor that is made from now on takes the time from."""
    clock = Clock()
    monkeypatch.setattr(time, "monotonic_ns", clock)
    return clock


@pytest.fixture
async def scene(discord: LocalDiscord) -> AsyncIterator[Scene]:
    """A guild on it; the bots that were made are closed at the end."""
    scene = Scene(discord)
    yield scene
    for sample in scene.made:
        await sample.close()


@pytest.fixture
def counted(scene: Scene) -> Callable[..., Awaitable[Any]]:
    """Waits until so many invocations of a command were counted, and returns its snapshot."""

    async def wait(sample: SampleBot, name: str, invocations: int = 1) -> Any:
        monitor = plugin.monitor_of(sample.bot)
        assert monitor is not None

        def found() -> list[Any]:
            return [c for c in monitor.snapshot().commands if c.key.name == name and c.invocations]

        await until(lambda: sum(command.invocations for command in found()) >= invocations)
        return found()[0] if len(found()) == 1 else found()

    return wait
