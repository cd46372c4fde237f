"""Sessions in voice, and their time by state, from raw gateway events."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.instrument.voice.town import AFK, GUILD, LOBBY, OTHER_GUILD, ROOM, SECOND_NS, Town, member, state


def lengths(found: list[int] | tuple[int, ...]) -> list[float]:
    """Nanoseconds as seconds."""
    return [length_ns / SECOND_NS for length_ns in found]


def test_a_session_lasts_from_joining_to_leaving() -> None:
    """Who joins and leaves 90 s later had one session of 90 s, all of it alone."""
    town = Town()
    town.be("a", ROOM)
    town.wait(90)
    assert town.seconds() == {"alone": 90} and town.read().members == 1
    town.be("a", None)
    town.wait(50)
    reading = town.read()
    assert lengths([*reading.whole_ns]) == [90] and not reading.parts_ns
    assert (reading.joins, reading.moves, reading.members) == (1, 0, 0)
    assert town.seconds() == {"alone": 90}


def test_a_move_is_one_session_with_two_places() -> None:
    """A member who moves from one channel to another has one session, and one move is counted."""
    town = Town()
    town.be("a", LOBBY)
    town.wait(10)
    town.be("a", ROOM)
    town.wait(20)
    town.be("a", None)
    reading = town.read()
    assert lengths([*reading.whole_ns]) == [30] and (reading.joins, reading.moves) == (1, 1)


def test_who_is_left_alone_is_alone_from_then_on() -> None:
    """Two are together until one leaves; the other is alone after that, until somebody comes."""
    town = Town()
    town.be("a", ROOM)
    town.be("b", ROOM)
    town.wait(10)
    town.be("b", None)
    town.wait(5)
    town.be("c", ROOM)
    town.wait(3)
    assert town.seconds() == {"together": 2 * 10 + 2 * 3, "alone": 5}


def test_a_bot_is_no_company_and_no_member() -> None:
    """A member with a music bot is alone; the bot has no session, and another bot's presence is no connection."""
    town = Town()
    town.be("a", ROOM)
    town.be("music", ROOM, member=member(bot=True))
    town.wait(10)
    town.be("music", None, member=member(bot=True))
    reading = town.read()
    assert town.seconds() == {"alone": 10}
    assert (reading.members, reading.joins, reading.connections, [*reading.whole_ns]) == (1, 1, 0, [])


def test_the_bot_itself_is_a_connection() -> None:
    """Where the bot is in voice is counted by guild, and not as a member."""
    from tests.instrument.voice.town import BOT

    town = Town()
    town.be(BOT, ROOM, member=member(bot=True))
    assert (town.read().connections, town.read().members) == (1, 0)
    town.be(BOT, None, member=member(bot=True))
    assert town.read().connections == 0


@pytest.mark.parametrize("how", ["self_deaf", "deaf"])
def test_deafened_time_counts_apart(how: str) -> None:
    """Who is deafened in company counts as deafened, by himself or by the guild; muting changes nothing."""
    town = Town()
    town.be("a", ROOM)
    town.be("b", ROOM)
    town.wait(10)
    town.be("b", ROOM, **{how: True})
    town.be("a", ROOM, self_mute=True)
    town.wait(7)
    town.be("b", ROOM, **{how: False})
    town.wait(3)
    assert town.seconds() == {"together": 2 * 10 + 7 + 2 * 3, "deafened": 7}


def test_a_deafened_member_who_is_alone_is_alone() -> None:
    """Alone comes before deafened: with company the same member counts as deafened, without it as alone."""
    town = Town()
    town.be("a", ROOM, self_deaf=True)
    town.wait(5)
    town.be("b", ROOM)
    town.wait(4)
    town.be("b", None)
    town.wait(3)
    assert town.seconds() == {"alone": 8, "deafened": 4, "together": 4}


def test_time_in_the_afk_channel_counts_apart() -> None:
    """Whoever is in the AFK channel is away, with others or not, deafened or not."""
    town = Town()
    town.be("a", ROOM)
    town.be("a", AFK)
    town.wait(10)
    town.be("b", AFK, self_deaf=True)
    town.wait(5)
    town.be("a", ROOM)
    town.wait(2)
    assert town.seconds() == {"afk": 10 + 2 * 5 + 2, "alone": 2}


def test_another_afk_channel_counts_from_its_choice_on() -> None:
    """Where a guild makes another channel its AFK channel, the members of both change their state at that moment."""
    town = Town()
    for user, channel in (("a", ROOM), ("b", ROOM), ("c", AFK), ("d", AFK)):
        town.be(user, channel, self_deaf=user == "d")
    town.wait(10)
    town.event("GUILD_UPDATE", {"id": GUILD, "afk_channel_id": ROOM})
    town.wait(5)
    assert town.seconds() == {"together": 2 * 10 + 5, "afk": 2 * 10 + 2 * 5, "deafened": 5}


def test_those_who_are_there_at_the_start_have_no_join() -> None:
    """A session that is found at the start counts from then on, and as seen in part when it ends."""
    town = Town()
    town.guild([state("a", ROOM), state("music", ROOM), state("d", ROOM, self_deaf=True)], bots=["music"])
    town.wait(10)
    town.be("a", None)
    reading = town.read()
    assert lengths([*reading.parts_ns]) == [10] and not reading.whole_ns and reading.joins == 0
    assert town.seconds() == {"together": 10, "deafened": 10}


def test_a_stop_closes_every_session() -> None:
    """When the bot stops, running sessions end as seen in part, and nothing counts any more."""
    town = Town()
    town.be("a", ROOM)
    town.be("b", ROOM)
    town.wait(10)
    town.watch.stop(town.now_ns)
    town.wait(100)
    reading = town.read()
    assert sorted(lengths([*reading.parts_ns])) == [10, 10] and reading.members == 0
    assert town.seconds() == {"together": 20}
    town.be("c", ROOM)
    assert town.read().members == 0


def test_a_member_is_followed_in_each_guild_apart() -> None:
    """Sessions of one account in two guilds are two, whichever events come first."""
    town = Town()
    town.guild(guild=OTHER_GUILD)
    town.be("a", ROOM)
    town.wait(10)
    town.be("a", "510000000000000001", guild_id=OTHER_GUILD)
    town.wait(5)
    town.be("a", None)
    assert town.read().members == 1
    town.be("a", None, guild_id=OTHER_GUILD)
    reading = town.read()
    assert town.seconds() == {"alone": 20} and reading.joins == 2


def test_more_members_than_the_cap_are_dropped_and_told() -> None:
    """Beyond the cap members are not followed, and their number is told; those who are followed stay exact."""
    town = Town(most=3)
    for number in range(5):
        town.be(f"user {number}", ROOM)
    town.wait(10)
    for number in range(5):
        town.be(f"user {number}", None)
    reading = town.read()
    assert town.watch.sessions.dropped == 2
    assert (len(reading.whole_ns), reading.members) == (3, 0)
    assert not town.watch.sessions.running


def test_who_is_followed_only_after_the_cap_did_not_join_then() -> None:
    """A member who was there while there were too many is followed from his next event on, and seen in part."""
    town = Town(most=1)
    town.be("a", ROOM)
    town.be("b", ROOM)
    town.be("b", ROOM, self_mute=True)
    assert town.watch.sessions.dropped == 1
    town.wait(10)
    town.be("a", None)
    town.be("b", ROOM, self_mute=False)
    town.wait(5)
    town.be("b", None)
    town.be("b", ROOM)
    reading = town.read()
    assert (lengths([*reading.whole_ns]), lengths([*reading.parts_ns])) == ([10], [5])
    assert (reading.joins, reading.members) == (2, 1)


@pytest.mark.parametrize("back", [ROOM, LOBBY], ids=["stays", "moves"])
def test_who_was_found_beyond_the_cap_did_not_join_later(back: str) -> None:
    """The same holds for those whom the gateway lists with their guild, who may move before they are followed."""
    town = Town(most=1)
    town.guild([state("a", ROOM), state("b", ROOM)])
    town.be("a", None)
    town.be("b", back)
    town.wait(5)
    town.be("b", None)
    reading = town.read()
    assert reading.joins == 0 and not reading.whole_ns and lengths([*reading.parts_ns]) == [0, 5]


def test_who_left_beyond_the_cap_joins_when_he_comes_again() -> None:
    """A member who was not followed and left has a whole session the next time, if there is room for it."""
    town = Town(most=1)
    town.be("a", ROOM)
    town.be("b", ROOM)
    town.be("b", None)
    town.be("a", None)
    town.be("b", ROOM)
    town.wait(5)
    town.be("b", None)
    reading = town.read()
    assert reading.joins == 2 and lengths([*reading.whole_ns]) == [0, 5]


def test_ids_are_forgotten_with_the_session() -> None:
    """Once everybody has left, the watch knows neither users nor channels."""
    town = Town(most=40)
    for number in range(50):
        town.be(f"user {number}", f"{ROOM}{number % 5}")
    for number in range(50):
        town.be(f"user {number}", None)
    watch: Any = town.watch  # that nothing is kept shows nowhere else
    guild = watch.sessions.guilds[GUILD]
    assert not guild.sessions and not guild.channels and not guild.untracked


@pytest.mark.parametrize("seed", range(12))
def test_times_add_up_whatever_happens(seed: int) -> None:
    """After any sequence of events the times by state are those that a plain look at every second gives."""
    chance = random.Random(seed)
    town = Town()
    channels = [LOBBY, ROOM, AFK, None]
    there: dict[str, tuple[str, bool]] = {}
    afk, seconds = AFK, dict.fromkeys(("together", "alone", "deafened", "afk"), 0)
    for _ in range(400):
        user, channel, deaf = f"user {chance.randrange(6)}", chance.choice(channels), chance.random() < 0.3
        if channel is None:
            there.pop(user, None)
        else:
            there[user] = channel, deaf
        town.be(user, channel, self_deaf=deaf)
        if chance.random() < 0.05:
            afk = chance.choice([ROOM, AFK])
            town.event("GUILD_UPDATE", {"id": GUILD, "afk_channel_id": afk})
        if chance.random() < 0.1:
            town.guild([state(user, place, self_deaf=deaf) for user, (place, deaf) in there.items()])
            town.event("GUILD_UPDATE", {"id": GUILD, "afk_channel_id": afk})
        for _ in range(chance.randrange(3)):
            town.wait(1)
            for place, deaf in there.values():
                alone = sum(other == place for other, _ in there.values()) == 1
                seconds["afk" if place == afk else "alone" if alone else "deafened" if deaf else "together"] += 1
    assert town.seconds() == {name: second for name, second in seconds.items() if second}
    assert town.read().members == len(there)
