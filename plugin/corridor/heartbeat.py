"""The scheduled heartbeat: tells a URL that the bot is well, and only while it is."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from plugin.corridor.loop_task import LoopTask
from plugin.instrument.containment import Containment
from plugin.model import ConnectionSnapshot, LoopLag, SendingState
from plugin.words import lasting

_logger = logging.getLogger(__name__)

_PART = "heartbeat"
MESSAGE, LATENCY = "{message}", "{latency_ms}"
"""Parts of a URL in whose place stands what is known at the moment."""


class Heartbeat:
    """Asks for a URL at an interval, while the bot runs and is well."""

    def __init__(
        self,
        url: str,
        interval_s: float,
        look: Callable[[], tuple[ConnectionSnapshot, LoopLag | None]],
        send: Callable[[str], Awaitable[str]],
        containment: Containment,
    ) -> None:
        """`look` tells how connection and loop are; `send` asks for a URL and returns why it was not taken, if so."""
        self._url = url
        self._interval_s = interval_s
        self._look = look
        self._send = send
        self._containment = containment
        self._task = LoopTask("golem heartbeat", self._run)
        self._state = SendingState(None, None)

    @property
    def state(self) -> SendingState | None:
        """How it stands; None where no URL is set."""
        return self._state if self._url else None

    def start(self) -> None:
        """Begin on the running loop; nothing where it runs already, or where no URL is set."""
        if self._url:
            self._task.start()

    def stop(self) -> None:
        """End at once: a bot that stops is not well any more."""
        self._task.stop()

    async def beat(self) -> None:
        """Send one now, if the bot is well."""
        from plugin.insight.wellness import what_is_wrong  # here, since a bot that starts has not judged anything yet

        connection, lag = self._look()
        wrong = what_is_wrong(connection, lag, time.time())
        if wrong:
            if not self._state.held_back:
                _logger.warning("heartbeat not sent: %s", wrong)
            self._state = self._state._replace(held_back=wrong)
            return
        self._take(await self._send(_filled(self._url, connection)))

    def _take(self, problem: str) -> None:
        state, now = self._state, time.time()
        if problem:
            if state.failing_since is None:
                _logger.warning("heartbeat failed (setting heartbeat_url): %s", problem)
            since = now if state.failing_since is None else state.failing_since
            self._state = state._replace(failing_since=since, problem=problem, held_back="")
            return
        if state.failing_since is not None:
            _logger.info("heartbeat is sent again after %s", lasting(now - state.failing_since))
        elif state.held_back:
            _logger.info("heartbeat is sent again: the bot is well")
        self._state = SendingState(now, None)

    async def _run(self) -> None:
        while _PART not in self._containment.switched_off:
            with self._containment.containing(_PART):
                await self.beat()
            await asyncio.sleep(self._interval_s)


def _filled(url: str, connection: ConnectionSnapshot) -> str:
    latencies = [shard.latency_s for shard in connection.shards or () if shard.latency_s is not None]
    latency_ms = f"{1000 * max(latencies):.0f}" if latencies else ""
    return url.replace(MESSAGE, quote("the bot is well")).replace(LATENCY, latency_ms)
