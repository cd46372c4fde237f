"""The examples, run as a stranger would run them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import plugin
from examples.localdiscord import LocalDiscord
from examples.localdiscord.primitives import PATIENCE_S

ROOT = Path(__file__).parents[2]
LOCAL = {"DISCORD_TOKEN", "NO_COLOR", "FORCE_COLOR"}


def start(module: str, *arguments: str, cwd: Path = ROOT) -> subprocess.Popen[str]:
    """Start a module in a process group of its own, with every warning an error and nothing set in its environment."""
    kept = {name: value for name, value in os.environ.items() if name not in LOCAL and not name.startswith("GOLEM_")}
    kept |= {
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONIOENCODING": "utf-8",
        "TMPDIR": str(cwd),
        "COLUMNS": "80",
    }
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", module, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=kept,
        cwd=cwd,
        start_new_session=True,
    )


@pytest.fixture
async def discord(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[LocalDiscord]:
    """A Discord on loopback, and no settings."""
    monkeypatch.chdir(tmp_path)
    plugin.configure()
    async with LocalDiscord(deadline_s=PATIENCE_S) as discord:
        yield discord
    plugin.configure()
