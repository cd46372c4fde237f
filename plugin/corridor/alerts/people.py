"""What people did with alerts: in history, so that every instance of a fleet knows it, and in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from plugin.corridor.archive import HistoryUnavailable
from plugin.corridor.look_back import HistorySource
from plugin.insight.alert_actions import people_of
from plugin.model import Incident
from plugin.model.alert_actions import NOBODY, AlertAction, AlertPeople

WRITTEN_WITHIN_S = 1.5
"""How long a click waits for history; Discord waits 3 s for its answer."""
MOST_UNWRITTEN = 100
"""While history is away; the oldest give way."""


class People:
    """Everything that people did with the alerts of one bot, as far as it holds."""

    def __init__(self, source: HistorySource | None) -> None:
        """`source` is None where no history is kept."""
        self._source = source
        self._known: dict[str, AlertAction] = {}
        self._unwritten: dict[str, AlertAction] = {}
        self._written: dict[str, AlertAction] = {}
        """Since history was last read from its begin to its end."""
        self._followed: dict[str, Collection[str]] = {}
        self._refreshing: set[asyncio.Task[None]] = set()

    def of(self, incident: Incident, now: float) -> AlertPeople:
        """What people did with an incident; `now` in Unix seconds."""
        known = {**self._known, **self._written, **self._unwritten}
        if not known:
            return NOBODY
        return people_of(incident, sorted(known.values(), key=lambda one: (one.at, one.id)), now)

    async def take(self, action: AlertAction) -> None:
        """Keep something that somebody did just now; returns when it is written, or history takes too long."""
        self._unwritten[action.id] = action
        if len(self._unwritten) > MOST_UNWRITTEN:
            del self._unwritten[next(iter(self._unwritten))]
        task = asyncio.get_running_loop().create_task(self.refresh(action.at), name="golem alert click")
        self._refreshing.add(task)
        task.add_done_callback(self._refreshed)
        await asyncio.wait([task], timeout=WRITTEN_WITHIN_S)
        if task.done():
            task.result()

    def _refreshed(self, task: asyncio.Task[None]) -> None:
        self._refreshing.discard(task)
        if not task.cancelled():
            task.exception()  # retrieved, or asyncio would log it; what is not written is tried again

    async def refresh(self, now: float) -> None:
        """Write what is not written yet, and read what was done on all instances; later where history is away.

        `now` in Unix seconds.
        """
        source = self._source
        if source is None:
            self._known.update(self._unwritten)
            self._unwritten.clear()
            return
        try:
            bot = source.scope().bot
            for action in list(self._unwritten.values()):
                await source.ask(lambda store, action=action: store.fleet.keep_alert_action(bot, action))
                self._written[action.id] = action
                self._unwritten.pop(action.id, None)
            written = set(self._written)
            known = await source.ask(lambda store: store.fleet.alert_actions(bot, now))
        except HistoryUnavailable:
            return
        self._known = {action.id: action for action in known}
        self._written = {key: one for key, one in self._written.items() if key not in written}

    def follow(self, target: str, incidents: Collection[str], now: float) -> None:
        """Take which incidents a target is told of: without history, what ends with them is dropped here."""
        self._followed[target] = incidents
        if self._source is None:
            followed = set[str]().union(*self._followed.values())
            self._known = {key: one for key, one in self._known.items() if _is_kept(one, followed, now)}


def _is_kept(action: AlertAction, followed: Collection[str], now: float) -> bool:
    return action.incident in followed or (action.until is not None and now < action.until)
