"""A fleet tells people of an instance that is lost, and of none that left, was replaced or has a clock that is late."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from plugin.corridor.alerts import alerts as looking
from plugin.history.store import Store, open_store
from plugin.insight import alerts
from plugin.model import Writer
from tests.e2e.conftest import Scene, until
from tests.e2e.test_history import _history, run  # noqa: F401 # a fixture

MINUTE_S = 60.0


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is waited for."""
    monkeypatch.setattr(looking, "EVERY_S", 0.02)
    monkeypatch.setattr(alerts, "RESOLVED_AFTER_S", 0.0)


@pytest.fixture(params=["readers", "owners"])
def name(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How the other instance is called for those who may see its name, and for others."""
    monkeypatch.setenv("GOLEM_DETAILS", request.param)
    return "two" if request.param == "readers" else "instance 1"


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """The database of the fleet."""
    async with await open_store("golem.db") as opened:
        yield opened


class Other:
    """Another instance of the fleet, as history has it."""

    def __init__(self, store: Store, monitor: Any, name: str = "two") -> None:
        self.store = store
        self.writer = Writer(monitor.scope().bot, name, f"{name} once", "1.0.0", True)

    async def seen(self, minutes_ago: float, shards: tuple[int, ...] = (7,), status: str = "memory 81 MB") -> None:
        """Let it have been seen so long ago; it started a day earlier."""
        at = time.time() - minutes_ago * MINUTE_S
        await self.store.fleet.register(self.writer, at - 86_400)
        await self.store.fleet.beat(self.writer, at, shards, status)

    async def leave(self, minutes_ago: float) -> None:
        """Let it have shut down cleanly."""
        await self.store.fleet.leave(self.writer, time.time() - minutes_ago * MINUTE_S)


class Teller:
    """An instance that tells people."""

    def __init__(self, scene: Scene, monitor: Any) -> None:
        self.scene = scene
        self.monitor = monitor

    @classmethod
    async def begun(cls, scene: Scene, name: str = "one") -> Teller:
        """One that runs, tells even of warnings, and has judged its first sample."""
        given = {"alert_severity": "warning", "alert_after_s": 0, "alert_grace_s": 0, "cpu_threshold_percent": 6400}
        channel = int(scene.channel.id)
        _, monitor = await run(scene, instance=name, alert_channel=channel, memory_threshold_mb=100_000, **given)
        await monitor.tick()
        return cls(scene, monitor)

    async def look(self) -> None:
        """Look into history, and at what stands."""
        await self.monitor._review.look()
        self.monitor._sampler._judged_at = None
        await self.monitor.tick()

    @property
    def told(self) -> list[str]:
        """The titles in the channel, of lost instances."""
        titles = [message.embeds[0]["title"] for message in self.scene.discord.messages(self.scene.channel)]
        return [title for title in titles if "goodbye" in title or "silent" in title]


async def test_a_lost_instance_is_told_once_and_resolved_when_it_is_back(scene: Scene, store: Store, name: str) -> None:
    """By another one, after a second look."""
    one = await Teller.begun(scene)
    two = Other(store, one.monitor)
    await two.seen(10)
    await one.look()
    assert one.monitor._review._lost.are_doubtful and not one.told
    for _ in range(3):
        await one.look()
    await until(lambda: one.told)
    assert one.told == [f"🔴 {name} stopped without a goodbye after 1 d"]
    await two.seen(0)
    await one.look()
    await until(lambda: one.told[0].startswith("🟢 Resolved: "))
    assert len(one.told) == 1 and one.monitor.snapshot().monitor.faults == {}


async def test_two_that_find_it_tell_it_once(scene: Scene, store: Store) -> None:
    """Whichever comes first."""
    tellers = [await Teller.begun(scene, name) for name in ("one", "three")]
    await Other(store, tellers[0].monitor).seen(10)
    for _ in range(3):
        for teller in tellers:
            await teller.look()
    await until(lambda: all(one.monitor.snapshot().monitor.alerting[0].firing for one in tellers))
    await until(lambda: tellers[0].told)
    for teller in tellers:
        await teller.look()
    assert len(tellers[0].told) == 1


async def test_a_frozen_instance_is_told_as_such(scene: Scene, store: Store, name: str) -> None:
    """Its thread said so when it was last heard of."""
    one = await Teller.begun(scene)
    await Other(store, one.monitor).seen(10, status="event loop blocked for 9 min, memory 81 MB")
    for _ in range(2):
        await one.look()
    await until(lambda: one.told)
    assert one.told == [f"🔴 {name} fell silent with its event loop blocked after 1 d"]


async def test_a_restart_goes_on_with_its_message(scene: Scene, store: Store) -> None:
    """Without doubt, since it was sure before."""
    one = await Teller.begun(scene)
    await Other(store, one.monitor).seen(10)
    for _ in range(2):
        await one.look()
    await until(lambda: one.told)
    await one.monitor.flush()
    await scene.made[-1].close()
    again = await Teller.begun(scene)
    await again.look()
    assert [finding.rule for finding in again.monitor._sampler.findings].count("instance_lost") == 1
    assert again.told == ["🔴 instance 1 stopped without a goodbye after 1 d"]


@pytest.mark.parametrize(
    "why", ["left", "replaced", "late clock", "rare heartbeats", "database was away", "long ago"], ids=str
)
async def test_what_is_no_loss_is_told_to_nobody(scene: Scene, store: Store, why: str) -> None:
    """However often it is looked at, and though warnings are told."""
    one = await Teller.begun(scene)
    two = Other(store, one.monitor)
    if why == "left":  # also where a fleet is made smaller
        await two.seen(10)
        await two.leave(9)
    elif why == "replaced":
        await two.seen(10)
        await Other(store, one.monitor, "three").seen(0)
    elif why == "rare heartbeats":
        await two.seen(20, status="reports every 600 s, memory 81 MB")
    elif why == "long ago":
        await two.seen(60 * 25)
    for minute in range(4):
        if why == "late clock":
            await two.seen(10 - minute)
        elif why == "database was away":
            await two.seen(0 if minute else 10)
        await one.look()
    assert not [finding for finding in one.monitor._sampler.findings if finding.rule == "instance_lost"]
    assert one.told == []
