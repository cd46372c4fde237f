"""A store of each kind: SQLite in a file, and PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from plugin.history.store import Store, open_store


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new and empty database of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "history.db")
    return request.getfixturevalue("postgres_database")


@pytest.fixture
async def store(address: str) -> AsyncGenerator[Store]:
    """A store in a new database."""
    async with await open_store(address) as opened:
        yield opened


@pytest.fixture
async def other(store: Store, address: str) -> AsyncGenerator[Store]:
    """A second store in the same database, as another process has it."""
    async with await open_store(address) as opened:
        yield opened
