"""The event loop, judged: how late it comes, and what held it lately."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plugin.insight.rule import Look, Rule
from plugin.insight.scales import NS_PER_MS, UNKNOWN, WARNING, Threshold, is_lately
from plugin.model import Finding, Judged, LoopBlock, Snapshot, Subject, SubjectKind
from plugin.settings import Settings
from plugin.words import amount

UNKNOWN_CODE = "unknown code"

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


def _blocks(look: Look) -> Iterator[Finding]:
    for block in lately_held(look.snapshot):
        longest_ms = block.longest_ns / NS_PER_MS
        yield Finding(
            "loop_blocked",
            Subject(SubjectKind.LOOP, block.what),
            WARNING,
            f"event loop blocked by {block.what or UNKNOWN_CODE}, up to {amount(longest_ms, 'ms')}",
            block.first_seen if is_lately(block.first_seen, look.snapshot.at) else block.last_seen,
            block.last_seen,
            value=longest_ms,
            unit="ms",
            evidence=(("blocks", block.count),),
            look_at="/health",
        )


def _summary(findings: Sequence[Finding], _: float) -> str:
    worst, others = findings[0], f" and {len(findings) - 1} more" if len(findings) > 1 else ""
    return f"event loop blocked by {worst.subject.name or UNKNOWN_CODE}{others}, up to {amount(worst.value or 0, 'ms')}"


LOOP_RULES = (Rule("loop_blocked", _blocks, _summary),)
