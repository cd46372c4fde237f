"""The demo on its own Discord, as a process of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from examples.levels import POINTS
from examples.localdiscord.primitives import PATIENCE_S
from plugin.adapters import LIGHTBULB_LINE
from tests.examples.conftest import start

INVOCATIONS = 60
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals and process groups are those of POSIX")


class Shown(NamedTuple):
    process: subprocess.Popen[str]
    output: str
    errors: str
    folder: Path


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """One short run of the demo, to its end."""
    folder = tmp_path_factory.mktemp("demo")
    process = start("examples.demo", "--invocations", str(INVOCATIONS), cwd=folder)
    return Shown(process, *process.communicate(timeout=PATIENCE_S), folder)


def test_the_demo_ends_well(shown):
    """It ends with 0 and writes no warning and no error."""
    assert (shown.process.returncode, shown.errors) == (0, "")


@pytest.mark.parametrize(
    "title",
    [
        *("Performance", "Cogs", "Most used", "Slowest", "Most errors", "/shop buy", "Health"),
        *(f"{system}, since start" for system in ("Economy", "Activity", "Voice")),
    ],
)
def test_every_page_is_shown(shown, title):
    """All four commands are answered, and their pages are turned to the last one."""
    assert re.search(rf"^│ \S+ {title} \[\w+\]$", shown.output, re.MULTILINE)


def test_the_pages_count_the_calls(shown):
    """The monitor counts as many invocations as were made."""
    assert f"{INVOCATIONS} invocations in " in shown.output
    assert re.search(rf"^│ +Commands invoked +{INVOCATIONS}$", shown.output, re.MULTILINE)


def test_the_coins_add_up(shown):
    """The supply is what faucets made less what sinks burnt, and each of both is the sum of its kinds."""
    page = numbers_of(shown.output.partition("Economy, since start")[2].partition("Activity, since start")[0])
    assert page["supply"] == page["made"] - page["burnt"] > 0
    assert page["made"] == sum(page.get(kind, 0) for kind in ("welcome", "daily", "sale")) > 0
    assert page["burnt"] == sum(page.get(kind, 0) for kind in ("shop", "bet")) > 0
    assert page["moved"] == page["gift"] > 0


def test_each_member_who_writes_gets_points_once(shown):
    """As many as the levels give for a message; prefix commands are messages, too."""
    page = numbers_of(shown.output.partition("Activity, since start")[2].partition("Voice, since start")[0])
    writers = int(re.search(r"messages by (\d+) members", shown.output)[1])
    assert page["total"] == page["message"] >= writers * POINTS and page["total"] % POINTS == 0
    assert LIGHTBULB_LINE == 2 or page["total"] == writers * POINTS


def numbers_of(page: str) -> dict[str, int]:
    """The rows of a page that have one whole number."""
    rows = re.findall(r"^│ +(\w+) +([\d,]+)$", page, re.MULTILINE)
    return {label: int(number.replace(",", "")) for label, number in rows}


def test_the_pages_show_failures_and_slow_commands(shown):
    """The error of a command leads to its line, and the slow command is named."""
    assert re.search(r"demo/cogs/\w+\.py:\d+", shown.output)
    assert re.search(r"/\w+ is slowest: \d", shown.output)


def test_the_monitor_is_well(shown):
    """The monitor contains no fault of its own while the demo runs."""
    assert re.search(r"^│ 🟢 Monitor errors +0$", shown.output, re.MULTILINE)


def test_the_lines_fit_the_terminal(shown):
    """No line is wider than 80 columns, and none has colour where there is no terminal."""
    assert max(map(len, shown.output.splitlines())) <= 80
    assert "\033" not in shown.output


def test_it_says_what_to_try_next(shown):
    """It ends with how to use the plugin and the sample bot."""
    assert "DISCORD_TOKEN=… .venv/bin/nox -s demo" in shown.output.partition("What next")[2]


def test_the_charts_can_be_kept(tmp_path):
    """With a folder the charts that were ready in time are there as PNG, with all pages; the output says where."""
    process = start("examples.demo", "--invocations", "5", "--pictures", str(tmp_path), cwd=tmp_path)
    output, errors = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, errors) == (0, "")
    said, web = " ".join(output.split()), tmp_path / "pages.html"
    assert "error rate" in web.read_text("utf-8") and str(web) in said
    kept = sorted(tmp_path.glob("*.png"))
    assert kept and all(file.read_bytes().startswith(b"\x89PNG") for file in kept)
    assert all(f"kept as {file}" in said for file in kept)


@POSIX
def test_nothing_is_left_behind(shown):
    """No process and no file is left."""
    with pytest.raises(ProcessLookupError):
        os.killpg(shown.process.pid, 0)
    assert not list(shown.folder.iterdir())


@POSIX
@pytest.mark.parametrize(
    ("arguments", "code"), [((), 130), (("--keep",), 0)], ids=["a demo that ends", "an endless one"]
)
def test_an_interrupt_ends_it_cleanly(tmp_path, arguments, code):
    """Ctrl-C ends the demo with a word and no traceback."""
    process = start("examples.demo", *arguments, cwd=tmp_path)
    assert process.stdout is not None
    next(line for line in process.stdout if line.startswith("Connected"))
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, errors) == (code, "")
    assert output.endswith("Stopped.\n")


def test_a_reader_that_goes_away_is_no_error(tmp_path):
    """The demo ends without a word where nobody reads its output any more."""
    process = start("examples.demo", "--invocations", "5", cwd=tmp_path)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == ""
    assert process.wait(PATIENCE_S) == 0


def test_a_port_in_use_is_one_sentence(tmp_path):
    """A port that is taken is named as the reason, and the demo ends with 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start("examples.demo", "--port", str(taken.getsockname()[1]), cwd=tmp_path)
        _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert errors.startswith("No server can be started on 127.0.0.1")
    assert errors.count("\n") == 1


@pytest.mark.parametrize("count", ["0", "-1", "many", "1000000"])
def test_an_impossible_count_is_refused(count):
    """A number of calls that is none, or too large, is refused with 2."""
    process = start("examples.demo", "--invocations", count)
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 2
    assert "--invocations" in errors
