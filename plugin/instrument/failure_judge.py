"""Decides how a failed invocation ended, and records its error."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from plugin.instrument.error_groups import error_group
from plugin.instrument.invocation import Invocation
from plugin.instrument.places import Places
from plugin.instrument.refusals import Refusals
from plugin.instrument.values import is_a
from plugin.model import Outcome

Judge = Callable[[BaseException], tuple[Outcome, BaseException]]
"""Returns the outcome of a command that an exception left, and the cause of the exception."""


def _error(exception: BaseException) -> tuple[Outcome, BaseException]:
    return Outcome.ERROR, exception


class FailureJudge:
    """Sets the outcome of invocations that fail; the first failure of an invocation counts."""

    def __init__(self, places: Places, unix_time: Callable[[], float]) -> None:
        self._places = places
        self._unix_time = unix_time
        self.judge: Judge = _error
        """Replaced by the adapter, which knows Lightbulb's exceptions."""
        self.refusals = Refusals()
        """The bot's own exceptions that deny an invocation wherever they are raised."""

    def escaped(self, invocation: Invocation, exception: BaseException) -> None:
        """Record the exception that left an invocation."""
        if is_a(exception, asyncio.CancelledError, GeneratorExit):
            invocation.outcome = Outcome.CANCELLED
        else:
            self.failed(invocation, exception)

    def failed(self, invocation: Invocation, exception: BaseException) -> None:
        """Record a failure, whether or not it leaves the invocation."""
        if invocation.outcome is not None or invocation.recorder is None:
            return
        try:
            outcome, cause = self.judge(exception)
        except Exception:  # noqa: BLE001 # raised by the bot's own exception, so no fault of the monitor
            outcome, cause = Outcome.ERROR, exception
        if outcome is Outcome.ERROR and self.refusals.has(cause):
            outcome = Outcome.DENIED
        invocation.outcome = outcome
        now = self._unix_time()
        place = self._places.of(cause) if outcome is Outcome.ERROR else None
        invocation.recorder.failed(outcome, error_group(cause, place, now))
