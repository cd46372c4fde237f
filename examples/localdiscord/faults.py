"""Faults and rate limits that a scenario asks for."""

from __future__ import annotations

import dataclasses
import hashlib
import re
import time
from collections.abc import Mapping

from aiohttp import web

from .primitives import Payload, encode

HANG_UP = 0
"""The status of a fault without any answer."""

_PARAMETER = re.compile(r"\{[^}]*\}")


def same_route(template: str, other: str) -> bool:
    """Whether two route templates are equal except for the names of their parameters."""
    return _PARAMETER.sub("{}", template) == _PARAMETER.sub("{}", other)


@dataclasses.dataclass(slots=True)
class Fault:
    """An answer to requests of one route in place of the real one."""

    method: str
    route: str
    status: int
    body: Payload
    headers: dict[str, str]
    times: int

    def matches(self, method: str, route: str) -> bool:
        return self.times > 0 and self.method in ("*", method) and (self.route == "*" or same_route(self.route, route))


class Faults:
    """The faults to come; each is used up after its number of times."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, method: str, route: str, status: int, body: Payload, times: int, headers: Mapping[str, str]) -> Fault:
        fault = Fault(method, route, status, body, dict(headers), times)
        self._faults = [*(old for old in self._faults if old.times > 0), fault]
        return fault

    def rate_limit(self, method: str, route: str, retry_after_s: float, scope: str, times: int) -> Fault:
        headers = {
            "Retry-After": str(max(1, round(retry_after_s))),
            "X-RateLimit-Scope": scope,
            "Via": "1.1 google",
        }
        if scope == "global":
            headers["X-RateLimit-Global"] = "true"
        else:
            headers.update(_bucket_headers(method, route, retry_after_s))
        body: Payload = {
            "message": "You are being rate limited.",
            "retry_after": retry_after_s,
            "global": scope == "global",
        }
        return self.add(method, route, 429, body, times, headers)

    def hang_up(self, method: str, route: str, times: int) -> Fault:
        return self.add(method, route, HANG_UP, {}, times, {})

    def take(self, request: web.Request, method: str, route: str) -> web.Response | None:
        """The answer of the first fault that matches, or None."""
        for fault in self._faults:
            if fault.matches(method, route):
                fault.times -= 1
                if fault.status == HANG_UP and request.transport is not None:
                    request.transport.abort()
                return self._answer(fault)
        return None

    @staticmethod
    def _answer(fault: Fault) -> web.Response:
        headers = dict(fault.headers)
        if "X-RateLimit-Reset-After" in headers:
            # The reset is counted from the answer, not from the creation of the fault.
            headers["X-RateLimit-Reset"] = f"{time.time() + float(headers['X-RateLimit-Reset-After']):.3f}"
        return web.Response(
            status=fault.status or 500, body=encode(fault.body), headers=headers, content_type="application/json"
        )


def _bucket_headers(method: str, route: str, retry_after_s: float) -> dict[str, str]:
    return {
        "X-RateLimit-Bucket": hashlib.md5(f"{method} {route}".encode(), usedforsecurity=False).hexdigest(),
        "X-RateLimit-Limit": "5",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset-After": f"{retry_after_s:.3f}",
    }
