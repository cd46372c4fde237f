"""One call to Discord's REST API that has not ended, with its attempts."""

from __future__ import annotations

import asyncio
from typing import Any

import hikari


class RestCall:
    """A call in progress; kept only if it passes one of hikari's buckets or is refused."""

    __slots__ = ("attempts", "compiled_route", "refusals", "wait_ns")

    def __init__(self, compiled_route: Any) -> None:
        self.compiled_route = compiled_route
        """Kept, so that its id() is not reused."""
        self.wait_ns = 0
        """Time spent waiting for rate limits."""
        self.attempts = 0
        """How many times a bucket let it through; 0 for a route without a bucket in hikari."""
        self.refusals = 0
        """How many of its answers had a status of 400 or more."""


def failed_attempts(call: RestCall, exception: BaseException) -> tuple[int, int]:
    """How many requests a failed call made, and how many of them got no answer.

    Without a bucket in hikari (responses to interactions), a request without an answer shows only at the end.
    """
    silent = type(exception) is hikari.HTTPError and exception.__cause__ is not None
    if silent and not call.attempts:
        return call.refusals + 1, 1
    # The last request was refused or unanswered; otherwise hikari could not read the answer, or the wait was cancelled.
    ended_otherwise = not silent and not isinstance(exception, hikari.HTTPResponseError)
    unanswered = max(0, call.attempts - call.refusals - ended_otherwise)
    unreadable = ended_otherwise and not isinstance(exception, asyncio.CancelledError)
    return max(call.attempts, call.refusals + unreadable), unanswered
