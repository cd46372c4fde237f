"""Judging from outside whether bots are there: what people are told, and what is no alarm."""

from __future__ import annotations

import json

import pytest

from plugin.insight.presence import PresenceBook
from plugin.insight.vitals import AWAY, SILENT, blocked
from plugin.model import LifeSign, Presence

START = 1_700_000_000.0
GONE, FROZEN, DEAF, RUNS = Presence.GONE, Presence.FROZEN, Presence.DEAF, Presence.RUNS
STOPPED, REPLACED = Presence.STOPPED, Presence.REPLACED
WORDS = "memory 81 MB"


class Fleet:
    """Bots that a test moves, and a book that looks at them every 30 seconds."""

    def __init__(self, *, expect_running: bool = False, beat_s: float = 60) -> None:
        self.book = PresenceBook(240, beat_s, expect_running=expect_running)
        self.expect_running = expect_running
        self.now = START
        self.signs: dict[str, LifeSign] = {}
        self.alive: set[str] = set()
        self.told: list[tuple[str, Presence, Presence]] = []
        self.lasted: list[float] = []

    def start(self, boot: str, instance: str = "one", *, shards: tuple[int, ...] = (0,), at: float = 0) -> None:
        """Start a process; `at` is how far its clock is ahead."""
        began = self.now + at
        self.signs[boot] = LifeSign(42, instance, True, boot, began, began, False, shards, WORDS)
        self.alive.add(boot)

    def kill(self, boot: str) -> None:
        """End one in the middle."""
        self.alive.discard(boot)

    def leave(self, boot: str) -> None:
        """End one cleanly."""
        self.alive.discard(boot)
        self.say(boot, left=True)

    def say(self, boot: str, **what: object) -> None:
        """Change what a process has told."""
        self.signs[boot] = self.signs[boot]._replace(**what)

    def run(self, minutes: float, *, watched: bool = True) -> list[tuple[str, Presence, Presence]]:
        """Let time pass, with a heartbeat each minute; returns what was told meanwhile."""
        self.told, self.lasted = [], []
        for step in range(int(minutes * 2)):
            self.now += 30
            for boot in self.alive if step % 2 else ():
                self.say(boot, last_seen=self.signs[boot].last_seen + 60)
            if watched:
                self.look(30)
        return self.told

    def look(self, passed_s: float) -> None:
        """Look once."""
        signs = sorted(self.signs.values(), key=lambda sign: -sign.last_seen)
        for change in self.book.update(signs, passed_s):
            self.told.append((change.sign.instance, change.before, change.now))
            self.lasted.append(change.lasted_s)

    def restart_watch(self) -> None:
        """Go on with another book, from what the first one wrote."""
        written = json.loads(json.dumps(self.book.write()))
        self.book = PresenceBook(240, 60, expect_running=self.expect_running)
        self.book.read(written)
        self.look(0)


@pytest.fixture
def fleet() -> Fleet:
    """One bot that has been running for a while."""
    fleet = Fleet()
    fleet.start("a")
    assert fleet.run(30) == []
    return fleet


def test_a_bot_that_is_killed_is_gone_until_it_is_back(fleet: Fleet) -> None:
    """Each is told once, and the end says how long it lasted, by the bot's own clock."""
    fleet.kill("a")
    assert fleet.run(3.5) == []
    assert fleet.run(20) == [("one", RUNS, GONE)]
    fleet.start("b")
    assert fleet.run(10) == [("one", GONE, RUNS)]
    assert fleet.lasted == [23.5 * 60]
    assert fleet.book.missed == []


def test_a_restart_is_no_alarm(fleet: Fleet) -> None:
    """Neither after a kill nor after a goodbye; nor are many of them."""
    for number in range(20):
        (fleet.leave if number % 2 else fleet.kill)("a" if not number else f"b{number - 1}")
        assert fleet.run(3) == []
        fleet.start(f"b{number}")
        assert fleet.run(2) == []


def test_a_bot_whose_loop_is_blocked_is_frozen(fleet: Fleet) -> None:
    """Its thread still tells so each minute; when it is killed, it is gone."""
    fleet.kill("a")
    for minute in range(1, 30):
        fleet.say("a", status=blocked(WORDS, 60.0 * minute))
        assert fleet.run(1) == ([("one", RUNS, FROZEN)] if minute == 4 else [])
    assert fleet.run(10) == [("one", FROZEN, GONE)]


def test_a_frozen_bot_that_moves_again_is_back(fleet: Fleet) -> None:
    """Also if it was frozen for hours."""
    fleet.kill("a")
    for minute in range(1, 200):
        fleet.say("a", status=blocked(WORDS, 60.0 * minute))
        fleet.run(1)
    fleet.alive.add("a")
    fleet.say("a", status=WORDS, last_seen=fleet.now)
    assert fleet.run(3) == [("one", FROZEN, RUNS)]


@pytest.mark.parametrize("what", [AWAY, SILENT])
def test_a_bot_without_discord_is_deaf(fleet: Fleet, what: str) -> None:
    """Once it has lasted; a connection that is lost for a moment is none."""
    fleet.say("a", status=what)
    assert fleet.run(3.5) == []
    fleet.say("a", status=WORDS)
    assert fleet.run(3.5) == []
    fleet.say("a", status=f"{what} for 2 min, {WORDS}")
    assert fleet.run(20) == [("one", RUNS, DEAF)]
    fleet.say("a", status=WORDS)
    assert fleet.run(20) == [("one", DEAF, RUNS)]


def test_a_deaf_bot_that_dies_is_gone(fleet: Fleet) -> None:
    """That is something else, and told."""
    fleet.say("a", status=AWAY)
    fleet.run(10)
    fleet.kill("a")
    assert fleet.run(10) == [("one", DEAF, GONE)]


def test_a_clean_shutdown_is_no_alarm(fleet: Fleet) -> None:
    """However long ago."""
    fleet.leave("a")
    assert fleet.run(60) == []


def test_a_clean_shutdown_is_told_to_those_who_expect_it_to_run() -> None:
    """If it has lasted; a restart of the watcher says nothing twice."""
    fleet = Fleet(expect_running=True)
    fleet.start("a")
    fleet.run(5)
    fleet.leave("a")
    assert fleet.run(3.5) == []
    assert fleet.run(20) == [("one", RUNS, STOPPED)]
    fleet.restart_watch()
    assert fleet.run(20) == []
    fleet.start("b")
    assert fleet.run(20) == [("one", STOPPED, RUNS)]


def test_one_that_was_gone_and_then_stopped_cleanly_is_not_missed(fleet: Fleet) -> None:
    """A frozen bot that moves on just to stop."""
    fleet.kill("a")
    fleet.run(10)
    fleet.leave("a")
    assert fleet.run(10) == [("one", GONE, STOPPED)]


@pytest.mark.parametrize("expect_running", [False, True])
@pytest.mark.parametrize("shards", [(0, 1), ()], ids=["shards", "none"])
@pytest.mark.parametrize("end", ["kill", "leave"])
def test_another_name_is_no_alarm(expect_running: bool, shards: tuple[int, ...], end: str) -> None:
    """Whoever does its work has replaced it, however it ended; nor when the new one is restarted or dies, too."""
    fleet = Fleet(expect_running=expect_running)
    fleet.start("a", "old", shards=shards)
    fleet.run(30)
    getattr(fleet, end)("a")
    fleet.run(1)
    fleet.start("b", "new", shards=shards)
    assert fleet.run(30) == []
    fleet.kill("b")
    fleet.run(1)
    fleet.start("c", "new", shards=shards)
    assert fleet.run(30) == []
    fleet.kill("c")
    assert fleet.run(30) == [("new", RUNS, GONE)]


def test_one_that_was_missed_and_then_replaced_is_not_missed_any_more(fleet: Fleet) -> None:
    """The new name came too late for silence, and ends the alarm."""
    fleet.kill("a")
    assert fleet.run(10) == [("one", RUNS, GONE)]
    fleet.start("b", "two")
    assert fleet.run(10) == [("one", GONE, REPLACED)]


def test_of_a_fleet_only_the_dead_one_is_gone(fleet: Fleet) -> None:
    """Others run, and not its shards."""
    fleet.start("b", "two", shards=(1,))
    fleet.run(5)
    fleet.kill("b")
    assert fleet.run(10) == [("two", RUNS, GONE)]
    fleet.start("c", "two", shards=(1,))
    assert fleet.run(10) == [("two", GONE, RUNS)]


def test_a_smaller_fleet_is_no_alarm(fleet: Fleet) -> None:
    """Also for those who expect it to run: others have its shards."""
    fleet = Fleet(expect_running=True)
    fleet.start("a", "one", shards=(0, 1))
    fleet.start("b", "two", shards=(2, 3))
    fleet.run(5)
    fleet.leave("b")
    fleet.leave("a")
    fleet.start("c", "one", shards=(0, 1, 2, 3))
    assert fleet.run(60) == []


def test_a_name_of_long_ago_is_not_missed(fleet: Fleet) -> None:
    """Not even if it was killed, and nobody has its shards."""
    fleet.start("b", "old", shards=(7,), at=-2 * 86_400)
    fleet.kill("b")
    assert fleet.run(60) == []


def test_a_bot_that_has_been_dead_for_days_is_gone() -> None:
    """When somebody begins to watch it."""
    fleet = Fleet()
    fleet.start("a", at=-3 * 86_400)
    fleet.kill("a")
    assert fleet.run(10) == [("one", RUNS, GONE)]


@pytest.mark.parametrize("ahead_s", [-7200, -300, 300, 7200], ids=str)
def test_clocks_may_differ_and_be_set(fleet: Fleet, ahead_s: float) -> None:
    """Only progress counts: a clock that is set within a process, or between two."""
    fleet.say("a", last_seen=fleet.signs["a"].last_seen + ahead_s)
    assert fleet.run(10) == []
    fleet.kill("a")
    fleet.start("b", at=2 * ahead_s)
    assert fleet.run(10) == []
    fleet.kill("b")
    assert fleet.run(10) == [("one", RUNS, GONE)]


def test_rare_heartbeats_are_waited_for() -> None:
    """A bot says how often it reports, where that is more than a minute; else the setting counts."""
    for fleet in (Fleet(), Fleet(beat_s=600)):
        fleet.start("a")
        if fleet.book._beat_s == 60:
            fleet.say("a", status=f"reports every 600 s, {WORDS}")
        fleet.kill("a")
        assert fleet.run(24.5) == []
        assert fleet.run(2) == [("one", RUNS, GONE)]


def test_unwatched_time_does_not_count(fleet: Fleet) -> None:
    """While nobody could look, nobody knows."""
    fleet.kill("a")
    fleet.run(3)
    fleet.run(60, watched=False)
    fleet.look(0)
    assert fleet.told == []
    assert fleet.run(2) == [("one", RUNS, GONE)]


def test_a_restart_of_the_watcher_says_nothing_twice(fleet: Fleet) -> None:
    """Whatever it said, and tells the end."""
    fleet.kill("a")
    fleet.run(10)
    fleet.restart_watch()
    assert fleet.run(10) == [] and [told for _, told in fleet.book.missed] == [GONE]
    fleet.restart_watch()
    fleet.start("b")
    assert fleet.run(10) == [("one", GONE, RUNS)]
    fleet.say("b", status=AWAY)
    assert fleet.run(10) == [("one", RUNS, DEAF)]
    fleet.restart_watch()
    assert fleet.run(10) == []


def test_a_restart_of_the_watcher_loses_nothing(fleet: Fleet) -> None:
    """What happened meanwhile is told."""
    fleet.restart_watch()
    fleet.kill("a")
    fleet.run(60, watched=False)
    fleet.restart_watch()
    assert fleet.run(10) == [("one", RUNS, GONE)]


def test_a_watcher_that_is_more_patient_now_does_not_call_it_over(fleet: Fleet) -> None:
    """Only a heartbeat does."""
    fleet.kill("a")
    fleet.run(10)
    written = fleet.book.write()
    fleet.book = PresenceBook(3600, 60)
    fleet.book.read(written)
    assert fleet.run(100) == []
