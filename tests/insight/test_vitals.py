"""What a status says of the life of its process, written and read."""

from __future__ import annotations

import pytest

from plugin.insight.last_words import last_words
from plugin.insight.vitals import AWAY, SILENT, Vitals, blocked, read_vitals, vital_words
from plugin.model import NO_CONNECTION, ShardSnapshot

NOW = 1_000_000.0
WELL = ShardSnapshot(0, True, 0.04, silence_s=3)
LOST = ShardSnapshot(1, False, None, away_since=NOW - 310)
DEAF = ShardSnapshot(2, True, 0.04, silence_s=1900, missed=30)


@pytest.mark.parametrize(
    ("shards", "said"),
    [
        (None, ""),
        ((), ""),
        ((WELL,), ""),
        ((WELL, LOST), ""),
        ((DEAF, WELL), ""),
        ((LOST,), f"{AWAY} for 5 min"),
        ((LOST, LOST._replace(away_since=NOW - 30)), AWAY),
        ((LOST._replace(away_since=None),), AWAY),
        ((DEAF,), f"{SILENT} for 31 min"),
        ((LOST, DEAF), f"{SILENT} for 31 min"),
    ],
    ids=str,
)
def test_a_bot_is_deaf_if_no_shard_hears_anything(shards: tuple[ShardSnapshot, ...] | None, said: str) -> None:
    """One shard that is away is said elsewhere; a bot without a gateway hears as it is called."""
    found = vital_words(NO_CONNECTION._replace(shards=shards), NOW, 60)
    assert ", ".join(found) == said
    assert read_vitals(last_words(None, 1, [], found)).deaf == said.partition(" for ")[0]


@pytest.mark.parametrize("rest", ["", "memory 81 MB, CPU 4 %, 1 alert, running /report"], ids=["alone", "first"])
def test_what_is_written_is_read(rest: str) -> None:
    """In one status, a blocked loop, a lost connection and rare reports; each may be missing."""
    status = ", ".join(filter(None, [*vital_words(NO_CONNECTION._replace(shards=(LOST,)), NOW, 600), rest]))
    assert read_vitals(status) == Vitals(False, AWAY, 300.0, 600.0)
    assert read_vitals(blocked(status, 190)) == Vitals(True, AWAY, 300.0, 600.0)
    assert read_vitals(blocked(rest, 60)) == Vitals(True, "", 0.0, None)
    assert read_vitals(rest) == Vitals(False, "", 0.0, None)


def test_commands_with_such_names_say_nothing() -> None:
    """A prefix command may be called anything."""
    assert read_vitals(f"memory 81 MB, running {AWAY}, event loop blocked for 3 min") == Vitals(False, "", 0.0, None)


def test_a_block_is_written_differently_each_minute() -> None:
    """However long it lasts, so that whoever watches sees the process live."""
    assert len({blocked("", 60.0 * minutes) for minutes in range(1, 5000)}) == 4999
