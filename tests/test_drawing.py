"""The process that draws: a real one each time, asked as the pages ask it."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from plugin.corridor import artist, drawing
from plugin.corridor.drawing import PART, Drawing
from plugin.display.chart import HistogramChart, Line, LineChart, frames, program
from plugin.histogram import Histogram
from plugin.instrument.containment import Containment
from tests.e2e.conftest import until

PATIENCE_S = 30
ROOT = Path(__file__).parents[1]
PNG = b"\x89PNG\r\n\x1a\n"
CHARTS = [
    LineChart(title="Memory", lines=[Line("now", [(0, 1.0), (60, 2.0)])], unit="MB", start=0, end=60),
    HistogramChart(title="/ping", histogram=Histogram([0, 3, 5])),
]
UNDRAWABLE: list[Any] = ["no chart"]

only_posix = pytest.mark.skipif(os.name != "posix", reason="a process is stopped by a signal of POSIX")


class Desk:
    """A Drawing, and what it counts."""

    def __init__(self) -> None:
        self.containment = Containment()
        self.drawing = Drawing(self.containment)

    async def draw(self, charts: Any = CHARTS) -> drawing.Drawn:
        return await self.drawing.draw(charts, PATIENCE_S)

    @property
    def process_id(self) -> int:
        assert self.drawing.process_id is not None
        return self.drawing.process_id


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """A desk that is cleared at the end; a busy machine may draw for longer than a bot would let it."""
    monkeypatch.setattr(artist, "LONGEST_DRAWING_S", PATIENCE_S)
    desk = Desk()
    yield desk
    desk.drawing.stop()


def ours() -> list[threading.Thread]:
    """Threads that wait for a process that draws, or for its time to be over."""
    return [thread for thread in threading.enumerate() if thread.name.startswith(("golem-drawing", "Thread-"))]


def runs(process_id: int) -> bool:
    """Whether there is such a process, other than as an entry that its parent did not look at."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(process_id).status() != psutil.STATUS_ZOMBIE
    return False


async def test_a_picture_is_drawn_by_another_process(desk: Desk) -> None:
    """It comes back as PNG, and the process stays for the next one."""
    first = await desk.draw()
    assert first.png is not None and first.png.startswith(PNG)
    process_id = desk.process_id
    assert process_id != os.getpid()
    assert (await desk.draw()).png == first.png
    assert desk.process_id == process_id
    assert not desk.containment.faults


async def test_nothing_runs_before_the_first_picture(desk: Desk) -> None:
    """Neither process nor thread until a chart is asked for; a page without charts asks for none."""
    before = set(ours())  # one of a test before this may be about to end
    assert (await desk.draw([])).png is None
    assert desk.drawing.process_id is None
    assert set(ours()) <= before


def test_the_process_loads_neither_hikari_nor_lightbulb() -> None:
    """It draws with the charts alone, which keeps it small and quick to start."""
    command = [sys.executable, "-P", "-X", "importtime", program.__file__]
    ended = subprocess.run(command, input=request(), capture_output=True, check=True, timeout=PATIENCE_S)
    loaded = {line.rpartition("|")[2].strip() for line in ended.stderr.decode().splitlines()}
    assert ended.stdout[:1] == frames.PICTURE
    assert {"PIL", "plugin.display.chart.draw"} <= loaded
    assert not [name for name in loaded if name.partition(".")[0] in ("hikari", "lightbulb", "miru", "asyncio")]


def request() -> bytes:
    """Charts as they go through the pipe."""
    import io
    import pickle

    pipe = io.BytesIO()
    frames.write(pipe, frames.CHARTS, pickle.dumps(CHARTS))
    return pipe.getvalue()


async def test_folders_of_the_bot_with_our_names_are_not_taken(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bot may have folders `plugin` and `PIL` where it runs, and files named as modules of the charts."""
    for name in ("plugin", "PIL", "struct", "frames"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('not this one')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(artist, "missing", lambda: "")  # Pillow was loaded from where it belongs
    assert (await desk.draw()).png


def test_a_bot_without_a_guard_is_not_run_again(tmp_path: Path) -> None:
    """The main module of the bot is not imported by the process that draws."""
    script = tmp_path / "bot.py"
    script.write_text(
        textwrap.dedent("""
            import asyncio
            from plugin.corridor.drawing import Drawing
            from plugin.instrument.containment import Containment
            from tests.test_drawing import CHARTS

            async def run():
                drawing = Drawing(Containment())
                drawn = await drawing.draw(CHARTS, 30)
                print("ran", len(drawn.png) > 0, flush=True)
                drawing.stop()

            asyncio.run(run())
        """)
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "error", str(script)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    assert (ended.stdout.split(), ended.stderr) == (["ran", "True"], "")


async def test_a_process_that_crashed_is_replaced(desk: Desk) -> None:
    """The next picture is drawn by another one, and nothing is counted that nobody missed."""
    await desk.draw()
    crashed = desk.process_id
    psutil.Process(crashed).kill()
    await until(lambda: desk.drawing.process_id is None)
    assert (await desk.draw()).png
    assert desk.process_id != crashed
    assert not desk.containment.faults


async def test_charts_that_cannot_be_drawn_are_counted(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """The page goes without, the log says what the process said, and the process draws on."""
    assert (await desk.draw(UNDRAWABLE)).png is None
    assert desk.containment.faults == {PART: 1}
    assert "AttributeError" in caplog.text
    assert (await desk.draw()).png


@only_posix
async def test_a_process_that_hangs_is_ended(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the longest time a picture may take the page goes without, the fault is counted, another one draws."""
    await desk.draw()
    hanging = desk.process_id
    os.kill(hanging, signal.SIGSTOP)
    monkeypatch.setattr(artist, "LONGEST_DRAWING_S", 0.05)
    assert (await desk.draw()).png is None
    assert desk.containment.faults == {PART: 1}
    assert not runs(hanging)
    monkeypatch.undo()
    assert (await desk.draw()).png


async def test_a_picture_that_takes_long_is_not_waited_for(desk: Desk) -> None:
    """The page goes out in time and says that the picture can be had later; that is no fault."""
    late = await desk.drawing.draw(CHARTS, 0)
    assert late.png is None
    assert "not ready yet" in late.instead
    assert (await desk.draw()).png
    assert not desk.containment.faults


async def test_a_crowd_goes_without(desk: Desk) -> None:
    """Only so many pictures are waited for at once."""
    drawn = await asyncio.gather(*(desk.draw() for _ in range(drawing.MOST_AT_ONCE + 3)))
    assert sum(each.png is not None for each in drawn) == drawing.MOST_AT_ONCE
    assert (await desk.draw()).png


async def test_stop_leaves_nothing(desk: Desk) -> None:
    """Soon neither process nor thread nor pipe is left, and a later picture gets new ones."""
    files = psutil.Process().num_fds() if os.name == "posix" else 0
    await desk.draw()
    process_id = desk.process_id
    desk.drawing.stop()
    await until(lambda: not psutil.pid_exists(process_id) and not ours())
    # The pipes close a moment later, and with them what tests before this one left for the garbage collector.
    await until(lambda: not files or psutil.Process().num_fds() <= files)
    assert (await desk.draw()).png


@pytest.mark.parametrize("wait", [0, 0.02, 0.1], ids=["starting", "loading", "drawing or done"])
async def test_stop_in_the_middle_is_no_fault(desk: Desk, wait: float) -> None:
    """Whatever is under way ends at once, nothing is counted, and who waits for it gets no picture."""
    many = [Line(str(number), [(at, math.sin(at / 9)) for at in range(5000)]) for number in range(5)]
    chart = LineChart(title="x", lines=many, unit="MB", start=0, end=5000)
    await desk.drawing.draw([chart] * 10, wait)
    waiting = asyncio.create_task(desk.draw())
    await asyncio.sleep(0)
    desk.drawing.stop()
    assert (await waiting).png is None
    await until(lambda: not ours() and not psutil.Process().children())
    assert not desk.containment.faults


async def test_an_idle_process_ends(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """After some minutes without a picture, process and thread are gone until the next one."""
    monkeypatch.setattr(drawing, "IDLE_S", 0.05)
    await desk.draw()
    assert desk.drawing.process_id is None or psutil.Process().children()
    await until(lambda: not ours() and not psutil.Process().children())
    monkeypatch.undo()
    assert (await desk.draw()).png
    assert not desk.containment.faults


async def test_it_ends_with_the_bot(tmp_path: Path) -> None:
    """Where the bot's process dies without a word, its pipe ends, and so does the process that draws."""
    code = """if True:
        import asyncio, os
        from plugin.corridor.drawing import Drawing
        from plugin.instrument.containment import Containment
        from tests.test_drawing import CHARTS

        async def run():
            drawing = Drawing(Containment())
            await drawing.draw(CHARTS, 30)
            print(drawing.process_id, flush=True)
            os.kill(os.getpid(), 9) if os.name == "posix" else os._exit(1)

        asyncio.run(run())
    """
    bot = await asyncio.create_subprocess_exec(sys.executable, "-c", code, cwd=ROOT, stdout=subprocess.PIPE)
    said, _ = await bot.communicate()
    process_id = int(said)
    await until(lambda: not runs(process_id))


async def test_where_charts_are_not_wanted_nothing_runs() -> None:
    """With the setting off no picture is drawn, and nothing is said in its place."""
    unwanted = Drawing(Containment(), wanted=False)
    assert await unwanted.draw(CHARTS) == (None, "")
    assert unwanted.process_id is None


async def test_a_bot_that_is_no_python_has_no_pictures(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Frozen into one program, starting it again would start the bot again: it is not, and the reason is told."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert (await desk.draw()).png is None
    assert "a separate Python process" in desk.containment.switched_off[PART]
    assert desk.drawing.process_id is None


async def test_a_process_that_cannot_be_started_is_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system gives no process, the page goes without."""
    monkeypatch.setattr(sys, "executable", str(ROOT / "python-that-is-not-there"))
    assert (await desk.draw()).png is None
    assert desk.containment.faults == {PART: 1}


async def test_without_pillow_the_cure_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """No process is started, and the page can say what to install."""
    monkeypatch.setitem(sys.modules, "PIL", None)
    drawn = await desk.draw()
    assert "pip install pillow ttf-opensans" in drawn.instead
    assert desk.drawing.process_id is None
    assert not desk.containment.faults
