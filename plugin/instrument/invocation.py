"""One run of a command, or of the bot's code for another interaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from plugin.instrument.containment import Instrument
from plugin.model import ErrorGroup, Outcome, Place


class StageRecorder(Protocol):
    """Counts the stages of one command's interactions; durations are nanoseconds."""

    deferred: int
    waiting: int

    def record(self, loop: int, checks: int, code: int, discord: int, limited: int, after: int, before: int, /) -> None:
        """Count the stages of one interaction; `before`, the time before its receipt, is negative if unknown."""

    def missed(self, refused: bool, over_ns: int, stages_ns: tuple[int, ...], before_ns: int) -> None:
        """Count an interaction that was answered too late, or (`refused`) whose response Discord rejected."""

    def unanswered(self, number: int = 1) -> None:
        """Count an interaction that ended without a first response; -1 takes one back that got it after its end."""

    def waited(self, place: Place) -> None:
        """Count a line that a slow first response waits for."""


class Recorder(Protocol):
    """Counts the invocations of one command."""

    in_flight: int

    def record(
        self, outcome: int, started_ns: int, first_response_ns: int, ended_ns: int, deferred: bool = False
    ) -> None:
        """Count an ended invocation; times are monotonic nanoseconds, 0 for no first response.

        `deferred`: the first response is no answer.
        """

    def responded(self, outcome: int, took_ns: int, deferred: bool) -> None:
        """Add the first response of an invocation that was counted without one."""

    def answered_deferred(self, took_ns: int) -> None:
        """Count the answer of a deferred `ok` or `error` invocation; the time is measured from the receipt."""

    def failed(self, outcome: Outcome, group: ErrorGroup) -> None:
        """Count an error of an invocation."""

    @property
    def stages(self) -> StageRecorder | None:
        """The recorder of stages; None before the first call of `ensure_stages`."""
        ...

    @property
    def ensure_stages(self) -> Callable[[], StageRecorder]:
        """Returns the recorder of stages, made at the first call."""
        ...


class EntranceWatch(Protocol):
    """Sees the moment at which the bot's own code begins."""

    entrances: Instrument
    """Charged with its faults."""

    @property
    def clock_ns(self) -> Callable[[], int]:
        """Returns monotonic nanoseconds."""
        ...


PLACE_SEEN = 1
"""Flag in `Invocation.noticed`: the line that its slow first response waits for was counted."""

PAST_DEADLINE = 2
"""Flag in `Invocation.noticed`: it was counted as waiting past its deadline."""


class Invocation:
    """One run; times are monotonic nanoseconds, 0 until they are known."""

    __slots__ = (
        "answer_ns",
        "begun_ns",
        "counted",
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
        "started_ns",
        "task_id",
        "watch",
    )

    def __init__(self, source_id: int, recorder: Recorder | None, started_ns: int) -> None:
        self.id = source_id
        """Of the interaction or message."""
        self.recorder = recorder
        self.started_ns = started_ns
        """Its receipt."""
        self.first_response_ns = 0
        self.outcome: Outcome | None = None
        self.outer: Invocation | None = None
        """The invocation of the same interaction or message that this one is nested in."""
        self.task_id = 0
        """id() of the running task; an id, not the task, so that finished work is not kept alive."""
        self.begun_ns = 0
        """When the event loop started to handle it; 0 if its stages are not watched, which leaves all below unset."""
        self.entered_ns = 0
        """When checks and hooks had passed and the bot's own code began."""
        self.refused_ns = 0
        """When Discord rejected its response: unknown or expired (10062)."""
        self.requests_ns = 0
        """Total duration of its requests to Discord until the first response."""
        self.limited_ns = 0
        """How much of that was spent waiting for rate limits."""
        self.deferred = False
        """Whether its first response deferred the answer."""
        self.noticed = 0
        """The flags `PLACE_SEEN` and `PAST_DEADLINE`."""
        # Set together with `begun_ns`.
        self.watch: EntranceWatch
        # Set once known, and not read before: the part of `requests_ns` before the entry, and the end.
        self.requests_at_entry_ns: int
        self.ended_ns: int
        # Set when it defers: the time of the answer, 0 until then, and whether it was counted before the answer.
        self.answer_ns: int
        self.counted: bool
