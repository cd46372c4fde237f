"""The tables as queries see them; `migrations` creates them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from plugin.histogram import Histogram
from plugin.history.tiers import Tier

Merge = Callable[[Sequence[Any]], Any]
"""Merges the values of several rows, in the order of time, into one."""

TABLES: dict[str, Table] = {}
"""Every table by name."""

COPY_MARKER = "golem_copy"
"""A table that is there only while a copy into the database has not ended (`copy_marker`)."""

_BIG, _INT, _TEXT, _REAL, _BYTES = "BIGINT", "INTEGER", "TEXT", "DOUBLE PRECISION", "BYTEA"


class Table:
    """A table: its columns with their PostgreSQL types, the primary key first."""

    def __init__(self, name: str, key: Mapping[str, str], values: Mapping[str, str]) -> None:
        self.name = name
        self.key = tuple(key)
        self.types = {**key, **values}
        TABLES[name] = self


class TableKind(NamedTuple):
    """One kind of measured rows: the same columns in every tier."""

    tables: Mapping[Tier, Table]
    keys: tuple[str, ...]
    """Columns that identify a row together with bot and time."""
    merges: Mapping[str, Merge]
    """The other columns, each with the function that merges its values."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a `Row`: all but the bot."""
        return ("at", *self.keys, *self.merges)


def _merged(packed: Sequence[bytes]) -> bytes:
    return Histogram.unpack(*packed).pack()


def _merged_if_any(packed: Sequence[bytes | None]) -> bytes | None:
    found = [counts for counts in packed if counts is not None]
    return _merged(found) if found else None


def _last(values: Sequence[float | None]) -> float | None:
    return next((value for value in reversed(values) if value is not None), None)


def _kind(
    name: str, tiers: Sequence[Tier], keys: Mapping[str, str], values: Mapping[str, tuple[str, Merge]]
) -> TableKind:
    # The time comes second, so that one span of a bot is contiguous: appended, read and pruned in one piece.
    key = {"bot": _BIG, "at": _BIG, **keys}
    types = {column: type_ for column, (type_, _) in values.items()}
    tables = {tier: Table(f"golem_{name}_{tier.name.lower()}", key, types) for tier in tiers}
    return TableKind(tables, tuple(keys), {column: merge for column, (_, merge) in values.items()})


TIERS = (Tier.MINUTE, Tier.HOUR, Tier.DAY)
_WHO = {"instance": _INT, "release": _INT}

# `first_responses` holds only those that are not in `answers`, such as defers; rows from before schema 3 hold all of
# them, and no answers. Either way the two together are all first responses, except for prefix commands, whose answers
# are not interaction responses.
COMMANDS = _kind(
    "commands",
    (*TIERS, Tier.EVER),
    {"command": _INT, **_WHO},
    {
        "ok": (_BIG, sum),
        "denied": (_BIG, sum),
        "error": (_BIG, sum),
        "cancelled": (_BIG, sum),
        "total_ns": (_BIG, sum),
        "durations": (_BYTES, _merged),
        "first_responses": (_BYTES, _merged),
        "answered": (_BIG, sum),
        "answers_ns": (_BIG, sum),
        "answers": (_BYTES, _merged),
        "deferred": (_BIG, sum),
        "deferred_ns": (_BIG, sum),
        "deferred_answers": (_BYTES, _merged),
    },
)
SERIES = _kind(
    "series",
    TIERS,
    {"name": _TEXT, **_WHO},
    {
        "count": (_BIG, sum),
        "sum": (_REAL, sum),
        "minimum": (_REAL, min),
        "maximum": (_REAL, max),
        "distribution": (_BYTES, _merged_if_any),
        "last": (_REAL, _last),
    },
)
ERRORS = _kind("errors", TIERS, {"error_group": _INT, "command": _INT, **_WHO}, {"count": (_BIG, sum)})
KINDS = (COMMANDS, SERIES, ERRORS)

MIGRATIONS = Table("golem_schema", {"version": _INT}, {})
BOTS = Table("golem_bots", {"bot": _BIG}, {"minutes_from": _BIG, "hours_from": _BIG})
COMMAND_NAMES = Table("golem_commands", {"bot": _BIG, "command": _INT}, {"kind": _TEXT, "name": _TEXT, "cog": _TEXT})
SERIES_NAMES = Table(
    "golem_series", {"bot": _BIG, "series": _INT}, {"name": _TEXT, "unit": _TEXT, "kind": _TEXT, "attribute": _TEXT}
)
INSTANCES = Table(
    "golem_instances",
    {"bot": _BIG, "instance": _INT},
    {"name": _TEXT, "written_until": _BIG, "hours_until": _BIG, "days_until": _BIG, "given": _INT},
)
RELEASES = Table(
    "golem_releases", {"bot": _BIG, "release": _INT}, {"name": _TEXT, "first_seen": _REAL, "last_seen": _REAL}
)
BOOTS = Table(
    "golem_boots",
    {"bot": _BIG, "instance": _INT, "boot": _TEXT},
    {
        "release": _INT,
        "sequence": _BIG,
        "started": _REAL,
        "last_seen": _REAL,
        "left_at": _REAL,
        "shards": _TEXT,
        "status": _TEXT,
        "beside": _INT,
    },
)
FINDINGS = Table(
    "golem_findings",
    # The begin comes second, so that findings of one time are contiguous.
    {"bot": _BIG, "since": _REAL, "rule": _TEXT, "subject_kind": _TEXT, "subject": _TEXT, "instance": _INT},
    {
        "until": _REAL,
        "severity": _INT,
        "sentence": _TEXT,
        "value": _REAL,
        "threshold": _REAL,
        "unit": _TEXT,
        "evidence": _TEXT,
        "look_at": _TEXT,
    },
)
MEMBER_SALTS = Table("golem_member_salts", {"bot": _BIG, "span": _TEXT, "start": _BIG}, {"salt": _BYTES})
MEMBER_SKETCHES = Table("golem_member_sketches", {"bot": _BIG, "span": _TEXT, "start": _BIG}, {"sketch": _BYTES})
ALERTS = Table(
    "golem_alerts",
    {"bot": _BIG, "target": _TEXT, "incident": _TEXT},
    {"owner": _TEXT, "seen": _REAL, "message": _TEXT, "members": _TEXT, "sent": _REAL, "reminder": _TEXT},
)
ALERT_ACTIONS = Table(
    "golem_alert_actions",
    {"bot": _BIG, "id": _TEXT},
    {
        "incident": _TEXT,
        "kind": _TEXT,
        "done": _REAL,
        "author": _TEXT,
        "words": _TEXT,
        "until": _REAL,
        "about": _TEXT,
    },
)
ERROR_GROUPS = Table(
    "golem_error_groups",
    {"bot": _BIG, "error_group": _INT},
    {
        "type": _TEXT,
        "file": _TEXT,
        "function": _TEXT,
        "line": _INT,
        "first_seen": _REAL,
        "last_seen": _REAL,
        "first_release": _INT,
        "last_release": _INT,
    },
)
