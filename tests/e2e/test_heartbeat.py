"""The heartbeat of a real bot."""

from __future__ import annotations

from typing import Any

import plugin
from tests.e2e.conftest import Scene, until
from tests.test_heartbeat import Sink, sink  # noqa: F401 # a fixture


async def test_a_running_bot_is_told_to_be_well(scene: Scene, sink: Sink) -> None:  # noqa: F811 # the fixture
    """At its start and on schedule, until it stops; `/health` says when it was sent."""
    plugin.configure(heartbeat_url=sink.url)
    sample = await scene.run()
    await until(lambda: sink.asked)
    page = str((await scene.ask("health")).response.data)
    assert "Heartbeat" in page and "secret" not in page
    monitor: Any = plugin.monitor_of(sample.bot)
    await sample.close()
    before = len(sink.asked)
    assert not monitor._telling.heartbeat._task.running and before == len(sink.asked)
