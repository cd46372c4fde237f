"""`/health when:` on a real bot: what happened then, told from history."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest

from examples.localdiscord.primitives import PATIENCE_S
from plugin import display
from plugin.pages import assembly
from tests.e2e.conftest import Scene, until
from tests.e2e.moved_time import HOUR_S, MINUTE_S, MONDAY, MovedTime
from tests.e2e.test_findings import errors
from tests.e2e.test_history import run

ROOT = Path(__file__).parents[2]
AT_2_07 = MONDAY + 2 * HOUR_S + 7 * MINUTE_S


@pytest.fixture(autouse=True)
def _history(monkeypatch: pytest.MonkeyPatch) -> None:
    """History is kept as it is by default."""
    monkeypatch.delenv("GOLEM_DATABASE")


async def told(scene: Scene, when: str) -> str:
    """The first page for a moment, as its reader sees it."""
    answer = await scene.ask("health", when=when)
    return str(answer.response.data)


async def child(scene: Scene, folder: Path) -> asyncio.subprocess.Process:
    """A bot whose clock stands at 02:07."""
    words = (sys.executable, "-m", "tests.e2e.night_child", scene.discord.rest_url, scene.discord.token)
    return await asyncio.create_subprocess_exec(
        *words,
        str(AT_2_07),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )


async def lived(process: asyncio.subprocess.Process, what: str) -> None:
    """Returns when it is in history."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(f"{what}\n".encode())
    async with asyncio.timeout(PATIENCE_S):
        assert (await process.stdout.readline()).decode().strip() == what


async def test_the_night_at_2_10(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bot is blocked, loses Discord, is killed, and is back with a new release: told in this order, with causes."""
    process = await child(scene, tmp_path)
    try:
        await scene.discord.registered("holds", timeout_s=100)
        await scene.discord.connected()
        await lived(process, "started")
        await scene.discord.slash(scene.member, "holds", guild=scene.guild)
        await lived(process, "blocked")
        scene.discord.refuse_connections(True)
        await scene.discord.close_shard(0)
        await lived(process, "lost")
        await lived(process, "quiet")
    finally:
        process.kill()
        await process.communicate()
    scene.discord.refuse_connections(False)
    moved = MovedTime(AT_2_07 + 9 * MINUTE_S)
    for place in moved.places():
        monkeypatch.setattr(*place)
    monkeypatch.setattr(assembly, "time", moved)
    sample, _ = await run(scene, release="1.4.2", details="readers")
    moved.forward(HOUR_S)
    page = await told(scene, "02:10")
    assert "Around 02:10, 20 Nov 2023" in page
    shown = re.sub(r"\\+(?=\W|_)", "", page).replace("\\xa0", " ")
    block = r"event loop blocked by /holds at tests/e2e/night_child\.py:\d+"
    order = (
        r"\*\*Down for up to 6 min after an unclean shutdown, then back with release 1\.4\.2, was 1\.4\.1\.\*\*",
        rf"Before it: {block}, then .*then shard 0 is not connected\.",
        r"Last status: (not connected to Discord, )?memory",
        r"What happened",
        rf"\*\*02:07\*\* to 02:08 {block}",
        r"\*\*02:09\*\*( to 02:10)? shard 0 is not connected",
        r"\*\*02:10\*\* to 02:16 unclean shutdown; last status: (not connected to Discord, )?memory",
        r"\*\*02:16\*\* started with release 1\.4\.2, was 1\.4\.1",
    )
    assert re.search(".*".join(order), shown), shown
    await sample.close()


async def test_a_bad_night_is_told_in_order(scene: Scene) -> None:
    """What failed, the restart, and the new release, at the time that was asked for."""
    sample, monitor = await run(scene, details="readers")
    for _ in range(2):
        await scene.discord.slash(scene.member, "boom", guild=scene.guild)
    await until(lambda: errors(sample) == 2)
    await monitor.flush()
    await sample.close()
    sample, _ = await run(scene, release="1.0.1", details="readers")
    page = await told(scene, "now")
    assert "What happened" in page
    order = [page.index(part) for part in ("in /boom, 2 times", "started with release 1.0.1, was 1.0.0")]
    assert order == sorted(order)
    assert "History was not kept at this time." in await told(scene, "-30d")
    await sample.close()


@pytest.mark.parametrize(
    ("when", "said"), [("soon", "must be a time such as 02:10"), ("2099-01-01 10:00", "in the future")]
)
async def test_what_is_no_moment_is_answered_with_a_sentence(scene: Scene, when: str, said: str) -> None:
    """One that says how a moment is written."""
    sample, _ = await run(scene)
    assert said in await told(scene, when)
    await sample.close()


def test_the_page_is_among_those_that_are_shown() -> None:
    """It is exported like the others."""
    assert callable(display.timeline_pages)
