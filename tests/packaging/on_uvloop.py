"""A plugin of pytest that runs every asynchronous test on uvloop: `pytest -p tests.packaging.on_uvloop`."""

from __future__ import annotations

import asyncio

import pytest
import uvloop


def pytest_configure() -> None:
    """Have pytest-asyncio make its loops of uvloop's; its own fixture for that is not overridden by a plugin."""
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())


@pytest.fixture(autouse=True)
async def _it_is_uvloop() -> None:
    """A run on another loop would pass, and show nothing."""
    assert isinstance(asyncio.get_running_loop(), uvloop.Loop)
