"""A bot without a network: its events are handed in, and each of its requests is answered at once."""

from __future__ import annotations

import asyncio
import json
from typing import Any

Payload = dict[str, Any]


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


class Session:
    """Stands in for aiohttp's client session, the innermost thing that hikari's REST client calls."""

    closed = False

    def __init__(self, body: Payload | None) -> None:
        self._answer = Answer(body)
        self.requests = 0
        self.last: Any = None

    async def request(self, method: str, url: str, *, data: Any = None, **_: Any) -> Answer:
        self.requests += 1
        self.last = data
        return self._answer

    def sent(self) -> Payload:
        """The body of the last request."""
        return json.loads(self.last._value)

    async def close(self) -> None:
        self.closed = True


class Wire:
    """Hands raw events to a bot that is not started, and tells when it has done with each of them."""

    def __init__(self, bot: Any, answer: Payload | None) -> None:
        self._bot = bot
        self.session = Session(answer)
        self._handled: dict[str, asyncio.Future[None]] = {}
        for event in ("interaction_create", "guild_create"):
            self._tell_end(event)

    async def connect(self) -> None:
        """Make the REST client think that it is connected."""
        rest = self._bot.rest
        rest.start()
        real, rest._client_session = rest._client_session, self.session
        await real.close()

    async def deliver(self, event: str, payload: Payload) -> None:
        """Hand in one event; returns when hikari and every listener have done with it."""
        handled = self._handled[event.lower()] = asyncio.get_running_loop().create_future()
        self._bot.event_manager.consume_raw_event(event, None, payload)
        await handled

    def _tell_end(self, event: str) -> None:
        # Around hikari's own handler, which awaits all listeners; the monitor is loaded later, and outside of it.
        consumer = self._bot.event_manager._consumers[event]
        original = consumer.callback

        async def callback(shard: object, payload: Payload) -> None:
            try:
                await original(shard, payload)
            except BaseException as failure:
                self._handled[event].set_exception(failure)
                raise
            self._handled[event].set_result(None)

        consumer.callback = callback
