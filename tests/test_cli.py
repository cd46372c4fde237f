"""The command line: history read from a terminal, without a bot."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import io
import json
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from plugin.cli import main
from plugin.history.store import open_store
from plugin.model import Finding, Retention, Severity, Subject, SubjectKind, Writer
from plugin.outlets.apprise_target import name_of
from tests.history.builders import batch, delta, failure
from tests.outlets.servers import PASSWORD, web_server

MINUTE, HOUR, DAY = 60, 3600, 86_400
WRITER = Writer(42, "host-a", "boot1", "1.4.2")


@pytest.fixture(autouse=True)
def _folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder of its own, where no setting is given."""
    monkeypatch.chdir(tmp_path)
    for name in ("GOLEM_DATABASE", "GOLEM_CONFIG", "GOLEM_TIMEZONE"):
        monkeypatch.delenv(name, raising=False)


async def fill(*bots: int) -> None:
    """A database with an hour of history of each bot, which lost a shard and failed in it."""
    now = int(time.time())
    start, shard = (now - 2 * HOUR) // MINUTE * MINUTE, Subject(SubjectKind.SHARD, "0")
    lost = Finding("shard_disconnected", shard, Severity.CRITICAL, "shard 0 is not connected", now - HOUR)
    async with await open_store("golem.db") as store:
        for bot in bots:
            writer = WRITER._replace(bot=bot)
            await store.fleet.register(writer, start)
            for number in range(60):
                said = batch(start + number * MINUTE, delta(), memory_bytes=100.0 + number, sequence=number + 1)
                said = said._replace(
                    errors=(failure(),) if number == 30 else (), findings=(lost,) if number == 45 else ()
                )
                await store.writing.write(writer, said)
            await store.fleet.beat(writer, now, (0, 1), "memory 212 MB, CPU 3 %")


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    code = main(arguments)
    return code, *capsys.readouterr()


async def run_in_thread(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The same where a loop runs already."""
    return await asyncio.to_thread(ran, capsys, *arguments)


async def test_status_says_whether_the_bot_runs_and_what_stands(capsys: pytest.CaptureFixture[str]) -> None:
    """Each instance with its release, shards and last status, then problems, then a day in one line."""
    await fill(42)
    code, out, err = await run_in_thread(capsys, "status")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "bot 42"
    assert "🟢 host-a running for 2 h, release 1.4.2, shards 0, 1: memory 212 MB, CPU 3 %" in lines[1]
    assert lines[2] == "🔴 shard 0 is not connected, since 1 h"
    assert lines[3].startswith("last 24 h: ")


async def test_status_fails_where_an_instance_is_lost(capsys: pytest.CaptureFixture[str]) -> None:
    """So that a script notices."""
    now = int(time.time())
    async with await open_store("golem.db") as store:
        await store.fleet.register(WRITER, now - DAY)
        await store.fleet.beat(WRITER, now - HOUR, (0,), "memory 212 MB")
    code, out, _ = await run_in_thread(capsys, "status")
    assert code == 1 and "🔴 host-a no sign of life for 1" in out


async def test_the_timeline_is_that_of_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    """In the order in which it happened."""
    await fill(42)
    code, out, _ = await run_in_thread(capsys, "timeline", "--around", "-60m")
    assert code == 0 and "What happened" in out and "shard 0 is not connected" in out
    code, _, err = await run_in_thread(capsys, "timeline", "--around", "soon")
    assert code == 1 and err.startswith("--around must be a time such as 02:10")
    code, _, err = await run_in_thread(capsys, "timeline", "--around", "0001-01-01 00:00")
    assert code == 1 and err.startswith("--around must be a time such as 02:10")


async def test_a_bot_that_was_killed_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Where it was last seen, and in each window since, as nothing has started it again."""
    now = int(time.time())
    async with await open_store("golem.db") as store:
        await store.fleet.register(WRITER, now - DAY)
        await store.fleet.beat(WRITER, now - 2 * HOUR, (0,), "memory 212 MB")
        await store.writing.write(WRITER, batch((now - 2 * HOUR) // MINUTE * MINUTE, delta(), sequence=1))
    for around in ("-120m", "-30m"):
        code, out, _ = await run_in_thread(capsys, "timeline", "--around", around)
        assert code == 0 and "unclean shutdown, not started since; last status: memory 212 MB" in out


async def test_of_hours_all_of_the_hour_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Once minutes are no longer kept; whatever part of the hour is asked for."""
    now = int(time.time())
    hour = (now - 10 * DAY) // HOUR * HOUR
    async with await open_store("golem.db") as store:
        await store.fleet.register(WRITER, hour)
        for number in range(12):
            at = hour + number * 10 * MINUTE
            said = batch(at, delta(), sequence=number + 1, rest_rate_limited=3.0)
            await store.writing.write(WRITER, said._replace(errors=(failure(seen=at),)))
        await store.fleet.leave(WRITER, hour + 2 * HOUR)
        while await store.writing.roll_up(now) or await store.writing.prune(42, now, Retention()):
            pass
    for minute in (5, 25, 55):
        around = time.strftime("%Y-%m-%d %H:%M", time.gmtime(hour + minute * MINUTE))
        code, out, _ = await run_in_thread(capsys, "timeline", "--around", around)
        assert code == 0 and "2 problems in this hour." in out
        assert "18 rate limited responses" in out and "ValueError in shop.py:7 in /shop buy, 6 times" in out


async def test_the_report_tells_the_week(capsys: pytest.CaptureFixture[str]) -> None:
    """What was used and failed, what stands, and the time that was lost."""
    await fill(42)
    code, out, err = await run_in_thread(capsys, "report", "--period", "24h")
    assert (code, err) == (0, "")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[0].startswith("Report, 24 h to ") and lines[-1].endswith("UTC · 1 instance")
    assert any(line.startswith("History covers this period only from ") for line in lines)
    assert "Commands 360" in lines and "Errors 0" in lines and "/shop buy 360" in lines
    assert any("shard 0 is not connected" in line and "(1 h" in line for line in lines)
    assert "Online 100 % (target 99.9 %): 0 of the 0" in out


async def test_an_empty_week_is_three_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """Of one that ended before history began."""
    await fill(42)
    code, out, _ = await run_in_thread(capsys, "report", "--until", "-30d")
    assert code == 0 and len(out.splitlines()) == 3 and "History was not kept" in out


async def test_a_report_ends_when_it_should(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the zone of the operator, to the minute."""
    monkeypatch.setenv("GOLEM_TIMEZONE", "Asia/Tokyo")
    await fill(42)
    code, out, _ = await run_in_thread(capsys, "report", "--until", "2026-03-02 09:00", "--instance", "host-a")
    assert code == 0
    assert out.splitlines()[0] == "Report, 7 days to 02 Mar 2026"
    assert out.splitlines()[-1].startswith("— 23 Feb 09:00 to 02 Mar 09:00 JST · instance host-a")
    for wrong in ("2999-01-01 00:00", "soon"):
        code, _, err = await run_in_thread(capsys, "report", "--until", wrong)
        assert code == 1 and err.startswith("--until ")


def test_a_report_is_one_file(capsys: pytest.CaptureFixture[str]) -> None:
    """That nothing else belongs to; where it cannot be written, the error says so."""
    asyncio.run(fill(42))
    code, out, _ = ran(capsys, "report", "--html", "week.html")
    page = Path("week.html").read_text("utf-8")
    assert (code, out) == (0, "report written to week.html\n")
    assert page.startswith("<!DOCTYPE html>") and "shard 0 is not connected" in page
    code, _, err = ran(capsys, "report", "--html", "missing/week.html")
    assert code == 1 and err.startswith("missing/week.html cannot be written: ")


@pytest.mark.parametrize(("what", "columns"), [("series", "time"), ("commands", "time"), ("findings", "since")])
async def test_export_has_a_row_for_each_step(capsys: pytest.CaptureFixture[str], what: str, columns: str) -> None:
    """As CSV with a head, and as JSON Lines with the same values."""
    await fill(42)
    _, out, _ = await run_in_thread(capsys, "export", what, "--period", "24h")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert rows and columns in rows[0]
    _, out, _ = await run_in_thread(capsys, "export", what, "--period", "24h", "--format", "jsonl")
    lines = [json.loads(line) for line in out.splitlines()]
    assert [{key: "" if value is None else str(value) for key, value in line.items()} for line in lines] == rows


async def test_exported_series_add_up(capsys: pytest.CaptureFixture[str]) -> None:
    """Every value that was written is in one of the steps."""
    await fill(42)
    _, out, _ = await run_in_thread(capsys, "export", "series", "--period", "24h", "--format", "jsonl")
    memory = [line for line in map(json.loads, out.splitlines()) if line["series"] == "memory_bytes"]
    assert sum(line["count"] for line in memory) == 60
    assert (min(line["minimum"] for line in memory), max(line["maximum"] for line in memory)) == (100, 159)


async def test_one_of_several_bots_must_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    """The error names them."""
    await fill(42, 43)
    code, _, err = await run_in_thread(capsys, "status")
    assert (code, err) == (1, "choose a bot with --bot: 42, 43\n")
    assert (await run_in_thread(capsys, "status", "--bot", "43"))[0] == 0
    code, _, err = await run_in_thread(capsys, "status", "--bot", "7")
    assert (code, err) == (1, "no bot 7 in this database; it has 42, 43\n")


async def test_an_instance_is_judged_beside_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    """A lost one whose shards another runs is no failure, also where only it is asked for."""
    now = int(time.time())
    async with await open_store("golem.db") as store:
        for name, seen in (("a", now - HOUR), ("b", now)):
            writer = WRITER._replace(instance=name, boot=name)
            await store.fleet.register(writer, now - DAY)
            await store.fleet.beat(writer, seen, (0,), "")
    for arguments in ([], ["--instance", "a"]):
        code, out, _ = await run_in_thread(capsys, "status", *arguments)
        assert code == 0 and "a no sign of life for 1" in out


@pytest.mark.parametrize("command", [["status"], ["timeline", "--around", "now"], ["export", "series"], ["report"]])
async def test_an_instance_that_does_not_exist_is_named(capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    """With those that there are."""
    await fill(42)
    code, out, err = await run_in_thread(capsys, *command, "--instance", "typo")
    assert (code, out, err) == (1, "", "no instance typo of this bot; it has host-a\n")


def test_a_copy_of_history_is_only_read(capsys: pytest.CaptureFixture[str]) -> None:
    """Its bytes and its permissions stay as they were."""
    asyncio.run(fill(42))
    with contextlib.closing(sqlite3.connect("golem.db")) as database:
        database.execute("VACUUM INTO 'copy.db'")
    copy = Path("copy.db")
    copy.chmod(0o644)
    before = copy.read_bytes()
    assert ran(capsys, "status", "--database", "copy.db")[0] == 0
    assert copy.read_bytes() == before and copy.stat().st_mode & 0o777 == 0o644
    assert not [*Path().glob("copy.db-*")]


async def test_marks_do_not_break_a_terminal_without_them(tmp_path: Path) -> None:
    """Such as a pipe on Windows."""
    await fill(42)
    ran = await module(tmp_path, PYTHONIOENCODING="cp1252")
    assert (ran.returncode, ran.stderr) == (0, "") and "host-a running" in ran.stdout


@pytest.mark.parametrize(
    "command", [["status"], ["timeline", "--around", "now"], ["export", "series"], ["report"], ["check"]]
)
def test_a_database_that_is_not_there_is_not_made(capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    """Reading creates nothing."""
    code, out, err = ran(capsys, *command)
    assert code == 1 and "golem.db: there is no such file" in out + err
    assert not Path("golem.db").exists()


def test_invalid_settings_are_named(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """As the bot would name them at its start."""
    monkeypatch.setenv("GOLEM_FLUSH_INTERVAL_S", "soon")
    code, _, err = ran(capsys, "check")
    assert code == 1 and "GOLEM_FLUSH_INTERVAL_S" in err


def test_a_zone_that_this_machine_does_not_know_is_found(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the bot is asked for a time in it."""
    monkeypatch.setenv("GOLEM_TIMEZONE", "Europe/Nowhere")
    monkeypatch.setenv("GOLEM_DATABASE", "")
    code, out, _ = ran(capsys, "check")
    assert code == 1 and "Europe/Nowhere" in out and "tzdata" in out


async def test_check_passes_where_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    """With what was checked."""
    await fill(42)
    code, out, _ = await run_in_thread(capsys, "check")
    assert code == 0 and out.splitlines()[0] == "settings: valid" and "bots: 42" in out


async def test_check_tells_whether_each_target_of_alerts_is_understood(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without sending anything, unless that is asked for; and without a word of what is secret."""
    monkeypatch.setenv("GOLEM_DATABASE", "")
    async with web_server() as posts:
        monkeypatch.setenv("GOLEM_ALERT_TARGETS", f"{posts.url} slack://{PASSWORD}")
        code, out, _ = await run_in_thread(capsys, "check")
        assert code == 1 and f"alert_targets 1, {name_of(posts.url)}: understood" in out
        assert "alert_targets 2, slack:" in out and "does not understand this slack:// URL" in out
        assert not posts.asked.is_set() and PASSWORD not in out
        monkeypatch.setenv("GOLEM_ALERT_TARGETS", posts.url)
        code, out, _ = await run_in_thread(capsys, "check", "--send")
        assert code == 0 and "test alert sent" in out
        assert [posted["title"] for posted in posts.posted] == ["🟢 Test alert"]


@pytest.mark.parametrize(
    ("channel", "code", "said"),
    [
        ("77", 0, "reports: daily 08:00, weekly monday 09:30"),
        ("0", 1, "reports: there is no target for reports (settings alert_channel, alert_targets)"),
    ],
    ids=["all is there", "no target"],
)
async def test_check_says_what_reports_need(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, channel: str, code: int, said: str
) -> None:
    """Where the settings want some."""
    await fill(42)
    monkeypatch.setenv("GOLEM_DAILY_REPORT", "08:00")
    monkeypatch.setenv("GOLEM_WEEKLY_REPORT", "Monday 09:30")
    monkeypatch.setenv("GOLEM_ALERT_CHANNEL", channel)
    found, out, _ = await run_in_thread(capsys, "check")
    assert found == code and said in out.splitlines()


def test_a_wrong_call_says_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    """And is no crash."""
    with pytest.raises(SystemExit) as ended:
        main(["paint"])
    assert ended.value.code == 2 and "status" in capsys.readouterr().err


async def module(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python -m plugin status` in a process of its own."""
    command = [sys.executable, "-m", "plugin", "status"]
    environment = {"PYTHONPATH": str(Path(__file__).parents[1]), "PATH": "", **environment}
    return await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, cwd=folder, env=environment, timeout=120, check=False
    )


async def test_python_runs_it_as_a_module(tmp_path: Path) -> None:
    """In a process of its own, and with its exit code."""
    await fill(42)
    ran = await module(tmp_path, PYTHONUTF8="1")
    assert (ran.returncode, ran.stderr) == (0, "") and ran.stdout.startswith("bot 42\n🟢 host-a running")


def test_watching_needs_no_bot(tmp_path: Path) -> None:
    """It imports neither hikari nor Lightbulb, which take more memory than all the rest."""
    where = {"PYTHONPATH": str(Path(__file__).parents[1]), "PATH": ""}
    command = [sys.executable, "-X", "importtime", "-m", "plugin", "watch", "--once"]
    ran = subprocess.run(command, cwd=tmp_path, env=where, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 3 and "no such file" in ran.stderr
    imported = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}
    assert "plugin.insight.presence" in imported and not {"hikari", "lightbulb", "plugin.history.store"} & imported
