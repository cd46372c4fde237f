"""How much waits for the database and is remembered, whatever the rows are; and sketches of members among them."""

from __future__ import annotations

import pytest

from plugin.hyperloglog import HyperLogLog, member_hash
from plugin.metrics.batches import Backlog, merged_batch
from plugin.model import Batch, MemberPeriod, MemberSketch, MemberSpan
from tests.history.builders import DAY, NOON, SELL, batch, delta, failure, finding

TODAY, TOMORROW = (MemberPeriod(MemberSpan.DAY, NOON - DAY // 2 + day * DAY) for day in range(2))
SALT, OTHER_SALT = b"s" * 32, b"o" * 32


def sketch(*members: int, period: MemberPeriod = TODAY, salt: bytes = SALT) -> MemberSketch:
    """The members of a day."""
    counted, hashed = HyperLogLog(), member_hash(salt)
    for member in members:
        counted.add(hashed(member))
    return MemberSketch(period, counted.pack(), salt)


ROWS = {
    "series": lambda: batch(0, guilds=1.0),
    "command": lambda: batch(0, delta(SELL)),
    "error": lambda: batch(0, errors=(failure(),)),
    "finding": lambda: batch(0, findings=(finding(),)),
    "members": lambda: batch(0, members=(sketch(1),)),
}


@pytest.mark.parametrize("row", ROWS)
def test_every_row_takes_its_place(row: str) -> None:
    """With three of a minute there is room for one more, and not for two."""
    for others, merged in ((3, 0), (4, 1)):
        waiting = Backlog(4)
        waiting.put(batch(0, *(delta() for _ in range(others))))
        waiting.put(ROWS[row]())
        assert waiting.merged == merged


@pytest.mark.parametrize(("rows", "merged"), [(5000, 0), (5001, 1)])
def test_five_thousand_rows_wait(rows: int, merged: int) -> None:
    """With more, minutes are merged."""
    waiting = Backlog()
    waiting.put(batch(0, **{f"s{number}": 1.0 for number in range(rows - 1)}))
    waiting.put(batch(60, guilds=1.0))
    assert waiting.merged == merged


@pytest.mark.parametrize(("rows", "remembered"), [(300, 2), (301, 1)])
def test_three_hundred_written_rows_are_remembered(rows: int, remembered: int) -> None:
    """With more, the oldest minute is let go."""
    waiting = Backlog()
    for start, number in ((0, rows - 1), (60, 1)):
        waiting.put(batch(start, **{f"s{row}": 1.0 for row in range(number)}))
        waiting.written(waiting.first())
    waiting.requeue_written()
    assert len(waiting) == remembered


def merged_members(one: list[MemberSketch], other: list[MemberSketch]) -> dict[tuple[MemberPeriod, bytes], int]:
    """How many members each period has with each salt, after two minutes were merged."""
    both: Batch = merged_batch(batch(0, members=tuple(one)), batch(60, members=tuple(other)))
    found = {(one.period, one.salt): round(HyperLogLog.unpack(one.packed).estimate()) for one in both.members}
    assert len(found) == len(both.members)
    return found


def test_members_of_two_minutes_are_merged() -> None:
    """Those of one period and salt; whoever is in both counts once."""
    found = merged_members(
        [sketch(1, 2, 3), sketch(1, period=TOMORROW)], [sketch(3, 4), sketch(5, salt=OTHER_SALT), sketch(6, 7)]
    )
    assert found == {(TODAY, SALT): 6, (TOMORROW, SALT): 1, (TODAY, OTHER_SALT): 1}


def test_a_minute_without_members_takes_none_away() -> None:
    """Neither the earlier nor the later one."""
    assert merged_members([sketch(1, 2)], []) == merged_members([], [sketch(1, 2)]) == {(TODAY, SALT): 2}
    assert merged_members([], []) == {}
