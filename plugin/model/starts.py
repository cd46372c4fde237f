"""Releases, starts and instances of a bot, from history."""

from __future__ import annotations

from typing import NamedTuple


class ReleaseSeen(NamedTuple):
    """One version of a bot that ran."""

    name: str
    first_seen: float
    """Unix time in seconds."""
    last_seen: float
    """Unix time in seconds."""


class StartSeen(NamedTuple):
    """One start of one instance."""

    at: float
    """Unix time in seconds."""
    instance: str
    release: str
    last_seen: float
    """Unix time in seconds of the last heartbeat."""


class BootSeen(NamedTuple):
    """One process of an instance."""

    boot: str
    release: str
    started: float
    """Unix time in seconds."""
    last_seen: float
    """Unix time in seconds of the last heartbeat or clean shutdown."""
    left: float | None
    """Unix time in seconds of its clean shutdown; None while it runs, and if it died."""
    status: str
    """Its last status."""


class InstanceSeen(NamedTuple):
    """One instance of a bot at its last start."""

    name: str
    boot: str
    release: str
    started: float
    """Unix time in seconds."""
    last_seen: float
    """Unix time in seconds of the last heartbeat."""
    left: float | None
    """Unix time in seconds of its clean shutdown; None while it runs, and if it died."""
    shards: tuple[int, ...]
    status: str
    """Its last status."""


class LifeSign(NamedTuple):
    """What a process last told history."""

    bot: int
    """Application id."""
    instance: str
    given: bool
    """Whether an operator configured the name of the instance; else it is that of the host."""
    boot: str
    started: float
    """Unix time in seconds."""
    last_seen: float
    """Unix time in seconds of the last heartbeat or clean shutdown, by the clock of its machine."""
    left: bool
    """Whether it shut down cleanly."""
    shards: tuple[int, ...]
    status: str
