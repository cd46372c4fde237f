"""The line of the bot's own code that an exception came from, or that a task waits in."""

from __future__ import annotations

import asyncio
import json
import sys
import sysconfig
from pathlib import Path
from typing import Any

import hikari
import pytest

import plugin
from plugin.instrument.places import Places

SITE = Path(sysconfig.get_path("purelib"))
STDLIB = Path(sysconfig.get_path("stdlib"))
BOT = Path("/srv/bot")


def raised_in(*files: str | Path) -> Exception:
    """An exception that passed through one function in each of the files, the innermost last."""
    inner: Any = None
    for number, file in reversed(list(enumerate(files))):
        body = "raise ValueError" if inner is None else "inner()"
        namespace: dict[str, Any] = {"inner": inner}
        exec(compile(f"\n\ndef f{number}():\n    {body}", str(file), "exec"), namespace)
        inner = namespace[f"f{number}"]
    with pytest.raises(ValueError) as raised:  # noqa: PT011 # only its traceback matters
        inner()
    error = raised.value
    assert error.__traceback__ is not None
    return error.with_traceback(error.__traceback__.tb_next)


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ([BOT / "bot.py"], ("bot.py", "f0", 4)),
        ([BOT / "bot.py", BOT / "cogs" / "fun.py"], ("cogs/fun.py", "f1", 4)),
        ([BOT / "bot.py", STDLIB / "json" / "decoder.py"], ("bot.py", "f0", 4)),
        ([BOT / "bot.py", Path(hikari.__file__).parent / "impl" / "rest.py"], ("bot.py", "f0", 4)),
        ([BOT / "bot.py", SITE / "aiohttp" / "client.py"], ("bot.py", "f0", 4)),
        ([BOT / "bot.py", "<frozen importlib._bootstrap>"], ("bot.py", "f0", 4)),
        ([BOT / "bot.py", Path(plugin.__file__).parent / "monitor.py"], ("bot.py", "f0", 4)),
        ([BOT / "bot.py", "<string>"], ("<string>", "f1", 4)),
        ([BOT / "bot.py", SITE / "some_api" / "client.py"], ("some_api/client.py", "f1", 4)),
        ([BOT / "bot.py", SITE / "hikari_clusters" / "brain.py"], ("hikari_clusters/brain.py", "f1", 4)),
        ([BOT / "bot.py", f"{Path(plugin.__file__).parent}s/fun.py"], (None, "f1", 4)),
        ([Path("/home/ada/tools/deep/down/util.py")], ("deep/down/util.py", "f0", 4)),
        ([STDLIB / "json" / "decoder.py"], (None, "f0", 4)),
    ],
    ids=[
        "own",
        "own below",
        "standard library",
        "hikari",
        "what hikari requires",
        "frozen",
        "monitor",
        "executed text",
        "third party",
        "third party with a like name",
        "folder with a like name",
        "elsewhere",
        "nothing of its own",
    ],
)
def test_the_place_is_the_innermost_line_of_the_bots_side(files: list[Any], place: tuple[Any, ...]) -> None:
    """Libraries under the bot are skipped, its own code and what it chose to use are not."""
    found = Places(BOT).of(raised_in(*files))
    assert found is not None
    assert tuple(found)[1:] == place[1:]
    assert place[0] in (None, found.file)


def test_a_real_failure_in_the_standard_library_is_at_our_line() -> None:
    """What a library raises is said of the line that called it."""
    try:
        json.loads("{")
    except ValueError as error:
        found = Places(Path(__file__).parents[1]).of(error)
    assert found is not None
    assert (found.file, found.function) == (
        "instrument/test_places.py",
        "test_a_real_failure_in_the_standard_library_is_at_our_line",
    )


def test_an_exception_that_was_never_raised_has_no_place() -> None:
    """Without a traceback the place is unknown."""
    assert Places(BOT).of(ValueError()) is None


async def waits_in_a_task(started: asyncio.Event, gate: asyncio.Event, how: Any) -> None:
    """Waits for what is in another task, in the way given."""
    await how(waits(started, gate))


async def waits(started: asyncio.Event, gate: asyncio.Event) -> None:
    """Waits for a gate."""
    started.set()
    await gate.wait()


@pytest.mark.parametrize(
    ("how", "function"),
    [
        (asyncio.create_task, "waits"),
        (lambda coroutine: asyncio.gather(asyncio.sleep(0), coroutine), "waits"),
        (lambda coroutine: coroutine, "waits"),
        (
            lambda coroutine: asyncio.wait_for(coroutine, 60),
            "waits" if sys.version_info >= (3, 12) else "waits_in_a_task",
        ),
    ],
    ids=["task", "gather", "await", "wait_for"],
)
async def test_a_task_that_waits_is_found_where_it_waits(how: Any, function: str) -> None:
    """The innermost line of the bot's own code is told, also in a task that is waited for where asyncio shows it.

    Until Python 3.11 `wait_for` waits for a task of its own, which asyncio does not show.
    """
    started, gate = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(waits_in_a_task(started, gate, how))
    await started.wait()
    await asyncio.sleep(0)
    place = Places(Path.cwd()).waited_in(task)
    gate.set()
    await task
    assert place is not None
    assert (place.file, place.function) == ("tests/instrument/test_places.py", function)


async def test_a_task_of_a_library_waits_nowhere() -> None:
    """A task without a line of the bot's own has no place, and one that has ended has none either."""
    task = asyncio.create_task(asyncio.sleep(60))
    await asyncio.sleep(0)
    assert Places(Path.cwd()).waited_in(task) is None
    task.cancel()
    await asyncio.wait([task])
    assert Places(Path.cwd()).waited_in(task) is None


async def ends() -> str:
    """Ends without waiting."""
    return "done"


async def test_a_task_that_ended_while_it_was_started_waits_nowhere() -> None:
    """A task that ran eagerly to its end is asked safely: CPython 3.12.1 crashes when it is asked for its coroutine."""
    started = {"eager_start": True} if sys.version_info >= (3, 12) else {}
    task = asyncio.Task(ends(), loop=asyncio.get_running_loop(), **started)
    await task
    assert task.result() == "done"
    assert Places(Path.cwd()).waited_in(task) is None
