"""What people did with alerts is kept once, for all instances, and no longer than it holds."""

from __future__ import annotations

from plugin.history.alert_actions import EXPIRED_KEPT_S, MOST_ACTIONS, TOLD_WITHIN_S
from plugin.history.store import Store
from plugin.model import AlertKept
from plugin.model.alert_actions import ActionKind, AlertAction
from tests.history.builders import BOT, DAY, NOON, prune_all

INCIDENT = "3f2a1b9c"
SEEN = AlertAction("1", INCIDENT, ActionKind.ACKNOWLEDGED, NOON, "Ada")
NOTE = AlertAction("2", INCIDENT, ActionKind.NOTE, NOON + 1, "Bob", "The host is being moved.")
HOUR = AlertAction("3", INCIDENT, ActionKind.SILENCED, NOON + 2, "Ada", until=NOON + 3602, about=("0f", "1f"))
OPEN = AlertAction("4", INCIDENT, ActionKind.SILENCED, NOON + 3, "Ada", about=("0f",))
TOLD = AlertKept(INCIDENT, "discord:1", "one", NOON, "99", "{}")


async def keep(store: Store, *actions: AlertAction) -> None:
    """Write what was done."""
    for action in actions:
        await store.fleet.keep_alert_action(BOT, action)


async def test_what_was_done_is_kept_as_it_was_written(store: Store, other: Store) -> None:
    """Once, however often two processes write it; each bot has its own."""
    await keep(store, NOTE, SEEN, HOUR)
    await keep(other, NOTE)
    await store.fleet.keep_alert(BOT, TOLD, NOON)
    assert await other.fleet.alert_actions(BOT, NOON) == (SEEN, NOTE, HOUR)
    assert await store.fleet.alert_actions(BOT + 1, NOON) == ()


async def test_it_is_known_whether_anybody_is_still_told(store: Store) -> None:
    """At whatever target."""
    await keep(store, OPEN)
    await store.fleet.keep_alert(BOT, TOLD, NOON)
    for late, is_told in ((TOLD_WITHIN_S, True), (TOLD_WITHIN_S + 1, False)):
        (kept,) = await store.fleet.alert_actions(BOT, NOON + late)
        assert kept == OPEN._replace(is_told=is_told)


async def test_any_text_is_kept(store: Store) -> None:
    """Without NUL and lone surrogates, and not longer than it may be."""
    await keep(store, NOTE._replace(author="A\0da" * 99, text="\ud800" + "x" * 999))
    (kept,) = await store.fleet.alert_actions(BOT, NOON)
    assert (kept.author[:5], len(kept.author), kept.text[:2], len(kept.text)) == ("AdaAd", 100, "?x", 300)


async def test_what_ends_with_an_incident_goes_when_no_target_tells_it_any_more(store: Store) -> None:
    """A silence with a time stays, since what it is about may come back."""
    for target in ("discord:1", "discord:2"):
        await store.fleet.keep_alert(BOT, TOLD._replace(target=target), NOON)
    await keep(store, SEEN, NOTE, HOUR, OPEN, SEEN._replace(id="5", incident="another"))
    await store.fleet.drop_alert(BOT, TOLD)
    assert len(await store.fleet.alert_actions(BOT, NOON)) == 5
    await store.fleet.drop_alert(BOT, TOLD._replace(target="discord:2"))
    assert {action.id for action in await store.fleet.alert_actions(BOT, NOON)} == {"3", "5"}


async def test_what_is_long_over_is_pruned(store: Store) -> None:
    """Silences a day after their end, and the rest a week after it was done, unless the alert still stands."""
    await keep(store, SEEN, HOUR, SEEN._replace(id="5", incident="another"))
    await prune_all(store, int(NOON + 3602 + EXPIRED_KEPT_S))
    assert len(await store.fleet.alert_actions(BOT, NOON)) == 3
    await prune_all(store, int(NOON + 3603 + EXPIRED_KEPT_S))
    assert [action.id for action in await store.fleet.alert_actions(BOT, NOON)] == ["1", "5"]
    await store.fleet.keep_alert(BOT, TOLD._replace(seen=NOON + 8 * DAY), NOON)
    await prune_all(store, int(NOON + 8 * DAY))
    assert await store.fleet.alert_actions(BOT, NOON) == (SEEN,)


async def test_there_is_an_end_to_what_is_kept(store: Store) -> None:
    """The oldest gives way."""
    await keep(store, *(NOTE._replace(id=f"{number:09}", at=NOON + number) for number in range(MOST_ACTIONS + 2)))
    kept = await store.fleet.alert_actions(BOT, NOON)
    assert (len(kept), kept[0].at, kept[-1].at) == (MOST_ACTIONS, NOON + 2, NOON + MOST_ACTIONS + 1)
