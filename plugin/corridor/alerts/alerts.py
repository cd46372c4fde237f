"""Everything that tells people of incidents: one `Alerting` for each target."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from plugin.corridor.alerts.alerting import Alerting
from plugin.corridor.loop_task import LoopTask
from plugin.instrument.containment import Containment
from plugin.model import AlertingState

PART = "alerts"
EVERY_S = 30.0


class Alerts:
    """Looks at regular intervals, while the bot runs."""

    def __init__(self, targets: Sequence[Alerting], containment: Containment) -> None:
        self._targets = targets
        self._containment = containment
        self._task = LoopTask("golem alerts", self._run)

    @property
    def states(self) -> tuple[AlertingState, ...]:
        """How each target stands."""
        return tuple(target.state for target in self._targets)

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
