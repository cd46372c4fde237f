"""Asyncio tasks of a loop: what a look sees, and its bounds."""

from __future__ import annotations

import asyncio
import gc
import logging
import sysconfig
import threading
import time
from collections.abc import Coroutine, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from plugin.instrument import loop_tasks, task_groups
from plugin.instrument.course import MOST_POINTS, Course
from plugin.instrument.log_watch import LogWatch
from plugin.instrument.loop_tasks import LoopTasks
from plugin.instrument.places import Places
from plugin.model import TaskGroupSnapshot

FACTORIES = [None, *filter(None, [getattr(asyncio, "eager_task_factory", None)])]
"""Of tasks; Python has the one that begins them eagerly from 3.12 on."""


async def waits() -> None:
    await asyncio.Event().wait()


async def dies() -> None:
    raise ValueError("never shown")


@pytest.fixture
def watched() -> Iterator[LoopTasks]:
    """The tasks of the test's loop, with asyncio's log."""
    found = LoopTasks(Places(Path.cwd()), time.time)
    seen = found.on_record
    watch = LogWatch("asyncio", seen)
    watch.attach()
    yield found
    watch.detach()


def named(watched: LoopTasks, name: str) -> TaskGroupSnapshot:
    (found,) = [group for group in watched.snapshot() if group.name == name]
    return found


async def test_tasks_beyond_the_bound_are_counted_together(watched: LoopTasks, monkeypatch: pytest.MonkeyPatch) -> None:
    """With more tasks than are followed, the sum is right, and how many were not told apart is counted."""
    monkeypatch.setattr(loop_tasks, "MAXIMUM_TRACKED", 3)
    before = len(asyncio.all_tasks())
    held = [asyncio.create_task(waits()) for _ in range(10)]
    await watched.look()
    assert watched.running == before + 10
    assert sum(group.running for group in watched.snapshot()) == 3
    assert watched.dropped == before + 10 - 3
    for task in held:
        task.cancel()


def functions(number: int) -> list[Any]:
    """So many coroutine functions of a bot, which wait."""
    space: dict[str, Any] = {"asyncio": asyncio}
    for n in range(number):
        exec(compile(f"async def waits_{n}(): await asyncio.Event().wait()", "/bot/cog.py", "exec"), space)
    return [space[f"waits_{n}"] for n in range(number)]


async def test_groups_beyond_the_bound_are_counted_together(
    watched: LoopTasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With more functions than are kept apart, all that run are counted nevertheless."""
    monkeypatch.setattr(task_groups, "MAXIMUM_GROUPS", 2)
    held = [asyncio.create_task(wait()) for wait in functions(5)]
    await watched.look()
    groups = watched.snapshot()
    assert len(groups) == 3 and "(other tasks)" in {group.name for group in groups}
    assert sum(group.running for group in groups) == watched.running
    assert watched.dropped > 0
    for task in held:
        task.cancel()


async def test_a_function_that_nothing_runs_makes_room(watched: LoopTasks, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bot that runs many functions, one after the other, has those that run told apart."""
    monkeypatch.setattr(task_groups, "MAXIMUM_GROUPS", 4)
    for number, wait in enumerate(functions(20)):
        task = asyncio.create_task(wait())
        await watched.look()
        assert named(watched, f"waits_{number}").running == 1
        task.cancel()
        await asyncio.wait([task])
    assert watched.dropped == 0


async def test_a_task_of_a_library_counts_as_what_it_comes_to_wait_for(watched: LoopTasks) -> None:
    """A task that a look saw before it got to the bot's own function counts as that function's from then on."""
    gate = asyncio.Event()
    space: dict[str, Any] = {"gate": gate}
    exec(
        compile("async def dispatches(listener):\n await gate.wait()\n await listener()\n", asyncio.__file__, "exec"),
        space,
    )
    task = asyncio.create_task(space["dispatches"](waits))
    await asyncio.sleep(0)
    await watched.look()
    assert named(watched, "dispatches").running == 1
    gate.set()
    await asyncio.sleep(0)
    await watched.look()
    assert (named(watched, "dispatches").running, named(watched, "waits").running) == (0, 1)
    task.cancel()
    await asyncio.wait([task])
    await watched.look()
    assert (named(watched, "dispatches").cancelled, named(watched, "waits").cancelled) == (0, 1)


def wrapped_by_a_library(coroutine: Coroutine[Any, Any, None], before: str = "") -> Coroutine[Any, Any, None]:
    """A library's coroutine that awaits one of the bot's, as tracers make of each task."""
    text = f"""
import asyncio
def wrap(coroutine):
    async def _task_with_span_creation():
        {before or "pass"}
        return await coroutine
    return _task_with_span_creation()
"""
    space: dict[str, Any] = {}
    exec(compile(text, f"{sysconfig.get_path('purelib')}/tracer/asyncio.py", "exec"), space)
    return space["wrap"](coroutine)


@pytest.mark.parametrize("steps", [0, 1], ids=["not begun", "waiting"])
@pytest.mark.parametrize("before", ["", "await asyncio.Event().wait()"], ids=["at once", "after something else"])
async def test_a_task_that_a_library_has_wrapped_is_the_bots(watched: LoopTasks, before: str, steps: int) -> None:
    """The bot's coroutine is found within a tracer's, whether that has come to it or not."""
    inner = waits()
    task = asyncio.create_task(wrapped_by_a_library(inner, before))
    for _ in range(steps):
        await asyncio.sleep(0)
    await watched.look()
    found = named(watched, "waits")
    assert found.running == 1 and found.place is not None and found.place.file == "tests/instrument/test_loop_tasks.py"
    task.cancel()
    await asyncio.wait([task])
    inner.close()


async def test_a_wrapped_task_that_died_is_the_bots(watched: LoopTasks) -> None:
    """What the bot's coroutine within a tracer's died of is counted with the bot's, whether the task is held or not."""
    held = asyncio.create_task(wrapped_by_a_library(dies()))
    await asyncio.wait([held])
    await watched.look()
    asyncio.create_task(wrapped_by_a_library(dies()))  # noqa: RUF006 # that nobody holds it is what is tested
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    gc.collect()
    found = named(watched, "dies")
    assert found.died == 2 and found.error is not None and found.error.place is not None
    assert found.error.place.function == "dies"
    assert not [group for group in watched.snapshot() if "span" in group.name]
    del held
    gc.collect()
    assert named(watched, "dies").died == 2


@pytest.mark.parametrize("factory", FACTORIES, ids=["lazy", "eager"][: len(FACTORIES)])
@pytest.mark.parametrize("wrap", [lambda coroutine: coroutine, wrapped_by_a_library], ids=["plain", "wrapped"])
async def test_a_task_that_dies_in_its_first_step_is_counted(watched: LoopTasks, factory: Any, wrap: Any) -> None:
    """A task that ends before anybody sees it is known by the exception that it died of."""
    asyncio.get_running_loop().set_task_factory(factory)
    for _ in range(2):
        asyncio.create_task(wrap(dies()))  # noqa: RUF006 # that nobody holds it is what is tested
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    gc.collect()
    await watched.look()
    found = named(watched, "dies")
    assert found.died == 2 and found.place is not None and found.place.line == dies.__code__.co_firstlineno
    assert found.error is not None and found.error.type == "ValueError"


async def test_tasks_of_another_loop_are_not_seen(watched: LoopTasks) -> None:
    """What runs on the loop of another thread is not of this bot."""
    begun, end = threading.Event(), threading.Event()

    async def elsewhere() -> None:
        task = asyncio.create_task(waits())
        await asyncio.sleep(0)
        begun.set()
        await asyncio.to_thread(end.wait)
        task.cancel()

    other = asyncio.create_task(asyncio.to_thread(lambda: asyncio.run(elsewhere())))
    await asyncio.to_thread(begun.wait)
    await watched.look()
    assert not [group for group in watched.snapshot() if group.name == "waits"]
    end.set()
    await other


async def test_a_task_of_any_name_and_in_debug_mode_is_understood(watched: LoopTasks) -> None:
    """Quotes in the name of a task, and where it was made, do not hide what asyncio's log says of it."""
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    task = asyncio.create_task(dies(), name="handler 'x' coro=< for \"y\"")
    await asyncio.wait([task])
    await watched.look()
    assert named(watched, "dies").died == 1
    del task
    loop.set_debug(False)
    await asyncio.sleep(0)
    await watched.look()
    assert named(watched, "dies").died == 1


async def test_a_task_that_was_seen_and_died_is_counted_once(watched: LoopTasks) -> None:
    """A task that ran at a look and was freed with its failure by the next has died, and not finished too."""
    gate = asyncio.Event()

    async def dies_later() -> None:
        await gate.wait()
        raise ValueError("never shown")

    asyncio.create_task(dies_later())  # noqa: RUF006 # that nobody holds it is what is tested
    await asyncio.sleep(0)
    await watched.look()
    gate.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await watched.look()
    group = named(watched, dies_later.__qualname__)
    assert (group.running, group.finished, group.died) == (0, 0, 1)


async def test_the_bots_own_exception_handler_is_left_alone(watched: LoopTasks) -> None:
    """What asyncio tells the bot's own handler is not counted where the task is freed: nothing is put in its way."""
    told: list[object] = []
    loop = asyncio.get_running_loop()
    handler = lambda _, context: told.append(context["message"])  # noqa: E731 # to be known again by identity
    loop.set_exception_handler(handler)
    asyncio.create_task(dies())  # noqa: RUF006 # that nobody keeps it is the point
    await asyncio.sleep(0)
    await watched.look()
    assert loop.get_exception_handler() is handler and len(told) == 1
    assert not [group for group in watched.snapshot() if group.died]
    loop.set_exception_handler(None)


def test_a_watch_lets_every_record_pass() -> None:
    """A watched logger logs what it logged, and a watch whose owner is gone is gone too."""

    class Seen(list[str]):
        def __call__(self, record: logging.LogRecord) -> None:
            self.append(record.getMessage())

    logger = logging.getLogger("tests.watched")
    seen = Seen()
    watch = LogWatch(logger.name, seen)
    watch.attach()
    assert logger.filter(logging.makeLogRecord({"msg": "hello"}))
    assert seen == ["hello"]
    del seen
    assert logger.filters == []


def test_a_course_keeps_its_shape_in_few_points() -> None:
    """However many points are offered, few are kept, at even distances and from the first on."""
    course = Course()
    for n in range(10_000):
        course.add(float(n), n)
    points = course.points()
    assert MOST_POINTS / 2 <= len(points) <= MOST_POINTS
    assert points[0] == (0.0, 0)
    assert len({after[0] - before[0] for before, after in pairwise(points)}) == 1
