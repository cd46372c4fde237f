"""A watcher over a real database, which tells a real web server; a test moves its clocks."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from plugin.cli import watch
from plugin.cli.watch.looking import PresenceWatch
from plugin.cli.watch.notices import Notices
from plugin.cli.watch.outbox import Outbox
from plugin.cli.watch.state import StateFile
from plugin.corridor.zones import UTC
from plugin.history.address import parse
from plugin.insight.presence import PresenceBook
from plugin.outlets.apprise_target import apprise_targets
from tests.outlets.servers import WebServer, web_server


class Watcher:
    """Watches a database from a process that a test may end and begin anew."""

    def __init__(self, address: str, sink: WebServer, state: Path) -> None:
        self.address = address
        self.sink = sink
        self.state = state
        self.now_s = 1000.0
        self.wall_s = time.time()
        self.expect_running = False
        self.details = False
        self.watch: PresenceWatch = self.begun()

    def begun(self) -> PresenceWatch:
        """A process that goes on where the one before it was."""
        self.book = PresenceBook(240, 60, expect_running=self.expect_running)
        self.outbox = Outbox(apprise_targets([self.sink.url]), lambda: self.now_s)
        self.watch = PresenceWatch(
            parse(self.address),
            None,
            self.book,
            self.outbox,
            Notices(UTC, self.details),
            StateFile(str(self.state)),
            watch.AWAY_S,
            lambda: self.now_s,
            lambda: self.wall_s,
        )
        self.watch.go_on()
        return self.watch

    async def look(self, *, times: int = 1, once: bool = False) -> list[str]:
        """Look, each time 30 seconds later; returns the titles that arrived meanwhile."""
        before = len(self.sink.posted)
        for _ in range(times):
            self.now_s += 30
            self.wall_s += 30
            await self.watch.look(once=once)
        return [posted["title"] for posted in self.sink.posted[before:]]

    @property
    def last(self) -> dict[str, Any]:
        """What was told last."""
        return self.sink.posted[-1]


@pytest.fixture
async def sink() -> AsyncIterator[WebServer]:
    """Where alerts go."""
    async with web_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new and empty database of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "golem.db")
    return request.getfixturevalue("postgres_database")


@pytest.fixture
def watcher(address: str, sink: WebServer, tmp_path: Path) -> Watcher:
    """One that has seen nothing yet."""
    return Watcher(address, sink, tmp_path / "state.json")
