"""Timers of one's own: around a block and around a function."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import inspect
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import plugin
from plugin.metrics.meters import OwnTimer, timers
from plugin.own_measures import Distribution
from tests.metrics.own import Bot


class Clock:
    """Stands still unless a test moves it."""

    def __init__(self) -> None:
        self.now_ns = 10**15

    def perf_counter_ns(self) -> int:
        return self.now_ns


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of all timers."""
    clock = Clock()
    monkeypatch.setattr(timers, "time", clock)
    return clock


def timer(bot: Bot, *attributes: str) -> OwnTimer:
    return plugin.timer("shop.restock", attributes=attributes, bot=bot)


def told(bot: Bot, *values: str) -> tuple[int, float]:
    """How many durations were recorded, and their sum in seconds."""
    found = bot.values()[values]
    assert isinstance(found, Distribution)
    return found.number, found.sum


def test_a_block_is_timed(clock: Clock) -> None:
    """In seconds, within 1/17 as a quantile, also where it raises."""
    bot = Bot()
    restock = timer(bot)

    def fill(shelves: dict[str, int]) -> None:
        with restock.time():
            clock.now_ns += 250_000_000
            shelves["top"] += 1

    fill({"top": 1})
    with pytest.raises(KeyError):
        fill({})
    assert told(bot) == (2, 0.5)
    assert bot.values()[()].quantile(0.5, restock.measure) == pytest.approx(0.25, rel=1 / 17)


async def test_an_asynchronous_block_is_timed(clock: Clock) -> None:
    """Both forms of `with` do, and blocks that overlap count each for itself."""
    bot = Bot()
    restock = timer(bot, "shop")

    async def one(shop: str) -> None:
        async with restock.time(shop=shop):
            await asyncio.sleep(0)
            clock.now_ns += 10**9

    await asyncio.gather(one("a"), one("b"))
    assert told(bot, "a") == (1, 1.0)
    assert told(bot, "b") == (1, 2.0)


def test_a_function_is_timed(clock: Clock) -> None:
    """It keeps its name, signature and result, and calls within calls count each."""
    bot = Bot()

    @timer(bot)
    def restock(depth: int, *, then: str = "done") -> str:
        """Fill the shelves."""
        clock.now_ns += 10**9
        return restock(depth - 1, then=then) if depth else then

    assert restock(2, then="full") == "full"
    assert told(bot) == (3, 6.0)
    assert (restock.__name__, restock.__doc__) == ("restock", "Fill the shelves.")
    assert [*inspect.signature(restock).parameters] == ["depth", "then"]


async def test_a_coroutine_function_is_timed_to_its_end(clock: Clock) -> None:
    """Until it returns, not until it is called; it stays a coroutine function, and what it raises goes through."""
    bot = Bot()
    restock = timer(bot, "shop")

    @restock.time(shop="corner")
    async def work(fails: bool) -> None:
        await asyncio.sleep(0)
        clock.now_ns += 10**9
        if fails:
            raise KeyError

    assert inspect.iscoroutinefunction(work)
    waiting = work(False)
    clock.now_ns += 10**12
    await waiting
    with pytest.raises(KeyError):
        await work(True)
    assert told(bot, "corner") == (2, 2.0)


def test_a_method_is_timed(clock: Clock) -> None:
    """Also of a class, below its decorator, and a partial."""
    bot = Bot()
    restock = timer(bot)

    class Shop:
        @restock
        def one(self) -> Any:
            return self

        @classmethod
        @restock
        def two(cls) -> Any:
            return cls

    shop = Shop()
    assert (shop.one(), Shop.two(), restock(functools.partial(int, "7"))()) == (shop, Shop, 7)
    assert told(bot) == (3, 0)


def generator() -> Iterator[int]:
    yield 1


async def asynchronous_generator() -> AsyncIterator[int]:
    yield 1


@pytest.mark.parametrize(
    "function",
    [generator, asynchronous_generator, functools.partial(generator)],
    ids=["generator", "asynchronous", "partial"],
)
def test_a_generator_function_is_refused(function: Any) -> None:
    """At declaration, with what to do instead."""
    with pytest.raises(TypeError, match="consumes it"):
        timer(Bot())(function)


@pytest.mark.parametrize(
    "function",
    [contextlib.contextmanager(generator), contextlib.asynccontextmanager(asynchronous_generator)],
    ids=["context manager", "asynchronous"],
)
def test_a_context_manager_is_refused(function: Any) -> None:
    """A call only makes it, too."""
    with pytest.raises(TypeError, match="in its body"):
        timer(Bot())(function)


@pytest.mark.parametrize("value", [Clock, Clock(), 5, classmethod(print)], ids=lambda value: type(value).__name__)
def test_what_is_no_function_is_refused(value: Any) -> None:
    """A class, a command object or a classmethod would not work any more."""
    with pytest.raises(TypeError, match="directly above `def`"):
        timer(Bot())(value)


def test_wrong_attributes_of_a_decorator_are_refused() -> None:
    """A decorator is a declaration, so it says so at once; a block counts a drop instead."""
    bot = Bot()
    restock = timer(bot, "shop")
    with pytest.raises(ValueError, match="shop=…"):
        restock(generator)
    with restock.time(stop="corner"):
        pass
    assert sum(bot.drops().values()) == 1


def test_durations_are_recorded_in_seconds() -> None:
    """Where something else has taken them."""
    bot = Bot()
    timer(bot).record(1.5)
    timer(bot).labels().record(0.5)
    assert told(bot) == (2, 2.0)
