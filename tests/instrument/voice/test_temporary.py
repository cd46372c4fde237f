"""Channels that were left behind, told from evidence."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.instrument.voice.temporary import LEAST_REMOVED, Left
from tests.instrument.voice.town import BOT, GUILD, LOBBY, ROOM, Town, state

CATEGORY = "400000000000000001"
LEFT_AFTER_S = 600.0


class JoinToCreate(Town):
    """A bot that makes a channel for whoever comes into the lobby, and removes it when it is empty."""

    def __init__(self) -> None:
        super().__init__(left_after_s=LEFT_AFTER_S)
        self._made = 0

    def make(self, *, by_bot: bool = True, moved: bool = True, parent: str = CATEGORY, after_s: float = 1) -> str:
        """A channel is made, and a member comes into it."""
        self._made += 1
        channel, user = f"52000000000000{self._made:04}", f"user {self._made}"
        if moved:
            self.be(user, LOBBY)
        self.create(channel, parent=parent)
        if by_bot:
            self.watch.temporary.made_by_bot(channel, self.now_ns)
        self.wait(after_s)
        self.be(user, channel)
        return channel

    def empty(self, channel: str) -> None:
        """Whoever is in the channel leaves."""
        self.wait(60)
        for user_id, session in list(self.watch.sessions.guilds[GUILD].sessions.items()):
            if session.channel.id == channel:
                self.be(user_id, None)

    def use(self, number: int = LEAST_REMOVED, *, removed_after_s: float = 2, **how: object) -> None:
        """Channels are made, used, and removed."""
        for _ in range(number):
            channel = self.make(**how)
            self.empty(channel)
            self.wait(removed_after_s)
            self.remove(channel)

    def left(self) -> list[Left]:
        """What is left behind now."""
        return self.watch.left_behind(self.now_ns)

    def leave_one_behind(self) -> str:
        """One of many channels stays."""
        self.use(2 * LEAST_REMOVED)
        channel = self.make()
        self.empty(channel)
        self.wait(LEFT_AFTER_S + 1)
        return channel

    def lose(self, how: str) -> None:
        """The guild is no longer known."""
        if how == "outage":
            self.event("GUILD_DELETE", {"id": GUILD, "unavailable": True})
        elif how == "disconnected":
            self.watch.disconnected(0, self.now_ns)
        else:
            self.ready()


def test_a_channel_that_stays_where_others_are_removed_is_left_behind() -> None:
    """Where channels of a pattern are removed 2 s after they are empty, one that stays for ten minutes is named."""
    town = JoinToCreate()
    town.use()
    channel = town.make()
    town.empty(channel)
    emptied_ns = town.now_ns
    town.wait(LEFT_AFTER_S)
    assert town.left() == [] and town.read().left == 0
    town.wait(1)
    assert town.left() == [Left(channel, emptied_ns, LEAST_REMOVED, 2_000_000_000)]
    assert town.read().left == 1


def test_it_stands_until_it_is_removed_or_used() -> None:
    """A channel that was left behind stands, whatever else happens, until somebody comes in or it is removed."""
    town = JoinToCreate()
    town.use()
    first, second = town.make(), town.make()
    town.empty(first)
    town.empty(second)
    town.wait(LEFT_AFTER_S + 1)
    assert {left.channel_id for left in town.left()} == set()  # two that stay beside five are no clear pattern
    town.use(1)
    assert {left.channel_id for left in town.left()} == {first, second}
    for channel in [town.make() for _ in range(4)]:
        town.empty(channel)
    town.wait(LEFT_AFTER_S + 1)
    assert {left.channel_id for left in town.left()} == {first, second}
    town.be("guest", first)
    town.remove(second)
    assert town.left() == []


@pytest.mark.parametrize(
    "how",
    [{"by_bot": False}, {"after_s": 61}, {"moved": False}, {"parent": "400000000000000002"}],
    ids=["not made by the bot", "nobody came for a minute", "joined, not moved", "in another category"],
)
def test_a_channel_of_no_clear_pattern_is_not_named(how: dict[str, object]) -> None:
    """A channel that somebody else made, or that was not made for a join as the removed ones were, is not named."""
    town = JoinToCreate()
    town.use()
    channel = town.make(**how)
    town.empty(channel)
    town.wait(86_400)
    assert town.left() == []


def test_a_bot_that_keeps_its_channels_is_not_accused() -> None:
    """Where most channels of a pattern stay, such as private rooms that are meant to last, none is named."""
    town = JoinToCreate()
    rooms = [town.make() for _ in range(8)]
    town.use()
    for room in rooms:
        town.empty(room)
    town.wait(7 * 86_400)
    assert town.left() == []


def test_slow_removal_is_part_of_the_pattern() -> None:
    """Where channels are removed after nine minutes, one is named only after three times as long."""
    town = JoinToCreate()
    town.use(removed_after_s=540)
    channel = town.make()
    town.empty(channel)
    town.wait(3 * 540)
    assert town.left() == []
    town.wait(1)
    assert [left.channel_id for left in town.left()] == [channel]


def test_many_guilds_prove_a_pattern_together() -> None:
    """A guild with few channels is judged by those of all guilds, where nearly none of these stay."""
    town = JoinToCreate()
    for category in range(20):
        town.use(1, parent=f"41000000000000{category:04}")
    channel = town.make(parent=CATEGORY)
    town.empty(channel)
    town.wait(LEFT_AFTER_S + 1)
    assert [left.channel_id for left in town.left()] == [channel]


def test_what_the_bots_code_says_needs_no_pattern() -> None:
    """A channel that the bot's code marks as temporary is named without any other, even where nobody ever came."""
    town = JoinToCreate()
    town.create(ROOM)
    town.watch.temporary.mark(ROOM, GUILD, None, town.now_ns)
    town.wait(LEFT_AFTER_S + 1)
    assert [(left.channel_id, left.removed) for left in town.left()] == [(ROOM, 0)]
    town.be("a", ROOM)
    assert town.left() == []


def test_the_audit_log_tells_whose_channel_it_is() -> None:
    """An entry of the audit log by which the bot made a channel proves it as well; one of somebody else does not."""
    town = JoinToCreate()
    for user, named in ((BOT, True), ("600000000000000001", False)):
        made: list[str] = []
        for _ in range(LEAST_REMOVED + 1):
            made.append(town.make(by_bot=False, parent=user))
            entry = {"action_type": 10, "user_id": user, "target_id": made[-1], "guild_id": GUILD}
            town.event("GUILD_AUDIT_LOG_ENTRY_CREATE", entry)
            town.empty(made[-1])
        for channel in made[:-1]:
            town.remove(channel)
        town.wait(3 * LEFT_AFTER_S)
        assert [left.channel_id for left in town.left()] == (made[-1:] if named else [])
        town.remove(made[-1])


def test_a_channel_removed_while_the_shard_was_away_is_forgotten() -> None:
    """After a reconnect, channels that are no longer there were removed, and those that are there still stand."""
    town = JoinToCreate()
    town.use(2 * LEAST_REMOVED)
    first, second = town.make(), town.make()
    town.empty(first)
    town.empty(second)
    town.wait(LEFT_AFTER_S + 1)
    assert len(town.left()) == 2
    town.ready()
    town.guild([state("a", LOBBY)], channels=[LOBBY, ROOM, second])
    town.wait(LEFT_AFTER_S + 1)
    assert [left.channel_id for left in town.left()] == [second]


UNKNOWN = ["outage", "disconnected", "new session"]


@pytest.mark.parametrize("how", UNKNOWN)
def test_nothing_is_named_while_its_guild_is_unknown(how: str) -> None:
    """During an outage, and while the shard is away, nobody knows whether a channel is still there, or empty."""
    town = JoinToCreate()
    town.leave_one_behind()
    assert town.left() and town.read().left == 1
    town.lose(how)
    town.wait(LEFT_AFTER_S)
    assert town.left() == [] and town.read().left == 0


@pytest.mark.parametrize("how", UNKNOWN)
def test_an_outage_makes_no_channel_look_left_behind(how: str) -> None:
    """A channel that was emptied just before an outage counts as empty from when its guild is known again."""
    town = JoinToCreate()
    town.use()
    channel = town.make()
    town.empty(channel)
    town.lose(how)
    town.wait(3 * LEFT_AFTER_S)
    assert town.left() == []
    town.ready()
    town.guild(channels=[LOBBY, ROOM, channel])
    known_ns = town.now_ns
    town.wait(LEFT_AFTER_S)
    assert town.left() == []
    town.wait(1)
    assert [(left.channel_id, left.empty_since_ns) for left in town.left()] == [(channel, known_ns)]


def test_who_left_during_an_outage_leaves_an_empty_channel_from_then_on() -> None:
    """Where the last member left while the shard was away, the channel counts as empty from the reconnect."""
    town = JoinToCreate()
    town.use()
    channel = town.make()
    town.wait(60)
    town.lose("disconnected")
    town.wait(3 * LEFT_AFTER_S)
    town.ready()
    town.guild(channels=[LOBBY, ROOM, channel])
    assert town.left() == []
    town.wait(LEFT_AFTER_S + 1)
    assert [left.channel_id for left in town.left()] == [channel]


def test_a_resumed_connection_goes_on_with_what_is_left_behind() -> None:
    """A resumed session has told everything, so that a channel is as long empty as it was."""
    town = JoinToCreate()
    channel = town.leave_one_behind()
    (before,) = town.left()
    town.lose("disconnected")
    town.event("RESUMED", {})
    assert town.left() == [before] and before.channel_id == channel


@pytest.mark.parametrize("how", ["outage", "new session"])
def test_channels_of_a_guild_that_is_gone_after_an_outage_are_forgotten(how: str) -> None:
    """Where a new session no longer lists a guild, the bot has been removed from it."""
    town = JoinToCreate()
    town.leave_one_behind()
    town.lose(how)
    town.ready(guilds=[])
    temporary: Any = town.watch.temporary  # that nothing is kept shows nowhere else
    assert not temporary._lives


def test_channels_are_counted_where_they_are_for_voice() -> None:
    """Voice and stage channels are counted when they are created and removed; text channels are not."""
    town = Town()
    for kind in (0, 2, 13, 4):
        town.create(f"53000000000000000{kind % 10}", kind=kind)
    town.remove(ROOM)
    town.remove(LOBBY, kind=0)
    assert (town.read().created, town.read().removed) == (2, 1)


def test_a_quiet_week_names_nothing() -> None:
    """A week of joins, moves and channels that are removed soon, some late, names no channel at any minute."""
    town = JoinToCreate()
    for hour in range(7 * 24):
        town.use(2, removed_after_s=1 + hour % 5)
        room = town.make(by_bot=hour % 3 > 0)
        town.wait(600)
        assert town.left() == []
        town.empty(room)
        if hour % 7 == 0:  # the bot was slow once, but did it
            town.wait(LEFT_AFTER_S - 1)
        town.remove(room)
        town.wait(1_000)
        assert town.left() == []


def test_memory_does_not_grow_with_channels() -> None:
    """Channels that are not temporary are forgotten after a minute, and removed ones at once."""
    town = JoinToCreate()
    for number in range(300):
        town.create(f"54000000000000{number:04}")
    town.use(50)
    town.wait(61)
    town.left()
    temporary: Any = town.watch.temporary  # that nothing is kept shows nowhere else
    assert not temporary._lives
