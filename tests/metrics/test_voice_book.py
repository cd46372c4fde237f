"""The measures of voice, as a reader reads them."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.metrics.meters import MeterReader, OwnCounter, OwnMeasures
from plugin.metrics.meters.rules import checked_measure
from plugin.metrics.systems.voice import VoiceBook, VoiceMarks, VoiceMeasures
from plugin.model import VoiceReading, VoiceTime

SECOND_NS = 1_000_000_000


class Watch:
    """What is read from a watch; a test changes it."""

    def __init__(self) -> None:
        self.reading = VoiceReading(VoiceTime(0, 0, 0, 0), 0, 0, 0, 0, 0, 0, 0, [], [])
        self.here = True

    def set(self, **values: Any) -> None:
        """Change some numbers."""
        self.reading = self.reading._replace(**values)

    def spend(self, together_s: float = 0, alone_s: float = 0) -> None:
        """Set the times in seconds."""
        self.set(time=VoiceTime(int(together_s * SECOND_NS), int(alone_s * SECOND_NS), 0, 0))

    def __call__(self) -> VoiceReading | None:
        reading, self.reading = self.reading, self.reading._replace(whole_ns=[], parts_ns=[])
        return reading if self.here else None


class Meters:
    """The book of one bot, and what a reader reads."""

    def __init__(self) -> None:
        self.own, self.watch, self.reader = OwnMeasures(), Watch(), MeterReader()
        measures = VoiceMeasures(self.own)
        self.book = self.own.book(VoiceBook, lambda: VoiceBook(measures))
        self.book.follow(self.watch)

    def increases(self) -> dict[tuple[str, ...], Any]:
        """What was added since the last call, and present values."""
        return {(found.measure.name, *found.values): found.value for found in self.reader.increases([self.own])}


def test_every_reading_brings_what_was_counted_since() -> None:
    """Times, joins and moves are added up to each reading, exactly, and gauges are as of now."""
    meters = Meters()
    meters.watch.spend(together_s=10, alone_s=0.5)
    meters.watch.set(joins=2, moves=1, created=3, removed=2, members=2, connections=1, left=1)
    assert meters.increases() == {
        ("voice.time", "together"): 10,
        ("voice.time", "alone"): 0.5,
        ("voice.joins",): 2,
        ("voice.moves",): 1,
        ("voice.channels_created",): 3,
        ("voice.channels_removed",): 2,
        ("voice.members",): 2,
        ("voice.connections",): 1,
        ("voice.channels_left",): 1,
    }
    meters.watch.spend(together_s=12, alone_s=0.5)
    gauges = {("voice.members",): 2, ("voice.connections",): 1, ("voice.channels_left",): 1}
    assert meters.increases() == {("voice.time", "together"): 2, **gauges}


def test_a_state_that_nobody_was_in_has_no_series() -> None:
    """It begins with the first time that is spent in it."""
    meters = Meters()
    meters.watch.spend(together_s=10)
    assert [found.values for found in meters.own.read() if found.measure.name == "voice.time"] == [("together",)]


def test_sessions_are_told_by_what_was_seen_of_them() -> None:
    """Lengths of whole sessions and of parts are two series of one histogram."""
    meters = Meters()
    meters.watch.set(whole_ns=[90 * SECOND_NS, 30 * SECOND_NS], parts_ns=[5 * SECOND_NS])
    found = meters.increases()
    assert (found["voice.sessions", "whole"].number, found["voice.sessions", "whole"].sum) == (2, 120)
    assert (found["voice.sessions", "part"].number, found["voice.sessions", "part"].sum) == (1, 5)
    assert ("voice.sessions", "whole") not in meters.increases()


def test_time_that_turns_out_to_be_less_is_made_up_for() -> None:
    """Where less was spent than was told, the counter stands still until as much is spent again."""
    meters = Meters()
    for told, total in ((10, 10), (0, 7), (0, 9), (2, 12)):
        meters.watch.spend(together_s=total)
        assert meters.increases().get(("voice.time", "together"), 0) == told


def test_another_watch_begins_anew() -> None:
    """When the extension is loaded again its watch counts from zero, and nothing is lost or told twice."""
    meters = Meters()
    meters.watch.spend(together_s=10)
    meters.watch.set(joins=2)
    meters.increases()
    meters.watch.spend(together_s=11)
    meters.book.follow(None)
    again = Watch()
    again.spend(together_s=5)
    again.set(joins=1)
    meters.book.follow(again)
    found = meters.increases()
    assert (found["voice.time", "together"], found["voice.joins",]) == (6, 1)


def test_another_thread_reads_what_was_added_last() -> None:
    """Where the watch cannot be read, a reader gets the numbers of before, and misses nothing later."""
    meters = Meters()
    meters.watch.spend(together_s=10)
    meters.watch.here = False
    assert meters.increases() == {}
    meters.watch.here = True
    assert meters.increases()["voice.time", "together"] == 10


def test_a_measure_of_the_bot_by_the_same_name_is_an_error() -> None:
    """Where the bot declared `voice.joins` with another unit, the message says so."""
    own = OwnMeasures()
    own.declare(OwnCounter, checked_measure(OwnCounter.kind, "voice.joins", "s", "", (), 100, 1.0))
    with pytest.raises(ValueError, match=r"voice\.joins .* already declared"):
        VoiceMeasures(own)


@pytest.mark.parametrize(
    "channel", [-1, 1 << 64, "text", None, 1.5, object()], ids=lambda channel: type(channel).__name__
)
def test_what_is_no_channel_is_not_marked(channel: Any) -> None:
    """Marking something that is no id does nothing."""
    marks = VoiceMarks()
    marks.add(channel)
    assert marks.channels() == []


def test_marks_are_bounded() -> None:
    """The oldest of too many marks is forgotten; marking a channel twice is one mark."""
    marks = VoiceMarks()
    for channel in range(5_001):
        marks.add(channel)
        marks.add(channel)
    assert marks.channels() == list(range(1, 5_001))
