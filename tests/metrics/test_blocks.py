"""Blocks of the event loop, grouped and bounded."""

from __future__ import annotations

from plugin.metrics import BlockTable
from plugin.model import Holding, LoopBlock, Place

MS = 1_000_000


def block(line: int = 88, *, what: str = "/shop buy", held_ms: int = 300, at: float = 0) -> LoopBlock:
    """One block."""
    place = Place("cogs/shop.py", "buy", line)
    return LoopBlock(what, place, "time.sleep", Holding.WAITING, 1, held_ms * MS, held_ms * MS, at, at)


def test_a_group_outlives_an_edit_above_it() -> None:
    """The line is no part of a group; that of the longest block is shown."""
    table = BlockTable()
    for line, held_ms, at in ((88, 300, 1), (90, 500, 2), (91, 400, 3)):
        table.add(block(line, held_ms=held_ms, at=at))
    (group,) = table.newest()
    assert (group.count, group.total_ns, group.longest_ns) == (3, 1200 * MS, 500 * MS)
    assert (group.place and group.place.line, group.first_seen, group.last_seen) == (90, 1, 3)
    assert (table.count, table.total_ns) == (3, 1200 * MS)


def test_groups_are_bounded() -> None:
    """The group that was unseen for longest makes room, and that is counted; its blocks stay in the totals."""
    table = BlockTable()
    for number in range(100):
        table.add(block(what=f"/command{number}"))
    table.add(block(what="/command0"))
    table.add(block(what="/new"))
    groups = [group.what for group in table.newest()]
    assert (len(groups), groups[:2], table.dropped) == (100, ["/new", "/command0"], 1)
    assert "/command1" not in groups
    assert (table.count, table.total_ns) == (102, 102 * 300 * MS)


def test_blocks_are_one_group_only_where_all_but_the_line_is_the_same() -> None:
    """What ran, its file and function, the call that held and how it held tell groups apart; a place may be unknown."""
    first = block()
    others = [
        first._replace(what="/shop sell"),
        first._replace(place=Place("cogs/shop.py", "sell", 88)),
        first._replace(place=Place("cogs/bank.py", "buy", 88)),
        first._replace(place=None),
        first._replace(call="open"),
        first._replace(holding=Holding.COMPUTING),
    ]
    table = BlockTable()
    for each in (first, *others, first._replace(place=None)):
        table.add(each)
    assert sorted(group.count for group in table.newest()) == [1] * len(others) + [2]
    assert table.newest()[0].place is None and table.newest()[0].count == 2
