"""A bot without a network: its events are handed in, and each of its requests is answered at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Generator
from typing import Any

import aiohttp
import hikari

from tests.bench.measure import processor_ns

Payload = dict[str, Any]

QUIETLY: dict[str, Any] = {
    "banner": None,
    "logs": None,
    "suppress_optimization_warning": True,
    "intents": hikari.Intents.ALL_UNPRIVILEGED,
}
"""How the bots are made."""


class Answer:
    """What Discord answers to every request."""

    content_type = "application/json"
    reason = "OK"
    real_url = ""

    def __init__(self, body: Payload | None) -> None:
        self.status = 204 if body is None else 200
        self.headers: dict[str, str] = {}
        self._body = json.dumps(body).encode()

    async def read(self) -> bytes:
        return self._body


class Request:
    """A request that is answered at once, to be awaited or entered, as the versions of hikari do."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __await__(self) -> Generator[None, None, Answer]:
        return self._answer
        yield

    async def __aenter__(self) -> Answer:
        return self._answer

    async def __aexit__(self, *_: object) -> None: ...


class Session:
    """Stands in for aiohttp's client session, the innermost thing that hikari's REST client calls."""

    closed = False

    def __init__(self, body: Payload | None) -> None:
        self._answer = Answer(body)
        self.requests = 0
        self.requested_ns = 0
        """What the thread had taken of the processor at the last request."""
        self._last: Any = None
        self._requested = asyncio.Event()

    def request(self, method: str, url: str, *, data: Any = None, **_: Any) -> Request:
        self.requests += 1
        self.requested_ns = processor_ns()
        self._last = data
        self._requested.set()
        return Request(self._answer)

    def sent(self) -> Payload:
        """The body of the last request, without the files that went with it."""
        body = self._last
        if isinstance(body, aiohttp.FormData):
            body = next(value for options, _, value in body._fields if options["name"] == "payload_json")
        return json.loads(getattr(body, "_value", body))

    def next_request(self) -> asyncio.Event:
        """Is set at the next request."""
        self._requested = asyncio.Event()
        return self._requested

    async def close(self) -> None:
        self.closed = True


class Shard:
    """What hikari asks of the shard that an event comes from."""

    id = 0

    @staticmethod
    def get_user_id() -> int:
        return 1


class Wire:
    """Hands raw events to a bot that is not started, and tells when all listeners have done with an interaction."""

    def __init__(self, bot: Any, answer: Payload | None) -> None:
        self._bot = bot
        self.shard = Shard()
        self.session = Session(answer)
        self._listeners = self._running = 0
        self._handled: asyncio.Future[None] | None = None

    async def connect(self) -> None:
        """Make the REST client think that it is connected, and see the end of every listener there is so far."""
        rest = self._bot.rest
        rest.start()
        real, rest._client_session = rest._client_session, self.session
        await real.close()
        manager = self._bot.event_manager
        for listener in list(manager.get_listeners(hikari.InteractionCreateEvent)):
            manager.unsubscribe(hikari.InteractionCreateEvent, listener)
            manager.subscribe(hikari.InteractionCreateEvent, self._telling_end(listener))
            self._listeners += 1

    async def deliver(self, event: str, payload: Payload) -> None:
        """Hand in one event; one of an interaction returns at the moment when the last listener has ended."""
        self._running = self._listeners
        self._handled = asyncio.get_running_loop().create_future()
        self._bot.event_manager.consume_raw_event(event, self.shard, payload)
        if event == "INTERACTION_CREATE":
            await self._handled
        else:
            await asyncio.sleep(0)

    def _telling_end(self, original: Any) -> Any:
        async def listener(event: hikari.InteractionCreateEvent) -> None:
            try:
                await original(event)
            finally:
                self._running -= 1
                if not self._running and self._handled is not None:
                    self._handled.set_result(None)

        return listener
