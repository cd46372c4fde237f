"""Tells one target of incidents: one message each, changed as it goes on, and once more when it is over.

What is about to be sent is written to history first, so that a crash in between neither loses it nor sends it twice:
the next process looks for the message before it sends one.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable

from plugin.corridor.alerts.held_back import HOUR_S, HeldBack
from plugin.corridor.alerts.history import STALE_S, AlertHistory
from plugin.corridor.alerts.manners import Manners
from plugin.corridor.alerts.pauses import Pauses
from plugin.corridor.alerts.reminding import remind
from plugin.corridor.alerts.said import DELETED, Said
from plugin.insight.alerts import AlertBook, read_incident
from plugin.model import (
    Alert,
    AlertingState,
    AlertKept,
    AlertState,
    AlertTest,
    AttachedPicture,
    Incident,
    Notice,
    Standing,
)
from plugin.outlets.target import GoneError, Target, TargetError
from plugin.words import lasting

_logger = logging.getLogger(__name__)

PATIENCE_S = 300.0
"""How long alerts wait after the start for history to open, and for this instance's name in it."""
LAG_S = 1200.0
"""How much later than another instance this one may find that something about the program is over."""
MOST_AN_HOUR = 10
"""New messages. Further alerts wait, and are told if they still fire then."""


class Alerting:
    """Looks at the findings that stand, and brings what the target shows up to date."""

    def __init__(
        self,
        book: AlertBook,
        target: Target,
        standing: Callable[[], Standing | None],
        history: AlertHistory,
        settled: Callable[[], bool],
        notice: Callable[[Alert], Notice],
        clock_s: Callable[[], float] = time.time,
        manners: Manners | None = None,
        pictures: Callable[[Alert], Awaitable[tuple[AttachedPicture, ...]]] | None = None,
    ) -> None:
        """`standing` returns None until the first check; `settled` whether this process has a definite name in history.

        `notice` returns what is said of an alert; `clock_s` is Unix time; `manners` say when nothing new is said;
        `pictures` draws what is sent with its first message, and with its end.
        """
        self._book = book
        self._target = target
        self._standing = standing
        self._history = history
        self._settled = settled
        self._notice = notice
        self._clock_s = clock_s
        self._manners = manners or Manners()
        self._pictures = pictures
        self._said: dict[str, Said] = {}
        self._adopted = not history.is_kept
        self._looked: float | None = None
        self._sent = deque[float](maxlen=MOST_AN_HOUR)
        self._pauses = Pauses()
        self._held_back, self._held_back_said = HeldBack(target, history), Said()
        self.state = AlertingState(target.name, target.setting, None, None, "", 0, 0)

    async def look(self) -> None:
        """Bring everything up to date now, as far as the target can be reached."""
        now, standing = self._clock_s(), self._standing()
        self._book.begin(now)
        if standing is None or not await self._adopt(now):
            return
        alerts = self._book.update(standing, now)
        firing = sum(alert.state is AlertState.FIRING for alert in alerts)
        self.state = self.state._replace(firing=firing, held_back=0)
        if alerts:
            await self._manners.people.refresh(now)
        ids = [alert.incident.id for alert in alerts]
        self._manners.people.follow(self._target.name, ids, now)
        self._said = {incident: self._said.get(incident) or Said() for incident in ids}
        for alert in alerts:
            await asyncio.sleep(0)  # so that many alerts do not hold the loop at one stretch
            said = self._said[alert.incident.id]
            if self._pauses.due(now) and said.pauses.due(now):
                try:
                    await self._tell(alert, said, now)
                except TargetError as problem:
                    self._failed(problem, said, now)
        await self._tell_of_held_back(now)

    async def incident(self, incident: str) -> Incident | None:
        """An incident that people are told of here, by whatever instance; None where it is over, or not known."""
        if (found := self._book.incident(incident)) is not None:
            return found
        told = await self._history.told() or ()
        return next((read_incident(alert.members) for alert in told if alert.incident == incident), None)

    async def test(self, notice: Notice) -> AlertTest:
        """Send a notice that is about no incident, at once."""
        now, problem = self._clock_s(), ""
        try:
            await self._target.send(notice)
        except TargetError as refusal:
            problem = str(refusal)
            self._note(refusal, now)
        else:
            self._works(now)
        return AlertTest(self._target.name, self._target.setting, problem)

    async def _adopt(self, now: float) -> bool:
        """Go on with what the process before this one told; False while history may still open."""
        if self._adopted:
            return True
        self._looked = now if self._looked is None else self._looked
        kept = await self._history.told() if self._settled() else None
        self._adopted = kept is not None or now - self._looked >= PATIENCE_S  # in the end without what it knows
        self._held_back.adopt(kept or (), now)
        mine = (alert.sent for alert in kept or () if alert.owner == self._history.owner and alert.members)
        self._sent.extend(sorted(sent for sent in mine if sent is not None))
        for alert in kept or ():
            others = alert.owner != self._history.owner
            is_told = others and alert.seen >= now - STALE_S
            if not is_told and self._book.adopt(alert.members, now, others=others):
                said = self._said[alert.incident] = Said(alert.message, unsure=not alert.message)
                said.sent, said.reminder = now if alert.sent is None else alert.sent, alert.reminder
        return self._adopted

    async def _tell_of_held_back(self, now: float) -> None:
        said = self._held_back_said
        if self._pauses.due(now) and said.pauses.due(now):
            try:
                if await self._held_back.show(self.state.held_back, MOST_AN_HOUR, now):
                    self._succeeded(said, now)
            except TargetError as problem:
                self._failed(problem, said, now)

    async def _tell(self, alert: Alert, said: Said, now: float) -> None:
        incident, resolved = alert.incident.id, alert.state is AlertState.RESOLVED
        if said.others and await self._is_told_elsewhere(said, incident, now):
            if resolved:
                self._forget(alert, now)
            return
        is_new = not said.message and not said.unsure
        if is_new and alert.incident.until is not None:  # over before it was said
            if resolved:
                self._forget(alert, now)
            return
        goes_on = alert.incident.until is None
        if goes_on and not said.message and self._manners.wait(alert.incident, now):
            return
        if is_new and self._is_enough(now):
            self.state = self.state._replace(held_back=self.state.held_back + 1)
            return
        if not await self._claim(alert, said, now):
            return
        if said.message != DELETED:
            await self._bring(alert, said, now)
            keep = functools.partial(self._keep, alert, said, now)
            if await remind(self._target, self._manners, alert, said, self._notice, keep, now):
                self._succeeded(said, now)
        if resolved and await self._history.drop(incident):
            self._forget(alert, now)

    def _forget(self, alert: Alert, now: float) -> None:
        """Nothing more is to be said: what begins from now on is another incident, with a message of its own."""
        self._book.forget(alert, now)
        self._said.pop(alert.incident.id, None)

    async def _claim(self, alert: Alert, said: Said, now: float) -> bool:
        """Write that this process tells an alert; False where another one does."""
        kept = await self._keep(alert, said, now)
        if kept is None:
            return True
        row, was_there = kept
        if said.others or not said.message:
            said.sent, said.reminder = row.sent, row.reminder
        said.others = row.owner != self._history.owner
        if said.others:
            if said.message not in ("", DELETED, row.message):  # both told it while history was away
                with contextlib.suppress(TargetError):
                    await self._target.delete(said.message)
            said.message, said.told = "", None
            return False
        said.unsure |= was_there and not row.message
        said.message = row.message
        return True

    async def _keep(self, alert: Alert, said: Said, now: float) -> tuple[AlertKept, bool] | None:
        members = self._book.write(alert)
        return await self._history.keep(alert.incident.id, said.message, members, now, said.sent, said.reminder)

    async def _is_told_elsewhere(self, said: Said, incident: str, now: float) -> bool:
        """Whether another instance tells an alert, or has just told that it is resolved."""
        told = await self._history.told()
        if told is None:
            return True
        known = next((alert for alert in told if alert.incident == incident), None)
        if known is None:
            said.vanished = now if said.vanished is None else said.vanished
            return now - said.vanished < LAG_S
        said.vanished = None
        return known.owner != self._history.owner and known.seen >= now - STALE_S

    async def _bring(self, alert: Alert, said: Said, now: float) -> None:
        notice = self._notice(alert)
        if said.message and (said.told == notice.said or not (self._target.edits or notice.ends)):
            return
        if not said.message:
            said.message, said.sent = await self._find_or_send(alert, said, notice, now), now
            await self._keep(alert, said, now)
        if said.told != notice.said:  # one that was found says what was so before a crash
            try:
                await self._target.edit(said.message, await self._illustrated(alert, notice) if notice.ends else notice)
            except GoneError:
                said.message = DELETED
                await self._keep(alert, said, now)
            said.told = notice.said
        self._succeeded(said, now)

    async def _find_or_send(self, alert: Alert, said: Said, notice: Notice, now: float) -> str:
        found = None
        if said.unsure:
            found = await self._target.find(notice.mark, alert.incident.since)
        if found is None:
            notice = await self._illustrated(alert, notice)
        said.unsure = True  # until it is known what became of it
        if found is None:
            found, said.told = await self._target.send(notice), notice.said
            self._sent.append(now)
        said.unsure = False
        return found

    async def _illustrated(self, alert: Alert, notice: Notice) -> Notice:
        return notice if self._pictures is None else notice._replace(pictures=await self._pictures(alert))

    def _is_enough(self, now: float) -> bool:
        return len(self._sent) == MOST_AN_HOUR and 0 <= now - self._sent[0] < HOUR_S

    def _failed(self, problem: TargetError, said: Said, now: float) -> None:
        self._note(problem, now)
        (self._pauses if problem.whole else said.pauses).failed(now)

    def _note(self, problem: TargetError, now: float) -> None:
        state = self.state
        if state.failing_since is None or str(problem) != state.problem:
            _logger.warning("alert not sent to %s (setting %s): %s", state.target, state.setting, problem)
        since = now if state.failing_since is None else state.failing_since
        self.state = state._replace(failing_since=since, problem=str(problem))

    def _succeeded(self, said: Said, now: float) -> None:
        said.pauses = Pauses()
        self._works(now)

    def _works(self, now: float) -> None:
        self._pauses = Pauses()
        self.state = self.state._replace(last_sent=now)
        since = self.state.failing_since
        if since is not None and not any(one.pauses.failing for one in self._said.values()):
            _logger.info("alerts are sent to %s again after %s", self.state.target, lasting(now - since))
            self.state = self.state._replace(failing_since=None, problem="")
