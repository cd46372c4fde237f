"""Sketches of active members, and their salts, which are deleted soon after their day or week.

`docs/active-members.md` says what they protect from.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from plugin.history import schema
from plugin.history.engine import Connection, Database
from plugin.history.rows import Row
from plugin.model import MemberPeriod, MemberSketch, MemberSpan, SaltedSketch
from plugin.model.members import KEPT_S, SALT_BYTES

_SALTS, _SKETCHES = schema.MEMBER_SALTS, schema.MEMBER_SKETCHES
_THIS = "WHERE bot = :bot AND span = :span AND start = :start"
_UNLESS_THERE = "ON CONFLICT (bot, span, start) DO NOTHING"
_LENGTHS = {span.value: span.length_s for span in MemberSpan}


async def put(connection: Connection, bot: int, sketches: Iterable[MemberSketch]) -> None:
    """Add what was counted to what is stored; nothing where the salt of the period is deleted, or is another one."""
    for period, packed, salt in sorted(
        sketches, key=lambda sketch: _key(bot, sketch.period)
    ):  # so that nobody deadlocks
        this = {"bot": bot, "span": period.span.value, "start": period.start}
        stored = await connection.rows(f"SELECT sketch FROM golem_member_sketches {_THIS}{connection.locking}", this)
        of_salt = await connection.rows(f"SELECT salt FROM golem_member_salts {_THIS}", this)
        if stored and of_salt == [(salt,)]:
            sketch = _merged(stored[0][0], packed)
            await connection.execute(
                f"UPDATE golem_member_sketches SET sketch = :sketch {_THIS}", {**this, "sketch": sketch}
            )


async def salted(database: Database, bot: int, periods: Sequence[MemberPeriod]) -> tuple[SaltedSketch, ...]:
    """The salt of each period, made where there is none, and what all processes counted in it."""
    async with database.reading() as connection:
        found = await _read(connection, bot, periods)
    missing = [period for period in periods if period not in found]
    if missing:
        async with database.writing() as connection:
            keys = sorted(_key(bot, period) for period in missing)
            salts = [(*key, secrets.token_bytes(SALT_BYTES)) for key in keys]
            await connection.insert(_SALTS, tuple(_SALTS.types), salts, _UNLESS_THERE)
            await connection.insert(_SKETCHES, tuple(_SKETCHES.types), [(*key, b"") for key in keys], _UNLESS_THERE)
        async with database.reading() as connection:  # whoever was first has made them
            found = await _read(connection, bot, periods)
    return tuple(found.values())


async def forget(connection: Connection, bot: int, now: int) -> None:
    """Delete the salts and sketches of periods that are over."""
    for span, length_s in _LENGTHS.items():
        over = {"bot": bot, "span": span, "until": now - KEPT_S - length_s}
        for table in (_SALTS, _SKETCHES):
            await connection.execute(
                f"DELETE FROM {table.name} WHERE bot = :bot AND span = :span AND start <= :until", over
            )


async def _read(connection: Connection, bot: int, periods: Iterable[MemberPeriod]) -> dict[MemberPeriod, SaltedSketch]:
    rows: list[Row] = await connection.rows(
        "SELECT salts.span, salts.start, salts.salt, sketches.sketch FROM golem_member_salts AS salts "
        "JOIN golem_member_sketches AS sketches "
        "ON sketches.bot = salts.bot AND sketches.span = salts.span AND sketches.start = salts.start "
        "WHERE salts.bot = :bot",
        {"bot": bot},
    )
    wanted = {_key(bot, period)[1:]: period for period in periods}
    found = ((wanted.get((span, start)), salt, sketch) for span, start, salt, sketch in rows)
    return {period: SaltedSketch(period, salt, sketch) for period, salt, sketch in found if period is not None}


def _key(bot: int, period: MemberPeriod) -> tuple[Any, ...]:
    return bot, period.span.value, period.start


def _merged(stored: bytes, packed: bytes) -> bytes:
    from plugin.hyperloglog import merged  # here, since few bots count members

    try:
        return merged(stored, packed)
    except ValueError:  # damaged, or of a later version
        return packed
