"""PostgreSQL for every test that wants it: a server that the tests start, or the one in `GOLEM_TEST_POSTGRES`.

And threads that begin and end when a test lets them.
"""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from hypothesis import HealthCheck, settings

from plugin.corridor import look_back
from tests.held_threads import HeldThreads
from tests.history.postgres import Postgres, database_of

_numbers = itertools.count()

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell has it so for what it runs in the background, and the bots that tests start would never hear of Ctrl+C.
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says how busy the machine is, and nothing of the code.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def own_postgres() -> Generator[Postgres]:
    """A server that the tests may stop and start."""
    server = Postgres()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def postgres_address(request: pytest.FixtureRequest) -> str:
    """The address of a server to make databases in."""
    return os.environ.get("GOLEM_TEST_POSTGRES") or request.getfixturevalue("own_postgres").address


@asynccontextmanager
async def _new_database(server_address: str) -> AsyncGenerator[str]:
    name = f"golem_test_{os.getpid()}_{next(_numbers)}"
    server = await asyncpg.connect(server_address)
    try:
        await server.execute(f"CREATE DATABASE {name}")
        yield database_of(server_address, name)
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await server.close()


@pytest.fixture
async def postgres_database(postgres_address: str) -> AsyncGenerator[str]:
    """The address of a new and empty database."""
    async with _new_database(postgres_address) as address:
        yield address


@pytest.fixture
async def other_postgres_database(postgres_address: str) -> AsyncGenerator[str]:
    """The address of a second one."""
    async with _new_database(postgres_address) as address:
        yield address


@pytest.fixture(autouse=True)
def _patient_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long history takes to answer says how busy the machine is."""
    monkeypatch.setattr(look_back, "PATIENCE_S", 60.0)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Generator[HeldThreads]:
    """No thread of the monitor's begins before the test lets it, and nobody waits for one."""
    held = HeldThreads(monkeypatch)
    yield held
    held.end()
    assert not held.waited_for
