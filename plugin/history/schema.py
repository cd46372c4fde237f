"""The tables as queries see them; `migrations` makes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Column, Double, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy.types import TypeEngine

from plugin.histogram import Histogram
from plugin.history.tiers import Tier

metadata = MetaData()

Merge = Callable[[Sequence[Any]], Any]
"""Makes one value of those of several rows."""


def _merged(packed: Sequence[bytes]) -> bytes:
    return Histogram.unpack(*packed).pack()


class Kind(NamedTuple):
    """One kind of measured rows: the same columns in every tier."""

    tables: Mapping[Tier, Table]
    keys: tuple[str, ...]
    """Columns that, beside bot and time, tell rows apart."""
    merges: Mapping[str, Merge]
    """The other columns, each with the way in which rows become one."""


def _kind(name: str, tiers: Sequence[Tier], keys: Mapping[str, Any], values: Mapping[str, tuple[Any, Merge]]) -> Kind:
    tables = {tier: _tier_table(f"golem_{name}_{tier.name.lower()}", keys, values) for tier in tiers}
    return Kind(tables, tuple(keys), {column: merge for column, (_, merge) in values.items()})


def _tier_table(name: str, keys: Mapping[str, Any], values: Mapping[str, tuple[Any, Merge]]) -> Table:
    # The time comes second, so that one span of a bot lies together: written at its end, read and pruned in one piece.
    key_types: dict[str, Any] = {"bot": BigInteger, "at": BigInteger, **keys}
    value_types = {column: type_ for column, (type_, _) in values.items()}
    return _table(name, key_types, value_types)


def _table(name: str, keys: Mapping[str, Any], values: Mapping[str, type[TypeEngine[Any]]]) -> Table:
    key_columns = [Column(key, type_, primary_key=True, autoincrement=False) for key, type_ in keys.items()]
    return Table(name, metadata, *key_columns, *(Column(value, type_) for value, type_ in values.items()))


TIERS = (Tier.MINUTE, Tier.HOUR, Tier.DAY)
_WHO = {"instance": Integer, "release": Integer}

COMMANDS = _kind(
    "commands",
    (*TIERS, Tier.EVER),
    {"command": Integer, **_WHO},
    {
        "ok": (BigInteger, sum),
        "denied": (BigInteger, sum),
        "error": (BigInteger, sum),
        "cancelled": (BigInteger, sum),
        "total_ns": (BigInteger, sum),
        "durations": (LargeBinary, _merged),
        "first_responses": (LargeBinary, _merged),
    },
)
SERIES = _kind(
    "series",
    TIERS,
    {"name": Text, **_WHO},
    {"count": (BigInteger, sum), "sum": (Double, sum), "minimum": (Double, min), "maximum": (Double, max)},
)
ERRORS = _kind("errors", TIERS, {"error_group": Integer, "command": Integer, **_WHO}, {"count": (BigInteger, sum)})
KINDS = (COMMANDS, SERIES, ERRORS)

migrations = _table("golem_schema", {"version": Integer}, {})
bots = _table("golem_bots", {"bot": BigInteger}, {"minutes_from": BigInteger, "hours_from": BigInteger})
commands = _table("golem_commands", {"bot": BigInteger, "command": Integer}, {"kind": Text, "name": Text, "cog": Text})
instances = _table(
    "golem_instances",
    {"bot": BigInteger, "instance": Integer},
    {"name": Text, "written_until": BigInteger, "hours_until": BigInteger, "days_until": BigInteger},
)
releases = _table(
    "golem_releases",
    {"bot": BigInteger, "release": Integer},
    {"name": Text, "first_seen": Double, "last_seen": Double},
)
boots = _table(
    "golem_boots",
    {"bot": BigInteger, "instance": Integer, "boot": Text},
    {
        "release": Integer,
        "sequence": BigInteger,
        "started": Double,
        "last_seen": Double,
        "left_at": Double,
        "shards": Text,
        "status": Text,
    },
)
error_groups = _table(
    "golem_error_groups",
    {"bot": BigInteger, "error_group": Integer},
    {
        "type": Text,
        "file": Text,
        "function": Text,
        "line": Integer,
        "first_seen": Double,
        "last_seen": Double,
        "first_release": Integer,
        "last_release": Integer,
    },
)
