"""Sections about the event loop: its lag and its blocks."""

from __future__ import annotations

from plugin.display import measures, numbers, text
from plugin.display.book import Rows, Section
from plugin.display.marks import MARKS
from plugin.model import Health, Holding, LoopBlock, LoopLag, Place, Severity, Snapshot

MOST_BLOCKS = 10
LATELY_S = 3600
LABEL_CELLS, COLUMN_CELLS = 9, 7
WHAT_CELLS, PLACE_CELLS = 40, 60
HEADER = f"{'':<{LABEL_CELLS}}{'p50':>{COLUMN_CELLS}}{'p99':>{COLUMN_CELLS}}{'max':>{COLUMN_CELLS}}"
UNKNOWN_IN_C = "unknown C code"

HOW = {
    Holding.WAITING: "waiting",
    Holding.COMPUTING: "computing",
    Holding.LOCKING: UNKNOWN_IN_C,
    Holding.CROWDING: "many short callbacks",
    Holding.KEEPING_OUT: "C code in another thread",
}
"""Descriptions of blocks whose call is unknown."""


def lag_section(snapshot: Snapshot, health: Health) -> Section:
    """The lag over the last interval and since the start."""
    loop = snapshot.loop
    if loop is None:
        return Section("Event loop", ())
    rows = [
        measures.judged("Lag, p99", health.measured["loop_lag_s"], numbers.milliseconds),
        *_course(snapshot),
        *([HEADER] if loop.lag is not None else []),
        *_lag("recent", loop.recent),
        *_lag("start", loop.lag),
        measures.plain(f"Blocks over {numbers.duration(loop.threshold_ns)}", _times(loop.blocks)),
    ]
    if loop.pauses:
        rows.append(measures.plain("Process suspended", f"{numbers.short_count(loop.pauses)}×"))
    throttled = snapshot.samples[-1].resources.throttled if snapshot.samples else None
    if throttled is not None and throttled.times:
        shown = f"{numbers.short_count(throttled.times)}×, {numbers.duration(throttled.seconds * 1e9)}"
        rows.append(measures.plain("CPU throttled", shown))
    return Section("Event loop", rows)


def _course(snapshot: Snapshot) -> list[str]:
    lags = [sample.loop_lag for sample in snapshot.samples]
    if not lags:
        return []
    values = [None if lag is None else lag.p99_ns for lag in lags]
    return measures.course(values, snapshot.at - snapshot.samples[0].at)


def _lag(label: str, lag: LoopLag | None) -> list[str]:
    if lag is None:
        return []
    return [f"{label:<{LABEL_CELLS}}" + "".join(text.right(numbers.duration(value), COLUMN_CELLS) for value in lag)]


def _times(blocks: tuple[LoopBlock, ...]) -> str:
    return f"{numbers.short_count(sum(block.count for block in blocks))}×"


def blocks_section(snapshot: Snapshot) -> Section:
    """The blocks, most recently seen first, in one sentence each."""
    blocks = snapshot.loop.blocks if snapshot.loop is not None else ()
    rows = Rows(lambda block: _block(block, snapshot.at), blocks[: MOST_BLOCKS + 1])
    return Section("Event loop blocked by", text.cut(rows, MOST_BLOCKS, number=len(blocks)), code=False)


def _block(block: LoopBlock, at: float) -> str:
    lately = abs(at - block.last_seen) <= LATELY_S
    mark = MARKS[Severity.WARNING if lately else Severity.UNKNOWN].sign
    what = text.inline(block.what, WHAT_CELLS) if block.what else "Unknown code"
    longest = numbers.duration(block.longest_ns)
    held = longest if block.count == 1 else f"{block.count:,} times, up to {longest}"
    last = numbers.discord_time(block.last_seen)
    return f"{mark} {what}: {text.unbroken(held)}{_where(block.place)} ({_how(block)}), last {last}"


def _where(place: Place | None) -> str:
    if place is None:
        return ""
    where = text.clip_start(f"{text.clean(place.file)}:{place.line}", PLACE_CELLS)
    return f" in `{text.isolated(where)}`"


def _how(block: LoopBlock) -> str:
    return text.escaped(block.call, text.LINE_CELLS) if block.call else HOW[block.holding]
