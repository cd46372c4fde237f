"""One run of a command, or of the bot's code for another interaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from plugin.instrument.containment import Instrument
from plugin.model import ErrorGroup, Outcome, Place


class StageRecorder(Protocol):
    """What is told where the time of an interaction went."""

    deferred: int
    waiting: int

    def record(
        self,
        loop_ns: int,
        checks_ns: int,
        code_ns: int,
        discord_ns: int,
        limited_ns: int,
        after_ns: int,
        before_ns: int,
    ) -> None:
        """Keep where the time of one interaction went; `before_ns` is negative where it is not known."""

    def missed(self, refused: bool, over_ns: int, stages_ns: tuple[int, ...], before_ns: int) -> None:
        """Count one that was answered too late, or whose answer Discord refused."""

    def unanswered(self, number: int = 1) -> None:
        """Count one that ended without a first response; with -1, one that got it after its end."""

    def waited(self, place: Place) -> None:
        """Count a line that a slow first response waits for."""


class Recorder(Protocol):
    """What an ended invocation is told to."""

    in_flight: int

    def record(
        self, outcome: int, started_ns: int, first_response_ns: int, ended_ns: int, deferred: bool = False
    ) -> None:
        """Count one invocation; the moments are monotonic nanoseconds, 0 for no first response.

        `deferred`: the first response is no answer.
        """

    def responded(self, outcome: int, took_ns: int, deferred: bool) -> None:
        """Add the first response of an invocation that was counted without one."""

    def answered_deferred(self, took_ns: int) -> None:
        """Count the answer of an `ok` or `error` invocation that had deferred it; the time is from its receipt."""

    def failed(self, outcome: Outcome, group: ErrorGroup) -> None:
        """Remember why one failed."""

    @property
    def stages(self) -> StageRecorder | None:
        """What is told where its time went; None before the first call of `watched`."""
        ...

    @property
    def watched(self) -> Callable[[], StageRecorder]:
        """Makes what is told where its time went."""
        ...


class EntranceWatch(Protocol):
    """What the beginning of the bot's own code is seen with."""

    entrances: Instrument
    """Whose faults it is where that fails."""

    @property
    def clock_ns(self) -> Callable[[], int]:
        """Tells the moment."""
        ...


PLACE_SEEN = 1
"""Noticed of an interaction that is slow to be answered: where it waits."""

PAST_DEADLINE = 2
"""Noticed of it: that its deadline has passed."""


class Invocation:
    """One run that has not ended; the moments are monotonic nanoseconds, 0 where they have not come."""

    __slots__ = (
        "answer_ns",
        "begun_ns",
        "deferred",
        "ended_ns",
        "entered_ns",
        "first_response_ns",
        "id",
        "limited_ns",
        "noticed",
        "outcome",
        "outer",
        "recorder",
        "refused_ns",
        "requests_at_entry_ns",
        "requests_ns",
        "settled",
        "started_ns",
        "task_id",
        "watch",
    )

    def __init__(self, number: int, recorder: Recorder | None, started_ns: int) -> None:
        self.id = number
        self.recorder = recorder
        self.started_ns = started_ns
        """When it was received."""
        self.first_response_ns = 0
        self.outcome: Outcome | None = None
        self.outer: Invocation | None = None
        """Another one of the same interaction or message, which it was begun within."""
        self.task_id = 0
        """Whose it is as long as it runs, where told; the task itself would keep alive what the bot has done with."""
        self.begun_ns = 0
        """When the event loop came to it; 0 where its stages are not watched, and nothing below is known then."""
        self.entered_ns = 0
        """When checks and hooks had ended and the bot's own code began."""
        self.refused_ns = 0
        """When Discord said that it knows no such interaction (any more)."""
        self.requests_ns = 0
        """How long its requests to Discord took until the first response, in all."""
        self.limited_ns = 0
        """How long these were held back by rate limits."""
        self.deferred = False
        """Whether its first response only says that the answer follows."""
        self.noticed = 0
        """`PLACE_SEEN` and `PAST_DEADLINE`, added up."""
        # Set with `begun_ns`, by whoever watches its stages.
        self.watch: EntranceWatch
        # Set when they are known, and read then only: how much of `requests_ns` was before the entry, and the end.
        self.requests_at_entry_ns: int
        self.ended_ns: int
        # Set where it defers: when the answer came, 0 before, and whether it was counted before the answer.
        self.answer_ns: int
        self.settled: bool
