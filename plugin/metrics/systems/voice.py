"""Voice: what the gateway tells of it becomes measures named `voice.…`."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import ClassVar

from plugin.metrics.increases import Increases
from plugin.metrics.meters import OwnCounter, OwnGauge, OwnHistogram, OwnMeasures
from plugin.metrics.meters.numbers import member_id
from plugin.metrics.systems.declared import Declarer
from plugin.model import VoiceReading

SYSTEM = "voice"
MOST_MARKS = 5_000

Read = Callable[[], VoiceReading | None]
"""Everything since the watch began; None where it cannot be read now."""


class VoiceMeasures:
    """The measures of voice."""

    def __init__(self, measures: OwnMeasures) -> None:
        """ValueError where one is declared already as something else."""
        declare = Declarer(measures, SYSTEM)
        self.time = declare(OwnCounter, "time", "s", "Time of members in voice channels", ("state",))
        self.sessions = declare(OwnHistogram, "sessions", "s", "Sessions that ended", ("seen",), 0.1)
        self.joins = declare(OwnCounter, "joins", "{member}", "Members who came into voice")
        self.moves = declare(OwnCounter, "moves", "{move}", "Moves from one channel to another")
        self.created = declare(OwnCounter, "channels_created", "{channel}", "Voice channels created")
        self.removed = declare(OwnCounter, "channels_removed", "{channel}", "Voice channels removed")
        self.members = declare(OwnGauge, "members", "{member}", "Members in voice channels")
        self.connections = declare(OwnGauge, "connections", "{connection}", "Voice channels that the bot itself is in")
        self.left = declare(OwnGauge, "channels_left", "{channel}", "Temporary channels that were left behind")


class VoiceBook:
    """Adds to the measures what a watch has counted, before every reading."""

    system: ClassVar[str] = SYSTEM

    def __init__(self, measures: VoiceMeasures) -> None:
        self.measures = measures
        self.reset()

    def reset(self) -> None:
        """Follow nothing, in a process that was forked."""
        self._lock = threading.RLock()
        self._read: Read | None = None
        self._increases = Increases[str]()
        self._time_ns: dict[str, int] = {}

    def follow(self, read: Read | None) -> None:
        """Read from a watch from now on, all that it has counted included; None: from no watch."""
        self.post()
        with self._lock:
            self._read, self._increases, self._time_ns = read, Increases[str](), {}

    def post(self) -> None:
        """Add what was counted since the last time; they are about to be read."""
        with self._lock:
            reading = None if self._read is None else self._read()
            if reading is not None:
                self._add(reading)

    def _add(self, reading: VoiceReading) -> None:
        measures = self.measures
        for state, total_ns in reading.time._asdict().items():
            # After an outage less may turn out to have been spent; that is made up for by what follows.
            more_ns = total_ns - self._time_ns.get(state, 0)
            if more_ns > 0:
                self._time_ns[state] = total_ns
                measures.time.add(more_ns / 1e9, state=state)
        for seen, lengths_ns in (("whole", reading.whole_ns), ("part", reading.parts_ns)):
            if lengths_ns:
                measures.sessions.labels(seen=seen).record_all([length_ns / 1e9 for length_ns in lengths_ns])
        counters = (
            (measures.joins, reading.joins),
            (measures.moves, reading.moves),
            (measures.created, reading.created),
            (measures.removed, reading.removed),
        )
        for counter, total in counters:
            more = self._increases.since(counter.measure.name, total)
            if more:
                counter.add(more)
        measures.members.set(reading.members)
        measures.connections.set(reading.connections)
        measures.left.set(reading.left)


class VoiceMarks:
    """Channels that the bot's own code says are temporary."""

    system: ClassVar[str] = SYSTEM

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all, in a process that was forked."""
        self._lock = threading.RLock()
        self._channels = OrderedDict[int, None]()

    def post(self) -> None:
        """Do nothing: there is no measure of them."""

    def add(self, channel: object) -> None:
        """Mark a channel; what is no id is ignored, and of more than 5,000 the oldest is forgotten."""
        channel_id = member_id(channel)
        if channel_id is not None:
            with self._lock:
                self._channels[channel_id] = None
                while len(self._channels) > MOST_MARKS:
                    self._channels.popitem(last=False)

    def channels(self) -> list[int]:
        """All that were marked, oldest first."""
        with self._lock:
            return list(self._channels)
