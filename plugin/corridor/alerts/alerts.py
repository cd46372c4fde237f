"""Everything that tells people of incidents: one `Alerting` for each target."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

from plugin.corridor.alerts.alerting import Alerting
from plugin.corridor.alerts.people import People
from plugin.corridor.loop_task import LoopTask
from plugin.insight.alert_actions import fingerprints
from plugin.instrument.containment import Containment
from plugin.model import AlertingState, Incident
from plugin.model.alert_actions import ActionKind, AlertAction, AlertPeople
from plugin.outlets.discord_channel import DiscordChannel

PART = "alerts"
EVERY_S = 30.0
FOUND_WITHIN_S = 0.6
"""How long a click waits for history to find its incident, before and after it is written; Discord waits 3 s."""
MOST_NOTES = 10
"""On one incident."""


class Alerts:
    """Looks at regular intervals, while the bot runs."""

    def __init__(
        self,
        targets: Sequence[Alerting],
        containment: Containment,
        people: People,
        channel: DiscordChannel | None = None,
    ) -> None:
        """`people` know what people did; `channel` is the target whose messages may have buttons."""
        self._targets = targets
        self._people = people
        self.channel = channel
        self._containment = containment
        self._task = LoopTask("golem alerts", self._run)

    @property
    def states(self) -> tuple[AlertingState, ...]:
        """How each target stands."""
        return tuple(target.state for target in self._targets)

    async def act(self, action: AlertAction) -> AlertPeople | None:
        """Take what somebody did with an incident; returns all that was done with it, None where it is over.

        A note is not taken where there are enough. Raises TimeoutError where history is too slow to find the incident.
        """
        async with asyncio.timeout(FOUND_WITHIN_S):
            incident = await self._incident(action.incident)
        if incident is None:
            return None
        done = self._people.of(incident, action.at)
        if action.kind is ActionKind.NOTE and len(done.notes) >= MOST_NOTES:
            return done
        about = fingerprints(incident) if action.kind is ActionKind.SILENCED else ()
        await self._people.take(action._replace(about=about))
        with contextlib.suppress(TimeoutError):  # or the answer could bring back a message that was resolved meanwhile
            async with asyncio.timeout(FOUND_WITHIN_S):
                if await self._incident(action.incident) is None:
                    return None
        return self._people.of(incident, action.at)

    async def _incident(self, incident: str) -> Incident | None:
        for target in self._targets:
            if (found := await target.incident(incident)) is not None:
                return found
        return None

    def start(self) -> None:
        """Begin on the running loop; nothing where it runs already."""
        self._task.start()

    def stop(self) -> None:
        """End at once."""
        self._task.stop()

    async def _run(self) -> None:
        while PART not in self._containment.switched_off:
            await asyncio.gather(*map(self._look, self._targets))
            await asyncio.sleep(EVERY_S)

    async def _look(self, target: Alerting) -> None:
        with self._containment.containing(PART):
            await target.look()
