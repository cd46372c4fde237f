"""Sends the one reminder of an alert; what is about to be sent is kept first, so that a crash does not repeat it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from plugin.corridor.alerts.manners import Manners
from plugin.corridor.alerts.said import DELETED, Said
from plugin.display.alert_reminder import reminder_notice
from plugin.model import Alert, Notice
from plugin.outlets.target import GoneError, Target, TargetError


async def remind(
    target: Target,
    manners: Manners,
    alert: Alert,
    said: Said,
    notice: Callable[[Alert], Notice],
    keep: Callable[[], Awaitable[object]],
    now: float,
) -> bool:
    """Remind people of an alert, if that is due; `keep` keeps what was said. Raises TargetError."""
    sent = now if said.sent is None else min(said.sent, now)
    said.sent = None if said.sent is None else sent  # the clock may have been set back
    due = manners.reminder(alert, sent, said.reminder, now)
    if due is None or said.message == DELETED:
        return False
    told = reminder_notice(notice(alert), alert.incident.since, said.message, silence_over=due.silence_over)
    is_sent = said.reminder == due.begun and await _may_be_sent(target, told, due.due)
    said.reminder = due.begun
    await keep()
    try:
        if not is_sent:
            await target.send(told)
    except GoneError:
        said.message = DELETED
    except TargetError:
        if not target.edits:  # where it could not be found, a refusal means that it was not sent
            said.reminder = ""
        raise
    said.reminder = due.key
    await keep()
    return True


async def _may_be_sent(target: Target, notice: Notice, since: float) -> bool:
    """Whether a process that ended while it sent a reminder may have sent it: rather none than two."""
    return not target.edits or await target.find(notice.mark, since) is not None
