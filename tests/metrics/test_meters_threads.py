"""Measures of one's own from several threads, from a signal handler, and after a fork."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import plugin
from plugin.metrics.meters import MeterReader, OwnCounter
from plugin.metrics.systems.voice import MOST_MARKS, VoiceMarks
from plugin.own_measures import Distribution, DropReason
from tests.metrics.own import Bot

ROOT = Path(__file__).parents[2]
ROUNDS = 10_000


@pytest.fixture
def switching() -> Generator[None]:
    """Threads take turns as often as Python can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def together(*works: Callable[[], object]) -> None:
    """Run all at once, each in a thread, and wait for them."""
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.usefixtures("switching")
def test_threads_count_to_the_unit() -> None:
    """No addition, value or drop is lost or counted twice, while a reader takes increases all the time."""
    bot = Bot()
    sales = bot.counter("kind")
    sizes = plugin.histogram("shop.size", unit="{coin}", bot=bot)
    increases, taken, done = MeterReader(), dict[tuple[str, ...], Any](), threading.Event()

    def read() -> None:
        for _, values, value in increases.increases([bot.own()]):
            if not isinstance(value, Distribution):
                taken[values] = taken.get(values, 0) + value
            else:
                taken["number",] = taken.get(("number",), 0) + value.number
                taken["sum",] = taken.get(("sum",), 0) + value.sum
                taken["buckets",] = taken.get(("buckets",), 0) + value.histogram.total

    def sell() -> None:
        one = sales.labels(kind="b")
        for number in range(ROUNDS):
            sales.add(3, kind="a")
            one.add()
            one.add(-1)
            sizes.record(number % 7)

    def keep_reading() -> None:
        while not done.is_set():
            read()

    reader = threading.Thread(target=keep_reading)
    reader.start()
    together(*[sell] * 3)
    done.set()
    reader.join()
    read()
    all_sizes = 3 * sum(number % 7 for number in range(ROUNDS))
    assert taken == {
        ("a",): 9 * ROUNDS,
        ("b",): 3 * ROUNDS,
        ("number",): 3 * ROUNDS,
        ("buckets",): 3 * ROUNDS,
        ("sum",): all_sizes,
    }
    assert bot.drops() == {DropReason.NEGATIVE: 3 * ROUNDS}


@pytest.mark.usefixtures("switching")
def test_threads_that_declare_and_begin_series_at_once_share_them() -> None:
    """They get the same measure, and the cap holds to the unit."""
    bot = Bot()
    found: list[list[OwnCounter]] = [[] for _ in range(300)]
    at_once = threading.Barrier(4)

    def work() -> None:
        for number, counters in enumerate(found):
            at_once.wait()
            sales = plugin.counter(f"shop.part{number}", attributes=("by",), maximum_series=1, bot=bot)
            counters.append(sales)
            sales.add(by=threading.get_ident() % 10**9)

    together(*[work] * 4)
    for counters in found:
        assert len(set(map(id, counters))) == 1
        readings = list(counters[0].read())
        assert len(readings) == 2 and sum(reading.value for reading in readings) == 4


@pytest.mark.usefixtures("switching")
def test_threads_that_declare_the_first_measure_of_a_bot_share_it() -> None:
    """No thread counts where nobody reads."""
    bots = [Bot() for _ in range(300)]
    at_once = threading.Barrier(4)

    def work() -> None:
        for bot in bots:
            at_once.wait()
            bot.counter().add()

    together(*[work] * 4)
    assert [bot.values() for bot in bots] == [{(): 4}] * len(bots)


def interrupted(work: Callable[[], object], handler: Callable[[], object], folder: str = "meters") -> None:
    """Do a work, and call the handler between any two instructions of the measures' code, as a signal may."""

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if folder not in frame.f_code.co_filename:
            return None
        frame.f_trace_opcodes = True
        if event in ("opcode", "line"):  # some releases of Python 3.12 tell of lines only
            handler()
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)


def test_an_interruption_anywhere_loses_nothing() -> None:
    """Wherever a signal handler, or another thread, adds and reads, every addition is seen once, and so in the end."""
    bot = Bot()
    one, size = bot.counter().labels(), plugin.histogram("shop.size", bot=bot).labels()
    begun = interruptions = 0

    def handler() -> None:
        nonlocal interruptions
        interruptions += 1
        one.add(1000)
        size.record(1000)
        for total, number in ((one.read() % 1000, one.read() // 1000), (size.read().sum % 1000, size.read().number)):
            assert begun - 1 <= total <= begun
            assert number >= interruptions

    def work() -> None:
        nonlocal begun
        for _ in range(80):
            begun += 1
            one.add()
            size.record(1)
            before = interruptions
            found = size.read()
            assert found.number >= begun + before
            assert found.number == begun + (found.sum - begun) / 1000 == found.histogram.total

    interrupted(work, handler)
    assert interruptions > 300
    assert one.read() == 80 + 1000 * interruptions
    assert size.read().sum == 80 + 1000 * interruptions
    assert size.read().number == size.read().histogram.total == 80 + interruptions


def test_a_mark_may_be_interrupted_anywhere_by_another() -> None:
    """Where there are as many marked channels as fit, neither raises into the bot, and the bound holds."""
    meter, own = plugin.VoiceMeter(bot=(bot := Bot())), bot.own()
    marks = own.book(VoiceMarks, VoiceMarks)
    channels = iter(range(MOST_MARKS * 2))
    for _ in range(MOST_MARKS):
        meter.temporary(next(channels))

    def work() -> None:
        for _ in range(12):
            meter.temporary(next(channels))

    interrupted(work, lambda: marks.add(next(channels)), "systems")
    newest = next(channels) - 1
    assert len(marks.channels()) == MOST_MARKS and newest in marks.channels() and newest > MOST_MARKS + 20


FORKED = """
import gc, os, sys
import plugin
from plugin.metrics.meters import PROCESS

sales = plugin.counter("shop.sales", attributes=("kind",))
queue, drop = plugin.gauge("shop.queue"), plugin.counter("shop.drops")
queue.set(5)
drop.add(-1)
sales.add(7, kind="before")
one = sales.labels(kind="a")
ended = []

def child():
    assert [reading.value for reading in PROCESS.read()] == [0, 0, 0]
    assert not list(PROCESS.drops())
    for number in range(1000):
        one.add()
    sales.add(2, kind="new")
    assert {reading.values: reading.value for reading in PROCESS.read()} == {
        ("before",): 0, ("a",): 1000, (): 0, ("new",): 2
    }
    items = next(found for found in gc.get_referents(one) if type(found) is list)
    assert len(items) < 100, "nothing is folded in the child"
    plugin.counter("shop.another").add()

def trace(frame, event, _):
    if frame.f_code.co_name != "_fold":
        return None
    frame.f_trace_opcodes = True
    if event in ("opcode", "line"):  # some releases of Python 3.12 tell of lines only
        pid = os.fork()
        if not pid:
            sys.settrace(None)
            try:
                child()
            except BaseException as error:
                sys.excepthook(type(error), error, error.__traceback__)
                os._exit(1)
            os._exit(0)
        ended.append(os.waitpid(pid, 0)[1])
    return trace

sys.settrace(trace)
for number in range(40):
    one.add()
sys.settrace(None)
assert len(ended) > 2 and not any(ended), ended
assert one.read() == 40
assert next(PROCESS.drops()).number == 1
"""


@pytest.mark.skipif(sys.platform == "win32", reason="nothing forks there")
def test_a_forked_process_counts_for_itself() -> None:
    """From zero, wherever its parent was; and the parent's counts are its own."""
    run(FORKED)


FORKED_MEANWHILE = """
import os, signal, sys, threading
import plugin

sales = plugin.counter("shop.sales", attributes=("kind",))
within = threading.Event()

def trace(frame, event, _):
    if frame.f_code.co_name == "_made" and event == "line" and not within.is_set():
        within.set()
        for number in range(10**6):  # long enough for the main thread to come to its fork
            pass
    return trace

def begin():
    sys.settrace(trace)
    sales.add(kind="a")

thread = threading.Thread(target=begin)
thread.start()
within.wait()
pid = os.fork()
if not pid:
    signal.alarm(60)
    plugin.counter("shop.more").add()
    sales.add(kind="b")
    os._exit(0)
assert os.waitpid(pid, 0)[1] == 0
thread.join()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="nothing forks there")
def test_a_process_may_fork_while_a_thread_begins_a_series() -> None:
    """The child declares and begins series like any other: no lock is left taken in it."""
    run(FORKED_MEANWHILE)


def run(code: str) -> None:
    """Run code in a process of its own, where Python's own warning of forks does not count."""
    warnings = ("-W", "error", "-W", "ignore::DeprecationWarning")
    command = [sys.executable, *warnings, "-c", code]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=200)
    assert ended.returncode == 0, ended.stderr
