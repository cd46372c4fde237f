"""Instances and releases."""

from __future__ import annotations

from plugin.history.store import Store
from plugin.model import BootSeen, InstanceSeen, ReleaseSeen, StartSeen
from tests.history.builders import BOT, DAY, NOON, WRITER, batch, delta, prune_all


async def test_an_instance_registers_beats_and_leaves(store: Store) -> None:
    """Each sign is kept: when it started and was last seen, its shards, its words, its goodbye."""
    await store.fleet.register(WRITER, NOON + 0.5)
    started = InstanceSeen("host", "boot", "1.0", NOON + 0.5, NOON + 0.5, None, (), "")
    assert await store.fleet.instances(BOT) == (started,)
    await store.fleet.beat(WRITER, NOON + 60, (0, 1), "memory 81 %")
    alive = started._replace(last_seen=NOON + 60, shards=(0, 1), status="memory 81 %")
    assert await store.fleet.instances(BOT) == (alive,)
    await store.fleet.leave(WRITER, NOON + 90)
    assert await store.fleet.instances(BOT) == (alive._replace(last_seen=NOON + 90, left=NOON + 90),)


async def test_a_dead_instance_keeps_its_last_words(store: Store) -> None:
    """One that fell silent is listed after the living, without a goodbye, with what it said last."""
    for name in ("dead", "alive"):
        writer = WRITER._replace(instance=name)
        await store.fleet.register(writer, NOON)
        await store.fleet.beat(writer, NOON + 60, (3,), f"{name} at 60")
    await store.fleet.beat(WRITER._replace(instance="alive"), NOON + 600, (4,), "alive at 600")
    found = [(seen.name, seen.last_seen, seen.left, seen.status) for seen in await store.fleet.instances(BOT)]
    assert found == [("alive", NOON + 600, None, "alive at 600"), ("dead", NOON + 60, None, "dead at 60")]


async def test_an_instance_is_shown_at_its_last_start(store: Store) -> None:
    """After a restart the instance is one still, with its new boot and release."""
    await store.fleet.register(WRITER, NOON)
    await store.fleet.register(WRITER._replace(boot="next", release="2.0"), NOON + 60)
    (seen,) = await store.fleet.instances(BOT)
    assert (seen.boot, seen.release, seen.started) == ("next", "2.0", NOON + 60)


async def test_every_start_is_remembered(store: Store) -> None:
    """Starts come oldest first with their release, whichever was written first; one instance can be asked for alone."""
    for boot, at, release in (("a", 60, "1.0"), ("b", 0, "1.0"), ("c", 120, "2.0")):
        await store.fleet.register(WRITER._replace(boot=boot, release=release), NOON + at)
    await store.fleet.register(WRITER._replace(instance="other"), NOON + 30)
    mine = [StartSeen(NOON + at, "host", name, NOON + at) for at, name in ((0, "1.0"), (60, "1.0"), (120, "2.0"))]
    assert await store.fleet.starts(BOT, "host") == tuple(mine)
    assert await store.fleet.starts(BOT) == (mine[0], StartSeen(NOON + 30, "other", "1.0", NOON + 30), *mine[1:])
    assert await store.fleet.starts(BOT, "never") == ()


async def test_what_a_clock_ahead_left_is_not_believed(store: Store) -> None:
    """A start under a clock that was days ahead is not the last one, once the clock is right again."""
    await store.fleet.register(WRITER._replace(boot="ahead"), NOON + 20 * DAY)
    await store.fleet.leave(WRITER._replace(boot="ahead"), NOON + 20 * DAY + 60)
    await store.fleet.register(WRITER._replace(boot="next", release="2.0"), NOON)
    await store.fleet.register(WRITER._replace(instance="other"), NOON + 60)
    now = NOON + 30.0
    seen = {seen.name: (seen.release, seen.left) for seen in await store.fleet.instances(BOT, now)}
    assert seen == {"host": ("2.0", None), "other": ("1.0", None)}
    assert [start.release for start in await store.fleet.starts(BOT, now=now)] == ["2.0", "1.0"]
    assert len(await store.fleet.starts(BOT)) == 3


async def test_registering_twice_is_a_beat(store: Store) -> None:
    """A second registration of one boot, after a lost acknowledgement, changes only when it was last seen."""
    await store.fleet.register(WRITER, NOON)
    await store.writing.write(WRITER, once := batch(NOON, delta()))
    await store.fleet.register(WRITER, NOON + 60)
    (seen,) = await store.fleet.instances(BOT)
    assert (seen.started, seen.last_seen) == (NOON, NOON + 60)
    assert await store.writing.write(WRITER, once) is False


async def test_releases_are_seen_first_and_last(store: Store) -> None:
    """A release is there from its first start to its last beat, on whichever instance."""
    await store.fleet.register(WRITER, NOON)
    await store.fleet.register(WRITER._replace(boot="b", release="2.0"), NOON + 60)
    await store.fleet.beat(WRITER._replace(boot="b", release="2.0"), NOON + 120)
    await store.fleet.register(WRITER._replace(boot="c", instance="other"), NOON + 90)
    assert await store.fleet.releases(BOT) == (
        ReleaseSeen("2.0", NOON + 60, NOON + 120),
        ReleaseSeen("1.0", NOON, NOON + 90),
    )


async def test_writing_and_beating_need_no_registration(store: Store) -> None:
    """Whoever could not register, since the database was away at the start, is registered by what it does next."""
    await store.writing.write(WRITER, batch(NOON, delta()))
    await store.fleet.beat(WRITER._replace(instance="other"), NOON + 60)
    assert [seen.name for seen in await store.fleet.instances(BOT)] == ["other", "host"]


async def test_bots_do_not_see_each_other(store: Store) -> None:
    """Instances and releases are those of the bot that is asked for."""
    await store.fleet.register(WRITER, NOON)
    assert (await store.fleet.instances(2), await store.fleet.releases(2)) == ((), ())


async def test_starts_long_ago_are_forgotten(store: Store) -> None:
    """An instance that was not seen for as long as hours are kept is no longer listed; its release still is."""
    await store.fleet.register(WRITER, NOON)
    await store.fleet.register(WRITER._replace(instance="alive"), NOON + 31 * DAY)
    await prune_all(store, NOON + 31 * DAY)
    assert [seen.name for seen in await store.fleet.instances(BOT)] == ["alive"]
    assert [seen.name for seen in await store.fleet.releases(BOT)] == ["1.0"]


async def test_a_status_is_short(store: Store) -> None:
    """Words beyond 500 characters are cut, and odd ones do not stop the beat."""
    await store.fleet.beat(WRITER, NOON, (), "\0" + "x" * 1000)
    assert (await store.fleet.instances(BOT))[0].status == "x" * 500


async def test_the_processes_of_an_instance_are_remembered(store: Store) -> None:
    """Oldest first, each with its goodbye or without one, and with its last words; those of others are left out."""
    await store.fleet.register(WRITER, NOON)
    await store.fleet.beat(WRITER, NOON + 60, (0,), "memory 81 MB")
    await store.fleet.register(WRITER._replace(boot="next", release="2.0"), NOON + 120)
    await store.fleet.leave(WRITER._replace(boot="next", release="2.0"), NOON + 180)
    await store.fleet.register(WRITER._replace(instance="other"), NOON + 30)
    await store.fleet.register(WRITER._replace(boot="ahead"), NOON + 20 * DAY)
    assert await store.fleet.boots(BOT, "host", NOON + 200.0) == (
        BootSeen("boot", "1.0", NOON, NOON + 60, None, "memory 81 MB"),
        BootSeen("next", "2.0", NOON + 120, NOON + 180, NOON + 180, ""),
    )
    assert await store.fleet.boots(BOT, "never") == ()
