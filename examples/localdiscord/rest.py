"""The frame of the REST API: authorisation, faults, bodies, refusals and the record of requests."""

from __future__ import annotations

import collections
import contextvars
import dataclasses
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, cast

from aiohttp import BodyPartReader, MultipartReader, hdrs, web

from .faults import Faults
from .options import File
from .primitives import Change, Payload, encode
from .refusals import Refusal, RefusalRecord

API = "/api/v10"

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

_RECORDS_KEPT = 10_000
_LARGEST_BODY_BYTES = 32 * 1_024 * 1_024
_WITHOUT_TOKEN = ("/interactions/", "/webhooks/")


@dataclasses.dataclass(slots=True)
class RequestRecord:
    """A request of the bot: its time (server's monotonic clock), content and status."""

    method: str
    route: str
    path: str
    received_ns: int
    body: Any = None
    files: tuple[File, ...] = ()
    status: int = 0
    duration_ns: int = 0


_current: contextvars.ContextVar[RequestRecord] = contextvars.ContextVar("record")


class Rest:
    """Wraps every route of the API."""

    def __init__(self, clock_ns: Callable[[], int], token: str) -> None:
        self._clock_ns = clock_ns
        self._authorization = f"Bot {token}"
        self.faults = Faults()
        self.requests: collections.deque[RequestRecord] = collections.deque(maxlen=_RECORDS_KEPT)
        self.refusals: collections.deque[RefusalRecord] = collections.deque(maxlen=_RECORDS_KEPT)
        self.change = Change()

    def application(self) -> web.Application:
        """An aiohttp application all of whose requests pass through this frame."""
        return web.Application(middlewares=[self._middleware], client_max_size=_LARGEST_BODY_BYTES)

    @web.middleware
    async def _middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(API):
            return await handler(request)
        resource = request.match_info.route.resource
        route = resource.canonical.removeprefix(API) if resource is not None else request.path.removeprefix(API)
        record = RequestRecord(request.method, route, request.path, self._clock_ns())
        _current.set(record)
        try:
            response = await self._answer(request, handler, record)
        except Refusal as refusal:
            self._record_refusal(record, refusal)
            response = json_response(refusal.payload(), refusal.status)
        record.status = response.status
        record.duration_ns = self._clock_ns() - record.received_ns
        self.requests.append(record)
        self.change.announce()
        return response

    async def _answer(self, request: web.Request, handler: Handler, record: RequestRecord) -> web.StreamResponse:
        fault = self.faults.take(request, record.method, record.route)
        if fault is not None:
            return fault
        needs_token = not record.route.startswith(_WITHOUT_TOKEN)
        if needs_token and request.headers.get(hdrs.AUTHORIZATION) != self._authorization:
            raise Refusal(401, 0, "401: Unauthorized")
        try:
            return await handler(request)
        except web.HTTPNotFound:
            raise Refusal(404, 0, "404: Not Found") from None
        except web.HTTPMethodNotAllowed:
            raise Refusal(405, 0, "405: Method Not Allowed") from None
        except web.HTTPRequestEntityTooLarge:
            raise Refusal(413, 40_005, "Request entity too large") from None

    def _record_refusal(self, record: RequestRecord, refusal: Refusal) -> None:
        self.refuse(record.method, record.route, record.path, refusal, record.body)

    def refuse(self, method: str, route: str, path: str, refusal: Refusal, body: Any) -> None:
        """Record a refusal for the scenario."""
        self.refusals.append(
            RefusalRecord(method, route, path, refusal.status, refusal.code, refusal.message, refusal.errors, body)
        )


def json_response(payload: object, status: int = 200) -> web.Response:
    return web.Response(status=status, body=encode(payload), content_type="application/json")


def no_content() -> web.Response:
    return web.Response(status=204)


def current_record() -> RequestRecord:
    """The middleware's record of the request being handled."""
    return _current.get()


async def read_body(request: web.Request) -> tuple[Any, tuple[File, ...]]:
    """The JSON body and the uploaded files of a request, also kept in its record."""
    record = current_record()
    if request.content_type.startswith("multipart/"):
        record.body, record.files = await read_multipart(await request.multipart())
    else:
        record.body = _parsed(await request.read())
    return record.body, record.files


async def read_multipart(reader: MultipartReader) -> tuple[Any, tuple[File, ...]]:
    """The `payload_json` and the files of a multipart form."""
    body: Any = {}
    files: list[File] = []
    async for part in reader:
        if not isinstance(part, BodyPartReader):
            continue
        data = bytes(await part.read(decode=True))
        if part.name == "payload_json":
            body = _parsed(data)
        else:
            content_type = part.headers.get(hdrs.CONTENT_TYPE, "application/octet-stream")
            files.append(File(part.filename or "file", data, content_type))
    return body, tuple(files)


async def read_object(request: web.Request) -> tuple[Payload, tuple[File, ...]]:
    """A body that must be a JSON object."""
    body, files = await read_body(request)
    if not isinstance(body, dict):
        raise Refusal(400, 50_109, "The request body contains invalid JSON.")
    return cast("Payload", body), files


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data or b"{}")
    except ValueError:
        raise Refusal(400, 50_109, "The request body contains invalid JSON.") from None
