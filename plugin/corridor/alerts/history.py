"""What history knows of alerts at one target; every method says where it cannot be asked."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from plugin.corridor.archive import HistoryUnavailable
from plugin.corridor.look_back import HistorySource
from plugin.history.names import clean
from plugin.model import AlertKept

if TYPE_CHECKING:
    from plugin.history.fleet_verbs import FleetVerbs

T = TypeVar("T")

_logger = logging.getLogger(__name__)

STALE_S = 300.0
"""An instance that has not confirmed its alert for so long does not tell it any more: another one goes on."""


class AlertHistory:
    """Alerts that this process tells at a target, and those that others tell there."""

    def __init__(self, source: HistorySource | None, target: str, owner: Callable[[], str]) -> None:
        """`source` is None where no history is kept; `owner` returns the name of this instance."""
        self._source = source
        self._target = target
        self._owner = owner
        self.is_kept = source is not None

    @property
    def owner(self) -> str:
        """The name of this instance, as history keeps it."""
        return clean(self._owner())

    async def told(self) -> tuple[AlertKept, ...] | None:
        """Every alert that is told at the target; None where that is not known."""
        return await self._ask(lambda fleet, bot: fleet.alerts(bot, self._target), None)

    async def keep(
        self, incident: str, message: str, members: str, now: float, sent: float | None = None, reminder: str = ""
    ) -> tuple[AlertKept, bool] | None:
        """Write an alert as this instance's, and return it as it is kept, and whether it was there before.

        It is another's where that one still tells it; None where that is not known.
        """
        alert = AlertKept(incident, self._target, self.owner, now, message, members, sent, reminder)
        return await self._ask(lambda fleet, bot: fleet.keep_alert(bot, alert, now - STALE_S), None)

    async def drop(self, incident: str) -> bool:
        """Delete an alert of this instance; False while that cannot be done."""
        if self._source is None:
            return True
        alert = AlertKept(incident, self._target, self.owner, 0.0, "", "")

        async def drop(fleet: FleetVerbs, bot: int) -> bool:
            await fleet.drop_alert(bot, alert)
            return True

        return await self._ask(drop, False)

    async def _ask(self, question: Callable[[FleetVerbs, int], Awaitable[T]], away: T) -> T:
        if self._source is None:
            return away
        try:
            bot = self._source.scope().bot
            return await self._source.ask(lambda store: question(store.fleet, bot))
        except HistoryUnavailable as problem:
            _logger.debug("alerts are told without history: %s", problem)
            return away
