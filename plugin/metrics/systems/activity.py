"""The activity of members: awarded points become measures named `activity.…`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from plugin.metrics.meters import OwnCounter, OwnGauge, OwnHistogram, OwnMeasures
from plugin.metrics.meters.numbers import checked, member_id
from plugin.metrics.meters.texts import text_of
from plugin.metrics.systems.active_members import ActiveMembers
from plugin.metrics.systems.declared import Declarer
from plugin.metrics.systems.farms import CapWatch
from plugin.metrics.systems.sample import MemberSample
from plugin.metrics.systems.streaks import NO_STREAKS
from plugin.model import MemberSpan
from plugin.own_measures import DropReason

SYSTEM = "activity"
_MINUTE_S, _HOUR_S = 60, 3600


class ActivityMeasures:
    """The measures of activity."""

    def __init__(self, measures: OwnMeasures, unit: str) -> None:
        """`unit` of the points, such as `{point}`; ValueError if it is invalid or declared differently."""
        declare = Declarer(measures, SYSTEM)
        kinds = ("kind",)
        self.points = declare(OwnCounter, "points", unit, "Points awarded", kinds)
        self.awards = declare(OwnCounter, "awards", "{award}", "Awards of points", kinds)
        self.held_back = declare(OwnCounter, "held_back", "{award}", "Awards that a cooldown held back", kinds)
        self.capped = declare(OwnCounter, "capped_points", unit, "Points of members at the cap for an hour")
        self.hourly = declare(OwnCounter, "hourly_points", unit, "All points, counted when their hour is over")
        self.minutes = declare(OwnCounter, "member_minutes", "min", "Minutes in which members could earn points")
        self.hours = declare(OwnCounter, "member_hours", "h", "Hours in which members were active")
        self.level_ups = declare(OwnCounter, "level_ups", "{level}", "Levels gained")
        self.level_time = declare(OwnHistogram, "level_time", "s", "How long a level took", resolution=1.0)
        self.daily, self.weekly = (
            declare(OwnGauge, name, "{member}", f"Different active members {when}", shared=True)
            for name, when in (("daily_members", "of this day"), ("weekly_members", "of this week"))
        )
        self.farms = declare(OwnGauge, "farms", "1", "Who is at the cap of a cooldown for hours", ("of", "what"))
        # Of a fleet the maximum counts, not the sum: shared gauges are not added up.
        self.extents = declare(
            OwnGauge,
            "farm_extents",
            "1",
            "Hours of the longest farm, and farms in one place",
            ("of", "what"),
            shared=True,
        )


class ActivityBook:
    """Follows activity. Every method accepts any value, from any thread, and none raises."""

    system: ClassVar[str] = SYSTEM

    def __init__(
        self, measures: ActivityMeasures, cooldowns_s: Mapping[str, float], clock_s: Callable[[], float] = time.time
    ) -> None:
        """`cooldowns_s` are seconds by kind of award; `clock_s` is Unix time."""
        self.measures = measures
        self.cooldowns_s = dict(cooldowns_s)
        self._clock_s = clock_s
        self.reset()

    def reset(self) -> None:
        """Reset everything in a forked process."""
        self._lock = threading.RLock()
        self._rolled_hour = 0
        self._hour_points: float = 0
        self._caps = {kind: CapWatch(cooldown_s) for kind, cooldown_s in self.cooldowns_s.items()}
        self._minute = _Distinct(_MINUTE_S)
        self._hour = _Distinct(_HOUR_S)
        self.active = ActiveMembers()
        self._key = MemberSample[None](lambda: None).key
        """The key of a member or channel, constant as long as the process lives."""

    def award(self, points: object, member: object, kind: object, channel: object) -> None:
        """Count an award; wrong points are dropped, and the drop is counted."""
        number = checked(points)
        if isinstance(number, DropReason):
            self.measures.points.drop(number)
            return
        who, where, of = self._member(member), self._channel(channel), text_of(kind)
        with self._lock:
            any_kind: Any = kind
            self.measures.points.add(number, kind=any_kind)
            self.measures.awards.add(kind=any_kind)
            at_s = self._seen(who)
            self._hour_points += number
            cap = self._caps.get(of) if isinstance(of, str) else None
            if cap is not None and who is not None:
                cap.award(self._key(who), at_s, number, where)

    def hold_back(self, member: object, kind: object) -> None:
        """Count an award that a cooldown held back."""
        who = self._member(member)
        any_kind: Any = kind
        with self._lock:
            self.measures.held_back.add(kind=any_kind)
            self._seen(who)

    def level_up(self, took_s: object) -> None:
        """Count a level, and the seconds that it took, if known."""
        self.measures.level_ups.add()
        if took_s is not None:
            self.measures.level_time.record(took_s)  # type: ignore[arg-type] # checked there

    def post(self) -> None:
        """Update the gauges before they are read."""
        with self._lock:
            at_s = self._clock_s()
            self._roll(at_s)
            caps = self._caps.values()
            of_members = sum((cap.members for cap in caps), NO_STREAKS)
            of_channels = sum((cap.channels for cap in caps), NO_STREAKS)
        daily, weekly = (self.active.estimate(span, at_s) for span in MemberSpan)
        self.measures.daily.set(daily)
        self.measures.weekly.set(max(daily, weekly))  # both are estimates, and a week has at least its days
        for of, found in (("member", of_members), ("channel", of_channels)):
            self.measures.farms.set(found.number, of=of, what="number")
            self.measures.farms.set(found.points, of=of, what="points")
            self.measures.extents.set(found.hours, of=of, what="hours")
            self.measures.extents.set(found.in_one_place, of=of, what="together")

    def _seen(self, member: int | None) -> float:
        at_s = self._clock_s()
        self._roll(at_s)
        if member is not None:
            self.measures.minutes.add(self._minute.add(member, at_s))
            self.measures.hours.add(self._hour.add(member, at_s))
            self.active.add(member, at_s)
        return at_s

    def _roll(self, at_s: float) -> None:
        """Count what was at the cap together with what it is a share of: when the hour of both is over."""
        self.measures.capped.add(sum(cap.roll(at_s) for cap in self._caps.values()))
        hour = int(at_s // _HOUR_S)
        if hour != self._rolled_hour:
            self.measures.hourly.add(self._hour_points)
            self._rolled_hour, self._hour_points = hour, 0.0

    def _member(self, member: object) -> int | None:
        found = member_id(member)
        if found is None:
            self.measures.hours.drop(DropReason.NO_MEMBER)
        return found

    def _channel(self, channel: object) -> int | None:
        found = None if channel is None else member_id(channel)
        return None if found is None else self._key(found)


class _Distinct:
    """Counts the distinct members of a span of time: exact up to 4,096, then within about 2 % (two standard errors)."""

    def __init__(self, length_s: int) -> None:
        self._length_s = length_s
        self._span = 0
        self._members = MemberSample[bool](lambda: True)

    def add(self, member: int, at_s: float) -> float:
        """The number of members that this one represents: 0 if the span had it before."""
        span = int(at_s // self._length_s)
        if span != self._span:
            self._span = span
            self._members.clear()
        share = self._members.share
        if self._members.key(member) in self._members.values:
            return 0
        return 1 / share if self._members.of(member) else 0
