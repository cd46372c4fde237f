"""Alerts that were told are kept: one owner tells each, a message that is known stays, and what is resolved goes."""

from __future__ import annotations

import asyncio

import pytest

from plugin.history.store import Store
from plugin.model import AlertKept
from tests.history.builders import BOT, DAY, NOON, prune_all

CHANNEL = "discord:1234"
MINE = AlertKept("3f2a1b9c", CHANNEL, "one", NOON, "", '{"id": "3f2a1b9c"}')
OTHERS = MINE._replace(owner="two")
STALE = NOON - 300.0


async def test_an_alert_is_kept_as_it_was_written(store: Store) -> None:
    """By bot and target; each state takes the place of the one before."""
    assert await store.fleet.keep_alert(BOT, MINE, STALE) == (MINE, False)
    sent = MINE._replace(message="99", seen=NOON + 60, members="{}")
    assert await store.fleet.keep_alert(BOT, sent, STALE) == (sent, True)
    assert await store.fleet.alerts(BOT, CHANNEL) == (sent,)
    assert await store.fleet.alerts(BOT + 1, CHANNEL) == () == await store.fleet.alerts(BOT, "discord:5")


async def test_a_message_that_is_known_stays(store: Store) -> None:
    """A process that starts again does not know it until it has read it."""
    await store.fleet.keep_alert(BOT, MINE._replace(message="99"), STALE)
    assert (await store.fleet.keep_alert(BOT, MINE, STALE))[0].message == "99"


async def test_of_two_instances_one_tells_it(store: Store, other: Store) -> None:
    """Whoever was first, as long as it lives; then the other goes on with its message."""
    kept = await asyncio.gather(store.fleet.keep_alert(BOT, MINE, STALE), other.fleet.keep_alert(BOT, OTHERS, STALE))
    owner = {alert.owner for alert, _ in kept}
    assert sorted(was_there for _, was_there in kept) == [False, True]
    assert len(owner) == 1
    (first,) = (alert for alert in (MINE, OTHERS) if {alert.owner} == owner)
    (second,) = (alert for alert in (MINE, OTHERS) if {alert.owner} != owner)
    await store.fleet.keep_alert(BOT, first._replace(message="99"), STALE)
    told = first._replace(message="99")
    assert await other.fleet.keep_alert(BOT, second._replace(seen=NOON + 300), NOON) == (told, True)
    taken = second._replace(seen=NOON + 301, message="99")
    assert await other.fleet.keep_alert(BOT, second._replace(seen=NOON + 301), NOON + 1) == (taken, True)
    await store.fleet.drop_alert(BOT, first)
    assert await store.fleet.alerts(BOT, CHANNEL) == (taken,)


@pytest.mark.parametrize("owner", ["one", "ho\0st", "\ud800"])
async def test_an_alert_that_is_resolved_goes(store: Store, owner: str) -> None:
    """Whatever its owner is called."""
    await store.fleet.keep_alert(BOT, MINE._replace(owner=owner), STALE)
    await store.fleet.drop_alert(BOT, MINE._replace(owner=owner))
    assert await store.fleet.alerts(BOT, CHANNEL) == ()


async def test_alerts_of_owners_that_are_gone_are_deleted_after_a_week(store: Store) -> None:
    """Nobody will ever resolve them."""
    await store.fleet.keep_alert(BOT, MINE, STALE)
    await prune_all(store, int(NOON + 7 * DAY))
    assert await store.fleet.alerts(BOT, CHANNEL) == (MINE,)
    await prune_all(store, int(NOON + 7 * DAY + 1))
    assert await store.fleet.alerts(BOT, CHANNEL) == ()
