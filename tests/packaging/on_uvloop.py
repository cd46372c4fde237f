"""A plugin of pytest that runs every asynchronous test on uvloop: `pytest -p tests.packaging.on_uvloop`."""

from __future__ import annotations

import asyncio

import pytest
import uvloop


@pytest.fixture(scope="session")
def event_loop_policy() -> asyncio.AbstractEventLoopPolicy:
    """What pytest-asyncio makes its loops with."""
    return uvloop.EventLoopPolicy()
