"""Findings: written with their batch, read by time, and deleted long after they ended."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

from plugin.history import names, schema
from plugin.history.engine import Connection, Database
from plugin.history.rows import Row
from plugin.model import Finding, FindingKept, Scope, Severity, Subject, SubjectKind

MOST_FINDINGS = 10_000
"""Findings kept per bot; beyond it, those that ended first are deleted."""

_EVERYWHERE = 0
"""The instance of findings about the bot as a program; instances are numbered from 1."""

_LONGEST_RULE = 100
_LONGEST_SENTENCE = 1000
_MOST_EVIDENCE = 20

_TABLE = schema.FINDINGS
_COLUMNS = tuple(_TABLE.types)
_UPDATE = (
    f"ON CONFLICT ({', '.join(_TABLE.key)}) DO UPDATE SET "
    f"{', '.join(f'{name} = excluded.{name}' for name in _COLUMNS if name not in _TABLE.key)}"
)
_SELECT = f"""SELECT {", ".join(f"found.{name}" for name in _COLUMNS[1:])}, who.name FROM golem_findings AS found
    LEFT JOIN golem_instances AS who ON who.bot = found.bot AND who.instance = found.instance WHERE found.bot = :bot"""
_NEWEST_FIRST = f"ORDER BY {', '.join(f'found.{name} DESC' for name in _TABLE.key[1:])}"
_OLDEST_FIRST = f"ORDER BY {', '.join(f'found.{name}' for name in _TABLE.key[1:])}"

_KINDS = {kind.value: kind for kind in SubjectKind}


async def put(connection: Connection, bot: int, instance: int, findings: Iterable[Finding]) -> None:
    """Store findings, overwriting those already stored.

    Findings without a finite begin are skipped, since the begin is part of the key.
    """
    rows = (_row(bot, instance, finding) for finding in findings if math.isfinite(finding.since))
    length = len(_TABLE.key)
    latest = {row[:length]: row for row in rows}  # one statement cannot change a row twice
    # In the order of keys, so that two instances never deadlock.
    await connection.insert(_TABLE, _COLUMNS, [latest[key] for key in sorted(latest)], _UPDATE)


async def between(database: Database, scope: Scope, start: int, end: int, limit: int) -> tuple[FindingKept, ...]:
    """Findings that were open at any time of a span, oldest first; the newest `limit` of them."""
    values: dict[str, Any] = {"bot": scope.bot, "start": start, "end": end, "limit": limit}
    mine = ""
    if scope.instance is not None:
        mine = f"AND (found.instance = {_EVERYWHERE} OR who.name = :name)"
        values["name"] = names.clean(scope.instance)
    open_then = "(found.until IS NULL OR found.until > :start OR found.since >= :start)"
    sql = f"{_SELECT} AND found.since < :end AND {open_then} {mine} {_NEWEST_FIRST} LIMIT :limit"
    async with database.reading() as connection:
        rows = await connection.rows(sql, values)
    return tuple(_kept(reversed(rows)))


async def still_open(database: Database, bot: int, instance: str | None) -> tuple[Finding, ...]:
    """Findings without an end, oldest first: those of one instance, or those about the bot as a program."""
    values: dict[str, Any] = {"bot": bot}
    mine = f"found.instance = {_EVERYWHERE}"
    if instance is not None:
        mine, values["name"] = "who.name = :name", names.clean(instance)
    async with database.reading() as connection:
        rows = await connection.rows(f"{_SELECT} AND found.until IS NULL AND {mine} {_OLDEST_FIRST}", values)
    return tuple(kept.finding for kept in _kept(rows))


async def forget(connection: Connection, bot: int, before: int) -> bool:
    """Delete findings that ended before a moment or exceed `MOST_FINDINGS`; returns whether there were any.

    A finding without an end counts as ended when it began, once all starts of its instance are deleted.
    """
    deleted = await connection.execute(_FORGET, {"bot": bot, "before": before})
    ((number,),) = await connection.rows("SELECT count(*) FROM golem_findings WHERE bot = :bot", {"bot": bot})
    more = max(0, number - MOST_FINDINGS)
    if more:
        excess = await connection.rows(_EXCESS, {"bot": bot, "most": MOST_FINDINGS, "more": more})
        await connection.many(_DELETE, [dict(zip(_TABLE.key, (bot, *key), strict=True)) for key in excess])
    return deleted + more > 0


_FORGET = """DELETE FROM golem_findings WHERE bot = :bot AND since < :before AND (until < :before OR (until IS NULL
    AND NOT EXISTS (SELECT 1 FROM golem_boots AS boots
        WHERE boots.bot = :bot AND boots.instance = golem_findings.instance)))"""
_EXCESS = f"""SELECT {", ".join(_TABLE.key[1:])} FROM golem_findings WHERE bot = :bot
    ORDER BY CASE WHEN until IS NULL THEN 0 ELSE 1 END, coalesce(until, since) DESC LIMIT :more OFFSET :most"""
_DELETE = f"DELETE FROM golem_findings WHERE {' AND '.join(f'{name} = :{name}' for name in _TABLE.key)}"


def _row(bot: int, instance: int, finding: Finding) -> Row:
    return (
        bot,
        float(finding.since),
        names.clean(finding.rule, _LONGEST_RULE),
        finding.subject.kind.value,
        names.clean(finding.subject.name),
        _EVERYWHERE if finding.everywhere else instance,
        _finite(finding.until),
        int(finding.severity),
        names.clean(finding.sentence, _LONGEST_SENTENCE),
        _finite(finding.value),
        _finite(finding.threshold),
        names.clean(finding.unit, _LONGEST_RULE),
        _evidence(finding.evidence),
        names.clean(finding.look_at, _LONGEST_SENTENCE),
    )


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _evidence(evidence: Sequence[tuple[str, float]]) -> str:
    pairs = [(names.clean(name), float(value)) for name, value in evidence if math.isfinite(value)]
    return json.dumps(pairs[:_MOST_EVIDENCE])


def _kept(rows: Iterable[Row]) -> list[FindingKept]:
    # A later version that shares the database may write more kinds.
    return [_read(*row) for row in rows if row[2] in _KINDS]


def _read(
    since: float,
    rule: str,
    kind: str,
    name: str,
    instance: int,
    until: float | None,
    severity: int,
    sentence: str,
    value: float | None,
    threshold: float | None,
    unit: str,
    evidence: str,
    look_at: str,
    instance_name: str | None,
) -> FindingKept:
    finding = Finding(
        rule,
        Subject(_KINDS[kind], name),
        Severity(severity),
        sentence,
        since,
        until,
        value,
        threshold,
        unit,
        tuple((what, number) for what, number in json.loads(evidence)),
        look_at,
        instance == _EVERYWHERE,
    )
    return FindingKept(finding, instance_name)
