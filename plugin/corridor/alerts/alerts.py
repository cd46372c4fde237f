"""Everything that tells people of incidents: one `Alerting` for each target."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import time
from collections.abc import Callable, Sequence

from plugin.corridor.alerts.alerting import Alerting
from plugin.corridor.alerts.people import People
from plugin.corridor.loop_task import LoopTask
from plugin.insight.alert_actions import fingerprints
from plugin.instrument.containment import Containment
from plugin.model import AlertingState, AlertTest, Incident, Notice
from plugin.model.alert_actions import ActionKind, AlertAction, AlertPeople
from plugin.outlets.discord_channel import DiscordChannel

PART = "alerts"
EVERY_S = 30.0
TEST_EVERY_S = 60.0
FOUND_WITHIN_S = 0.6
"""How long a click waits for history to find its incident, before and after it is written; Discord waits 3 s."""
STOPPED = "the bot's monitor was stopped meanwhile"
MOST_NOTES = 10
"""On one incident."""


class Alerts:
    """Looks at regular intervals, while the bot runs."""

    def __init__(
        self,
        targets: Sequence[Alerting],
        containment: Containment,
        test_notice: Callable[[], Notice],
        people: People,
        channel: DiscordChannel | None = None,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """`test_notice` returns what a test says; `people` know what people did with alerts.

        `channel` is the target whose messages may have buttons.
        """
        self._targets = targets
        self._people = people
        self.channel = channel
        self._containment = containment
        self._test_notice = test_notice
        self._clock_s = clock_s
        self._tested_s = -TEST_EVERY_S
        self._tests = set[asyncio.Future[AlertTest]]()
        """Those that have begun."""
        # A task for each, so that a target that is slow does not hold up the others.
        self._tasks = [LoopTask("golem alerts", functools.partial(self._run, target)) for target in targets]

    @property
    def states(self) -> tuple[AlertingState, ...]:
        """How each target stands."""
        return tuple(target.state for target in self._targets)

    def claim_test(self) -> float:
        """In how many seconds a test may be sent; with 0 it may now, and the next one later."""
        now_s = self._clock_s()
        wait_s = max(0.0, self._tested_s + TEST_EVERY_S - now_s)
        if not wait_s:
            self._tested_s = now_s
        return wait_s

    async def test(self) -> list[AlertTest]:
        """Send a test alert to every target; returns when the slowest has answered."""
        notice = self._test_notice()
        tests = [asyncio.ensure_future(target.test(notice)) for target in self._targets]
        self._tests.update(tests)
        try:
            answers = await asyncio.gather(*tests, return_exceptions=True)
        finally:
            self._tests.difference_update(tests)
        return [_answered(target.state, answer) for target, answer in zip(self._targets, answers, strict=True)]

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
        for task in self._tasks:
            task.start()

    def stop(self) -> None:
        """End at once."""
        for task in self._tasks:
            task.stop()
        for test in self._tests:
            test.cancel()

    async def _run(self, target: Alerting) -> None:
        while PART not in self._containment.switched_off:
            with self._containment.containing(PART):
                await target.look()
            await asyncio.sleep(EVERY_S)


def _answered(target: AlertingState, answer: AlertTest | BaseException) -> AlertTest:
    if isinstance(answer, asyncio.CancelledError):
        return AlertTest(target.target, target.setting, STOPPED)
    if isinstance(answer, BaseException):
        raise answer
    return answer
