"""Tracks answers that come after a defer, from a prefix command, or after the command has ended.

An answer is the first content that the user sees. For an interaction that is its first response, or, if that defers,
the edit or follow-up with the content; a text such as "loading" counts as content. For a prefix command it is the first
message that the command sends to the channel, or else its end.
"""

from __future__ import annotations

from typing import Any, Final

from plugin.instrument.invocation import Invocation
from plugin.instrument.stage_watch import current_invocation
from plugin.model import DEADLINE_NS, Outcome

TOKEN_NS: Final = 15 * 60 * 1_000_000_000
"""How long Discord accepts an answer after a defer."""

MOST_DEFERRED = 5_000
"""At most this many deferred answers are tracked at once."""

MOST_ENDED = 256
"""At most this many interactions are remembered after their command has ended without a first response."""

_WEBHOOKS = "/webhooks/"


class PendingAnswers:
    """The invocations of one bot that have no answer yet, bounded."""

    def __init__(self) -> None:
        self.deferred: dict[str, tuple[Invocation, ...]] = {}
        """By token, oldest first: an invocation that deferred, then those that it is nested in."""
        self.messages: dict[Invocation, str] = {}
        """Running prefix commands that have sent no message yet, each with the path of its channel's messages."""
        self.dropped = 0
        """How many deferred answers were given up because of the bound."""
        self._unresponded: dict[int, Invocation] = {}
        """By id, oldest first: interactions that were counted without a first response."""

    def defer(self, token: str, invocation: Invocation, now_ns: int) -> None:
        """Expect the answer to an interaction whose first response defers."""
        chain: list[Invocation] = []
        outer: Invocation | None = invocation
        while outer is not None and not outer.first_response_ns:
            outer.deferred, outer.counted, outer.answer_ns = True, False, 0
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
        """Expect the first message of a prefix command that begins in the current context."""
        current_invocation.set(invocation)
        self.messages[invocation] = f"/channels/{channel_id}/messages"

    def on_request(self, compiled_route: Any, now_ns: int) -> None:
        """Check whether a request of the current context that Discord accepted is an answer."""
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

    def on_prefix_end(self, invocation: Invocation, now_ns: int) -> None:
        """Take the end of a prefix command for its answer if it has sent no message."""
        if self.messages.pop(invocation, None) is not None:
            invocation.first_response_ns = now_ns

    def on_counted(self, invocation: Invocation) -> None:
        """Note that an invocation was counted that deferred, or that has no first response."""
        if not invocation.first_response_ns:
            self._unresponded[invocation.id] = invocation
        elif invocation.answer_ns:
            _count(invocation)
        else:
            invocation.counted = True

    def forget(self, now_ns: int) -> None:
        """Drop interactions without a first response once Discord accepts none any more, and those over the bound."""
        unresponded, late = self._unresponded, list[int]()
        for interaction_id, invocation in unresponded.items():
            if len(unresponded) - len(late) <= MOST_ENDED and now_ns - invocation.started_ns <= DEADLINE_NS:
                break
            late.append(interaction_id)
        for interaction_id in late:
            del unresponded[interaction_id]

    def pop_unresponded(self, id: int) -> Invocation | None:
        """Remove and return an interaction that was counted without a first response; None for any other."""
        return self._unresponded.pop(id, None) if self._unresponded else None


def _answer(invocation: Invocation, now_ns: int) -> None:
    invocation.answer_ns = now_ns
    if invocation.counted:
        _count(invocation)


def _count(invocation: Invocation) -> None:
    recorder, outcome = invocation.recorder, invocation.outcome
    if recorder is not None and (outcome is None or outcome is Outcome.ERROR):
        recorder.answered_deferred(invocation.answer_ns - invocation.started_ns)
