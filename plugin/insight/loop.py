"""The event loop, judged: how late it comes, and what held it lately."""

from __future__ import annotations

from collections.abc import Iterator

from plugin.insight.scales import NS_PER_MS, UNKNOWN, WARNING, Threshold, is_lately
from plugin.model import Judged, LoopBlock, Severity, Snapshot
from plugin.settings import Settings
from plugin.words import amount

LAG_TARGET = 0.2
"""The loop is well while its lag stays under this share of what is a block."""


def judge_lag(snapshot: Snapshot, settings: Settings) -> Judged:
    """p99 of the lag in milliseconds over the last interval: one event in a hundred waited longer.

    A warning at worst: what a late loop does to the commands is judged by their own times.
    """
    threshold = settings.loop_block_threshold_ms
    if snapshot.loop is None or snapshot.loop.lately is None:
        return Judged(None, None, None, UNKNOWN)
    judged = Threshold(LAG_TARGET * threshold, threshold).judge(snapshot.loop.lately.p99_ns / NS_PER_MS)
    return judged._replace(severity=min(judged.severity, WARNING))


def lately_held(snapshot: Snapshot) -> list[LoopBlock]:
    """What held the loop within the last hour, worst first."""
    blocks = snapshot.loop.blocks if snapshot.loop is not None else ()
    found = [block for block in blocks if is_lately(block.last_seen, snapshot.at)]
    return sorted(found, key=lambda block: block.longest_ns, reverse=True)


def held_loop(snapshot: Snapshot) -> Iterator[tuple[Severity, str]]:
    """What held the loop lately, as a reason."""
    found = lately_held(snapshot)
    if found:
        worst = found[0]
        longest = amount(worst.longest_ns / NS_PER_MS, "ms")
        others = f" and {len(found) - 1} more" if len(found) > 1 else ""
        yield WARNING, f"event loop blocked by {worst.what or 'unknown code'}{others}, up to {longest}"
