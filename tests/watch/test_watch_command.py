"""`watch` as it is run: by a service manager, and by cron."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from plugin.cli import main
from plugin.history.migrations import NEWEST
from plugin.history.store import open_store
from plugin.model import Writer
from tests.outlets.servers import PASSWORD, WebServer, web_server

ROOT = Path(__file__).parents[2]
WRITER = Writer(42, "one", "a", "1.0", True)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of a bot."""
    monkeypatch.chdir(tmp_path)


async def seen(seconds_ago: float, *, left: bool = False, status: str = "memory 81 MB") -> None:
    """A bot that was last seen so long ago."""
    async with await open_store("golem.db") as store:
        at = time.time() - seconds_ago
        await store.fleet.register(WRITER, at - 900)
        await store.fleet.beat(WRITER, at, (0,), status)
        if left:
            await store.fleet.leave(WRITER, at)


async def ran(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str, str]:
    """Exit code and output of one look."""
    code = await asyncio.to_thread(main, ["watch", "--once", *options])
    return code, *capsys.readouterr()


@pytest.mark.parametrize(
    ("seconds_ago", "left", "options", "code", "out"),
    [
        (100, False, (), 0, ""),
        (300, False, (), 1, "bot 42, one: gone\n"),
        (300, False, ("--after", "600"), 0, ""),
        (300, False, ("--bot", "43"), 0, ""),
        (9000, True, (), 0, ""),
        (9000, True, ("--expect-running",), 1, "bot 42, one: not running\n"),
    ],
    ids=str,
)
async def test_a_look_has_an_exit_code(
    capsys: pytest.CaptureFixture[str], seconds_ago: float, left: bool, options: tuple[str, ...], code: int, out: str
) -> None:
    """Without anything to compare it judges by the clock of the machine."""
    await seen(seconds_ago, left=left)
    assert (await ran(capsys, *options))[:2] == (code, out)


async def test_looks_of_cron_tell_once(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each knows what the one before it saw, and people are told once."""
    async with web_server() as sink:
        monkeypatch.setenv("GOLEM_ALERT_TARGETS", sink.url)
        await seen(300)
        for _ in range(3):
            assert (await ran(capsys))[0] == 1
        await seen(0)
        for _ in range(3):
            assert (await ran(capsys))[0] == 0
    assert [posted["title"] for posted in sink.posted] == [
        "🔴 No sign of life from the bot (one)",
        "🟢 The bot (one) is back",
    ]


async def test_a_database_that_cannot_be_read_has_a_code_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """Whether anything is wrong is not known."""
    assert (await ran(capsys))[0] == 3
    await seen(0)
    with sqlite3.connect("golem.db") as database:
        database.execute("INSERT INTO golem_schema VALUES (?)", (NEWEST + 1,))
    database.close()
    assert (await ran(capsys))[0] == 3


@pytest.mark.parametrize(
    ("environment", "options", "said"),
    [
        ({"GOLEM_DATABASE": ""}, (), "no history is kept (setting database)"),
        ({"GOLEM_FLUSH_INTERVAL_S": "soon"}, (), "GOLEM_FLUSH_INTERVAL_S"),
        ({}, ("--database", "mysql://ada:s3cret@host/db"), "GOLEM_DATABASE"),
    ],
    ids=["no database", "a wrong setting", "a wrong address"],
)
async def test_what_cannot_work_ends_with_an_error(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    options: tuple[str, ...],
    said: str,
) -> None:
    """That says what to do, and no secret."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    code, _, err = await ran(capsys, *options)
    assert code == 1 and said in err and "s3cret" not in err


@asynccontextmanager
async def watching(sink: WebServer, *options: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A watcher in a process of its own."""
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "GOLEM_ALERT_TARGETS": sink.url}
    words = (sys.executable, "-m", "plugin", "watch", "--every", "0.05", *options)
    process = await asyncio.create_subprocess_exec(
        *words, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def line(process: asyncio.subprocess.Process, word: str) -> str:
    """The next line of its log with a word."""
    assert process.stdout is not None
    while word not in (said := (await process.stdout.readline()).decode()):
        assert said, f"it ended without a word of {word}"
    return said


@pytest.mark.parametrize("ended_by", [signal.SIGTERM, signal.SIGINT], ids=["stopped", "Ctrl+C"])
async def test_a_signal_ends_it_cleanly(ended_by: signal.Signals) -> None:
    """With exit code 0; its log says what it watches and whom it tells, without a secret."""
    async with web_server() as sink, watching(sink) as process:
        said = await line(process, "watching")
        assert "golem.db; told: json:" in said and PASSWORD not in said
        assert "there is no such file" in await line(process, "WARNING")
        await seen(0)
        await line(process, "can be read again")
        process.send_signal(ended_by)
        await line(process, "stopped")
        assert await process.wait() == 0
    assert sink.posted == []


async def test_a_process_that_was_killed_goes_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It repeats nothing, and tells when the bot is back."""
    await seen(300)
    async with web_server() as sink:
        monkeypatch.setenv("GOLEM_ALERT_TARGETS", sink.url)
        assert (await ran(capsys))[0] == 1
        async with watching(sink) as process:
            await line(process, "watching")
            process.kill()
        assert len(sink.posted) == 1
        async with watching(sink) as process:
            await line(process, "watching")
            await seen(0)
            await line(process, "is back")
            process.send_signal(signal.SIGTERM)
            await line(process, "stopped")
    assert [posted["type"] for posted in sink.posted] == ["failure", "success"]
