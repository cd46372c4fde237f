"""What a status says of the life of its process: a bot writes it with each heartbeat, and whoever watches reads it."""

from __future__ import annotations

import re
from typing import NamedTuple

from plugin.model import ConnectionSnapshot

AWAY = "not connected to Discord"
SILENT = "nothing received from Discord"
USUAL_S = 60.0
"""Where reports come as often as by default, the status does not say so."""

_VITALS = re.compile(
    r"(?:event loop blocked for (?P<blocked>\d+) min(?:, |$))?"
    rf"(?:(?P<deaf>{AWAY}|{SILENT})(?: for (?P<minutes>\d+) min)?(?:, |$))?"
    r"(?:reports every (?P<every>\d+) s(?:, |$))?"
)


class Vitals(NamedTuple):
    """What a status says first, in this order."""

    blocked: bool
    """Whether the event loop did not move when this was written, by another thread."""
    deaf: str
    """`AWAY` or `SILENT` where no shard heard anything from Discord; empty if all is well."""
    deaf_s: float
    """For how long."""
    every_s: float | None
    """Seconds between heartbeats, if that is more than usual."""


def read_vitals(status: str) -> Vitals:
    """What a status says; of one that an older version wrote, nothing."""
    found = _VITALS.match(status)
    assert found is not None  # since every part is optional
    every_s = None if found["every"] is None else float(found["every"])
    return Vitals(found["blocked"] is not None, found["deaf"] or "", 60.0 * int(found["minutes"] or 0), every_s)


def blocked(status: str, blocked_s: float) -> str:
    """The last status of a process whose event loop does not move any more."""
    return ", ".join(filter(None, (f"event loop blocked for {blocked_s // 60:.0f} min", status)))


def vital_words(connection: ConnectionSnapshot, at: float, every_s: float) -> list[str]:
    """What a status says first: whether no shard hears anything from Discord, and rare reports."""
    from plugin.insight.discord import is_deaf  # here, since those who watch a bot only read

    said: list[str] = []
    shards = connection.shards or ()
    if shards and not any(shard.connected for shard in shards):
        lost = [shard.away_since for shard in shards if shard.away_since is not None]
        said.append(_lasting(AWAY, at - max(lost) if lost else 0.0))
    elif shards and all(is_deaf(shard) or not shard.connected for shard in shards):
        said.append(_lasting(SILENT, min(shard.silence_s or 0.0 for shard in shards if shard.connected)))
    if every_s > USUAL_S:
        said.append(f"reports every {every_s:.0f} s")
    return said


def _lasting(what: str, seconds: float) -> str:
    return f"{what} for {seconds // 60:.0f} min" if seconds >= 60 else what
