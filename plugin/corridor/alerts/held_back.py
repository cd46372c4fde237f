"""The message that says how many incidents are not told, since too many were within an hour."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from plugin.corridor.alerts.history import AlertHistory
from plugin.corridor.alerts.said import DELETED
from plugin.display.alert_held_back import held_back_notice
from plugin.model import AlertKept, Notice
from plugin.outlets.target import GoneError, Target

HOUR_S = 3600.0


class HeldBack:
    """One message at a target, changed as the number changes; another one after an hour at the earliest."""

    def __init__(self, target: Target, history: AlertHistory) -> None:
        self._target = target
        self._history = history
        self._message = ""
        self._sent = 0.0
        self._unsure = False
        self._shown: int | None = None

    @property
    def _id(self) -> str:
        return hashlib.blake2b(f"held back\0{self._history.owner}".encode(), digest_size=4).hexdigest()

    def adopt(self, kept: Iterable[AlertKept], now: float) -> None:
        """Go on with the message of the process before this one."""
        for alert in kept:
            if alert.incident == self._id:
                self._message, self._unsure = alert.message, not alert.message
                self._sent = now if alert.sent is None else alert.sent

    async def show(self, number: int, limit: int, now: float) -> bool:
        """Say that `number` incidents wait, since `limit` were told; returns whether anything was said."""
        notice, shown = held_back_notice(number, limit, self._id, plain=not self._target.edits), self._shown
        if not self._message:
            if number == 0:
                return False
            await self._send(notice, now)
        elif number == 0 and not 0 <= now - self._sent < HOUR_S:
            if shown != 0:
                await self._edit(notice)
            self._message = "" if await self._history.drop(self._id) else self._message
        elif number == shown:
            return False
        else:
            await self._edit(notice)
        self._shown = number
        return True

    async def _send(self, notice: Notice, now: float) -> None:
        await self._history.keep(self._id, "", "", now)
        found = await self._target.find(notice.mark, now - HOUR_S) if self._unsure else None
        self._unsure = True
        if found is not None:
            await self._target.edit(found, notice)
        self._message = found or await self._target.send(notice)
        self._unsure, self._sent = False, now
        await self._history.keep(self._id, self._message, "", now, now)

    async def _edit(self, notice: Notice) -> None:
        if self._message != DELETED and self._target.edits:
            try:
                await self._target.edit(self._message, notice)
            except GoneError:
                self._message = DELETED
