"""No id of a member or channel is ever kept: traffic through the ready meters, then a look for the ids in the file."""

from __future__ import annotations

import random
from pathlib import Path

from plugin.history.store import open_store
from plugin.metrics.meters import MeterReader
from plugin.metrics.meters.buffer import OwnSeriesBuffer
from plugin.model import Batch
from tests.history.builders import NOON, WRITER, roll_up_all
from tests.metrics.systems import Books

MEMBERS = [204_255_221_017_214_977 + (number << 22) for number in range(200)]
CHANNEL = 81_384_788_765_712_384


def traffic(books: Books, chance: random.Random) -> None:
    """Seven hours of everything that a bot may say of its members, one of whom farms; ids given wrongly, too."""
    for _ in range(7 * 60):
        books.activity.award(20, MEMBERS[0], "message", CHANNEL)
        for member in chance.sample(MEMBERS, 5):
            books.activity.award(20, member, "message", CHANNEL)
            books.activity.hold_back(member, f"message of {member}")
            books.economy.transaction(50, "daily", "faucet", member)
            books.economy.transaction(5, f"gift to {member}", "transfer", member)
            books.economy.price(f"<@{member}>", 5, 1)
        books.economy.balances({member: chance.randrange(1000) for member in MEMBERS})
        books.wait(60)


def traces(member: int) -> list[bytes]:
    """The ways in which an id could be written down."""
    return [
        str(member).encode(),
        f"{member:x}".encode(),
        member.to_bytes(8, "big"),
        member.to_bytes(8, "little"),
    ]


def written(folder: Path) -> bytes:
    """Everything in the files of a folder."""
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def test_no_id_is_in_the_database(tmp_path: Path) -> None:
    """Neither as text nor as a number, in the file nor in its log, though points, earnings and a farm are."""
    books, buffer = Books(), OwnSeriesBuffer()
    traffic(books, random.Random(1))
    for _ in buffer.reading(MeterReader(), [books.own]):
        pass
    series, kinds = buffer.take()
    async with await open_store(str(tmp_path / "history.db")) as store:
        await store.writing.write(WRITER, Batch(NOON, 1, (), series, (), kinds=kinds))
        await roll_up_all(store, NOON + 3 * 86_400)
        kept = written(tmp_path)
    kept += written(tmp_path)
    assert b"activity.farms" in kept and b"economy.earnings" in kept
    assert books.read()["activity.farms", "member", "number"] == 1
    found = [member for member in [*MEMBERS, CHANNEL] if any(trace in kept for trace in traces(member))]
    assert found == []
