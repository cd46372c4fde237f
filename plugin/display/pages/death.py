"""The last unclean shutdown, as far as history knows."""

from __future__ import annotations

from plugin.display import numbers, text
from plugin.display.book import Section
from plugin.model import Death, Snapshot

NEAR_LIMIT = 0.9
"""From this share of all memory on, running out of memory is mentioned as a cause."""

WORDS_CELLS = 200
CAUSES = "Cause unknown: killed, crashed, out of memory, power loss, or history could not be written."


def death_section(snapshot: Snapshot, *, causes: bool = False) -> Section:
    """The time of the unclean shutdown, the downtime and the last status."""
    history = snapshot.monitor.history
    if history is None or history.death is None:
        return Section("", ())
    death = history.death
    rows = [_when(death), *([CAUSES] if causes else []), *_words(death)]
    return Section("Unclean shutdown", [text.unbroken(row) for row in rows], code=False)


def _when(death: Death) -> str:
    away = numbers.span(death.back - death.last_seen)
    times = f" {death.number:,} unclean shutdowns in 7 d." if death.number > 1 else ""
    return f"Last seen {numbers.discord_time(death.last_seen)}, down for up to {away}.{times}"


def _words(death: Death) -> list[str]:
    said = [f"Last status: {text.escaped(death.words, WORDS_CELLS)}."] if death.words else []
    if death.memory_share is not None and death.memory_share >= NEAR_LIMIT:
        said.append("Memory was near its limit: possibly out of memory.")
    return [" ".join(said)] if said else []
