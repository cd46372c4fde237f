"""Background work on a real bot: scheduled tasks, asyncio tasks and listeners that raise."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import hikari
import pytest

import plugin
from plugin.adapters import LIGHTBULB_LINE
from plugin.instrument.log_watch import LogWatch
from plugin.model import ListenerSnapshot, TaskGroupSnapshot, TaskKind
from tests.e2e.conftest import Scene, until, until_collected

HERE = "test_tasks.py"


async def restock() -> None:
    shelves: dict[str, int] = {}
    shelves["never shown"] += 1


async def feed() -> None:
    """Ends well, again and again."""


async def dies() -> None:
    raise ConnectionError("never shown")


async def waits() -> None:
    await asyncio.Event().wait()


def scheduled(monitor: Any, name: str) -> TaskGroupSnapshot:
    """What is known of a scheduled task."""
    (found,) = [t for t in monitor.snapshot().background.tasks if (t.kind, t.name) == (TaskKind.SCHEDULED, name)]
    return found


def asyncio_tasks(monitor: Any, name: str) -> TaskGroupSnapshot | None:
    """What is known of the tasks that run a function."""
    found = [t for t in monitor.snapshot().background.tasks if (t.kind, t.name) == (TaskKind.ASYNCIO, name)]
    return found[0] if found else None


def listeners(monitor: Any) -> tuple[ListenerSnapshot, ...]:
    """The listeners that raised."""
    return monitor.snapshot().background.listeners


def watches() -> set[logging.Filter]:
    """What watches asyncio's log."""
    return {found for found in logging.getLogger("asyncio").filters if isinstance(found, LogWatch)}


async def watched(scene: Scene) -> tuple[Any, Any]:
    """A running bot and its monitor, which looks when a test says so."""
    sample = await scene.run()
    monitor = plugin.monitor_of(sample.bot)
    await until(lambda: monitor.snapshot().samples)
    return sample, monitor


# Scheduled tasks


async def test_a_scheduled_task_that_stopped_is_reported(scene: Scene) -> None:
    """A task that has failed as often as it may is told with its error, the place, the time, and that it stopped."""
    sample = scene.make()
    await sample.load()
    monitor: Any = plugin.monitor_of(sample.bot)
    sample.schedule(restock, failures=1)
    await sample.start()
    await until(lambda: scheduled(monitor, "restock").stopped)
    found = scheduled(monitor, "restock")
    assert (found.running, found.finished, found.died, found.stopped) == (0, 0, 1, "after 1 failure")
    assert found.place is not None and found.place.file.endswith(HERE)
    assert found.place.line == restock.__code__.co_firstlineno
    error = found.error
    assert error is not None and error.type == "KeyError" and error.count == 1
    assert error.place is not None and error.place.file.endswith(HERE) and error.place.function == "restock"
    assert abs(monitor.snapshot().at - error.last_seen) < 60 and found.stopped_at == error.last_seen
    assert "never shown" not in repr(found)


@pytest.mark.usefixtures("open_details")
async def test_the_page_tells_of_a_task_that_stopped(scene: Scene) -> None:
    """`/health` says of a task that stopped which it is, that it will not run again, and why."""
    sample, monitor = await watched(scene)
    sample.schedule(restock, failures=1)
    await until(lambda: scheduled(monitor, "restock").stopped)
    embed = (await scene.ask("health")).response.data["embeds"][0]
    page = " ".join(embed["description"].replace("\\", "").split())
    assert "task restock will not run again: KeyError in" in page
    assert "after 1 failure, just now; will not run again" in page


async def test_a_scheduled_task_goes_on_until_its_last_failure(scene: Scene) -> None:
    """Each failure of a task that may fail more often is counted, and it is stopped by the last only."""
    sample, monitor = await watched(scene)
    fails = iter([True, True, False, True, True, True])

    async def flaps() -> None:
        if next(fails):
            raise ValueError("not now")

    sample.schedule(flaps, failures=3 if LIGHTBULB_LINE == 2 else 5)
    await until(lambda: scheduled(monitor, "flaps").stopped)
    found = scheduled(monitor, "flaps")
    assert (found.finished, found.died) == (1, 5)
    assert found.stopped == ("after 3 failures in a row" if LIGHTBULB_LINE == 2 else "after 5 failures")
    assert found.error is not None and found.error.count == 5


async def test_a_scheduled_task_that_is_well(scene: Scene) -> None:
    """A task that runs is told with its runs, and is no asyncio task of its own; ended by the bot it is no trouble."""
    sample, monitor = await watched(scene)
    task = sample.schedule(feed, failures=1)
    await until(lambda: scheduled(monitor, "feed").finished >= 3)
    await monitor.tick()
    found = scheduled(monitor, "feed")
    assert (found.running, found.died, found.error, found.stopped) == (1, 0, None, None)
    assert not [t for t in monitor.snapshot().background.tasks if t.kind is TaskKind.ASYNCIO and "_loop" in t.name]
    task.stop()
    await until(lambda: not scheduled(monitor, "feed").running)
    assert scheduled(monitor, "feed").stopped is None


async def test_a_scheduled_task_that_dies_beside_its_runs(scene: Scene) -> None:
    """Where what tells the next run raises, Lightbulb says nothing and runs it no more; it is told as stopped."""
    sample, monitor = await watched(scene)
    intervals = {0: 0.001}

    def when(*_: object) -> float:
        return intervals.pop(0)

    if LIGHTBULB_LINE == 2:
        from lightbulb.ext import tasks

        trigger = type("Once", (tasks.Trigger,), {"get_interval": when})()
        tasks.task(trigger, wait_before_execution=True)(feed).start()
    else:
        sample.client.task(when, max_failures=1)(feed)
    await until(lambda: scheduled(monitor, "feed").stopped)
    found = scheduled(monitor, "feed")
    assert (found.finished, found.running, found.stopped) == (1, 0, "outside a run")
    assert found.error is not None and found.error.type == "KeyError"
    assert found.error.place is not None and found.error.place.function.endswith("when")


# Asyncio tasks


async def test_a_task_that_dies_at_once_is_reported(scene: Scene) -> None:
    """A task that nobody holds and that fails before the next look is known by asyncio's own log, and counted once."""
    _, monitor = await watched(scene)
    asyncio.create_task(dies())  # noqa: RUF006 # that nobody holds it is what is tested
    await until_collected(lambda: asyncio_tasks(monitor, "dies"))
    await monitor.tick()
    await monitor.tick()
    found = asyncio_tasks(monitor, "dies")
    assert found is not None
    assert (found.running, found.finished, found.died, found.cancelled) == (0, 0, 1, 0)
    assert found.error is not None and found.error.type == "ConnectionError"
    assert found.error.place is not None and found.error.place.function == "dies"
    assert "never shown" not in repr(found)


async def test_a_task_that_died_and_is_held_is_reported(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """A death that nobody hears of, since the bot holds the task, is counted; and once only, when asyncio logs it."""
    _, monitor = await watched(scene)
    held = [asyncio.create_task(dies())]
    await monitor.tick()
    await monitor.tick()
    found = asyncio_tasks(monitor, "dies")
    assert found is not None and (found.finished, found.died) == (0, 1)
    assert "coro=<dies()" not in caplog.text  # asyncio may well speak of what a test before this one left
    held.clear()
    await until_collected(lambda: "coro=<dies()" in caplog.text)
    await monitor.tick()
    found = asyncio_tasks(monitor, "dies")
    assert found is not None and (found.finished, found.died) == (0, 1)


async def test_a_failure_that_is_noticed_is_no_death(scene: Scene) -> None:
    """A task whose failure somebody waited for has ended, and has not died."""
    _, monitor = await watched(scene)
    held = [asyncio.create_task(dies())]
    await asyncio.gather(*held, return_exceptions=True)
    await monitor.tick()
    found = asyncio_tasks(monitor, "dies")
    assert found is not None and (found.finished, found.died) == (1, 0)


async def test_a_cancelled_task_has_not_died(scene: Scene) -> None:
    """A task that was cancelled is counted as cancelled where it is still held, and never as dead."""
    _, monitor = await watched(scene)
    held = [asyncio.create_task(waits()) for _ in range(3)]
    await monitor.tick()
    found = asyncio_tasks(monitor, "waits")
    assert found is not None and (found.running, found.cancelled) == (3, 0)
    for task in held:
        task.cancel()
    del held[0]
    await monitor.tick()
    await monitor.tick()
    found = asyncio_tasks(monitor, "waits")
    assert found is not None
    assert (found.running, found.finished + found.cancelled, found.died) == (0, 3, 0)
    assert found.cancelled >= 2


async def test_tasks_that_pile_up_are_counted_where_they_wait(scene: Scene) -> None:
    """Tasks of hikari's that wait in a listener of the bot's count as that listener's."""
    sample, monitor = await watched(scene)
    monitor_before = monitor.snapshot().background.running
    never = asyncio.Event()  # held in here, or the garbage collector would take it and the tasks that wait for it

    async def hangs(_: hikari.MessageCreateEvent) -> None:
        await never.wait()

    sample.bot.event_manager.subscribe(hikari.MessageCreateEvent, hangs)
    for _ in range(5):
        await scene.discord.message(scene.member, scene.channel, "hello")
    name = hangs.__qualname__

    def running() -> int:
        found = asyncio_tasks(monitor, name)
        return 0 if found is None else found.running

    while running() < 5:
        await monitor.tick()
    found = asyncio_tasks(monitor, name)
    assert found is not None and found.place is not None and found.place.file.endswith(HERE)
    assert found.course[-1][1] == 5
    assert monitor.snapshot().background.running >= monitor_before + 5
    assert monitor.snapshot().samples[-1].tasks == monitor.snapshot().background.running


async def test_a_look_leaves_no_trace_on_a_task(scene: Scene) -> None:
    """What asyncio says of a task that is looked at is what it says of any."""
    _, monitor = await watched(scene)
    task = asyncio.create_task(waits(), name="mine")
    await asyncio.sleep(0)
    before, factory = repr(task), asyncio.get_running_loop().get_task_factory()
    await monitor.tick()
    assert repr(task) == before
    assert asyncio.get_running_loop().get_task_factory() is factory
    task.cancel()


# Listeners


async def test_a_listener_that_raises_is_counted(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """A listener that raises is counted by event with its error, while hikari logs it at its own level."""
    sample, monitor = await watched(scene)

    async def greets(_: hikari.MessageCreateEvent) -> None:
        await dies()

    sample.bot.event_manager.subscribe(hikari.MessageCreateEvent, greets)
    for _ in range(2):
        await scene.discord.message(scene.member, scene.channel, "hello")
    await until(lambda: sum(found.failures for found in listeners(monitor)) == 2)
    (found,) = listeners(monitor)
    assert (found.event, found.name) == ("GuildMessageCreateEvent", greets.__qualname__)
    assert (found.error.type, found.error.count, len(found.latest)) == ("ConnectionError", 2, 2)
    assert found.error.place is not None and found.error.place.function == "dies"
    logged = [record for record in caplog.records if "an exception occurred handling an event" in record.getMessage()]
    assert [record.levelno for record in logged] == [logging.ERROR] * 2


async def test_a_command_that_fails_is_no_listener_that_raises(scene: Scene, counted: Any) -> None:
    """What commands raise is counted with them, though Lightbulb runs them in a listener."""
    sample, monitor = await watched(scene)
    await scene.discord.slash(scene.member, "boom", guild=scene.guild)
    await counted(sample, "boom")
    await scene.call("ping")
    assert listeners(monitor) == ()


async def greets_in_vain(_: hikari.MessageCreateEvent) -> None:
    await dies()


AGAIN = {
    "the exception": lambda error: error,
    "its cause": lambda error: error.__cause__ or error,
    "from itself": lambda error: error.with_traceback(None),
}


@pytest.mark.parametrize("again", AGAIN.values(), ids=AGAIN)
async def test_an_error_handler_that_raises_its_error_again_has_not_failed(
    scene: Scene, counted: Any, again: Callable[[Any], BaseException]
) -> None:
    """A command's error that the bot's handler raises again is counted once, with the command, and no listener's."""
    sample, monitor = await watched(scene)
    sample.handle_errors(again)
    await scene.discord.slash(scene.member, "boom", guild=scene.guild)
    if sample.prefix:
        await scene.discord.message(scene.member, scene.channel, f"{sample.prefix}boom")
    found = await counted(sample, "boom", 2 if sample.prefix else 1)
    await until(lambda: len(sample.handled) == (2 if sample.prefix else 1))
    sample.bot.event_manager.subscribe(hikari.MessageCreateEvent, greets_in_vain)
    await scene.discord.message(scene.member, scene.channel, "hello")
    await until(lambda: listeners(monitor))
    assert [listener.name for listener in listeners(monitor)] == [greets_in_vain.__qualname__]
    for command in found if isinstance(found, list) else [found]:
        assert [(error.type, error.count) for error in command.errors] == [("KeyError", 1)]


async def test_an_error_handler_with_a_fault_of_its_own_has_failed(scene: Scene) -> None:
    """What an error handler raises that is not its event's is its failure; Lightbulb 3's are no listeners."""
    sample, monitor = await watched(scene)

    def faulty(error: BaseException) -> BaseException:
        new = RuntimeError("the log channel is gone")
        new.__cause__ = error
        return new

    sample.handle_errors(faulty)
    await scene.discord.slash(scene.member, "boom", guild=scene.guild)
    await until(lambda: sample.handled)
    await scene.call("ping")
    found = [listener.error.type for listener in listeners(monitor) if listener.error is not None]
    assert found == (["RuntimeError"] if LIGHTBULB_LINE == 2 else [])


async def test_two_bots_stay_apart(scene: Scene) -> None:
    """Each bot is told of its own scheduled tasks and listeners; the tasks of the loop that both run on, both see."""
    one, first = await watched(scene)
    _, second = await watched(scene)

    async def greets(_: hikari.TypingEvent) -> None:
        await dies()

    one.bot.event_manager.subscribe(hikari.ShardDisconnectedEvent, greets)
    one.schedule(restock, failures=1)
    one.bot.event_manager.dispatch(hikari.ShardDisconnectedEvent(app=one.bot, shard=one.bot.shards[0]))
    await until(lambda: scheduled(first, "restock").stopped and listeners(first))
    assert listeners(second) == ()
    assert not [found for found in second.snapshot().background.tasks if found.kind is TaskKind.SCHEDULED]
    task = asyncio.create_task(waits())
    await first.tick()
    await second.tick()
    assert [found.running for found in (asyncio_tasks(first, "waits"), asyncio_tasks(second, "waits")) if found] == [
        1,
        1,
    ]
    task.cancel()


# Settings and bounds


async def test_the_setting_switches_it_off(scene: Scene) -> None:
    """With `task_watch` off nothing is put into the logs and the event manager, and nothing is known."""
    plugin.configure(task_watch=False)
    before = watches()
    _, monitor = await watched(scene)
    snapshot = monitor.snapshot()
    assert snapshot.background is None and snapshot.samples[-1].tasks is None
    assert not watches() - before


async def test_a_sample_tells_the_size_of_the_cache(scene: Scene) -> None:
    """A sample has the number of entries in hikari's cache: at least the guild, its channel and its members."""
    _, monitor = await watched(scene)
    await monitor.tick()
    assert monitor.snapshot().samples[-1].cache_entries >= 4


async def test_a_fault_of_the_watch_stays_inside(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the watch itself fails, the failure is counted, and the bot logs and runs as without it."""
    sample, monitor = await watched(scene)
    monkeypatch.setattr(monitor._of.work._tasks, "_may_be_of_this_loop", lambda: 1 / 0)
    monkeypatch.setattr(monitor._of.work._listeners, "_unix_time", lambda: 1 / 0)

    async def greets(_: hikari.MessageCreateEvent) -> None:
        await dies()

    sample.bot.event_manager.subscribe(hikari.MessageCreateEvent, greets)
    await scene.discord.message(scene.member, scene.channel, "hello")
    asyncio.create_task(dies())  # noqa: RUF006 # that nobody keeps it is the point
    await until_collected(lambda: set(monitor.snapshot().monitor.faults) == {"listeners", "tasks"})
    await scene.call("ping")
