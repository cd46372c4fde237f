"""Sessions that outlive their connections, and the connections."""

from __future__ import annotations

import asyncio
import collections
import dataclasses
import itertools
import secrets
import zlib

from aiohttp import web

from .primitives import Payload

_REPLAYED_EVENTS = 20_000
_UNSENT_FRAMES = 100_000
_FRAMES_AT_ONCE = 50


class CloseConnection(Exception):
    """Ends a connection with one of Discord's close codes."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclasses.dataclass(slots=True)
class Shard:
    """The gateway's view of one shard."""

    id: int
    connected: bool = False
    identified: int = 0
    resumed: int = 0
    heartbeats: int = 0
    intents: int = 0
    shard_count: int = 1
    presence: Payload | None = None


class Connection:
    """One websocket; frames are queued immediately, in order, and written by a separate task."""

    def __init__(self, socket: web.WebSocketResponse, *, compress: bool) -> None:
        self.session: Session | None = None
        self.socket = socket
        self._compressor = zlib.compressobj(1) if compress else None
        self._unsent: collections.deque[bytes] = collections.deque()
        self._wake = asyncio.Event()
        self._closing: asyncio.Task[bool] | None = None
        self._writer = asyncio.create_task(self._write(), name="local discord gateway writer")

    def send(self, frame: bytes) -> None:
        if len(self._unsent) >= _UNSENT_FRAMES:
            message = f"the bot has not read {_UNSENT_FRAMES} gateway events that were sent to it"
            raise RuntimeError(message)
        self._unsent.append(frame)
        self._wake.set()

    async def _write(self) -> None:
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                for written in itertools.count(1):
                    if not self._unsent:
                        break
                    await self._write_frame(self._unsent.popleft())
                    if written % _FRAMES_AT_ONCE == 0:
                        # A burst must not block the event loop, which a bot in the same process shares.
                        await asyncio.sleep(0)
        except ConnectionError:
            # The bot disconnected meanwhile; its session keeps the events for a resume.
            self._unsent.clear()

    async def _write_frame(self, frame: bytes) -> None:
        if self._compressor is None:
            await self.socket.send_str(frame.decode())
        else:
            compressed = self._compressor.compress(frame) + self._compressor.flush(zlib.Z_SYNC_FLUSH)
            await self.socket.send_bytes(compressed)

    async def close(self, code: int, reason: str) -> None:
        """Close with one of Discord's close codes; the session can be resumed."""
        self.detach()
        self._writer.cancel()
        if self._closing is None:
            closing = self.socket.close(code=code, message=reason.encode())
            self._closing = asyncio.create_task(closing, name="local discord gateway close")
        await asyncio.shield(self._closing)

    async def stop(self) -> None:
        """End the writer, and wait for a close in progress."""
        self.detach()
        self._writer.cancel()
        await asyncio.gather(self._writer, *([self._closing] if self._closing else []), return_exceptions=True)

    @property
    def given_up(self) -> bool:
        """Whether the bot closed with 1000 or 1001, after which it cannot resume its session."""
        return self._closing is None and self.socket.close_code in (1_000, 1_001)

    def detach(self) -> None:
        """Detach the session, so that another connection can resume it."""
        if self.session is not None and self.session.connection is self:
            self.session.connection = None
            self.session.shard.connected = False


class Session:
    """A session begun by READY: a sequence of events that another connection can resume."""

    def __init__(self, shard: Shard, connection: Connection, intents: int, large_threshold: int) -> None:
        self.id = secrets.token_hex(16)
        self.shard = shard
        self.intents = intents
        self.large_threshold = large_threshold
        self.connection: Connection | None = connection
        self._sequence = 0
        self._replayed: collections.deque[tuple[int, bytes]] = collections.deque(maxlen=_REPLAYED_EVENTS)

    def dispatch(self, event: str, data: bytes) -> None:
        """Send an event with a JSON payload, or keep it for a resume."""
        self._sequence += 1
        frame = b'{"op":0,"s":%d,"t":"%s","d":%s}' % (self._sequence, event.encode(), data)
        self._replayed.append((self._sequence, frame))
        if self.connection is not None:
            self.connection.send(frame)

    def can_resume(self, sequence: int) -> bool:
        oldest = self._replayed[0][0] if self._replayed else self._sequence + 1
        return oldest - 1 <= sequence <= self._sequence

    def resume(self, connection: Connection, sequence: int) -> None:
        """Send everything after `sequence` again, then RESUMED."""
        self.connection = connection
        for number, frame in self._replayed:
            if number > sequence:
                connection.send(frame)
        self.dispatch("RESUMED", b"{}")
