"""Answers that are still to come: after a defer, from a prefix command, and to an interaction whose command has ended.

An answer is the first content that the user sees. Of an interaction that is its first response, unless this only
defers: then it is the edit or follow-up that brings the content. A text such as "loading" cannot be told from content.
Of a prefix command it is the first message that the command sends to the channel, or else its end.
"""

from __future__ import annotations

from typing import Any, Final

from plugin.instrument.invocation import Invocation
from plugin.instrument.stages import current_invocation
from plugin.model import DEADLINE_NS, Outcome

TOKEN_NS: Final = 15 * 60 * 1_000_000_000
"""How long Discord takes an answer after a defer."""

MOST_DEFERRED = 5_000
"""How many deferred answers are waited for at once."""

MOST_ENDED = 256
"""How many interactions without a first response are remembered after their command has ended."""

_WEBHOOKS = "/webhooks/"


class Answers:
    """The invocations of one bot whose answer has not come yet, bounded."""

    def __init__(self) -> None:
        self.deferred: dict[str, tuple[Invocation, ...]] = {}
        """By token, oldest first: an invocation that deferred, and those that it was begun within."""
        self.messages: dict[Invocation, str] = {}
        """Running prefix commands that have sent no message yet, each with the path of its channel's messages."""
        self.dropped = 0
        """How many deferred answers were given up because too many were waited for."""
        self._ended: dict[int, Invocation] = {}
        """By id, oldest first: interactions that were counted without a first response."""

    def defer(self, token: str, invocation: Invocation, now_ns: int) -> None:
        """Wait for the answer to an interaction whose first response defers."""
        chain: list[Invocation] = []
        outer: Invocation | None = invocation
        while outer is not None and not outer.first_response_ns:
            outer.deferred, outer.settled, outer.answer_ns = True, False, 0
            chain.append(outer)
            outer = outer.outer
        if chain:
            self.deferred[token] = tuple(chain)
        while self.deferred:
            oldest = next(iter(self.deferred))
            expired = now_ns - self.deferred[oldest][0].started_ns > TOKEN_NS
            if not expired and len(self.deferred) <= MOST_DEFERRED:
                break
            self.dropped += not expired
            del self.deferred[oldest]

    def await_message(self, invocation: Invocation, channel_id: int) -> None:
        """Wait for the first message of a prefix command that begins in the running context."""
        current_invocation.set(invocation)
        self.messages[invocation] = f"/channels/{channel_id}/messages"

    def sent(self, compiled_route: Any, now_ns: int) -> None:
        """Discord has taken a request of the running context, which may be an answer."""
        path, method = compiled_route.compiled_path, compiled_route.route.method
        if path.startswith(_WEBHOOKS):
            if method in ("POST", "PATCH"):
                for invocation in self.deferred.pop(path.split("/", 4)[3], ()):
                    _answer(invocation, now_ns)
        elif method == "POST":
            invocation = current_invocation.get()
            while invocation is not None:
                if self.messages.get(invocation) == path:
                    del self.messages[invocation]
                    invocation.first_response_ns = now_ns
                invocation = invocation.outer

    def end_messages(self, invocation: Invocation, now_ns: int) -> None:
        """A prefix command ends: without a message, this is its answer."""
        if self.messages.pop(invocation, None) is not None:
            invocation.first_response_ns = now_ns

    def settled(self, invocation: Invocation) -> None:
        """An invocation was counted that deferred, or that got no first response."""
        if not invocation.first_response_ns:
            self._ended[invocation.id] = invocation
        elif invocation.answer_ns:
            _count(invocation)
        else:
            invocation.settled = True

    def forget(self, now_ns: int) -> None:
        """Forget those without a first response that can get none any more, and the oldest of too many."""
        ended, late = self._ended, list[int]()
        for known_as, invocation in ended.items():
            if len(ended) - len(late) <= MOST_ENDED and now_ns - invocation.started_ns <= DEADLINE_NS:
                break
            late.append(known_as)
        for known_as in late:
            del ended[known_as]

    def ended(self, id: int) -> Invocation | None:
        """An interaction that was counted without a first response, and now gets one; None for any other."""
        return self._ended.pop(id, None) if self._ended else None


def _answer(invocation: Invocation, now_ns: int) -> None:
    invocation.answer_ns = now_ns
    if invocation.settled:
        _count(invocation)


def _count(invocation: Invocation) -> None:
    recorder, outcome = invocation.recorder, invocation.outcome
    if recorder is not None and (outcome is None or outcome is Outcome.ERROR):
        recorder.answered_deferred(invocation.answer_ns - invocation.started_ns)
