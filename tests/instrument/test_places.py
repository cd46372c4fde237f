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
        ([BOT / "bot.py", SITE / "requests" / "api.py", SITE / "requests" / "adapters.py"], ("bot.py", "f0", 4)),
        ([SITE / "apscheduler" / "job.py", BOT / "bot.py", SITE / "aiosqlite" / "core.py"], ("bot.py", "f1", 4)),
        ([BOT / "bot.py", "/usr/lib/python3/dist-packages/requests/api.py"], ("bot.py", "f0", 4)),
        ([BOT / "bot.py", BOT / ".venv/lib/python3.11/site-packages/peewee.py"], ("bot.py", "f0", 4)),
        ([SITE / "requests" / "api.py", SITE / "urllib3" / "pool.py"], ("(library) requests/api.py", "f0", 4)),
        (
            [SITE / "lightbulb" / "app.py", STDLIB / "asyncio" / "tasks.py", SITE / "some_cogs" / "fun.py", "<string>"],
            ("<string>", "f3", 4),
        ),
        (
            [SITE / "lightbulb" / "app.py", STDLIB / "asyncio" / "tasks.py", SITE / "some_cogs" / "fun.py"],
            ("(library) some_cogs/fun.py", "f2", 4),
        ),
        ([Path("/home/ada/tools/deep/down/util.py")], ("deep/down/util.py", "f0", 4)),
        ([STDLIB / "json" / "decoder.py"], ("(library) json/decoder.py", "f0", 4)),
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
        "called by a third party",
        "third party of the system",
        "third party below the working directory",
        "third parties only",
        "executed text in a third party",
        "a third party that a library runs",
        "elsewhere",
        "nothing of its own",
    ],
)
def test_the_place_is_the_innermost_line_of_the_bots_side(files: list[Any], place: tuple[Any, ...]) -> None:
    """Whatever is installed is skipped; where there is nothing else, its outermost part is told, and that it is one."""
    found = Places(BOT).of(raised_in(*files))
    assert found is not None
    assert tuple(found) == place


def test_a_folder_whose_name_begins_like_the_monitors_is_the_bots() -> None:
    """`plugins` beside `plugin` is what most bots call theirs."""
    root = Path(plugin.__file__).parents[1]
    found = Places(root).of(raised_in(root / "bot.py", root / "plugins" / "fun.py"))
    assert found == ("plugins/fun.py", "f1", 4)


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


def raises_from(error: BaseException, cause: BaseException) -> BaseException:
    """The error, as if it had been raised from the cause."""
    error.__cause__ = cause
    return error


OWN, LIBRARY = (BOT / "cogs" / "fun.py",), (SITE / "aiohttp" / "client.py", SITE / "aiohttp" / "connector.py")


@pytest.mark.parametrize(
    ("exception", "file"),
    [
        (raises_from(raised_in(*LIBRARY), raised_in(*OWN)), "cogs/fun.py"),
        (raises_from(raised_in(*OWN), raised_in(BOT / "bot.py")), "cogs/fun.py"),
        (raises_from(ValueError(), raised_in(*LIBRARY)), "(library) aiohttp/client.py"),
        (ExceptionGroup("", [raised_in(*LIBRARY), ExceptionGroup("", [raised_in(*OWN)])]), "cogs/fun.py"),
        (ExceptionGroup("", [raised_in(*LIBRARY)]), "(library) aiohttp/client.py"),
    ],
    ids=["cause", "own before its cause", "library's cause", "member of a group", "group of a library's"],
)
def test_the_place_is_found_in_what_an_exception_was_made_of(exception: BaseException, file: str) -> None:
    """Causes and members of groups are looked through where the exception itself passed no line of the bot's own."""
    found = Places(BOT).of(exception)
    assert found is not None and found.file == file


def test_a_chain_without_end_is_looked_through_once() -> None:
    """Exceptions that are each other's cause, and groups in groups, end the search."""
    one, other = raised_in(*LIBRARY), raised_in(*LIBRARY)
    one.__cause__, other.__context__ = other, one
    found = Places(BOT).of(ExceptionGroup("", [one, other]))
    assert found is not None and found.file == "(library) aiohttp/client.py"


def test_groups_in_groups_are_looked_through_however_deep() -> None:
    """As a task that supervises itself makes them: deeper than Python lets a function call itself."""
    group = raised_in(*OWN)
    for _ in range(2 * sys.getrecursionlimit()):
        group = ExceptionGroup("", [group])
    found = Places(BOT).of(group)
    assert found is not None and found.file == "cogs/fun.py"


def test_a_group_without_end_is_looked_through_for_a_while() -> None:
    """One of a bot's own class may make its members when it is asked for them."""

    class Endless(ExceptionGroup[ValueError]):
        exceptions = property(lambda _: (Endless("", [ValueError()]),))  # pyright: ignore[reportAssignmentType] # that is the point

    assert Places(BOT).of(Endless("", [ValueError()])) is None


async def test_a_failure_in_a_thread_is_at_the_line_that_waited_for_it() -> None:
    """What a library raises in a thread, as asynchronous drivers of databases do, is said of the bot's line."""
    with pytest.raises(ValueError) as raised:  # noqa: PT011 # only its traceback matters
        await asyncio.to_thread(json.loads, "{")
    found = Places(Path(__file__).parents[1]).of(raised.value)
    assert found is not None
    assert (found.file, found.function) == (
        "instrument/test_places.py",
        "test_a_failure_in_a_thread_is_at_the_line_that_waited_for_it",
    )


def test_generated_code_is_of_the_module_that_it_is_for() -> None:
    """A method that was made for a library's class is the library's; text that the bot executed is its own."""
    space: dict[str, Any] = {"__file__": str(SITE / "some_api" / "models.py")}
    exec(compile("def made():\n    raise ValueError", "<string>", "exec"), space)
    with pytest.raises(ValueError) as raised:  # noqa: PT011 # only its traceback matters
        space["made"]()
    found = Places(Path(__file__).parents[1]).of(raised.value)
    assert found is not None and found.file == "instrument/test_places.py"


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
