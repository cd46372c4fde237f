"""Interactions over HTTP: signed, posted to the bot's own server, and answered in the response body."""

from __future__ import annotations

import asyncio
import collections
import json
import time
from typing import TYPE_CHECKING, Any

import aiohttp

from .calls import PING, PONG, Call
from .primitives import encode
from .refusals import Refusal
from .rest import read_multipart

if TYPE_CHECKING:
    from collections.abc import Callable

    from .interactions import Interactions
    from .rest import Rest

_ERRORS_KEPT = 1_000


class Endpoint:
    """The bot's own HTTP server, as Discord sees it."""

    def __init__(self, interactions: Interactions, rest: Rest, clock_ns: Callable[[], int]) -> None:
        self._interactions = interactions
        self._rest = rest
        self._clock_ns = clock_ns
        self._signing_key: Any = None
        self._session: aiohttp.ClientSession | None = None
        self._posts: set[asyncio.Task[None]] = set()
        self.url: str | None = None
        self.errors: collections.deque[str] = collections.deque(maxlen=_ERRORS_KEPT)

    def _key(self) -> Any:
        if self._signing_key is None:
            try:
                import nacl.signing
            except ModuleNotFoundError:
                message = "signing interactions for a RESTBot needs PyNaCl: pip install PyNaCl"
                raise RuntimeError(message) from None
            self._signing_key = nacl.signing.SigningKey.generate()
        return self._signing_key

    def verify_key(self) -> str:
        """The public key in hexadecimal; zeros without PyNaCl, since bots on the gateway never use it."""
        try:
            return bytes(self._key().verify_key).hex()
        except RuntimeError:
            return "00" * 32

    async def open(self, url: str) -> None:
        """Send interactions to `url` from now on, after checking its answer to a ping.

        Raises:
            ConnectionError: if the answer is wrong or missing.
        """
        if self._session is None:
            self._session = aiohttp.ClientSession()
        status, body = await self._post(url, encode({"type": PING, "id": "0", "token": "", "version": 1}))
        if status != 200 or json.loads(body or b"{}").get("type") != PONG:
            message = f"the interactions endpoint {url} answered a ping with {status}: {body[:200]!r}"
            raise ConnectionError(message)
        self.url = url

    def deliver(self, call: Call, payload: bytes) -> None:
        """Post one interaction and take the answer from the response body."""
        post = asyncio.create_task(self._deliver(call, payload), name=f"local discord interaction {call.name}")
        self._posts.add(post)
        post.add_done_callback(self._posts.discard)

    async def close(self) -> None:
        for post in tuple(self._posts):
            post.cancel()
        await asyncio.gather(*self._posts, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _signed(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(time.time()))
        signature: bytes = self._key().sign(timestamp.encode() + body).signature
        return {
            "Content-Type": "application/json",
            "X-Signature-Ed25519": signature.hex(),
            "X-Signature-Timestamp": timestamp,
        }

    async def _post(self, url: str, body: bytes) -> tuple[int, bytes]:
        assert self._session is not None
        async with self._session.post(url, data=body, headers=self._signed(body)) as reply:
            return reply.status, await reply.read()

    async def _deliver(self, call: Call, payload: bytes) -> None:
        assert self._session is not None and self.url is not None
        try:
            async with self._session.post(self.url, data=payload, headers=self._signed(payload)) as reply:
                received_ns = self._clock_ns()
                if reply.status == 200:
                    await self._take(call, reply, received_ns)
                elif reply.status not in (202, 204):
                    self.errors.append(f"{call.name}: {reply.status} {await reply.text()}")
        except aiohttp.ClientError as error:
            self.errors.append(f"{call.name}: {error!r}")

    async def _take(self, call: Call, reply: aiohttp.ClientResponse, received_ns: int) -> None:
        if reply.content_type.startswith("multipart/"):
            body, files = await read_multipart(aiohttp.MultipartReader(reply.headers, reply.content))
        else:
            body, files = json.loads(await reply.read()), ()
        try:
            self._interactions.respond(str(call.id), call.token, received_ns, body, files)
        except Refusal as refusal:
            self._rest.refuse("POST", "interactions endpoint", str(self.url), refusal, body)
