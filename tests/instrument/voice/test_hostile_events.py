"""Events that are not as Discord's."""

from __future__ import annotations

from typing import Any

import pytest

from tests.instrument.voice.town import GUILD, ROOM, Town, state

EVENTS = (
    "VOICE_STATE_UPDATE",
    "CHANNEL_CREATE",
    "CHANNEL_DELETE",
    "GUILD_CREATE",
    "GUILD_UPDATE",
    "GUILD_DELETE",
    "GUILD_AUDIT_LOG_ENTRY_CREATE",
)
HOSTILE: tuple[Any, ...] = (
    None,
    [],
    "text",
    7,
    {},
    {"id": None},
    {"id": [], "type": 2, "guild_id": []},
    {"id": "1", "type": 2},
    {"id": "1", "voice_states": [None], "members": None, "channels": 3},
    {"user_id": {}, "channel_id": "1", "guild_id": GUILD},
    {"user_id": "a", "channel_id": {}, "guild_id": GUILD, "self_deaf": 1, "deaf": 0},
    {"user_id": "z", "channel_id": {}, "guild_id": GUILD, "self_deaf": 1, "deaf": 0, "member": {"user": {}}},
    {"user_id": "z", "channel_id": "1", "guild_id": GUILD, "member": "nobody"},
    {"user_id": "a", "channel_id": "1"},
    {"action_type": 10},
)


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("payload", HOSTILE, ids=str)
def test_what_is_not_as_discords_changes_nothing(event: str, payload: Any) -> None:
    """A malformed event is counted or ignored, raises nothing, and leaves running sessions as they are."""
    town = Town()
    town.be("a", ROOM)
    town.be("b", ROOM)
    town.wait(10)
    town.event(event, payload)
    town.wait(5)
    assert town.seconds() == {"together": 30} and town.read().members == 2
    town.be("a", None)
    town.be("b", None)
    assert len(town.read().whole_ns) == 2


@pytest.mark.parametrize(
    "states", [[{}], [{"channel_id": "1", "user_id": {}}], [{"channel_id": "1", "user_id": "c"}], 5], ids=str
)
def test_a_malformed_guild_leaves_the_known_one_as_it_is(states: Any) -> None:
    """Where the voice states of a guild cannot be read, those that are known go on."""
    town = Town()
    town.be("a", ROOM)
    town.event("GUILD_CREATE", {"id": GUILD, "voice_states": states, "members": []})
    town.wait(5)
    assert town.seconds() == {"alone": 5} and town.watch.malformed == 1


def test_malformed_events_are_counted() -> None:
    """Whoever reads how many events were dropped sees malformed ones."""
    town = Town()
    town.event("VOICE_STATE_UPDATE", {})
    town.event("GUILD_CREATE", {})
    assert town.watch.malformed == 2


def test_odd_flags_count_as_true_or_false() -> None:
    """Flags of a wrong type count once, as what they are worth."""
    town = Town()
    town.be("a", ROOM)
    town.be("b", ROOM)
    for odd in ("yes", 1, [0], "no"):
        town.be("b", ROOM, self_deaf=odd)
    town.wait(10)
    town.be("b", ROOM, self_deaf=None)
    town.wait(10)
    assert town.seconds() == {"together": 10 + 20, "deafened": 10}


def test_an_empty_state_of_a_guild_is_a_guild_without_voice() -> None:
    """A guild without voice states, or with states of people who are in no channel, has nobody in voice."""
    town = Town()
    town.guild([state("a", None)])
    assert town.read().members == 0 and town.watch.malformed == 0
