"""Pictures of alerts: drawn when one is told and when it is resolved, and never worth a delay of more than seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from plugin.corridor.drawing import LATE, Drawing
from plugin.instrument.containment import Containment
from plugin.model import Alert, AlertState, AttachedPicture, Finding

if TYPE_CHECKING:
    from plugin.corridor.alerts.courses import AlertCourses

PART = "alert charts"
FILE_NAME = "chart.png"
LONGEST_S = 5.0
"""A message waits for its picture at most this long."""
REST_S = 120.0
"""After a picture that took longer, messages go without for so long, or a storm of them would be late."""

SHARED_S = 60.0
"""Targets that are told of an alert within this time get the same picture."""
MOST_SHARED = 10

Pictures = tuple[AttachedPicture, ...]


class Shared(NamedTuple):
    """What is drawn for all targets."""

    at: float
    """Unix time in seconds at which it was begun."""
    pictures: asyncio.Future[Pictures | None]


class AlertPictures:
    """Draws for all targets of one bot; what goes wrong is counted, not raised."""

    def __init__(
        self,
        drawing: Drawing,
        courses: AlertCourses,
        charted: Callable[[Alert], Sequence[Finding]],
        containment: Containment,
        clock_s: Callable[[], float] = time.time,
    ) -> None:
        """`charted` returns those findings of an alert that all readers of the targets may see a course of.

        `clock_s` is Unix time.
        """
        self._drawing = drawing
        self._courses = courses
        self._charted = charted
        self._containment = containment
        self._clock_s = clock_s
        self._rests_until = 0.0
        self._shared: dict[tuple[str, AlertState], Shared] = {}
        """By incident and its state, the oldest first."""

    async def of(self, alert: Alert) -> Pictures:
        """The chart of what an alert is about; none where nothing of it was measured, or drawing takes too long."""
        rests = 0 < self._rests_until - self._clock_s() <= REST_S  # not for longer if the clock is set back
        if rests or not self._drawing.is_ready:
            return ()
        if PART not in self._containment.switched_off:
            with self._containment.containing(PART):
                return await self._in_time(self._of_all(alert))
        return ()

    async def _in_time(self, drawn: Awaitable[Pictures | None]) -> Pictures:
        try:
            async with asyncio.timeout(LONGEST_S):
                found = await drawn
        except TimeoutError:
            found = None
        if found is None:
            self._rests_until = self._clock_s() + REST_S
        return found or ()

    async def _of_all(self, alert: Alert) -> Pictures | None:
        """The same for all targets; None where it takes too long."""
        now, key = self._clock_s(), (alert.incident.id, alert.state)
        shared = self._shared.get(key)
        if shared is not None and 0 <= now - shared.at < SHARED_S:
            if not shared.pictures.done():
                await asyncio.wait([shared.pictures])
            return shared.pictures.result()
        begun = asyncio.get_running_loop().create_future()
        self._shared.pop(key, None)
        self._shared[key], found = Shared(now, begun), None
        while len(self._shared) > MOST_SHARED:
            del self._shared[next(iter(self._shared))]
        try:
            found = await self._drawn(alert)
        finally:
            begun.set_result(found)
            if found is None and self._shared.get(key) == (now, begun):  # the next one may be luckier
                del self._shared[key]
        return found

    async def _drawn(self, alert: Alert) -> Pictures | None:
        """None where it takes too long."""
        from plugin.display.alert_chart import alert_chart  # here, since many alerts have no chart

        now = self._clock_s()
        past = await self._courses.of(alert.incident, self._charted(alert), now)
        if past is None:
            return ()
        png, instead = await self._drawing.draw(alert_chart(alert, *past, now), LONGEST_S)
        if png is None:
            return None if instead == LATE else ()
        return (AttachedPicture(FILE_NAME, png),)
