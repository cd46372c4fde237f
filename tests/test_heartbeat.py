"""The heartbeat: a URL learns that the bot is well, and only while it is."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from plugin.corridor.heartbeat import Heartbeat
from plugin.insight.wellness import what_is_wrong
from plugin.instrument.containment import Containment
from plugin.model import ConnectionSnapshot, LoopLag, ShardSnapshot
from plugin.outlets.web import fetch

AT = 1_700_000_000.0
WELL = ShardSnapshot(0, True, 0.0423)
MS = 1_000_000


class Sink:
    """A web server that notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status = 200
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        """Answer with the status that a test wants."""
        self.asked.append(request.path_qs)
        return web.Response(status=self.status, headers={"Location": "/elsewhere"})


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    """One on loopback."""
    sink, app = Sink(), web.Application()
    app.router.add_get("/{path:.*}", sink.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    sink.url = f"http://{host}:{port}/secret"
    yield sink
    await runner.cleanup()


class Bot:
    """A bot whose shards a test changes."""

    def __init__(self, url: str) -> None:
        self.shards: tuple[ShardSnapshot, ...] | None = (WELL,)
        self.lag: LoopLag | None = None
        self.heartbeat = Heartbeat(url, 60, self.look, fetch, Containment())

    def look(self) -> tuple[ConnectionSnapshot, LoopLag | None]:
        """How it is."""
        return ConnectionSnapshot(self.shards, None, None, None, None), self.lag


async def test_a_bot_that_is_well_is_told(sink: Sink) -> None:
    """With the latency and a message where the URL has room for them, as Uptime Kuma's push does."""
    bot = Bot(f"{sink.url}?status=up&msg={{message}}&ping={{latency_ms}}")
    await bot.heartbeat.beat()
    assert sink.asked == ["/secret?status=up&msg=the%20bot%20is%20well&ping=42"]
    state = bot.heartbeat.state
    assert state is not None and state.last_sent is not None and not state.problem and not state.held_back


async def test_nothing_is_sent_while_it_is_not(sink: Sink, caplog: pytest.LogCaptureFixture) -> None:
    """The log says why once, and once that it is sent again."""
    caplog.set_level(logging.INFO)
    bot = Bot(sink.url)
    bot.shards = (WELL, WELL._replace(id=1, connected=False))
    for _ in range(3):
        await bot.heartbeat.beat()
    state = bot.heartbeat.state
    assert sink.asked == [] and state is not None and state.held_back == "shard 1 is not connected"
    bot.shards = (WELL,)
    await bot.heartbeat.beat()
    assert len(sink.asked) == 1
    assert [record.getMessage() for record in caplog.records if "heartbeat" in record.getMessage()] == [
        "heartbeat not sent: shard 1 is not connected",
        "heartbeat is sent again: the bot is well",
    ]


@pytest.mark.parametrize("status", [404, 500, 429])
async def test_a_refusal_is_told_once_and_its_end_once(
    sink: Sink, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    """Neither the log nor the state has the URL, which is a secret."""
    caplog.set_level(logging.INFO)
    bot, sink.status = Bot(sink.url), status
    for _ in range(3):
        await bot.heartbeat.beat()
    state = bot.heartbeat.state
    assert state is not None and state.failing_since is not None and state.problem == f"HTTP status {status}"
    sink.status = 200
    await bot.heartbeat.beat()
    lines = [record.getMessage() for record in caplog.records if "heartbeat" in record.getMessage()]
    assert lines[0] == f"heartbeat failed (setting heartbeat_url): HTTP status {status}"
    assert len(lines) == 2 and lines[1].startswith("heartbeat is sent again after")
    assert not any("secret" in line for line in lines) and state.last_sent is None


async def test_a_redirect_is_a_failure_and_is_not_followed(sink: Sink) -> None:
    """The service was not told, and nobody is asked whom the operator did not name."""
    bot, sink.status = Bot(sink.url), 302
    await bot.heartbeat.beat()
    state = bot.heartbeat.state
    assert sink.asked == ["/secret"] and state is not None and state.problem == "HTTP status 302"


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/secret", "http://[bad/secret", "https://secret.invalid/"])
async def test_a_url_that_nobody_answers_is_a_problem_without_the_url(url: str) -> None:
    """Whatever is wrong with it."""
    problem = await fetch(url)
    assert problem and "secret" not in problem


async def test_without_a_url_there_is_none() -> None:
    """Nothing runs, and no page tells of it."""
    heartbeat = Bot("").heartbeat
    heartbeat.start()
    assert heartbeat.state is None


@pytest.mark.parametrize(
    ("shards", "lag_ms", "wrong"),
    [
        ((WELL,), 40, ""),
        (None, 40, ""),
        (None, None, ""),
        ((), None, ""),
        ((WELL, WELL._replace(id=3, connected=False, away_since=AT - 120)), 40, "shard 3 is not connected for 2 min"),
        ((WELL._replace(silence_s=3600, missed=30, longest_silence_s=60),), 40, "shard 0 received nothing for 1 h"),
        ((WELL._replace(silence_s=3600, missed=3, longest_silence_s=60),), 40, ""),
        ((WELL,), 5000, ""),
        ((WELL,), 6200, "event loop lag 6.2 s"),
    ],
)
def test_a_bot_is_well_where_it_is_connected_hears_and_moves(
    shards: tuple[ShardSnapshot, ...] | None, lag_ms: int | None, wrong: str
) -> None:
    """A bot without a gateway is well while its loop moves, and one that nobody writes to at night is well too."""
    lag = None if lag_ms is None else LoopLag(0, lag_ms * MS, lag_ms * MS)
    assert what_is_wrong(ConnectionSnapshot(shards, None, None, None, None), lag, AT) == wrong
