"""Brings each report to one target, once.

What is about to be sent is written to history first, so that neither a crash in between nor another instance of the
fleet sends it again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from plugin.corridor.alerts.history import STALE_S, AlertHistory
from plugin.corridor.alerts.pauses import Pauses
from plugin.model import AlertKept, Notice, SendingState
from plugin.outlets.target import Target, TargetError
from plugin.words import lasting

if TYPE_CHECKING:
    from plugin.corridor.reports.schedule import DueReport

_logger = logging.getLogger(__name__)

LATEST_S = 12 * 3600.0
"""How long after its time a report is still sent, by a bot that was off or a target that was down."""
MOST_REMEMBERED = 100

LEFT_OUT = "left out"
"""In place of the id of a message that will not be sent any more."""
CLAIMED, SENDING, SENT = "claimed", "sending", "sent"
"""What is kept of a report: a process makes it, a message may have been sent, or nothing more is to be done."""


class ReportDelivery:
    """One target, and what history knows of the reports that it got."""

    def __init__(
        self, target: Target, history: AlertHistory, *, mail: bool, clock_s: Callable[[], float] = time.time
    ) -> None:
        """`mail` says whether the target takes HTML instead of Discord's markdown; `clock_s` is Unix time."""
        self.mail = mail
        self._target = target
        self._history = history
        self._clock_s = clock_s
        self._done: dict[str, str] = {}
        """By report, the id of a message of which history does not know yet; empty if it does."""
        self._unsure = False
        """Whether the report that is claimed may have been sent by a process that was killed."""
        self._pauses = Pauses()
        self.state = SendingState(None, None)

    def is_done(self, due: DueReport) -> bool:
        """Whether this process knows that nothing more is to be sent."""
        return due.id in self._done

    async def claim(self, due: DueReport) -> bool:
        """Whether to send a report now: no other process does, or did."""
        if due.id in self._done:
            await self._write_down(due)
            return False
        known = await self._history.told() if self._pauses.due(self._clock_s()) else None
        if known is None:
            return False
        row = next((one for one in known if one.incident == due.id), None)
        if row is not None and row.message:
            self._settle(due)
        if row is not None and (row.message or self._is_others(row)):
            return False
        if self._clock_s() - due.at > LATEST_S:
            await self.leave_out(due, f"it was due {lasting(self._clock_s() - due.at)} ago")
            return False
        self._unsure = row is not None and row.members == SENDING
        return await self._keep(due, CLAIMED if row is None else row.members)

    async def bring(self, due: DueReport, notice: Notice) -> None:
        """Send a report that was claimed."""
        if not await self._keep(due, SENDING):  # it took long to make
            return
        try:
            found = await self._target.find(notice.mark, due.at) if self._unsure else None
            message = await self._target.send(notice) if found is None else found
        except TargetError as problem:
            self._failed(due, problem)
            return
        self._succeeded(due)
        self._remember(due, message)
        await self._write_down(due)

    def pause(self) -> None:
        """Wait before the next attempt, as after a failure."""
        self._pauses.failed(self._clock_s())

    async def leave_out(self, due: DueReport, why: str) -> None:
        """Never send a report, and say so."""
        if await self._history.keep(due.id, LEFT_OUT, SENT, self._clock_s()) is not None:
            _logger.info("the %s report of %s is not sent to %s: %s", due.kind, due.date, self._target.name, why)
            self._settle(due)

    def _is_others(self, row: AlertKept) -> bool:
        return row.owner != self._history.owner and row.seen >= self._clock_s() - STALE_S

    async def _keep(self, due: DueReport, state: str) -> bool:
        """Write that this process sends a report; False where another one does, or where that cannot be written."""
        kept = await self._history.keep(due.id, "", state, self._clock_s())
        return kept is not None and kept[0].owner == self._history.owner and not kept[0].message

    def _settle(self, due: DueReport) -> None:
        """Nothing is left to be sent, so nothing fails any more."""
        self._remember(due, "")
        self._pauses, self.state = Pauses(), self.state._replace(failing_since=None, problem="")

    def _remember(self, due: DueReport, message: str) -> None:
        self._done[due.id] = message
        while len(self._done) > MOST_REMEMBERED:
            del self._done[next(iter(self._done))]

    async def _write_down(self, due: DueReport) -> None:
        message = self._done[due.id]
        if message and await self._history.keep(due.id, message, SENT, self._clock_s()) is not None:
            self._done[due.id] = ""

    def _failed(self, due: DueReport, problem: TargetError) -> None:
        now, state, setting = self._clock_s(), self.state, self._target.setting
        if state.failing_since is None or str(problem) != state.problem:
            _logger.warning("%s report not sent (setting %s): %s", due.kind, setting, problem)
        since = now if state.failing_since is None else state.failing_since
        self.state = state._replace(failing_since=since, problem=str(problem))
        self.pause()

    def _succeeded(self, due: DueReport) -> None:
        now, since = self._clock_s(), self.state.failing_since
        late = "" if since is None else f", {lasting(now - since)} after the first attempt"
        _logger.info("the %s report of %s was sent to %s%s", due.kind, due.date, self._target.name, late)
        self._pauses, self.state = Pauses(), SendingState(now, None)
