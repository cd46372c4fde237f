"""Messages on their way to targets: kept until they are taken, each target in its own order and at its own pace."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from plugin.corridor.alerts.pauses import Pauses
from plugin.model import Notice
from plugin.outlets.target import Target, TargetError

_logger = logging.getLogger(__name__)

MOST_WAITING = 50
"""For one target; beyond it the oldest are dropped."""
MOST_REFUSALS = 5
"""A message that is refused so often by a target that takes others is dropped."""


class _Line:
    """What one target is still to be told."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.waiting: list[Notice] = []
        self.pauses = Pauses()
        self.refusals = 0
        self.problem = ""

    def put(self, notice: Notice) -> None:
        """Queue a message; the end of something that was not told yet stands for both."""
        if notice.ends:
            self.waiting = [one for one in self.waiting if one.mark != notice.mark]
        self.waiting.append(notice)
        for dropped in self.waiting[:-MOST_WAITING]:
            _logger.error("never told at %s: %s", self.target.name, dropped.title)
        self.waiting = self.waiting[-MOST_WAITING:]

    def taken(self) -> None:
        """The first message was taken."""
        if self.problem:
            _logger.info("messages are sent to %s again", self.target.name)
        self.waiting.pop(0)
        self.pauses, self.refusals, self.problem = Pauses(), 0, ""

    def refused(self, problem: TargetError, now: float) -> None:
        """The first message was not taken; it is tried again later."""
        if str(problem) != self.problem:
            setting, name = self.target.setting, self.target.name
            _logger.warning("message not sent to %s (setting %s): %s", name, setting, problem)
        self.problem = str(problem)
        self.pauses.failed(now)
        self.refusals = 0 if problem.whole else self.refusals + 1
        if self.refusals >= MOST_REFUSALS:
            _logger.error("never told at %s: %s", self.target.name, self.waiting.pop(0).title)
            self.refusals = 0


class Outbox:
    """Everything that is still to be said. Whoever uses it writes it down before it sends, and after each message."""

    def __init__(self, targets: Iterable[Target], clock_s: Callable[[], float] = time.monotonic) -> None:
        self._lines = {target.name: _Line(target) for target in targets}
        self._clock_s = clock_s

    @property
    def targets(self) -> list[str]:
        """The names of all targets."""
        return [*self._lines]

    def put(self, notice: Notice) -> None:
        """Tell every target, as soon as it can be reached."""
        for line in self._lines.values():
            line.put(notice)

    async def send(self, kept: Callable[[], object]) -> None:
        """Send what is due; `kept` is called after each message that was taken."""
        await asyncio.gather(*(self._send(line, kept) for line in self._lines.values()))

    async def _send(self, line: _Line, kept: Callable[[], object]) -> None:
        while line.waiting and line.pauses.due(self._clock_s()):
            try:
                await line.target.send(line.waiting[0])
            except TargetError as problem:
                line.refused(problem, self._clock_s())
            else:
                line.taken()
            kept()

    def write(self) -> dict[str, list[list[Any]]]:
        """What `read` needs after a restart."""
        return {name: [[*notice] for notice in line.waiting] for name, line in self._lines.items()}

    def read(self, written: Mapping[str, Sequence[Sequence[Any]]]) -> None:
        """Go on with what was not taken; what was meant for targets that are gone is dropped."""
        for name, waiting in written.items():
            if name in self._lines:
                self._lines[name].waiting = [Notice(*notice) for notice in waiting]
