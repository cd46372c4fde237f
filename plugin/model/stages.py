"""Time per stage of an interaction, up to its first response and after it."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import NamedTuple

from plugin.histogram import TICK_NS
from plugin.model.foundation import Place


class Stage(enum.IntEnum):
    """The stages of an interaction from its receipt on; all but the last are before the first response."""

    LOOP = 0
    """Waiting for the event loop."""
    CHECKS = 1
    """Checks, cooldowns and hooks before the command's own code."""
    CODE = 2
    """The handler's own code."""
    DISCORD = 3
    """Waiting for Discord's REST API, including the first response itself."""
    LIMITED = 4
    """Waiting for rate limits."""
    AFTER = 5
    """From the first response to the end."""


class Split(NamedTuple):
    """One interaction's time by stage."""

    stages_ns: tuple[int, ...]
    """By `Stage`, in nanoseconds."""
    before_receipt_ns: int | None
    """Estimated time before the receipt; None if there is too little data."""

    @property
    def first_response_ns(self) -> int:
        """From the receipt to the first response, or to the end if there was none."""
        return sum(self.stages_ns[: Stage.AFTER])


class Misses(NamedTuple):
    """Interactions that missed Discord's deadline of 3 s, each counted once."""

    late: int
    """Answered, but more than 3 s after the receipt."""
    refused: int
    """Discord rejected the first response as expired (10062)."""
    unanswered: int
    """Ended without a first response."""
    waiting: int
    """In flight without a first response, more than 3 s after the receipt."""
    over_ns: int
    """Total time by which late and rejected ones missed it, in nanoseconds."""
    most_over_ns: int
    stages_ns: tuple[int, ...]
    """Total time of late and rejected ones up to their first response, by `Stage`, in nanoseconds."""
    before_receipt_ns: int
    """Total estimated time before the receipt of late and rejected ones, in nanoseconds."""

    @property
    def number(self) -> int:
        """All missed deadlines, of every kind."""
        return self.late + self.refused + self.unanswered + self.waiting


class StageSnapshot(NamedTuple):
    """Time per stage of one handler's interactions."""

    window: Sequence[int]
    """`SPLIT_ROW` ticks per recent interaction, in no particular order: by `Stage`, then before the receipt."""
    deferred: int
    """First responses since the start that were defers."""
    misses: Misses
    places: tuple[tuple[Place, int], ...]
    """Lines of the bot's own code in which slow first responses waited, most frequent first."""

    def splits(self) -> list[Split]:
        """The recent interactions, one by one."""
        found: list[Split] = []
        for start in range(0, len(self.window), SPLIT_ROW):
            *stages, before = self.window[start : start + SPLIT_ROW]
            known = None if before == UNKNOWN_TICKS else before * TICK_NS
            found.append(Split(tuple(ticks * TICK_NS for ticks in stages), known))
        return found


DEADLINE_NS = 3_000_000_000
"""Discord rejects first responses after 3 s."""


SPLIT_ROW = len(Stage) + 1


UNKNOWN_TICKS = 2**32 - 1
"""Stands for what is not known of the time before a receipt."""


class Budget(NamedTuple):
    """How the slower ones of a command's interactions spend the 3 s until their first response."""

    split: Split
    """That of the interaction at the 95th percentile of the last ones, which is the slowest of fewer than 20."""
    sentence: str
    """`/shop used 2.6 of its 3 s at p95 in the last 100 invocations, 2.1 s of it before the first response …`."""
    number: int
    """How many the last ones are."""


class InteractionKind(enum.Enum):
    """What an interaction is that calls no command."""

    AUTOCOMPLETE = "autocomplete"
    COMPONENT = "component"
    MODAL = "modal"


class InteractionKey(NamedTuple):
    """What an interaction that calls no command is counted under."""

    kind: InteractionKind
    name: str
    """Command and option of an autocomplete; of others the bot's handler, such as `ShopView.buy`."""


class InteractionSnapshot(NamedTuple):
    """What is known of the interactions of one handler at one moment."""

    key: InteractionKey
    ended: int
    in_flight: int
    stages: StageSnapshot
