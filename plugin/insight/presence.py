"""Judges from outside whether the instances of bots are there: by progress, since the clocks of machines may differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from plugin.insight.vitals import read_vitals
from plugin.model import LifeSign, Presence, PresenceChange

BEATS_MISSED = 2.5
"""Missed heartbeats before an instance can be gone."""
LONG_GONE_S = 86_400.0
"""One that was last seen so much earlier than another instance of its bot is not missed any more."""
MISSED = frozenset({Presence.GONE, Presence.FROZEN, Presence.DEAF})

Key = tuple[int, str]
"""A bot, and the name of an instance."""


class _WatchedInstance:
    """One instance: what it last told, and for how many observed seconds nothing of it has moved."""

    def __init__(self, last: LifeSign) -> None:
        self.last = last
        """Of the process that moved last."""
        self.boots: dict[str, tuple[float, float, bool]] = {}
        """Every process, with its start, its last heartbeat and whether it left."""
        self.quiet_s = 0.0
        """Without a heartbeat."""
        self.still_s = 0.0
        """Without a heartbeat or another status."""
        self.deaf_s = self.stopped_s = 0.0
        self.told = Presence.RUNS
        """What people know."""
        self.since = 0.0
        self.moved = True
        """Whether there was a heartbeat since people were told."""
        self.replaced = False

    def take(self, signs: Sequence[LifeSign], passed_s: float) -> None:
        """Compare what its processes say now with what they said `passed_s` seconds ago, the last seen first."""
        boots = {sign.boot: (sign.started, sign.last_seen, sign.left) for sign in signs}
        moved = [sign for sign in signs if self.boots.get(sign.boot) != boots[sign.boot]]
        self.quiet_s += passed_s
        self.still_s += passed_s
        if not self.boots:
            self.last = signs[0]
        elif moved:
            self.last = max(moved, key=lambda sign: (not sign.left, sign.last_seen))
            self.quiet_s = self.still_s = 0.0
            self.moved, self.replaced = True, False
        else:
            last = next((sign for sign in signs if sign.boot == self.last.boot), self.last)
            if last.status != self.last.status:
                self.still_s = 0.0
            self.last = last
        self.boots = boots
        self.deaf_s = self.deaf_s + passed_s if read_vitals(self.last.status).deaf else 0.0
        self.stopped_s = self.stopped_s + passed_s if self.last.left else 0.0


class PresenceBook:
    """Follows every instance from look to look."""

    def __init__(self, after_s: float, beat_s: float, *, expect_running: bool = False) -> None:
        """`after_s` is how long something must last, `beat_s` how often a heartbeat is due unless a status says so.

        With `expect_running` a clean shutdown is a change that people are told of, too.
        """
        self._after_s = after_s
        self._beat_s = beat_s
        self._expect_running = expect_running
        self._watched: dict[Key, _WatchedInstance] = {}

    @property
    def missed(self) -> list[tuple[LifeSign, Presence]]:
        """The instances that are not well, as people were told."""
        return [(one.last, one.told) for one in self._watched.values() if one.told is not Presence.RUNS]

    @property
    def quiet_s(self) -> float:
        """The longest time for which an instance that did not leave has had no heartbeat."""
        return max((one.quiet_s for one in self._watched.values() if not one.last.left), default=0.0)

    def update(self, signs: Iterable[LifeSign], passed_s: float) -> list[PresenceChange]:
        """Take all signs as of now, the last seen first; returns the changes that people are to be told of.

        `passed_s` is the time for which signs were watched since the last call.
        """
        by_key: dict[Key, list[LifeSign]] = {}
        for sign in signs:
            by_key.setdefault((sign.bot, sign.instance), []).append(sign)
        for key, found in by_key.items():
            self._watched.setdefault(key, _WatchedInstance(found[0])).take(found, passed_s)
        judged = {key: self._judge(self._watched[key]) for key in by_key}
        return [change for key in by_key for change in self._changes(key, judged)]

    def assume(self, signs: Iterable[LifeSign], now: float) -> None:
        """Take the times in signs for true, where nothing can be compared yet; `now` in Unix seconds."""
        self.update(signs, 0.0)
        for one in self._watched.values():
            one.quiet_s = one.stopped_s = max(0.0, now - one.last.last_seen)
            one.deaf_s = read_vitals(one.last.status).deaf_s

    def _judge(self, one: _WatchedInstance) -> Presence:
        vitals = read_vitals(one.last.status)
        if one.last.left:
            return Presence.STOPPED
        patience_s = max(self._after_s, BEATS_MISSED * (vitals.every_s or self._beat_s))
        if one.quiet_s >= patience_s:
            return Presence.FROZEN if vitals.blocked and one.still_s < patience_s else Presence.GONE
        if not one.moved:
            return one.told
        is_deaf = vitals.deaf and (one.deaf_s >= self._after_s or one.told is Presence.DEAF)
        return Presence.DEAF if is_deaf else Presence.RUNS

    def _changes(self, key: Key, judged: Mapping[Key, Presence]) -> Iterator[PresenceChange]:
        one, now = self._watched[key], judged[key]
        if now in (Presence.GONE, Presence.STOPPED) and self._is_replaced(key, judged):
            now, one.replaced = Presence.REPLACED, True
        before = one.told
        is_long = one.stopped_s >= self._after_s or before is Presence.STOPPED
        is_missed = now in MISSED or (now is Presence.STOPPED and self._expect_running and is_long)
        if not is_missed and before is not Presence.RUNS:
            one.told = Presence.RUNS
            yield PresenceChange(one.last, before, now, one.since, _lasted_s(one.last, one.since))
        elif is_missed and now is not before and not (before is Presence.RUNS and self._is_long_gone(key)):
            vitals = read_vitals(one.last.status)
            one.since = one.last.last_seen - (vitals.deaf_s if now is Presence.DEAF else 0.0)
            one.told, one.moved = now, False
            yield PresenceChange(one.last, before, now, one.since, 0.0)

    def _is_replaced(self, key: Key, judged: Mapping[Key, Presence]) -> bool:
        """Whether others of the bot run all of its shards; of one without shards, whether a new name came after it."""
        one = self._watched[key]
        if one.replaced:
            return True
        running = [
            self._watched[other]
            for other, presence in judged.items()
            if other[0] == key[0] and other != key and presence in (Presence.RUNS, Presence.DEAF)
        ]
        if one.last.shards:
            return {shard for other in running for shard in other.last.shards}.issuperset(one.last.shards)
        return any(
            not other.last.shards and min(started for started, *_ in other.boots.values()) >= one.last.last_seen
            for other in running
        )

    def _is_long_gone(self, key: Key) -> bool:
        newest = max(one.last.last_seen for (bot, _), one in self._watched.items() if bot == key[0])
        return self._watched[key].last.last_seen < newest - LONG_GONE_S

    def write(self) -> list[dict[str, Any]]:
        """What `read` needs to go on."""
        return [{**vars(one), "last": [*one.last], "told": one.told.value} for one in self._watched.values()]

    def read(self, written: Iterable[Mapping[str, Any]]) -> None:
        """Go on where another process was; raises what a wrong text raises."""
        for found in written:
            *rest, shards, status = found["last"]
            one = _WatchedInstance(LifeSign._make((*rest, tuple(shards), status)))
            one.boots = {boot: tuple(known) for boot, known in found["boots"].items()}
            one.quiet_s, one.still_s, one.deaf_s, one.stopped_s, one.since = (
                float(found[name]) for name in ("quiet_s", "still_s", "deaf_s", "stopped_s", "since")
            )
            one.told, one.moved, one.replaced = Presence(found["told"]), bool(found["moved"]), bool(found["replaced"])
            self._watched[one.last.bot, one.last.instance] = one


def _lasted_s(last: LifeSign, since: float) -> float:
    """How long an instance was missed that is back: until its new process began, or its next heartbeat."""
    return max(0.0, (last.started if last.started > since else last.last_seen) - since)
