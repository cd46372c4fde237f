"""Tells people of incidents: one message each, changed as it goes on, and once more when it is over.

What is about to be sent is written to history first, so that a crash in between neither loses it nor sends it twice:
the next process looks for the message before it sends one.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from typing import TYPE_CHECKING, Protocol, TypeVar

import hikari

from plugin.corridor.archive import HistoryUnavailable
from plugin.corridor.look_back import HistorySource
from plugin.corridor.loop_task import LoopTask
from plugin.display.alert import alert_embed, mark_of
from plugin.insight.alerts import AlertBook
from plugin.instrument.containment import Containment
from plugin.model import Alert, AlertingState, AlertKept, AlertState, Finding
from plugin.outlets.discord_channel import GoneError, TargetError
from plugin.words import lasting

if TYPE_CHECKING:
    from plugin.history.fleet_verbs import FleetVerbs

T = TypeVar("T")

_logger = logging.getLogger(__name__)

_PART = "alerts"
EVERY_S = 15.0
PATIENCE_S = 120.0
"""How long alerts wait for history to open after the start."""
STALE_S = 300.0
"""An instance that has not confirmed its alert for so long does not tell it any more: another one goes on."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 30.0, 1800.0
"""How long after a failure the next attempt is made, and at most."""
MOST_AN_HOUR = 10
"""New messages. Further alerts wait, and are told if they still fire then."""
HOUR_S = 3600.0


class Target(Protocol):
    """Where messages go; every method raises TargetError."""

    name: str

    async def send(self, embed: hikari.Embed) -> str:
        """Send a message, and return its id."""
        ...

    async def edit(self, message: str, embed: hikari.Embed) -> None:
        """Change a message; raises GoneError where it is not there any more."""
        ...

    async def find(self, mark: str, since: float) -> str | None:
        """The id of a message that was sent with a mark since a moment in Unix seconds."""
        ...


class _Said:
    """What was said of one alert."""

    def __init__(self, message: str = "", *, unsure: bool = False) -> None:
        self.message = message
        self.unsure = unsure
        """Whether a message may have been sent whose id nobody knows."""
        self.told: object = None
        """What the message says; None where that is not known."""
        self.others = False
        """Whether another instance of the fleet tells it."""
        self.done = False
        """Whether nothing more is to be said: it was resolved by another instance, or somebody deleted the message."""


class Alerting:
    """Looks at the findings that stand, and brings what the target shows up to date."""

    def __init__(
        self,
        book: AlertBook,
        target: Target,
        standing: Callable[[], Collection[Finding] | None],
        history: HistorySource | None,
        owner: Callable[[], str],
        shown: Callable[[Finding], Finding],
        containment: Containment,
        clock_s: Callable[[], float] = time.time,
    ) -> None:
        """`standing` returns None until the first check; `owner` names this process; `shown` leaves out details.

        `clock_s` is Unix time.
        """
        self._clock_s = clock_s
        self._book = book
        self._target = target
        self._standing = standing
        self._history = history
        self._owner = owner
        self._shown = shown
        self._containment = containment
        self._said: dict[str, _Said] = {}
        self._adopted = history is None
        self._looked: float | None = None
        self._sent = deque[float](maxlen=MOST_AN_HOUR)
        self._pause_s = FIRST_PAUSE_S
        self._not_before = 0.0
        self.state = AlertingState(target.name, None, None, "", 0, 0)
        self._task = LoopTask("golem alerts", self._run)

    def start(self) -> None:
        """Begin on the running loop; nothing where it runs already."""
        self._task.start()

    def stop(self) -> None:
        """End at once."""
        self._task.stop()

    async def look(self) -> None:
        """Bring everything up to date now, as far as history and the target can be reached."""
        now, standing = self._clock_s(), self._standing()
        if standing is None or not await self._adopt(now):
            return
        alerts = self._book.update(standing, now)
        firing = sum(alert.state is AlertState.FIRING for alert in alerts)
        self.state = self.state._replace(firing=firing, held_back=0)
        for gone in self._said.keys() - {alert.incident.id for alert in alerts}:
            del self._said[gone]
        if now < self._not_before:
            return
        try:
            for alert in alerts:
                await self._tell(alert, now)
        except TargetError as problem:
            self._failed(str(problem), now)

    async def _adopt(self, now: float) -> bool:
        """Go on with what the process before this one told; False while history may still open."""
        if self._adopted:
            return True
        self._looked = now if self._looked is None else self._looked
        kept = await self._ask(lambda fleet, bot: fleet.alerts(bot, self._target.name))
        if kept is None:
            self._adopted = now - self._looked >= PATIENCE_S  # from here on without what is in history
            return self._adopted
        for alert in kept:
            others = alert.owner != self._owner()
            if others and alert.seen >= now - STALE_S:
                continue
            if self._book.adopt(alert.members, now, others=others):
                self._said[alert.incident] = _Said(alert.message, unsure=not alert.message)
        self._adopted = True
        return True

    async def _tell(self, alert: Alert, now: float) -> None:
        incident, resolved = alert.incident.id, alert.state is AlertState.RESOLVED
        said = self._said.setdefault(incident, _Said())
        if said.done:
            return
        if said.others and await self._is_told_elsewhere(said, incident, now):
            return
        is_new = not said.message and not said.unsure
        if is_new and alert.incident.until is not None:
            return  # over before it could be said
        if is_new and self._is_enough(now):
            self.state = self.state._replace(held_back=self.state.held_back + 1)
            return
        kept = await self._keep(alert, said, now)
        said.others = kept.owner != self._owner()
        if said.others:
            return
        said.message = kept.message
        embed = alert_embed(_without_details(alert, self._shown), self._owner())
        await self._bring(alert, said, embed, now)
        if resolved or said.done:
            await self._ask(lambda fleet, bot: fleet.drop_alert(bot, kept))
        if resolved:
            self._said[incident] = _Said()

    async def _bring(self, alert: Alert, said: _Said, embed: hikari.Embed, now: float) -> None:
        wanted = _compared(embed)
        if said.message and said.told == wanted:
            return
        if not said.message:
            said.message = await self._find_or_send(alert, said, embed, now)
            await self._keep(alert, said, now)
        else:
            try:
                await self._target.edit(said.message, embed)
            except GoneError:
                said.done = True
            said.told = wanted
        self._succeeded(now)

    async def _find_or_send(self, alert: Alert, said: _Said, embed: hikari.Embed, now: float) -> str:
        found = None
        if said.unsure:
            found = await self._target.find(mark_of(alert.incident.id), alert.incident.since)
        said.unsure = True  # until it is known what became of it
        if found is None:
            found, said.told = await self._target.send(embed), _compared(embed)
            self._sent.append(now)
        said.unsure = False
        return found

    def _is_enough(self, now: float) -> bool:
        return len(self._sent) == MOST_AN_HOUR and now - self._sent[0] < HOUR_S

    async def _keep(self, alert: Alert, said: _Said, now: float) -> AlertKept:
        incident, members = alert.incident.id, self._book.write(alert)
        kept = AlertKept(incident, self._target.name, self._owner(), now, said.message, members)
        return await self._ask(lambda fleet, bot: fleet.keep_alert(bot, kept, now - STALE_S)) or kept

    async def _is_told_elsewhere(self, said: _Said, incident: str, now: float) -> bool:
        """Whether another instance tells an alert, or has told that it is resolved; not where that instance is gone."""
        kept = await self._ask(lambda fleet, bot: fleet.alerts(bot, self._target.name))
        known = next((alert for alert in kept or () if alert.incident == incident), None)
        said.done = kept is not None and known is None
        return known is None or (known.owner != self._owner() and known.seen >= now - STALE_S)

    async def _ask(self, question: Callable[[FleetVerbs, int], Awaitable[T]]) -> T | None:
        """What history answers; None where there is none, or it is away: then alerts are told without it."""
        if self._history is None:
            return None
        try:
            bot = self._history.scope().bot
            return await self._history.ask(lambda store: question(store.fleet, bot))
        except HistoryUnavailable as problem:
            _logger.debug("alerts are told without history: %s", problem)
            return None

    def _failed(self, problem: str, now: float) -> None:
        state = self.state
        if state.failing_since is None or problem != state.problem:
            _logger.warning("alert not sent (setting alert_channel): %s", problem)
        since = now if state.failing_since is None else state.failing_since
        self.state = state._replace(failing_since=since, problem=problem)
        self._not_before = now + self._pause_s
        self._pause_s = min(LONGEST_PAUSE_S, 2 * self._pause_s)

    def _succeeded(self, now: float) -> None:
        since = self.state.failing_since
        if since is not None:
            _logger.info("alerts are sent again after %s", lasting(now - since))
        self.state = self.state._replace(last_sent=now, failing_since=None, problem="")
        self._pause_s, self._not_before = FIRST_PAUSE_S, 0.0

    async def _run(self) -> None:
        while _PART not in self._containment.switched_off:
            with self._containment.containing(_PART):
                await self.look()
            await asyncio.sleep(EVERY_S)


def _without_details(alert: Alert, shown: Callable[[Finding], Finding]) -> Alert:
    return alert._replace(incident=alert.incident._replace(findings=tuple(map(shown, alert.incident.findings))))


def _compared(embed: hikari.Embed) -> object:
    return embed.title, embed.description, embed.colour
