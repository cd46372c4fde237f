"""What a lost connection means for sessions."""

from __future__ import annotations

import pytest

from tests.instrument.voice.town import BOT, GUILD, LOBBY, OTHER_GUILD, ROOM, SECOND_NS, Shard, Town, member, state


def test_a_resumed_connection_loses_nothing() -> None:
    """While a shard is away nothing is counted; once it has resumed, all of it is, and no session has ended."""
    town = Town()
    town.be("a", ROOM)
    town.wait(10)
    town.watch.disconnected(0, town.now_ns)
    town.wait(100)
    assert town.seconds() == {"alone": 10}
    town.be("a", ROOM, self_mute=True)  # a replayed event
    town.event("RESUMED", {})
    town.wait(1)
    assert town.seconds() == {"alone": 111}
    town.be("a", None)
    assert [*town.read().whole_ns] == [111 * SECOND_NS]


def test_who_is_still_there_after_a_new_session_goes_on() -> None:
    """After a reconnect with a new gateway session, members who are still there have one session, with one join."""
    town = Town()
    town.be("a", ROOM)
    town.wait(10)
    town.watch.disconnected(0, town.now_ns)
    town.wait(30)
    town.ready()
    town.guild([state("a", LOBBY)])
    town.wait(5)
    town.be("a", None)
    reading = town.read()
    assert [*reading.whole_ns] == [45 * SECOND_NS] and not reading.parts_ns
    assert (reading.joins, reading.moves) == (1, 1)
    assert town.seconds() == {"alone": 45}


def test_who_left_meanwhile_left_when_the_connection_was_lost() -> None:
    """A session whose end was not seen ends with the last moment that is known, and counts as seen in part."""
    town = Town()
    town.be("a", ROOM)
    town.be("b", ROOM)
    town.wait(10)
    town.watch.disconnected(0, town.now_ns)
    town.wait(30)
    town.ready()
    town.wait(2)
    town.guild([state("b", ROOM), state("c", ROOM)])
    town.wait(5)
    reading = town.read()
    assert [*reading.parts_ns] == [10 * SECOND_NS] and reading.members == 2 and reading.joins == 2
    # b was there all along, alone until c was found.
    assert town.seconds() == {"together": 2 * 10 + 2 * 5, "alone": 32}


def test_the_time_of_a_lost_connection_is_never_told_twice() -> None:
    """What was told before a new session turns out to be too much is made up for, and the total only grows."""
    town = Town()
    town.be("a", ROOM)
    town.wait(60)  # the connection is lost, and nobody has said so yet
    told = town.read().time.alone
    town.ready()
    town.guild()
    assert town.read().time.alone <= told and town.read().members == 0


def test_a_guild_that_has_an_outage_closes_and_reopens() -> None:
    """In an outage sessions end as seen in part; when the guild is back, those who are there begin anew."""
    town = Town()
    town.be("a", ROOM)
    town.wait(10)
    town.event("GUILD_DELETE", {"id": GUILD, "unavailable": True})
    town.wait(100)
    town.guild([state("a", ROOM)])
    town.wait(5)
    reading = town.read()
    assert [*reading.parts_ns] == [10 * SECOND_NS] and reading.members == 1
    assert town.seconds() == {"alone": 15}


def test_a_guild_that_the_bot_leaves_is_forgotten() -> None:
    """A guild that removes the bot takes its sessions and its connection with it."""
    town = Town()
    town.be("a", ROOM)
    town.be(BOT, ROOM, member=member(bot=True))
    town.wait(10)
    town.event("GUILD_DELETE", {"id": GUILD})
    town.wait(10)
    reading = town.read()
    assert (reading.members, reading.connections, len(reading.parts_ns)) == (0, 0, 1)
    town.be("a", ROOM)
    assert town.read().members == 0


@pytest.mark.parametrize("again", [False, True], ids=["at once", "in a later session"])
def test_members_of_a_guild_that_is_gone_after_a_reconnect_are_forgotten(again: bool) -> None:
    """Where a new session no longer lists a guild, its sessions ended when the connection was lost."""
    town = Town()
    town.be("a", ROOM)
    town.wait(10)
    if again:
        town.ready()
        town.wait(20)
    town.ready(guilds=[OTHER_GUILD])
    assert [*town.read().parts_ns] == [10 * SECOND_NS]
    town.watch.stop(town.now_ns)
    assert not town.read().parts_ns


def test_guilds_of_another_shard_are_not_gone() -> None:
    """A session of one shard lists only its own guilds; members of the others wait for theirs."""
    town, second = Town(), Shard(1)
    town.be("a", ROOM)
    town.wait(10)
    town.ready()
    town.ready(second, guilds=[OTHER_GUILD])
    town.guild([state("a", ROOM)])
    assert town.read().members == 1 and not town.read().parts_ns


def test_one_shard_does_not_touch_another() -> None:
    """A new session of one shard leaves the members of the others as they are."""
    town, second = Town(), Shard(1)
    town.ready(second)
    town.guild(guild=OTHER_GUILD, shard=second)
    town.be("a", ROOM)
    town.be("b", "510000000000000001", guild_id=OTHER_GUILD)
    town.wait(10)
    town.watch.disconnected(1, town.now_ns)
    town.wait(5)
    town.ready(second)
    town.wait(5)
    assert town.read().members == 1 and town.seconds() == {"alone": 20 + 10}
    town.guild([state("b", "510000000000000001")], guild=OTHER_GUILD, shard=second)
    assert town.read().members == 2 and town.seconds() == {"alone": 20 + 20}


def test_a_guild_is_unknown_until_it_was_told() -> None:
    """Events of a guild that the gateway has not described yet count for nothing: who else is there is not known."""
    town = Town()
    town.be("a", ROOM, guild_id=OTHER_GUILD)
    assert town.read().members == 0 and town.read().joins == 0
