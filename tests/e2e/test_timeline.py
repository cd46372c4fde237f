"""`/health when:` on a real bot: what happened then, told from history."""

from __future__ import annotations

import pytest

from plugin import display
from tests.e2e.conftest import Scene, until
from tests.e2e.test_findings import errors
from tests.e2e.test_history import run


@pytest.fixture(autouse=True)
def _history(monkeypatch: pytest.MonkeyPatch) -> None:
    """History is kept as it is by default."""
    monkeypatch.delenv("GOLEM_DATABASE")


async def told(scene: Scene, when: str) -> str:
    """The first page for a moment, as its reader sees it."""
    answer = await scene.ask("health", when=when)
    return str(answer.response.data)


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
